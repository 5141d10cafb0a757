"""Two renderings of a citizen's words: 承办版 for the unit that works on it, 可外传版 for anybody outside.

What may tell who somebody is stands in boxes. A dispatcher hides or shows a box in the 承办版; the 可外传版 hides all
of them. Numbers are always hidden, in the 承办版 but for their ends.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from core.masking import mask_text, personal_numbers
from tickets.kinds import Named

#: stands for what is hidden, however long it was
HIDDEN = "■■"


class BoxKind(Named):
    """What the words in a box would tell."""

    NUMBER = "number", "号码"
    ACCOUNT = "account", "账号"
    NAME = "name", "姓名"
    DOOR = "door", "门牌"
    PLATE = "plate", "车牌"
    MARKED = "marked", "手工标记"


#: hidden whatever a dispatcher says; the caller's own number is looked at with a purpose
_ALWAYS_HIDDEN = {BoxKind.NUMBER, BoxKind.ACCOUNT}
#: the hundred commonest surnames cover 85 % of the people (Ministry of Public Security, name report of 2020)
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许邓冯韩曹曾彭萧肖蔡潘田董袁于余叶蒋杜苏魏程吕丁任卢姚沈钟"
    "姜崔谭陆范汪廖石金韦贾夏付傅方邹熊白孟秦邱侯江尹薛闫阎段雷龙黎史陶贺毛郝顾龚邵万钱严覃武戴莫孔向汤常温康施文"
)
_ENDS = r"(?=[，。,.;；、！!？?\s]|$|住|家住|电话|身份证)"
#: how a plate is written since GA 36-2018
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_LIKELY: tuple[tuple[BoxKind, re.Pattern[str]], ...] = (
    (BoxKind.ACCOUNT, re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)),
    (BoxKind.ACCOUNT, re.compile(r"(?:微信|QQ|qq)(?:号码?)?[是:： ]{0,3}(?P<box>[A-Za-z0-9_-]{5,20})")),
    (BoxKind.ACCOUNT, re.compile(r"(?<!\d)\d{16,19}(?!\d)")),
    (BoxKind.NAME, re.compile(rf"(?:我叫|本人叫?|名叫|姓名[是:：]?)(?P<box>[{_SURNAMES}][一-龥]{{1,2}}?){_ENDS}")),
    (BoxKind.NAME, re.compile(rf"我是(?P<box>[{_SURNAMES}][一-龥]{{1,2}}?){_ENDS}")),
    (BoxKind.NAME, re.compile(rf"我姓(?P<box>[{_SURNAMES}])")),
    (
        BoxKind.DOOR,
        re.compile(
            r"[0-9０-９A-Za-z一二三四五六七八九十]{1,4}(?:号楼|栋|幢|座|号门)(?:[0-9０-９一二三四五六七八九十]{1,2}单元)?"
            r"[0-9０-９]{2,4}(?:室|号|户)?"
        ),
    ),
    (BoxKind.DOOR, re.compile(r"[0-9０-９一二三四五六七八九十]{1,3}单元[0-9０-９]{2,4}(?:室|号|户)?")),
    (BoxKind.DOOR, re.compile(r"(?<![0-9０-９])[0-9０-９]{3,4}室")),
    (BoxKind.PLATE, re.compile(rf"[{_PROVINCES}][A-HJ-NP-Z][·• ]?[A-HJ-NP-Z0-9]{{5,6}}(?![A-Za-z0-9])")),
)


@dataclass(frozen=True)
class Box:
    """Characters from `begins` up to `ends` of the words as they were said."""

    begins: int
    ends: int
    kind: BoxKind
    is_hidden: bool

    @property
    def is_fixed(self) -> bool:
        """Nobody can show it in the 承办版."""
        return self.kind in _ALWAYS_HIDDEN


@dataclass(frozen=True)
class Part:
    """A stretch of the 承办版: plain words, or a box with what is shown of it.  Together they cover the whole text."""

    begins: int
    ends: int
    words: str
    kind: BoxKind | None
    is_hidden: bool

    @property
    def is_fixed(self) -> bool:
        return self.kind in _ALWAYS_HIDDEN


Decisions = Mapping[tuple[int, int], bool]


def boxes_of(
    text: str, *, names: Iterable[str] = (), is_secret: bool = False, decisions: Decisions | None = None
) -> list[Box]:
    """In order and apart from each other; what overlaps is one box.

    `names` are those of the caller, boxed wherever they stand. Of a caller who asked for secrecy every box is hidden
    until somebody shows it. `decisions` are (begins, ends) → hidden, of people.
    """
    decisions = decisions or {}
    found = [replace(box, is_hidden=is_secret or box.is_fixed) for box in _likely(text, names)]
    found += [Box(begins, ends, BoxKind.MARKED, hidden) for (begins, ends), hidden in decisions.items()]
    boxes: list[Box] = []
    for box in sorted(found, key=lambda box: (box.begins, -box.ends, box.kind is BoxKind.MARKED)):
        if boxes and box.begins < boxes[-1].ends:
            boxes[-1] = _together(boxes[-1], box)
        else:
            boxes.append(box)
    return [_decided(box, decisions) for box in boxes]


def _likely(text: str, names: Iterable[str]) -> list[Box]:
    found = [Box(begins, ends, BoxKind.NUMBER, is_hidden=True) for begins, ends in personal_numbers(text)]
    for kind, pattern in _LIKELY:
        for match in pattern.finditer(text):
            begins, ends = match.span("box" if "box" in pattern.groupindex else 0)
            found.append(Box(begins, ends, kind, is_hidden=False))
    for name in names:
        if len(name) > 1:
            found += [
                Box(at.start(), at.end(), BoxKind.NAME, is_hidden=False) for at in re.finditer(re.escape(name), text)
            ]
    return found


def _together(one: Box, other: Box) -> Box:
    kinds = list(BoxKind)
    kind = min(one.kind, other.kind, key=kinds.index)
    return Box(one.begins, max(one.ends, other.ends), kind, one.is_hidden or other.is_hidden)


def _decided(box: Box, decisions: Decisions) -> Box:
    """As somebody decided for the whole of it; where a part was hidden it stays hidden."""
    is_hidden = decisions.get((box.begins, box.ends), box.is_hidden)
    hides_part = any(hides and box.begins <= at and to <= box.ends for (at, to), hides in decisions.items())
    return replace(box, is_hidden=is_hidden or hides_part or box.is_fixed)


def handling_parts(text: str, boxes: Sequence[Box]) -> list[Part]:
    """承办版: the boxes that are hidden are shown as ■■, numbers by their ends."""
    parts: list[Part] = []
    at = 0
    for box in boxes:
        if box.begins > at:
            parts.append(Part(at, box.begins, text[at : box.begins], None, is_hidden=False))
        parts.append(Part(box.begins, box.ends, _shown(text[box.begins : box.ends], box), box.kind, box.is_hidden))
        at = box.ends
    if at < len(text):
        parts.append(Part(at, len(text), text[at:], None, is_hidden=False))
    return parts


def _shown(words: str, box: Box) -> str:
    if not box.is_hidden:
        return words
    is_one_number = personal_numbers(words) == [(0, len(words))]
    return mask_text(words) if box.kind is BoxKind.NUMBER and is_one_number else HIDDEN


def handling_text(text: str, boxes: Sequence[Box]) -> str:
    """承办版 as one text."""
    return "".join(part.words for part in handling_parts(text, boxes))


def shareable_text(text: str, boxes: Sequence[Box]) -> str:
    """可外传版: nothing of any box is left."""
    return handling_text(text, [Box(box.begins, box.ends, BoxKind.MARKED, is_hidden=True) for box in boxes])


def without_hidden(words: str, text: str, boxes: Sequence[Box]) -> str:
    """Other words about the same matter, a title or a place, without what is hidden in its text."""
    for box in boxes:
        phrase = text[box.begins : box.ends]
        if box.is_hidden and len(phrase) > 1:
            words = words.replace(phrase, _shown(phrase, box))
    return mask_text(words)
