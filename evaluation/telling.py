"""Who of a mass incident has been told: each caller's own answer, by the SMS that carries it or by a person."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from evaluation.model import Invitation
from evaluation.queries import ABOUT_HANDLING
from evaluation.rules import InvitationState, Reason
from staff.rules import Actor
from tickets.kinds import Named
from tickets.model import Ticket
from tickets.queries.access import not_kept_from


class Told(Named):
    """How far one caller of an incident is."""

    WAITING = "waiting", "未答复"
    SENT = "sent", "已发出"
    TOLD = "told", "已告知"
    FAILED = "failed", "未告知"


_BY_CODE = {told.value: told for told in Told}

#: whoever answered or said that they do not want to be asked has read it
_HEARD = (InvitationState.ANSWERED, InvitationState.REFUSED)
_FAILED = (InvitationState.UNDELIVERED, InvitationState.TO_CALL)

#: the question about the answer that stands now: a ticket that is being done again waits again
_OWN = and_(Invitation.ticket_id == Ticket.id, Invitation.rework_no == Ticket.rework_no, ABOUT_HANDLING)

_how_far = case(
    (or_(Invitation.id.is_(None), Invitation.state == InvitationState.VOIDED), Told.WAITING.value),
    (or_(Invitation.delivered_at.is_not(None), Invitation.state.in_(_HEARD)), Told.TOLD.value),
    (Invitation.reason == Reason.SILENT, Told.SENT.value),
    (or_(Invitation.state.in_(_FAILED), Invitation.state == InvitationState.EXPIRED), Told.FAILED.value),
    else_=Told.SENT.value,
)


def _is_of(parents: Sequence[int]) -> ColumnElement[bool]:
    """The ticket itself and every one that was merged under it."""
    return or_(Ticket.id.in_(parents), Ticket.parent_id.in_(parents))


def told_counts(session: Session, parents: Sequence[int]) -> dict[int, dict[Told, int]]:
    """How many callers of each incident are how far, itself counted; by the id of its ticket.  One statement."""
    parent = func.coalesce(Ticket.parent_id, Ticket.id)
    rows = session.execute(
        select(parent, _how_far, func.count())
        .select_from(Ticket)
        .outerjoin(Invitation, _OWN)
        .where(_is_of(parents))
        .group_by(parent, _how_far)
    )
    counts = {ticket_id: dict.fromkeys(Told, 0) for ticket_id in parents}
    for ticket_id, how_far, n in rows:
        counts[ticket_id][_BY_CODE[how_far]] = n
    return counts


@dataclass(frozen=True)
class CallerTold:
    """One caller of an incident; `reason` says why an SMS could not carry the answer."""

    ticket: Ticket
    told: Told
    reason: Reason | None


def callers_told(
    session: Session, parent_id: int, *, by: Actor, told: Told | None = None, after: int = 0, limit: int = 50
) -> list[CallerTold]:
    """Oldest first, after the ticket with that id; without what is kept from `by`."""
    found = (
        select(Ticket, _how_far, Invitation.reason)
        .outerjoin(Invitation, _OWN)
        .where(_is_of([parent_id]), Ticket.id > after, not_kept_from(by))
    )
    if told is not None:
        found = found.where(_how_far == told.value)
    return [
        CallerTold(ticket, _BY_CODE[how_far], reason)
        for ticket, how_far, reason in session.execute(found.order_by(Ticket.id).limit(limit))
    ]
