"""What a classifier says of a text: ranked topics with reasons, or that it says nothing and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

#: at or above: 很可能, 可能; below both: 不确定
LIKELY_FROM, POSSIBLE_FROM = 0.80, 0.45

#: automatic dispatch of a topic needs at least so many measured tickets and at most such an error
LEAST_MEASURED, TARGET_ERROR = 200, 0.02


class Certainty(StrEnum):
    """How sure, in a word that is shown."""

    LIKELY = "likely"
    POSSIBLE = "possible"
    UNCERTAIN = "uncertain"

    @property
    def name_zh(self) -> str:
        """很可能, 可能 or 不确定."""
        return {"likely": "很可能", "possible": "可能", "uncertain": "不确定"}[self.value]

    @classmethod
    def of(cls, confidence: float) -> "Certainty":
        """The word for a confidence of 0..1."""
        if confidence >= LIKELY_FROM:
            return cls.LIKELY
        return cls.POSSIBLE if confidence >= POSSIBLE_FROM else cls.UNCERTAIN


class Abstention(StrEnum):
    """Why nothing is suggested."""

    EMPTY = "empty"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    UNREADABLE = "unreadable"
    FOREIGN = "foreign"
    OUT_OF_DOMAIN = "out_of_domain"


@dataclass(frozen=True)
class DecidingWord:
    """A word of the text that spoke for the topic, and where it stands."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Suggestion:
    """A topic and how sure the classifier is of it, 0..1; the strongest deciding words come first."""

    code: str
    path: tuple[str, str, str]
    confidence: float
    words: tuple[DecidingWord, ...]

    @property
    def certainty(self) -> Certainty:
        """The confidence in a word."""
        return Certainty.of(self.confidence)


@dataclass(frozen=True)
class Suggestions:
    """Up to three topics, best first; or none, and `abstained` says why.  `model` names the model."""

    model: str
    ranked: tuple[Suggestion, ...] = ()
    abstained: Abstention | None = None


class Classifier(Protocol):
    """Anything that can rank topics for a text; must be deterministic and must abstain from what it does not know."""

    @property
    def name(self) -> str: ...

    def suggest(self, text: str, *, place: str | None = None) -> Suggestions: ...


def classify(model: Classifier, text: str, place: str | None = None) -> Suggestions:
    """Rank the topics of a citizen's text.  The names in `place` do not vote: 水厂街 is not about water."""
    return model.suggest(text, place=place)


@dataclass(frozen=True)
class DispatchRecord:
    """How a topic fared on past tickets: `n` at or above `threshold`, `wrong` of these would have gone wrong."""

    code: str
    threshold: float
    n: int
    wrong: int
    is_on: bool = True

    @property
    def error(self) -> float:
        """Measured share of wrong ones; 1 when nothing was measured."""
        return self.wrong / self.n if self.n else 1.0

    def may_dispatch(self, confidence: float) -> bool:
        """Whether a ticket of this topic and confidence may leave without a dispatcher."""
        return self.is_on and self.n >= LEAST_MEASURED and self.error <= TARGET_ERROR and confidence >= self.threshold


class Decision(StrEnum):
    """What happens with a suggestion."""

    AUTO = "auto"
    SUGGEST = "suggest"
    NOTHING = "nothing"


def decide(suggestions: Suggestions, records: Mapping[str, DispatchRecord]) -> Decision:
    """Dispatch by itself only where the first topic's record allows it; suggest elsewhere; nothing after abstaining."""
    if not suggestions.ranked:
        return Decision.NOTHING
    first = suggestions.ranked[0]
    record = records.get(first.code)
    return Decision.AUTO if record is not None and record.may_dispatch(first.confidence) else Decision.SUGGEST


def fit_threshold(judged: Sequence[tuple[float, bool]]) -> tuple[float, int, int]:
    """The lowest threshold that keeps the target error on past tickets, with how many pass it and how many are wrong.

    `judged` holds (confidence, was right) of every past ticket that got this topic first.  (1.01, 0, 0) when no
    threshold keeps the target on at least LEAST_MEASURED tickets: no confidence reaches it.
    """
    best = (1.01, 0, 0)
    wrong = 0
    ordered = sorted(judged, key=lambda pair: -pair[0])
    for count, (confidence, was_right) in enumerate(ordered, start=1):
        wrong += not was_right
        ties_follow = count < len(ordered) and ordered[count][0] == confidence
        if not ties_follow and count >= LEAST_MEASURED and wrong / count <= TARGET_ERROR:
            best = (confidence, count, wrong)
    return best
