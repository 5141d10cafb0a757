"""Whose hands a ticket is in: the unit that leads, or one below to which it was sent down."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tickets.kinds import InnerState
from tickets.model import Holding, InnerHolding, Ticket

#: the unit below still owes its report
OWES_REPORT = (InnerState.SENT, InnerState.SIGNED)


@dataclass(frozen=True)
class Held:
    """A ticket in the hands of the unit that leads, or with `inner` of one below it."""

    ticket: Ticket
    holding: Holding
    inner: InnerHolding | None = None

    @property
    def unit_id(self) -> int:
        return self.holding.unit_id if self.inner is None else self.inner.unit_id

    @property
    def inner_id(self) -> int | None:
        return None if self.inner is None else self.inner.id

    @property
    def began_at(self) -> datetime:
        return self.holding.dispatched_at if self.inner is None else self.inner.sent_at

    @property
    def signed_at(self) -> datetime | None:
        return self.holding.signed_at if self.inner is None else self.inner.signed_at

    @property
    def due_at(self) -> datetime | None:
        """When the unit must have answered, or reported to the one above."""
        return self.ticket.unit_due_at if self.inner is None else self.inner.due_at

    @property
    def first_due_at(self) -> datetime | None:
        """When the unit that leads must have taken a first step; None once it has, or without such a limit."""
        return self.holding.first_due_at if self.holding.first_acted_at is None else None

    @property
    def mark(self) -> str:
        """What tells it from others in keys."""
        return str(self.holding.id) if self.inner is None else f"{self.holding.id}.{self.inner.id}"


def held_by_lead(session: Session, ticket_id: int) -> Held | None:
    """None while the hotline has it."""
    ticket = session.get_one(Ticket, ticket_id, populate_existing=True)
    return None if ticket.holding_id is None else Held(ticket, session.get_one(Holding, ticket.holding_id))


def held_below(session: Session, lead: Held) -> list[Held]:
    """By each unit below that has not reported, the highest first."""
    owing = select(InnerHolding).where(InnerHolding.holding_id == lead.holding.id, InnerHolding.state.in_(OWES_REPORT))
    return [Held(lead.ticket, lead.holding, inner) for inner in session.scalars(owing.order_by(InnerHolding.id))]


def held_lowest(session: Session, ticket_id: int) -> Held | None:
    """By the last unit to which it was sent down; None while the unit that leads works on it itself."""
    lead = held_by_lead(session, ticket_id)
    if lead is None or lead.ticket.inner_id is None:
        return None
    return Held(lead.ticket, lead.holding, session.get_one(InnerHolding, lead.ticket.inner_id))


def held_in(session: Session, holding_id: int, inner_id: int | None) -> Held:
    """As it stands now, ended or not."""
    holding = session.get_one(Holding, holding_id, populate_existing=True)
    ticket = session.get_one(Ticket, holding.ticket_id, populate_existing=True)
    inner = None if inner_id is None else session.get_one(InnerHolding, inner_id, populate_existing=True)
    return Held(ticket, holding, inner)
