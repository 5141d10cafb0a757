"""The same matters under the formulas of other places, beside ours: what the difference is and why."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from evaluation.formulas import DEFINITIONS, Counted, Definition, Formula, Silence
from evaluation.rules import Channel
from indicators.answers import answers
from indicators.counts.queries import Counts, Owner, changes, said_counts
from indicators.counts.rules import AGAIN, CountedPart
from indicators.given import Words, said_kind, words_of
from indicators.satisfaction import Slice
from tickets.rules import SATISFIED_FROM


@dataclass(frozen=True)
class Share:
    """A part of a formula that has several, or the whole of one that has one."""

    name: str
    numerator: int
    n: int

    @property
    def rate(self) -> float | None:
        return self.numerator / self.n if self.n else None


@dataclass(frozen=True)
class Elsewhere:
    """What a formula makes of the slice; `rate` None where nothing can be said.

    `imputed`: matters without an answer that its rule counts as one; ours never does.
    """

    definition: Definition
    shares: tuple[Share, ...]
    rate: float | None
    imputed: int = 0


@dataclass(frozen=True)
class Told:
    """What is known of a slice's matters: how many, the answers that count by channel and level, those of all rounds
    by level, and of how many it is known that the unit responded in time, that they are solved, that they are not.
    """

    matters: int
    words: Words
    every: Counter[int]
    responded: int = 0
    solved: int = 0
    unsolved: int = 0

    @property
    def silent(self) -> int:
        return self.matters - self.words.total()


def elsewhere(session: Session, wanted: Slice, *, weights: Sequence[int]) -> list[Elsewhere]:
    """Every formula, in their order; `weights` are those of 响应率, 解决率 and 满意率.

    Of answers alone only those that do not count the silent.
    """
    told = _told(session, wanted)
    wants = [one for one in DEFINITIONS.values() if not wanted.has_answers_only or _needs_no_silence(one)]
    return [_computed(one, told, weights) for one in wants]


def _needs_no_silence(definition: Definition) -> bool:
    return definition.silence is Silence.LEFT_OUT and definition.formula is not Formula.THREE_RATES


def _computed(definition: Definition, told: Told, weights: Sequence[int]) -> Elsewhere:
    if definition.formula is Formula.THREE_RATES:
        shares = three_rates(told)
        return Elsewhere(definition, shares, weighted(shares, weights))
    share = _share(definition, told)
    return Elsewhere(definition, (share,), share.rate, told.silent if definition.rule_id else 0)


def _share(definition: Definition, told: Told) -> Share:
    levels = told.every if definition.counted is Counted.EVERY else _levels(definition, told.words)
    n = levels.total() + (0 if definition.silence is Silence.LEFT_OUT else told.silent)
    good = _good(levels, definition.good_from)
    return Share(definition.formula.name_zh, good + (told.silent if definition.silence is Silence.SATISFIED else 0), n)


def _levels(definition: Definition, words: Words) -> Counter[int]:
    levels: Counter[int] = Counter()
    for (channel, level), n in words.items():
        if definition.counted is Counted.LAST or channel == Channel.CALLBACK:
            levels[level] += n
    return levels


def _good(levels: Counter[int], good_from: int) -> int:
    return sum(n for level, n in levels.items() if level >= good_from)


def three_rates(told: Told) -> tuple[Share, ...]:
    """响应率, 解决率, 满意率."""
    good = sum(n for (_, level), n in told.words.items() if level >= SATISFIED_FROM)
    return (
        Share("响应率", told.responded, told.matters),
        Share("解决率", told.solved, told.solved + told.unsolved),
        Share("满意率", good, told.words.total()),
    )


def weighted(shares: Sequence[Share], weights: Sequence[int]) -> float | None:
    """None as soon as one of them cannot be computed: the others do not stand for it."""
    rates = [share.rate for share in shares]
    known = [rate for rate in rates if rate is not None]
    if len(known) < len(rates) or not sum(weights):
        return None
    return sum(rate * weight for rate, weight in zip(known, weights, strict=True)) / sum(weights)


def _told(session: Session, wanted: Slice) -> Told:
    """From what is kept; without an answer a matter is told apart by what was closed."""
    kind, owner = said_kind(wanted), Owner(wanted.unit_ids, wanted.topic_id)
    if kind is None:
        return Told(0, Counter(), Counter())
    changed = changes(session)
    found = said_counts(session, changed, wanted.period, kind=kind, owner=owner)
    words = words_of(found, wanted.channel)
    every: Counter[int] = Counter()
    for (_, level), n in (words + _before(found, wanted.channel)).items():
        every[level] += n
    if wanted.has_answers_only:
        return Told(words.total(), words, every)
    counted = (found[kind, part] for part in (CountedPart.RESPONDED, CountedPart.SOLVED, CountedPart.UNSOLVED))
    return Told(answers(session, wanted, changed).closed, words, every, *counted)


def _before(found: Counts, channel: Channel | None) -> Words:
    """What was said before a later round's answer, which came by `channel`."""
    again = {(kind, part.removeprefix(AGAIN)): n for (kind, part), n in found.items() if part.startswith(AGAIN)}
    return words_of(Counter(again), channel)
