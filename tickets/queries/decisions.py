"""待我裁定: what only a supervisor ends: requests on which a unit waits while its clock runs, and conferences."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session, joinedload

from staff.rules import Actor
from tickets.kinds import RequestKind, RequestState
from tickets.model import Ticket, TicketRequest
from tickets.queries.access import not_kept_from
from tickets.queries.lists import ALL, Filters, narrowed_page
from tickets.queries.paging import Listed, Order, count_of
from tickets.rules import State


class DecisionKind(StrEnum):
    """延期 · 挂账 · 终止, as a unit asks for them, and 会商."""

    EXTENSION = "extension"
    PARKING = "parking"
    TERMINATION = "termination"
    CONFERENCE = "conference"


_ASKED = {
    DecisionKind.EXTENSION: RequestKind.EXTENSION,
    DecisionKind.PARKING: RequestKind.PARKING,
    DecisionKind.TERMINATION: RequestKind.TERMINATION,
}


@dataclass(frozen=True)
class ToDecide:
    """One page of tickets, and by ticket what is asked; nothing is where units could not agree."""

    listed: Listed
    requests: dict[int, TicketRequest]


def _waits_for(decision: DecisionKind) -> ColumnElement[bool]:
    if decision is DecisionKind.CONFERENCE:
        return Ticket.state == State.ARBITRATION
    asked = select(TicketRequest.ticket_id).where(
        TicketRequest.state == RequestState.PENDING, TicketRequest.kind == _ASKED[decision]
    )
    return and_(Ticket.state == State.IN_PROGRESS, Ticket.id.in_(asked))


def decision_counts(session: Session, *, by: Actor) -> dict[DecisionKind, int]:
    """How many of each wait, counted to 1,001, without what is kept from `by`.  One statement."""
    counts = (count_of(and_(_waits_for(one), not_kept_from(by))) for one in DecisionKind)
    return dict(zip(DecisionKind, session.execute(select(*counts)).one(), strict=True))


def decision_list(
    session: Session,
    decision: DecisionKind,
    *,
    by: Actor,
    now: datetime,
    filters: Filters = ALL,
    phone_key: bytes = b"",
    after: str | None = None,
    limit: int = 25,
) -> ToDecide:
    """Whose unit's time ends first comes first; a conference has no unit, so there it is the citizen's.

    At most four statements, and those of the search.  Raises BadCursor.
    """
    order = Order(Ticket.citizen_due_at if decision is DecisionKind.CONFERENCE else Ticket.unit_due_at)
    within = [_waits_for(decision), not_kept_from(by)]
    listed = narrowed_page(
        session, within, filters, by=by, phone_key=phone_key, now=now, order=order, after=after, limit=limit
    )
    return ToDecide(listed, _requests(session, [ticket.id for ticket in listed.tickets if ticket.has_request]))


def _requests(session: Session, ids: Sequence[int]) -> dict[int, TicketRequest]:
    if not ids:
        return {}
    pending = select(TicketRequest).where(TicketRequest.ticket_id.in_(ids), TicketRequest.state == RequestState.PENDING)
    return {asked.ticket_id: asked for asked in session.scalars(pending.options(joinedload(TicketRequest.unit)))}
