"""A unit's own figures: each score with its formula card, its parts, and the rows behind it."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, exists, func, null, or_, select
from sqlalchemy.orm import Session

from indicators.cards import CARDS, FormulaCard, IndicatorUnknown
from indicators.model import ObjectionState, ScoreObjection
from indicators.periods import Period
from indicators.satisfaction import Slice, rated_tickets
from staff.model import Unit
from staff.rules import Actor
from tickets.model import HistoryLine, Holding, Reply, Ticket
from tickets.queries.access import PRESENTED, not_kept_from
from tickets.rules import SATISFIED_FROM, Action

#: what ends a holding without the unit having owed anything any more
_TAKEN_AWAY = tuple(
    action.value for action in (Action.RECALL, Action.APPROVE_RETURN, Action.CONFER, Action.MERGE, Action.WITHDRAW)
)
#: of one unit, or of one with all below it: a ticket stands at the unit that leads it, never where it was sent down
RowsOf = Callable[[Collection[int], Period, datetime], Select[Any]]


@dataclass(frozen=True)
class Score:
    """`rows` gives row_id, unit_id, ticket_id, at, due_at, is_counted: whether the row stands in the numerator.

    `is_good`: counted rows speak for the unit.
    """

    card: FormulaCard
    rows: RowsOf
    is_good: bool = True


@dataclass(frozen=True)
class ScoreCounts:
    """How many rows a score has, how many count, and what stands when objections that were upheld are left out."""

    n: int
    counted: int
    objected: int
    upheld: int
    n_without_upheld: int
    counted_without_upheld: int

    def __add__(self, other: "ScoreCounts") -> "ScoreCounts":
        return ScoreCounts(*(one + more for one, more in zip(astuple(self), astuple(other), strict=True)))


NOTHING_COUNTED = ScoreCounts(0, 0, 0, 0, 0, 0)


@dataclass(frozen=True)
class ScoreRow:
    """One row behind a score, with its ticket, the unit's objection to it, and the unit."""

    row_id: int
    at: datetime | None
    due_at: datetime | None
    is_counted: bool
    ticket: Ticket
    objection: ScoreObjection | None
    unit: Unit


def _signed(unit_ids: Collection[int], period: Period, now: datetime) -> Select[Any]:
    """Dispatches whose sign limit has passed in the period; what was taken away before that owes nothing."""
    in_time = func.coalesce(Holding.signed_at <= Holding.sign_due_at, False)
    taken = and_(
        Holding.signed_at.is_(None), Holding.end_action.in_(_TAKEN_AWAY), Holding.ended_at <= Holding.sign_due_at
    )
    return _holdings(unit_ids, Holding.sign_due_at, period, now, in_time, at=Holding.signed_at).where(~_true(taken))


def _answered(unit_ids: Collection[int], period: Period, now: datetime) -> Select[Any]:
    """Holdings whose limit has passed in the period, open overdue ones too; counted: sent in time, audited since."""
    passed = select(func.min(Reply.replied_at)).where(Reply.holding_id == Holding.id, Reply.audit_passed.is_(True))
    replied_at = passed.correlate(Holding).scalar_subquery()
    in_time = func.coalesce(replied_at <= Holding.due_at, False)
    taken = and_(Holding.end_action.in_(_TAKEN_AWAY), Holding.ended_at <= Holding.due_at)
    return _holdings(unit_ids, Holding.due_at, period, now, in_time, at=replied_at).where(~_true(taken))


def _returned(unit_ids: Collection[int], period: Period, now: datetime) -> Select[Any]:
    """Dispatches of the period; counted: the unit asked to give them back."""
    asked = exists().where(
        HistoryLine.ticket_id == Holding.ticket_id,
        HistoryLine.action == Action.RETURN.value,
        HistoryLine.actor_unit_id == Holding.unit_id,
        HistoryLine.at >= Holding.dispatched_at,
        or_(Holding.ended_at.is_(None), HistoryLine.at <= Holding.ended_at),
    )
    return _holdings(unit_ids, Holding.dispatched_at, period, now, asked, at=Holding.dispatched_at)


