"""What a citizen's SMS reply means: a level, a refusal, or not clear enough to count."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

# The reply is cut into clauses.  A clause counts as a rating only if it begins with one (known filler allowed), so that
# "谁满意了" or "解决了才满意" never becomes a level.  What disagrees with anything is unclear: we ask, we never guess.


class Outcome(StrEnum):
    RATED = "rated"
    UNCLEAR = "unclear"
    REFUSED = "refused"


@dataclass(frozen=True)
class Reply:
    """`level` is 5 (非常满意) … 1 (非常不满意) when rated, else None; `comment` is what stood beside it, or None."""

    outcome: Outcome
    level: int | None = None
    comment: str | None = None


@dataclass(frozen=True)
class _Finding:
    """A level found in a clause; `start` and `end` cut it out of the cleaned text, `spoken` tells words from digits."""

    level: int
    start: int
    end: int
    spoken: bool


_TRADITIONAL = str.maketrans("滿評謝訂復沒還對處個別發擾級", "满评谢订复没还对处个别发扰级")
_INVISIBLE = {"\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\ufe0f", "\ufe0e", "\u20e3"}
#: letters, digits and emoji: a comment of marks alone says nothing
_SAYING = {"Lo", "Ll", "Lu", "Lt", "Lm", "Nd", "Nl", "No", "So"}
_SEPARATOR = re.compile(r"[\s,.;:!?~…、。·|\"'“”‘’()\[\]{}<>《》【】「」『』_*\-‐-―−]+")
#: 4.5, 3-4, 3–5, 4/5, -5 are no level, though the separators would cut them into ones
_BROKEN_NUMBER = re.compile(r"\d+(?:\s*[./~:\-‐-―−]+\s*\d+)+|^\s*-\d+")

_STOP = re.compile(
    r"(?:请|我要|我|帮我|申请|回复|回)*(?:(?:回复?)?(?:td[0-9]?|t|n?退订|退定|stop|unsubscribe|取消订阅|拒收|不评价|不(?:需要|用|必|参加)评价|无需评价|拒绝评价|拒评|不参与评价|不想评价|不做评价"
    r"|勿扰|(?:请|不要|别|勿|莫)+(?:再)?(?:给我)?(?:发|发送|打扰|骚扰)(?:短信|信息|我)?))+(?:了|吧|谢谢|服务|短信|此类短信)*"
)

_DIGITS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5}
_VERY = "非常|很|特别|十分|超级|超|极其|极度|极|相当|万分|太|真的很|真是太|最|贼拉|贼|老|嘎嘎|可"
_NOT = (
    "不|不太|不咋|不是很|不是太|不是特别|不是非常|不怎么|不大|不算|不够|不很|不是|没有|没法|无法|难以|未能|谈不上|说不上|算不上|不能|不能令人|不令人|令人不"
    "|无法令人|难以令人|不能让人|不让人|让人不"
)
#: Negative phrases stand first: 不满意 contains 满意, 非常不满意 contains both.
_PHRASES: tuple[tuple[int, str], ...] = (
    (1, rf"(?:{_VERY}|一点都|一点也|一点儿也|完全|根本|压根|强烈)的?不(?:满意|满)"),
    (1, r"(?:不满意|不满)(?:极了|至极|到极点)"),
    (2, rf"(?:{_NOT})满意|不满"),
    (3, r"(?:基本上?|大体上?|大致|还算|勉强|凑合|将就|对付)满意"),
    (5, rf"(?:{_VERY}|完全|百分之百|百分百|100%)的?满意|满意(?:极了|之至|至极|得很)|满分"),
    (4, r"(?:比较|挺|蛮|总体上?|整体上?|令人|让人)?满意"),
)
_SUBJECT = (
    r"(?:我们|我|本人|俺|咱|这次|本次|此次|该|这个|对于|对|针对|你们的|您的|贵单位的?|单位的?|部门的?|政府的?|工作人员的?|客服的?|办理|处理|处置|答复|回复"
    r"|回访|服务|结果|态度|效率|速度|工作|情况|质量|解决|问题|评价|意见|是|还是|都|表示|感到|感觉|觉得|给|选择|选|打|评|的|为|:)*"
)
_TAIL = r"(?:的|了|啊|呀|哦|噢|吧|哈|呢|啦|哒|滴|嘛)*"
_WORDS = re.compile(
    rf"{_SUBJECT}(?:{'|'.join(f'(?P<l{n}>{text})' for n, (_, text) in enumerate(_PHRASES))})(?![度率]){_TAIL}"
)
_DIGIT = re.compile(
    r"(?:我|就|给|打|评|选择|选|回复|回|评价|评分|满意度|为|是|个|:)*(?P<digit>[1-5一二三四五])"
    r"(?:分|星级?|颗星|级|号?选项)?(?:好评|差评)?" + _TAIL
)
#: After a digit these make it a quantity: 3次都没人来, 2天后才回电话
_MEASURE = re.compile(
    r"[次天个月年日号点楼栋人户遍周小时块元万千百十米路单层岁度级条件趟回分秒毛多几"
    r"来些份台辆间张名位处项段届期班场座根只把家片股伙拨代种类样寸尺里亩吨斤克升钟之a-z%+\d]"
)

#: the same beyond a blank, where only what counts days and things is a measure: 2 天, 3 号楼, but 5 人很好
_MEASURE_APART = re.compile(
    r"\s+(?:天|次|个(?:多?月|人|小时|星期|礼拜)|小时|多?年|周|星期|礼拜|号[楼线院]|楼|栋|户|遍|元|块钱?|万|千|米|趟|层|分钟|点(?:钟|半)|月份?)"
)

_ALTERNATIVE = re.compile(r"(?:或者?|到|至|还是)\s*[0-9一二三四五]")
#: a level said beside another one, not a number of things: 不满意还得给5
_OTHER_LEVEL = re.compile(r"(?:给|打|选|评|回复?)(?:了|个|你们?)?[1-5一二三四五](?:分|星|$|\s)")
_LEVEL_WORD = re.compile(r"满意|不满")
_TURNED = re.compile(
    r"才怪|个(?:屁|鬼|头|锤|毛|球|蛋|der)|放屁|呵呵|除非|如果|要是|假如|怎么|谁|哪|吗|么|凭什么|难道|希望|想|要|能|会|等|才|再|就"
)
#: what belongs to the level though blanks or marks stand between: 不 满意, 非常,不满意, 不满意 极了
_CUT_BEFORE = re.compile(
    rf"(?:{_VERY}|{_NOT}|没|未|无|难|完全|根本|压根|强烈|一点儿?[都也]?|至|极|基本上?|大体上?|大致|还算|勉强|凑合|将就|对付|百分之百|百分百|100)的?$"
)
#: a digit alone is an answer up to this length: two SMS
_SHORT = 140
#: so many characters beside a level are looked at
_NEAR = 12
_CUT_AFTER = re.compile(r"极|至|得很|了?极")
_BLAME = re.compile(
    r"没人|没有人|没解决|未解决|没处理|没有处理|没有解决|没用|无用|没结果|没来|没回|没修|没办"
    r"|不管|不行|不好|不作为|不负责|不理|推诿|踢皮球|敷衍|骗|糊弄|忽悠|投诉|差评|太差|很差|最差|差劲|垃圾|失望|恶劣|生气|愤怒|解决不了|不解决"
    r"|(?:态度|服务|效率|质量|水平|素质)(?:真|很|太|非常|特别|也|都|极其|比较|有点|还是)?(?:差|低|不好|不行|恶劣)"
    r"|不咋|啥玩意|白扯|扯犊子|完犊子|闹心|憋气|磨叽|埋汰|啥也不是|不得劲|整不明白"
    r"|才怪|个屁|放屁|呵呵|[😡🤬😠👎💩🖕😤😞😒]"
)
_PRAISE = re.compile(
    r"很好|非常好|太好|挺好|特别好|真好|好评|点赞|表扬|优秀|给力|很棒|真棒|太棒|最好|第一|非常感谢|十分感谢"
    r"|很及时|很快|老好|贼好|嘎嘎好|杠杠|(?<!不)得劲|解决了|很热情|很负责|辛苦了|[👍👏🌹💯😊😀😁🥰]"
)
#: "1" is read as best by many people, whose phone menus put 1 = 满意: praise beside it is a contradiction
_GOOD, _BAD = 4, 2


def parse_reply(text: str) -> Reply:
    """What `text` says; a level only when nothing in it disagrees.  Total: any text gives one of the three outcomes."""
    clean, origin = _cleaned(text)
    clean = _BROKEN_NUMBER.sub(lambda found: "0" * len(found.group()), clean)
    clauses = _clauses(clean)
    if any(_STOP.fullmatch(clean[start:end]) for start, end in clauses):
        return Reply(Outcome.REFUSED, comment=None)

    findings = [finding for start, end in clauses for finding in _levels(clean, start, end)]
    if not findings or not _is_stated(clean, clauses, findings) or not _agree(clean, findings):
        return Reply(Outcome.UNCLEAR, comment=text.strip() or None)
    return Reply(Outcome.RATED, findings[0].level, _comment(text, origin, findings))


def cleaned(text: str) -> str:
    """`text` half-width, simplified, lower case, without what no eye sees."""
    return _cleaned(text)[0]


def _cleaned(text: str) -> tuple[str, list[int]]:
    """`text` half-width, simplified, lower case, and for each character the place in `text` it came from."""
    letters: list[str] = []
    origin: list[int] = []
    for place, character in enumerate(text):
        if character in _INVISIBLE:
            continue
        for letter in unicodedata.normalize("NFKC", character).lower().translate(_TRADITIONAL):
            letters.append(letter)
            origin.append(place)
    return "".join(letters), origin


def _clauses(clean: str) -> list[tuple[int, int]]:
    """(start, end) of each stretch between separators, empty ones left out."""
    edges = [0]
    for separator in _SEPARATOR.finditer(clean):
        edges += [separator.start(), separator.end()]
    edges.append(len(clean))
    return [(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True) if end > start]


def _levels(clean: str, start: int, end: int) -> list[_Finding]:
    """The levels a clause states: none if it is only talk, several for things like 5不满意."""
    findings: list[_Finding] = []
    place = start
    while place < end and (found := _level_at(clean, place, end)):
        findings.append(found)
        place = found.end
    return findings


def _level_at(clean: str, start: int, end: int) -> _Finding | None:
    digit = _DIGIT.match(clean, start, end)
    is_counted = digit and (_MEASURE.match(clean, digit.end(), end) or _MEASURE_APART.match(clean, digit.end()))
    if digit and not is_counted and not _stands_for_more(clean, digit, end):
        found = digit["digit"]
        return _Finding(_DIGITS.get(found) or int(found), start, digit.end(), spoken=False)
    words = _WORDS.match(clean, start, end)
    if words:
        level = next(level for n, (level, _) in enumerate(_PHRASES) if words[f"l{n}"])
        return _Finding(level, start, words.end(), spoken=True)
    return None


def _stands_for_more(clean: str, digit: re.Match[str], end: int) -> bool:
    """Whether the digit is part of a Chinese word (一般, 三番五次) rather than an answer of its own."""
    is_word = digit["digit"] in _DIGITS
    rest = clean[digit.end() : end]
    return is_word and digit.end() == digit.end("digit") and bool(rest) and not _LEVEL_WORD.search(rest)


def _is_stated(clean: str, clauses: list[tuple[int, int]], findings: list[_Finding]) -> bool:
    """Whether a level is said in words, or by a digit where an answer stands: at one end of a short text.

    Digits elsewhere number the paragraphs of a letter.
    """
    edges = {clauses[0][0], clauses[-1][0]} if len(clean) <= _SHORT else set()
    return any(finding.spoken or finding.start in edges for finding in findings)


def _agree(clean: str, findings: list[_Finding]) -> bool:
    """Whether every level is the same and nothing said beside it speaks against it."""
    levels = {finding.level for finding in findings}
    if len(levels) > 1:
        return False
    level = levels.pop()
    rest = _without(clean, findings)
    if any(other.search(rest) for other in (_LEVEL_WORD, _OTHER_LEVEL, _ALTERNATIVE)) or _asks(clean, findings):
        return False
    if level >= _GOOD and _BLAME.search(rest):
        return False
    if level <= _BAD and not any(finding.spoken for finding in findings) and _PRAISE.search(rest):
        return False
    if any(finding.spoken and _cut(clean, finding) for finding in findings):
        return False
    return not (level > _BAD and any(finding.spoken and _turned(clean, finding) for finding in findings))


def _asks(clean: str, findings: list[_Finding]) -> bool:
    """满意? and 5吗 are questions, not answers."""
    return any(clean[finding.end :].lstrip().startswith(("?", "吗", "么")) for finding in findings)


def _cut(clean: str, finding: _Finding) -> bool:
    """Whether a word that makes another level of it stands next to it, beyond a blank or a mark."""
    before = _SEPARATOR.sub("", clean[max(0, finding.start - _NEAR) : finding.start])
    after = _SEPARATOR.sub("", clean[finding.end : finding.end + _NEAR])
    return bool(_CUT_BEFORE.search(before) or _CUT_AFTER.match(after))


def _turned(clean: str, finding: _Finding) -> bool:
    """Whether words glued to a good level turn it round: 满意个屁, 满意才怪."""
    glued = _SEPARATOR.split(clean[finding.end :], maxsplit=1)[0]
    return bool(_TURNED.search(glued))


def _without(clean: str, findings: list[_Finding]) -> str:
    rest = clean
    for finding in reversed(findings):
        rest = rest[: finding.start] + " " + rest[finding.end :]
    return rest


def _comment(text: str, origin: list[int], findings: list[_Finding]) -> str | None:
    """What the citizen wrote beside the level, in their own characters."""
    kept = set(range(len(text)))
    for finding in findings:
        first, last = origin[finding.start], origin[finding.end - 1]
        kept -= set(range(first, last + 1))
    rest = "".join(character for place, character in enumerate(text) if place in kept and character not in _INVISIBLE)
    rest = re.sub(r"^[\s,，。.;；:：、!！~～…‐-―−]+|[\s,，;；:：、~～]+$", "", rest)
    return rest if any(unicodedata.category(character) in _SAYING for character in rest) else None
