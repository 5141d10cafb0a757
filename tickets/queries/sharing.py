"""What stands beside a ticket on its page: requests, helpers, units below, papers, and what was merged."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from core.calendar import CalendarNotLoaded
from staff.rules import Actor
from tickets.clocks import Clocks
from tickets.extensions import term_of
from tickets.model import HelperPart, Incident, InnerHolding, Oversight, Pause, Ticket, TicketRequest
from tickets.queries.access import not_kept_from
from tickets.rules import State

CHILDREN_SHOWN = 50


@dataclass(frozen=True)
class Sharing:
    """Newest first, apart from the chain of units, which is in the order in which it was sent down."""

    requests: Sequence[TicketRequest]
    parts: Sequence[HelperPart]
    below: Sequence[InnerHolding]
    papers: Sequence[Oversight]
    pause: Pause | None
    parent: str | None
    children: Sequence[Ticket]
    #: the name of the mass incident that is handled under it; None: it is none, or it was closed
    incident: str | None
    #: the last day that may be asked for; None when nothing may be asked for, or the calendar does not reach
    extension_latest: date | None


def sharing_of(session: Session, ticket: Ticket, clocks: Clocks, *, by: Actor) -> Sharing:
    """Without what is kept from `by`.  At most eight statements, fewer for a ticket that nobody shares."""
    is_child, has_held = ticket.parent_id is not None, ticket.holding_id is not None
    requests = select(TicketRequest).where(TicketRequest.ticket_id == ticket.id).options(joinedload(TicketRequest.unit))
    parts = select(HelperPart).where(HelperPart.ticket_id == ticket.id).options(joinedload(HelperPart.unit))
    below = select(InnerHolding).where(InnerHolding.ticket_id == ticket.id)
    papers = select(Oversight).where(Oversight.ticket_id == ticket.id).options(joinedload(Oversight.unit))
    named = (joinedload(InnerHolding.unit), joinedload(InnerHolding.from_unit))
    parent = select(Ticket.number).where(Ticket.id == ticket.parent_id, not_kept_from(by))
    pause = select(Pause).where(Pause.ticket_id == ticket.id, Pause.ended_at.is_(None))
    incident = select(Incident.name).where(Incident.ticket_id == ticket.id, Incident.ended_at.is_(None))
    return Sharing(
        requests=session.scalars(requests.order_by(TicketRequest.id.desc())).all() if has_held else (),
        parts=session.scalars(parts.order_by(HelperPart.id.desc())).all() if has_held else (),
        below=session.scalars(below.options(*named).order_by(InnerHolding.id)).all() if has_held else (),
        papers=session.scalars(papers.order_by(Oversight.id.desc())).all() if has_held or ticket.oversight else (),
        pause=session.scalar(pause) if ticket.state is State.PARKED else None,
        parent=session.scalar(parent) if is_child else None,
        children=children_of(session, ticket, by=by) if ticket.child_count else (),
        incident=session.scalar(incident) if ticket.child_count else None,
        extension_latest=_latest_day(ticket, clocks),
    )


def children_of(session: Session, ticket: Ticket, *, by: Actor) -> Sequence[Ticket]:
    """Oldest first, some of them."""
    children = select(Ticket).where(Ticket.parent_id == ticket.id, not_kept_from(by))
    return session.scalars(children.order_by(Ticket.id).limit(CHILDREN_SHOWN)).all()


def _latest_day(ticket: Ticket, clocks: Clocks) -> date | None:
    if ticket.state is not State.IN_PROGRESS:
        return None
    term = term_of(ticket, clocks)
    try:
        return term.latest_day() if term is not None else None
    except CalendarNotLoaded:
        return None
