"""Ratings and ends that look bent, each with the rows that say so; every query starts from an index of the period."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import Session

from evaluation.model import Invitation, Rating
from evaluation.rules import Channel, Subject
from indicators.coverage.moments import seconds_between
from indicators.coverage.rules import CALL_BEFORE, ENDED_BEFORE, MANY_RATINGS, TOO_FAST_S, Flag
from indicators.periods import Period
from staff.model import Person, Unit
from staff.rules import UnitKind
from telephony.bridges.model import BridgedCall
from telephony.bridges.rules import BridgeResult
from telephony.model import Call
from tickets.model import Ending, HistoryLine, Pause, Reply, Ticket
from tickets.rules import Action


@dataclass(frozen=True)
class FlagRow:
    """One thing to look at: `key` stays the same from audit to audit, `what` says what was seen.

    `numbers` are the tickets it is about; of many the newest.
    """

    flag: Flag
    id: int
    key: str
    at: datetime | None
    unit_name: str
    what: str
    numbers: Sequence[str]


@dataclass(frozen=True)
class Wanted:
    """Of which period as of when, below which id, and how many."""

    period: Period
    now: datetime
    after: int | None = None
    limit: int = 50

    def page(self, query: Select[Any], row_id: Any) -> Select[Any]:
        """Newest first."""
        query = query.order_by(row_id.desc()).limit(self.limit)
        return query if self.after is None else query.where(row_id < self.after)


Read = Callable[[Session, Wanted], list[FlagRow]]


def too_fast(session: Session, wanted: Wanted) -> list[FlagRow]:
    """数秒即评: before anybody could have read the question."""
    reached_at = case(
        (Invitation.delivered_at <= Rating.recorded_at, Invitation.delivered_at), else_=Invitation.invited_at
    )
    after_s = seconds_between(reached_at, Rating.recorded_at)
    query = _ratings(wanted, Ticket.number, after_s.label("after_s")).where(
        Rating.channel.in_([Channel.SMS, Channel.PAGE]), Rating.corrects_id.is_(None), after_s < TOO_FAST_S
    )
    return [
        _of_rating(Flag.TOO_FAST, row, f"送达后 {max(row.after_s, 0):.0f} 秒即评")
        for row in session.execute(wanted.page(query, Rating.id))
    ]


def called_before(session: Session, wanted: Wanted) -> list[FlagRow]:
    """评前单位致电: somebody of a unit spoke with the citizen after the question, shortly before the answer."""
    called_at = _call_before().label("called_at")
    query = _ratings(wanted, Ticket.number, called_at).where(_call_before().is_not(None))
    return [
        _of_rating(Flag.CALLED_BEFORE, row, f"评价前 {_minutes(row.called_at, row.recorded_at)} 分钟，单位曾致电群众")
        for row in session.execute(wanted.page(query, Rating.id))
    ]


def _call_before() -> Any:
    """When the last such call was asked for."""
    call = (
        select(func.max(BridgedCall.asked_at))
        .join(Person, Person.id == BridgedCall.person_id)
        .join(Unit, Unit.id == Person.unit_id)
        .where(
            BridgedCall.about_id == Rating.ticket_id,
            BridgedCall.result == BridgeResult.TALKED,
            Unit.kind != UnitKind.HOTLINE,
            BridgedCall.asked_at >= Invitation.invited_at,
            BridgedCall.asked_at < Rating.recorded_at,
            seconds_between(BridgedCall.asked_at, Rating.recorded_at) <= CALL_BEFORE.total_seconds(),
        )
    )
    return call.correlate(Rating, Invitation).scalar_subquery()


def phone_changed(session: Session, wanted: Wanted) -> list[FlagRow]:
    """改号后评: the telephone was corrected at any time since the registration, and the answer came afterwards.

    Who answers in the citizen's place changes the number early, before anybody looks.
    """
    changed_at = _phone_change().label("changed_at")
    query = _ratings(wanted, Ticket.number, changed_at).where(_phone_change().is_not(None))
    return [
        _of_rating(Flag.PHONE_CHANGED, row, f"评价前 {_minutes(row.changed_at, row.recorded_at)} 分钟更正过电话")
        for row in session.execute(wanted.page(query, Rating.id))
    ]


def _phone_change() -> Any:
    line = select(func.max(HistoryLine.at)).where(
        HistoryLine.ticket_id == Rating.ticket_id,
        HistoryLine.action == Action.CORRECT.value,
        HistoryLine.particulars["after"]["phone"].as_string().is_not(None),
        HistoryLine.at < Rating.recorded_at,
    )
    return line.correlate(Rating).scalar_subquery()


def other_phone(session: Session, wanted: Wanted) -> list[FlagRow]:
    """评价号码非来电号码: rated by a number that is not the one which called; many leave their mobile, so it is odd."""
    query = (
        _ratings(wanted, Ticket.number)
        .join(Call, Call.id == Ticket.call_id)
        .where(
            Rating.channel.in_([Channel.SMS, Channel.PAGE]),
            Rating.is_current,
            Call.caller.is_not(None),
            Call.caller != "",
            Ticket.phone != "",
            Call.caller != Ticket.phone,
        )
    )
    return [
        _of_rating(Flag.OTHER_PHONE, row, "评价所用电话不是来电号码")
        for row in session.execute(wanted.page(query, Rating.id))
    ]


def one_phone(session: Session, wanted: Wanted) -> list[FlagRow]:
    """一号多评: many matters rated from one phone; a citizen with several matters is no forger, so it is only odd."""
    newest, n = func.max(Rating.id), func.count(Rating.ticket_id.distinct())
    query = (
        _ratings(wanted, n, newest.label("newest"), Invitation.phone_hash, with_row=False)
        .where(Rating.is_current, Invitation.phone_hash != "", Ticket.phone != "")
        .group_by(Invitation.phone_hash)
        .having(n >= MANY_RATINGS)
        .order_by(newest.desc())
        .limit(wanted.limit)
    )
    if wanted.after is not None:
        query = query.having(newest < wanted.after)
    return [_of_phone(session, wanted, *row) for row in session.execute(query)]


def _of_phone(session: Session, wanted: Wanted, n: int, newest: int, phone_hash: str) -> FlagRow:
    query = _ratings(wanted, Ticket.number).where(Invitation.phone_hash == phone_hash, Rating.is_current)
    rows = session.execute(query.order_by(Rating.id.desc()).limit(20)).all()
    return FlagRow(
        Flag.ONE_PHONE,
        newest,
        f"{phone_hash[:24]}:{newest}",
        rows[0].recorded_at,
        "",
        f"同一电话本期评价 {n} 件",
        [row.number for row in rows],
    )


def ended_before(session: Session, wanted: Wanted) -> list[FlagRow]:
    """临评前终止/挂账: ended or shelved when the rating was next, by an answer given or a limit about to end."""
    found = [*_terminated(session, wanted), *_parked(session, wanted)]
    return sorted(found, key=lambda row: row.id, reverse=True)[: wanted.limit]


def _terminated(session: Session, wanted: Wanted) -> list[FlagRow]:
    """Rows of both kinds share one order: even ids are terminations, odd ones shelvings."""
    row_id = Ending.id * 2
    is_near = seconds_between(Ending.ended_at, Ticket.citizen_due_at) <= ENDED_BEFORE.total_seconds()
    query = _ends(Ending, Ending.ended_at, wanted, row_id).where(
        Ending.action == Action.TERMINATE, or_(_is_replied(Ending.ended_at), func.coalesce(is_near, False))
    )
    return [_of_end(row, "终止") for row in session.execute(wanted.page(query, row_id))]


def _parked(session: Session, wanted: Wanted) -> list[FlagRow]:
    """The shelf moves the limit, so that only an answer given before tells."""
    row_id = Pause.id * 2 + 1
    query = _ends(Pause, Pause.began_at, wanted, row_id).where(_is_replied(Pause.began_at))
    return [_of_end(row, "挂账") for row in session.execute(wanted.page(query, row_id))]


def _ends(model: Any, at: Any, wanted: Wanted, row_id: Any) -> Select[Any]:
    columns = row_id.label("row_id"), at.label("at"), Ticket.number, Ticket.rework_no, Unit.name
    joined = select(*columns).join(Ticket, Ticket.id == model.ticket_id).outerjoin(Unit, Unit.id == Ticket.unit_id)
    return joined.where(at >= wanted.period.begins_at, at < wanted.period.ends_at)


def _is_replied(at: Any) -> ColumnElement[bool]:
    """The unit had answered before, so that a rating was next, or had been bad."""
    return select(Reply.id).where(Reply.ticket_id == Ticket.id, Reply.replied_at < at).exists()


def _of_end(row: Any, word: str) -> FlagRow:
    why = "差评重办期间" if row.rework_no else "答复之后或临近时限时"
    return FlagRow(
        Flag.ENDED_BEFORE, row.row_id, f"end:{row.row_id}", row.at, row.name or "", f"{why}{word}", [row.number]
    )


def _ratings(wanted: Wanted, *columns: Any, with_row: bool = True) -> Select[Any]:
    """Ratings of handling recorded in the period, with the question and the ticket."""
    row = (Rating.id, Rating.recorded_at, Unit.name) if with_row else ()
    query = (
        select(*row, *columns)
        .select_from(Rating)
        .join(Invitation, Invitation.id == Rating.invitation_id)
        .join(Ticket, Ticket.id == Rating.ticket_id)
        .where(
            Rating.subject == Subject.HANDLING,
            Rating.recorded_at >= wanted.period.begins_at,
            Rating.recorded_at < wanted.period.ends_at,
        )
    )
    return query.outerjoin(Unit, Unit.id == Rating.unit_id) if with_row else query


def _of_rating(flag: Flag, row: Any, what: str) -> FlagRow:
    return FlagRow(flag, row.id, f"rating:{row.id}", row.recorded_at, row.name or "", what, [row.number])


def _minutes(earlier: datetime, later: datetime) -> int:
    return int((later - earlier).total_seconds() // 60)
