"""Whether two tickets are about one matter: place, topic, words and time, each named as a reason.  Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from nlp.similar import likeness, pairs_of, shared_words

#: how much each part says; found by looking at the demo city's piles, to be fitted on a city's own merges
WORDS, PLACE, TOPIC = 0.6, 0.25, 0.15
#: from here on two tickets are shown as one matter
SAME_MATTER = 0.5
#: the same person with the same matter again; the place is the caller's own
SAME_AGAIN = 0.45


@dataclass(frozen=True)
class Matter:
    """What is compared; a place without id is compared by its words."""

    text: str
    place_id: int | None
    place_text: str
    topic_id: int | None
    at: datetime


def scored(one: Matter, others: Iterable[Matter]) -> list[float]:
    """How alike each is, 0…1."""
    own = pairs_of(one.text)
    return [
        WORDS * likeness(own, pairs_of(other.text))
        + PLACE * _is_same_place(one, other)
        + TOPIC * _is_same_topic(one, other)
        for other in others
    ]


def reasons_of(one: Matter, other: Matter) -> list[str]:
    """Why they are alike, as people are shown it."""
    reasons = ["同一地点"] if _is_same_place(one, other) else []
    reasons += ["同一分类"] if _is_same_topic(one, other) else []
    reasons += [f"都说到“{stretch}”" for stretch in shared_words(one.text, other.text)]
    return [*reasons, _ago(abs(one.at - other.at))]


def _is_same_place(one: Matter, other: Matter) -> bool:
    return (one.place_id is not None and one.place_id == other.place_id) or (
        bool(one.place_text) and one.place_text == other.place_text
    )


def _is_same_topic(one: Matter, other: Matter) -> bool:
    return one.topic_id is not None and one.topic_id == other.topic_id


def _ago(length: timedelta) -> str:
    if length < timedelta(hours=1):
        return f"相隔 {int(length.total_seconds() // 60)} 分钟"
    if length < timedelta(days=1):
        return f"相隔 {int(length.total_seconds() // 3600)} 小时"
    return f"相隔 {length.days} 天"