def _holdings(
    unit_ids: Collection[int], when: Any, period: Period, now: datetime, is_counted: ColumnElement[bool], *, at: Any
) -> Select[Any]:
    """Due times are exclusive: 24:00 of a day is stored as the next 00:00 and is of that day."""
    return select(
        Holding.id.label("row_id"),
        Holding.unit_id.label("unit_id"),
        Holding.ticket_id.label("ticket_id"),
        at.label("at"),
        (Holding.sign_due_at if when is Holding.sign_due_at else Holding.due_at).label("due_at"),
        is_counted.label("is_counted"),
    ).where(Holding.unit_id.in_(unit_ids), when > period.begins_at, when <= min(period.ends_at, now))


def _true(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Unknown is no."""
    return func.coalesce(condition, False)


def _rated(unit_ids: Collection[int], period: Period, now: datetime) -> Select[Any]:
    """Answers that count, silence left out; for the unit that was rated, whoever holds the ticket now."""
    tickets, rating = rated_tickets(Slice(period, unit_ids=tuple(unit_ids)))
    rows = tickets.with_only_columns(
        Ticket.id.label("row_id"),
        rating.unit_id.label("unit_id"),
        Ticket.id.label("ticket_id"),
        rating.recorded_at.label("at"),
        null().label("due_at"),
        (rating.level >= SATISFIED_FROM).label("is_counted"),
    )
    return cast("Select[Any]", rows.where(rating.level.is_not(None), rating.recorded_at <= now))


def _reworked(unit_ids: Collection[int], period: Period, now: datetime) -> Select[Any]:
    """What was closed in the period; counted: it had to be done again."""
    rows = select(
        Ticket.id.label("row_id"),
        Ticket.unit_id.label("unit_id"),
        Ticket.id.label("ticket_id"),
        Ticket.closed_at.label("at"),
        null().label("due_at"),
        (Ticket.rework_no > 0).label("is_counted"),
    ).where(
        Ticket.unit_id.in_(unit_ids),
        Ticket.close_reason.is_not(None),
        Ticket.closed_at >= period.begins_at,
        Ticket.closed_at < period.ends_at,
        Ticket.closed_at <= now,
    )
    return cast("Select[Any]", rows)


def _card(
    name: str, title: str, formula: str, numerator: str, denominator: str, basis: str, without: str
) -> FormulaCard:
    return FormulaCard(name, title, formula, numerator, denominator, basis, without, "本系统", 1)


SCORES: dict[str, Score] = {
    score.card.name: score
    for score in (
        Score(CARDS["satisfaction"], _rated),
        Score(
            _card(
                "unit_sign_rate",
                "按期签收率",
                "签收时限内签收 ÷ 期内签收时限已到的派单",
                "签收时限前签收的派单（强制签收按当时计）",
                "期内签收时限已到的派单；到期未签收的也计入",
                "签收时限到期时间",
                "时限前撤回、退单获准、并案或转会商的不计",
            ),
            _signed,
        ),
        Score(
            _card(
                "unit_on_time_rate",
                "按期办结率（本单位）",
                "本单位时限内答复并审核通过 ÷ 期内本单位时限已到的派单",
                "本单位时限前提交、后经审核通过的答复",
                "期内本单位时限已到的派单；逾期未答复的也计入",
                "本单位时限到期时间",
                "时限前撤回、退单获准、并案或转会商的不计；挂账中的待恢复后再计",
            ),
            _answered,
        ),
        Score(
            _card(
                "unit_return_rate",
                "退单率",
                "申请退单 ÷ 期内派单",
                "本单位申请退单的派单，无论是否获准",
                "期内派给本单位的派单",
                "派单时间",
                "转下级、协办不计",
            ),
            _returned,
            is_good=False,
        ),
        Score(
            _card(
                "unit_rework_rate",
                "重办率",
                "重办过的 ÷ 期内办结",
                "至少重办一次的办件",
                "期内由本单位办结的办件",
                "办结时间",
                "当场答复、不予受理、转出和终止的不计",
            ),
            _reworked,
            is_good=False,
        ),
    )
}


def score_named(name: str) -> Score:
    """Raises IndicatorUnknown."""
    if name not in SCORES:
        raise IndicatorUnknown(name=name)
    return SCORES[name]


def score_counts(
    session: Session, name: str, unit_ids: Collection[int], period: Period, *, now: datetime
) -> ScoreCounts:
    """Of these units together, in one statement.  Raises IndicatorUnknown."""
    found = score_counts_by_unit(session, name, unit_ids, period, now=now)
    return sum(found.values(), NOTHING_COUNTED)


def score_counts_by_unit(
    session: Session, name: str, unit_ids: Collection[int], period: Period, *, now: datetime
) -> dict[int, ScoreCounts]:
    """Units without a row are not in it.  Raises IndicatorUnknown."""
    rows = score_named(name).rows(unit_ids, period, now).subquery()
    is_upheld = func.coalesce(ScoreObjection.state == ObjectionState.UPHELD, False)
    counted = (
        select(
            rows.c.unit_id,
            func.count(),
            func.count(case((rows.c.is_counted, 1))),
            func.count(ScoreObjection.id),
            func.count(case((is_upheld, 1))),
            func.count(case((and_(rows.c.is_counted, is_upheld), 1))),
        )
        .select_from(rows.outerjoin(ScoreObjection, _objected(rows, name)))
        .group_by(rows.c.unit_id)
    )
    return {
        unit_id: ScoreCounts(n, good, objected, upheld, n - upheld, good - upheld_good)
        for unit_id, n, good, objected, upheld, upheld_good in session.execute(counted)
    }


@dataclass(frozen=True)
class ScoreParts:
    """What some units add to each score."""

    by_name: dict[str, ScoreCounts]

    def __add__(self, other: "ScoreParts") -> "ScoreParts":
        return ScoreParts({name: one + other.by_name[name] for name, one in self.by_name.items()})


NO_SCORES = ScoreParts(dict.fromkeys(SCORES, NOTHING_COUNTED))


def scores_of_units(
    session: Session, unit_ids: Collection[int], period: Period, *, now: datetime
) -> dict[int, ScoreParts]:
    """Every score by unit, in one statement each; units without a row are not in it."""
    found = {name: score_counts_by_unit(session, name, unit_ids, period, now=now) for name in SCORES}
    counted = {unit_id for one in found.values() for unit_id in one}
    return {
        unit_id: ScoreParts({name: one.get(unit_id, NOTHING_COUNTED) for name, one in found.items()})
        for unit_id in counted
    }


def _objected(rows: Subquery, name: str) -> ColumnElement[bool]:
    """The objection of the unit whose row it is."""
    return and_(
        ScoreObjection.score == name,
        ScoreObjection.unit_id == rows.c.unit_id,
        ScoreObjection.row_id == rows.c.row_id,
    )


def score_rows(
    session: Session,
    name: str,
    unit_ids: Collection[int],
    period: Period,
    *,
    by: Actor,
    now: datetime,
    is_counted: bool | None = None,
    after: int | None = None,
    limit: int = 50,
) -> Sequence[ScoreRow]:
    """Newest first, below the row with id `after`; None: all rows.  Raises IndicatorUnknown."""
    rows = score_named(name).rows(unit_ids, period, now).subquery()
    query = (
        select(rows.c.row_id, rows.c.at, rows.c.due_at, rows.c.is_counted, Ticket, ScoreObjection, Unit)
        .join(Ticket, Ticket.id == rows.c.ticket_id)
        .join(Unit, Unit.id == rows.c.unit_id)
        .outerjoin(ScoreObjection, _objected(rows, name))
        .where(not_kept_from(by))
        .options(*PRESENTED)
        .order_by(rows.c.row_id.desc())
        .limit(limit)
    )
    if after is not None:
        query = query.where(rows.c.row_id < after)
    if is_counted is not None:
        query = query.where(rows.c.is_counted == is_counted)
    return [ScoreRow(*row) for row in session.execute(query)]


def ticket_id_of_row(
    session: Session, name: str, unit_id: int, row_id: int, period: Period, *, now: datetime
) -> int | None:
    """The ticket of a row that stands behind the score; None: there is no such row.  Raises IndicatorUnknown."""
    rows = score_named(name).rows([unit_id], period, now).subquery()
    return session.scalar(select(rows.c.ticket_id).where(rows.c.row_id == row_id))
