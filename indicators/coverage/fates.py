"""办结 → 应邀 → 已邀 → 送达 → 参评: one expression says of every closed matter what became of it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from evaluation.model import Invitation, InvitationMessage, Rating, UnaskedAnswer
from evaluation.rules import UNANSWERED, InvitationState, Reason, Subject
from indicators.counts.facts import last_rating
from indicators.counts.questions import present_question
from indicators.counts.units import counting_unit
from indicators.coverage.rules import FATES, QUEUE_TIME, RECEIPT_TIME, Fate
from indicators.periods import Period
from sms.model import Message
from staff.model import Unit
from tickets.kinds import CloseReason, Source
from tickets.model import Ticket
from tickets.queries.direct import stands_at_once

_SUBJECTS = {subject.value: subject for subject in Subject}


@dataclass(frozen=True)
class Loss:
    """How many matters closed by a unit, or answered at once, came to this end.

    `reason` says why a question did not go by SMS.
    """

    fate: Fate
    reason: Reason | None
    n: int
    subject: Subject = Subject.HANDLING


@dataclass(frozen=True)
class FateRow:
    """One closed matter and what became of its question; `ticket` presents its title, which may be withheld."""

    ticket: Ticket
    unit_name: str | None
    fate: Fate
    reason: Reason | None
    invited_at: datetime | None


def losses(session: Session, period: Period, *, now: datetime) -> list[Loss]:
    """Every end and its count, in the order of the way; they add up to what was closed in the period."""
    columns, counted = (_subject(), _fate(now), Invitation.reason), Counter[tuple[Subject, Fate, Reason | None]]()
    grouped = _closed(period).with_only_columns(*columns, func.count()).group_by(*columns)
    for subject, ended, why, n in session.execute(grouped):
        counted[_SUBJECTS[subject], FATES[ended], _told_reason(FATES[ended], why)] += n
    found = [Loss(ended, why, n, subject) for (subject, ended, why), n in counted.items()]
    return sorted(
        found, key=lambda loss: (loss.subject != Subject.HANDLING, list(Fate).index(loss.fate), loss.reason or "")
    )


def fates_by_unit(session: Session, period: Period, *, now: datetime) -> dict[int, Counter[Fate]]:
    """What units closed, by the unit for which each counts in satisfaction; 0 is no unit."""
    closed, unit = _with_unit(_closed(period, Subject.HANDLING))
    fate = _fate(now)
    found: dict[int, Counter[Fate]] = {}
    counted = closed.with_only_columns(unit, fate, func.count()).group_by(unit, fate)
    for unit_id, ended, n in session.execute(counted):
        found.setdefault(unit_id or 0, Counter())[FATES[ended]] += n
    return found


def fate_rows(
    session: Session,
    period: Period,
    fates: Iterable[Fate] = Fate,
    *,
    reason: Reason | None = None,
    unit_id: int | None = None,
    subject: Subject | None = None,
    now: datetime,
    after: int | None = None,
    limit: int = 50,
) -> list[FateRow]:
    """The matters that came to one of these ends, newest first, below the one with id `after`."""
    fate = _fate(now)
    closed, counts_for = _with_unit(_closed(period, subject))
    query = closed.outerjoin(Unit, Unit.id == counts_for).where(fate.in_([one.value for one in fates]))
    if reason is not None:
        query = query.where(Invitation.reason == reason, fate == Fate.NOT_BY_SMS.value)
    if unit_id is not None:
        query = query.where(counts_for == unit_id)
    if after is not None:
        query = query.where(Ticket.id < after)
    columns = query.with_only_columns(Ticket, Unit.name, fate, Invitation.reason, Invitation.invited_at)
    rows = session.execute(columns.order_by(Ticket.id.desc()).limit(limit))
    return [
        FateRow(ticket, name, FATES[ended], _told_reason(FATES[ended], why), at)
        for ticket, name, ended, why, at in rows
    ]


def _closed(period: Period, subject: Subject | None = None) -> Select[Any]:
    """Matters closed in the period, or answered at once, with the question about their present answer; or of one kind.

    What was closed by a unit and what was answered at once have headlines of their own and are not added up in one.
    """
    is_handled = Ticket.close_reason.is_not(None)
    kinds = {None: or_(is_handled, stands_at_once()), Subject.HANDLING: is_handled, Subject.DIRECT: stands_at_once()}
    return (
        select(Ticket.id)
        .outerjoin(Invitation, Invitation.id == _present_question())
        .where(
            Ticket.closed_at >= period.begins_at,
            Ticket.closed_at < period.ends_at,
            kinds[subject],
        )
    )


def _with_unit(closed: Select[Any]) -> tuple[Select[Any], ColumnElement[int | None]]:
    """The same, and the unit for which each matter counts in satisfaction, so that both add up by unit as well."""
    rating, is_direct = aliased(Rating), Ticket.close_reason.is_(None)
    joined = closed.outerjoin(rating, rating.id == _last_rating())
    of_hotline, of_unit = counting_unit(rating, Subject.DIRECT), counting_unit(rating, Subject.HANDLING)
    return joined, case((is_direct, of_hotline), else_=of_unit)


def _present_question() -> Any:
    """The id of the question about the present answer; that of an earlier one does not stand for it."""
    is_direct = Ticket.close_reason.is_(None)
    return case((is_direct, present_question(Subject.DIRECT)), else_=present_question(Subject.HANDLING))


def _last_rating() -> Any:
    """The id of the rating that counts, of what was answered at once or of what a unit did."""
    return case((Ticket.close_reason.is_(None), last_rating(Subject.DIRECT)), else_=last_rating(Subject.HANDLING))


def _subject() -> ColumnElement[str]:
    return case((Ticket.close_reason.is_(None), Subject.DIRECT.value), else_=Subject.HANDLING.value)


def _fate(now: datetime) -> ColumnElement[str]:
    """The first that holds; what fits nothing is a finding by itself."""
    is_asked = Invitation.id.is_not(None)
    is_rated = exists().where(Rating.invitation_id == Invitation.id, Rating.is_current)
    ends = [
        *((~is_asked & condition, fate) for condition, fate in _unasked(now)),
        (is_rated, Fate.RATED),
        (_last_rating().is_not(None), Fate.RATED_BEFORE),
        (Invitation.state == InvitationState.ANSWERED, Fate.RATING_GONE),
        (Invitation.state == InvitationState.REFUSED, Fate.REFUSED),
        (Invitation.state == InvitationState.VOIDED, Fate.VOIDED),
        *((~_is_reached() & condition, fate) for condition, fate in _undelivered(now)),
        (Invitation.state.in_(UNANSWERED) & (Invitation.expires_at > now), Fate.WAITING),
    ]
    return case(*((condition, fate.value) for condition, fate in ends), else_=Fate.SILENT.value)


def _unasked(now: datetime) -> list[tuple[ColumnElement[bool], Fate]]:
    answered_at = func.coalesce(Ticket.answered_at, Ticket.closed_at)
    return [
        (_is_unasked(has_no_template=False), Fate.AT_ONCE),
        (_is_unasked(has_no_template=True), Fate.NO_TEMPLATE),
        (and_(Ticket.close_reason == CloseReason.DECISION, Ticket.answered_at.is_(None)), Fate.DECIDED),
        (Ticket.caller_withdrew_at.is_not(None), Fate.TAKEN_BACK),
        (and_(Ticket.source == Source.RATING, Ticket.phone == ""), Fate.FROM_WINDOW),
        (answered_at > now - QUEUE_TIME, Fate.QUEUED),
        (Ticket.rework_no > 0, Fate.ROUND_UNINVITED),
        (Ticket.id.is_not(None), Fate.UNINVITED),
    ]


def _is_unasked(*, has_no_template: bool) -> ColumnElement[bool]:
    """The city did not ask about what was answered at once when this was, or had no words for it."""
    noted = UnaskedAnswer.ticket_id == Ticket.id, UnaskedAnswer.answered_at == Ticket.answered_at
    return Ticket.close_reason.is_(None) & exists().where(*noted, UnaskedAnswer.has_no_template.is_(has_no_template))


def _undelivered(now: datetime) -> list[tuple[ColumnElement[bool], Fate]]:
    sent = select(InvitationMessage.message_id).join(Message, Message.id == InvitationMessage.message_id)
    is_sent = sent.where(InvitationMessage.invitation_id == Invitation.id, Message.expects_reply).exists()
    return [
        (Invitation.reason.is_not(None), Fate.NOT_BY_SMS),
        (~is_sent, Fate.NEVER_SENT),
        (Invitation.invited_at > now - RECEIPT_TIME, Fate.ON_ITS_WAY),
        (Ticket.id.is_not(None), Fate.NO_RECEIPT),
    ]


def _is_reached() -> ColumnElement[bool]:
    """Who replied twice without being understood was reached, whatever the carrier reported."""
    return Invitation.delivered_at.is_not(None) | func.coalesce(Invitation.reason == Reason.UNCLEAR_TWICE, False)


def _told_reason(fate: Fate, reason: Reason | None) -> Reason | None:
    """Of a question that did not go by SMS: why; of any other it says nothing of its fate."""
    return reason if fate is Fate.NOT_BY_SMS else None
