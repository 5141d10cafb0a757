"""Words that say a matter cannot wait."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from nlp.text import normalise


class UrgentKind(StrEnum):
    """Classes of urgent matters, after a Shanghai district's practice."""

    THREAT = "threat"
    SAFETY = "safety"
    LIVELIHOOD = "livelihood"
    MASS = "mass"


class UrgencyLevel(StrEnum):
    """How urgent the found words make a matter look; a person confirms."""

    NORMAL = "normal"
    URGENT = "urgent"
    CRITICAL = "critical"


@dataclass(frozen=True)
class UrgentWord:
    """A found word, its class, and where it stands."""

    text: str
    kind: UrgentKind
    start: int
    end: int


_WORDS = {
    UrgentKind.THREAT: """
        扬言 跳楼 跳桥 轻生 自杀 自焚 不想活 活不下去 同归于尽 报复社会 砍人 杀人 拼命 持刀 堵路 堵高速
        拉横幅 拉条幅 服毒 喝农药 割腕
    """,
    UrgentKind.SAFETY: """
        安全隐患 燃气泄漏 煤气泄漏 天然气泄漏 燃气味 煤气味 漏气 漏电 触电 电线断 电线脱落 电线裸露
        着火 起火 火灾 冒烟 爆炸 塌陷 坍塌 倒塌 困人 被困 坠落 下坠 急坠 脱落 砸到 掉下来 井盖丢失
        井盖缺失 井盖不见 中毒 高空坠物 危房 倾斜 溺水 车祸 受伤 一氧化碳
    """,
    UrgentKind.LIVELIHOOD: """
        停水 停电 停气 停热 停暖 断水 断电 断气 爆管 管道爆裂 跑水 呼吸机 透析 孤寡 独居老人 瘫痪在床 卧床
        昏迷 病危 新生儿 吃奶的孩子 救命 没饭吃 无家可归 流落街头
    """,
    UrgentKind.MASS: """
        集体上访 上访 罢工 罢运 全小区 整个小区 整栋楼 几百户 上百户 数百名 几十人
        集体食物中毒 集体腹泻 群访
    """,
}
_KIND_OF = {word: kind for kind, words in _WORDS.items() for word in words.split()}
_PATTERN = re.compile("|".join(re.escape(word) for word in sorted(_KIND_OF, key=lambda word: (-len(word), word))))
#: what stands right before a word and takes it back: 没有安全隐患, 不存在…, 排除…
_DENIED = re.compile(r"(?:没有|没|无|未|不|不是|并非|不存在|未发现|排除|消除了?|解除)(?:任何|什么|明显|发生|过)?$")


def find_urgent_words(text: str) -> list[UrgentWord]:
    """Urgent words from left to right; those the text itself denies (没有安全隐患) are left out."""
    plain = normalise(text)
    return [
        UrgentWord(text[match.start() : match.end()], _KIND_OF[match.group()], match.start(), match.end())
        for match in _PATTERN.finditer(plain)
        if not _DENIED.search(plain[: match.start()])
    ]


def urgency_of(words: Iterable[UrgentWord]) -> UrgencyLevel:
    """Critical with a threat to life, urgent with a danger or a cut-off supply, else normal."""
    kinds = {word.kind for word in words}
    if UrgentKind.THREAT in kinds:
        return UrgencyLevel.CRITICAL
    return UrgencyLevel.URGENT if kinds else UrgencyLevel.NORMAL
