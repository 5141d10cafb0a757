"""The same matters under the formulas of other places, beside ours: what the difference is and why."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session, aliased

from evaluation.formulas import DEFINITIONS, Counted, Definition, Formula, Silence
from evaluation.model import Rating
from evaluation.rules import Channel
from indicators.satisfaction import Slice, rated_tickets
from tickets.kinds import ContactMade
from tickets.model import Reply, Ticket
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
    """What a formula makes of the slice; `rate` None where nothing can be said."""

    definition: Definition
    shares: tuple[Share, ...]
    rate: float | None


class Told(NamedTuple):
    """What is known of a matter: `level` None is silence, `is_responded` contact and answer within the limit."""

    level: int | None
    channel: Channel | None
    is_solved: bool | None
    is_responded: bool


Tally = Counter[Told]


def elsewhere(session: Session, wanted: Slice, *, weights: Sequence[int]) -> list[Elsewhere]:
    """Every formula, in their order; `weights` are those of 响应率, 解决率 and 满意率.

    Of answers alone only those that do not count the silent.
    """
    told, every = _told(session, wanted), _every_answer(session, wanted)
    wants = [one for one in DEFINITIONS.values() if not wanted.has_answers_only or _needs_no_silence(one)]
    return [_computed(one, told, every, weights) for one in wants]


def _needs_no_silence(definition: Definition) -> bool:
    return definition.silence is Silence.LEFT_OUT and definition.formula is not Formula.THREE_RATES


def _computed(definition: Definition, told: Tally, every: Counter[int], weights: Sequence[int]) -> Elsewhere:
    if definition.formula is Formula.THREE_RATES:
        shares = three_rates(told)
        return Elsewhere(definition, shares, weighted(shares, weights))
    share = _share(definition, told, every)
    return Elsewhere(definition, (share,), share.rate)


def _share(definition: Definition, told: Tally, every: Counter[int]) -> Share:
    levels = every if definition.counted is Counted.EVERY else _levels(definition, told)
    good = sum(n for level, n in levels.items() if level >= definition.good_from)
    silent = sum(n for one, n in told.items() if one.level is None)
    n = levels.total() + (0 if definition.silence is Silence.LEFT_OUT else silent)
    return Share(definition.formula.name_zh, good + (silent if definition.silence is Silence.SATISFIED else 0), n)


def _levels(definition: Definition, told: Tally) -> Counter[int]:
    levels: Counter[int] = Counter()
    for one, n in told.items():
        is_theirs = definition.counted is Counted.LAST or one.channel is Channel.CALLBACK
        if one.level is not None and is_theirs:
            levels[one.level] += n
    return levels


def three_rates(told: Tally) -> tuple[Share, ...]:
    """响应率, 解决率, 满意率."""

    def counted(chosen: Iterable[bool]) -> int:
        return sum(n for n, is_in in zip(told.values(), chosen, strict=True) if is_in)

    responded = counted(one.is_responded for one in told)
    solved = counted(one.is_solved is True for one in told)
    asked = counted(one.is_solved is not None for one in told)
    good = counted(one.level is not None and one.level >= SATISFIED_FROM for one in told)
    given = counted(one.level is not None for one in told)
    return Share("响应率", responded, told.total()), Share("解决率", solved, asked), Share("满意率", good, given)


def weighted(shares: Sequence[Share], weights: Sequence[int]) -> float | None:
    """None as soon as one of them cannot be computed: the others do not stand for it."""
    rates = [share.rate for share in shares]
    known = [rate for rate in rates if rate is not None]
    if len(known) < len(rates) or not sum(weights):
        return None
    return sum(rate * weight for rate, weight in zip(known, weights, strict=True)) / sum(weights)


def _told(session: Session, wanted: Slice) -> Tally:
    """The slice's matters with the rating that counts, silence included."""
    base, rating = rated_tickets(wanted)
    newest = select(func.max(Reply.id)).where(Reply.ticket_id == Ticket.id).correlate(Ticket).scalar_subquery()
    in_time = (Reply.contact != ContactMade.NONE) & (Ticket.answered_at < Ticket.citizen_due_at)
    responded = case((in_time, 1), else_=0).label("is_responded")
    said = base.outerjoin(Reply, Reply.id == newest).with_only_columns(
        rating.level, rating.channel, rating.is_solved, responded
    )
    columns = said.subquery().c  # grouped outside: PostgreSQL does not see that two expressions with values are one
    grouped: Select[Any] = select(*columns, func.count()).group_by(*columns)
    tally: Tally = Counter()
    for level, channel, is_solved, is_responded, n in session.execute(grouped):
        tally[Told(level, channel, is_solved, bool(is_responded))] += n
    return tally


def _every_answer(session: Session, wanted: Slice) -> Counter[int]:
    """Of each rework of the slice's matters the answer that counts."""
    base, _ = rated_tickets(wanted)
    given = aliased(Rating)
    query = select(given.level, func.count()).where(
        given.is_current, given.subject == wanted.subject, given.ticket_id.in_(base)
    )
    rows = session.execute(query.group_by(given.level))
    return Counter({level: n for level, n in rows})  # noqa: C416  no dict() of rows
