"""Claims on the dispatch list: for three minutes one ticket is one dispatcher's."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.events import announce
from staff.rules import Actor
from tickets.actions.writing import TicketKey, locked_ticket
from tickets.errors import ClaimedByOther, MoveRefused
from tickets.events import TicketClaimed
from tickets.model import Claim, Ticket
from tickets.queries.access import not_kept_from
from tickets.queries.paging import RANK
from tickets.rules import Action, State

#: three minutes, renewed by any key
CLAIM_FOR = timedelta(minutes=3)
#: so often somebody else may be quicker before we give up
TRIES = 20


def claim_ticket(session: Session, key: TicketKey, *, by: Actor, now: datetime) -> Claim:
    """Claim, or renew one's own claim.

    Raises TicketNotFound, MoveRefused, ClaimedByOther.  Announces TicketClaimed, but not when it is only renewed.
    """
    ticket = locked_ticket(session, key, by)
    if ticket.state is not State.TO_DISPATCH:
        raise MoveRefused(state=ticket.state.name_zh, action=Action.DISPATCH.name_zh)
    refuse_foreign_claim(session, ticket, by, now=now)
    return _claim(session, ticket.id, by, now)


def _claim(session: Session, ticket_id: int, by: Actor, now: datetime) -> Claim:
    claim = session.scalar(select(Claim).where(Claim.ticket_id == ticket_id))
    if claim is None or claim.person_id != by.person_id or claim.until <= now:
        announce(session, TicketClaimed(ticket_id))
    if claim is None:
        claim = Claim(ticket_id=ticket_id)
        session.add(claim)
    claim.person_id, claim.person_name, claim.until = by.person_id or 0, by.name, now + CLAIM_FOR
    session.flush()
    return claim


def refuse_foreign_claim(session: Session, ticket: Ticket, by: Actor, *, now: datetime) -> None:
    """Raises ClaimedByOther while somebody else's claim lives."""
    claim = session.scalar(select(Claim).where(Claim.ticket_id == ticket.id, Claim.until > now))
    if claim is not None and claim.person_id != by.person_id:
        raise ClaimedByOther(name=claim.person_name)


def drop_claim(session: Session, ticket_id: int) -> None:
    session.execute(delete(Claim).where(Claim.ticket_id == ticket_id))


def drop_claims_of(session: Session, person_id: int | None) -> None:
    """A claim dies with the log-in.  Announces TicketClaimed for each."""
    dropped = delete(Claim).where(Claim.person_id == person_id).returning(Claim.ticket_id)
    for ticket_id in session.scalars(dropped).all():
        announce(session, TicketClaimed(ticket_id))


def release_claim(session: Session, key: TicketKey, *, by: Actor) -> None:
    """Give back one's own claim; anybody else's stays.  Raises TicketNotFound.  Announces TicketClaimed."""
    ticket = locked_ticket(session, key, by)
    session.execute(delete(Claim).where(Claim.ticket_id == ticket.id, Claim.person_id == by.person_id))
    announce(session, TicketClaimed(ticket.id))


def take_next(session: Session, *, by: Actor, now: datetime) -> Ticket | None:
    """The most pressing unclaimed ticket, claimed; None when the list is empty.

    Two dispatchers at once get two tickets: the row is locked, and locked rows are passed over.
    """
    claimed = select(Claim.ticket_id).where(Claim.until > now)
    pressing = (
        select(Ticket.id)
        .where(Ticket.state == State.TO_DISPATCH, Ticket.id.not_in(claimed), not_kept_from(by))
        .order_by(Ticket.step_due_at.is_(None), Ticket.step_due_at, RANK, Ticket.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    for _ in range(TRIES):
        ticket_id = session.scalar(pressing)
        if ticket_id is None:
            return None
        # somebody may have claimed it and let go of the row while we looked
        if session.scalar(claimed.where(Claim.ticket_id == ticket_id)) is None:
            _claim(session, ticket_id, by, now)
            return locked_ticket(session, ticket_id, by)
    return None
