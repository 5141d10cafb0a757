"""What is written back to the question why: the letters that were chosen, and words."""

import re
from dataclasses import dataclass

from sms.replies import cleaned

_GAP = r"[\s,.;:!、。/+&和与及]*"
_CHOICE = re.compile(
    rf"(?:我|就|选择|选|回复|回|原因|主要|是|因为|:){{0,6}}{_GAP}(?P<letters>[a-e](?:{_GAP}[a-e])*)(?![a-z0-9])"
)
#: after a letter these make it a name of something: A座没水, B栋电梯, C口堵了
_NAME = re.compile(r"[座栋幢区楼单门口段型级号厅馆超股票证照类卡轮]")
#: the words that stand beside the letters in the question, as people write them
_SPOKEN = {
    "a": r"(?:问题)?(?:还是)?(?:未|没|没有|根本没)(?:得到)?解决",
    "b": r"(?:无人|没人|没有人|一直没人)(?:和我|跟我|与我|给我)?(?:联系|打电话)(?:我|过我)?",
    "c": r"答复(?:得)?(?:不清|不清楚|不明白|含糊)",
    "d": r"(?:服务|工作人员)?态度(?:不好|差|太差|恶劣|很差|问题)?",
    "e": r"其他|其它",
}
_WORDS = re.compile("|".join(f"(?P<{letter}>{words})" for letter, words in _SPOKEN.items()))
_ENDS = re.compile(r"[\s,.;:!?~…、。]+")
_POLITE = re.compile(r"(?:好的?|收到|谢谢(?:你们?|您)?|知道了|ok|嗯|哦|行|无|没有了?|[\s,.;:!?~…、。])*")
#: whoever took 1 for the best says so in these words; a wrong address may be meant as well, so words beside them stay
_MISTAKEN = re.compile(r"(?<!不)错|反了|弄反|搞反|手滑|手误|误(?:按|点|评|触|操作)|不是这个意思")
_SLIP = (
    r"(?:不好意思|对不起|抱歉|刚才|刚刚|我|是|的|了|给|把|看|打|按|发|评|选|点|回|回复|写|弄|搞|填|输|手滑|手误|误按|误点|误评|误触|误操作|数字|评价|分数|分"
    r"|错|反|应该|本来|其实|想|要|最好|满意|非常|很|好评|意思|不是|这个|[\s,.;:!?~…、。])+"
)
_ONLY_MISTAKEN = re.compile(rf"(?=.*(?:{_MISTAKEN.pattern})){_SLIP}")
_LABELS = {"a": "未解决", "b": "无人联系", "c": "答复不清", "d": "态度", "e": "其他"}


@dataclass(frozen=True)
class Why:
    """`letters` in the order of the alphabet; `words` as they were written, None where they say nothing more.

    `is_mistaken`: the level itself was perhaps not meant, though none is said anew.
    """

    letters: tuple[str, ...] = ()
    words: str | None = None
    is_mistaken: bool = False


def parse_why(text: str) -> Why:
    """What `text` answers to the question why.  Total; who sends the question itself back has chosen nothing."""
    clean = cleaned(text)
    letters, rest = _chosen(clean)
    if len(letters) == len(_SPOKEN) and all(label in clean for label in _LABELS.values()):
        return Why()
    letters |= {str(found.lastgroup) for clause in _ENDS.split(rest) if (found := _WORDS.fullmatch(clause))}
    says_nothing = _POLITE.fullmatch(rest) or all(_WORDS.fullmatch(one) for one in _ENDS.split(rest) if one)
    is_mistaken = bool(_MISTAKEN.search(rest))
    says_nothing = says_nothing or bool(_ONLY_MISTAKEN.fullmatch(rest))
    return Why(tuple(sorted(letters)), None if says_nothing else text.strip() or None, is_mistaken)


def _chosen(clean: str) -> tuple[set[str], str]:
    """The letters at the beginning, each perhaps with its own words behind it, and what is left."""
    letters: set[str] = set()
    rest = clean
    while (found := _CHOICE.match(rest.lstrip(" ,.;:!、。"))) and not _names(found):
        letters |= set(found["letters"]) & set(_SPOKEN)
        rest = found.string[found.end() :]
        if spoken := _WORDS.match(rest.lstrip(" ,.;:!、。")):
            letters.add(str(spoken.lastgroup))
            rest = spoken.string[spoken.end() :]
    return letters, rest


def _names(found: re.Match[str]) -> bool:
    return bool(_NAME.match(found.string, found.end()))
