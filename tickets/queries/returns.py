"""退单 as whoever decides it reads it: on what it is founded, as that stood, and what the unit said and showed."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from staff.model import Unit
from tickets.model import HistoryLine, Holding, Ticket
from tickets.photos.model import Photo
from tickets.photos.rules import PhotoKind
from tickets.rules import Action, State


@dataclass(frozen=True)
class ReturnAsked:
    """The line by which it was asked for, by which unit, and who should have it (None: a conference)."""

    line: HistoryLine
    unit: Unit | None
    proposed: Unit | None


def return_asked(session: Session, ticket: Ticket) -> ReturnAsked | None:
    """The latest one, while somebody has to decide on it; None: there is nothing to decide.  Two statements."""
    if ticket.state not in {State.RETURN_REVIEW, State.ARBITRATION}:
        return None
    asked = select(HistoryLine).where(HistoryLine.ticket_id == ticket.id, HistoryLine.action == Action.RETURN.value)
    line = session.scalar(asked.order_by(HistoryLine.id.desc()).limit(1))
    if line is None:
        return None
    proposed_id = line.particulars.get("proposed_unit_id")
    found = select(Unit).where(Unit.id.in_([line.actor_unit_id, proposed_id]))
    units = {unit.id: unit for unit in session.scalars(found)}
    return ReturnAsked(line, units.get(line.actor_unit_id or 0), units.get(proposed_id or 0))


def basis_photos(session: Session, holding: Holding) -> Sequence[int]:
    """Ids of the photos that the unit has put beside its basis since it got the ticket, oldest first."""
    shown = (Photo.ticket_id == holding.ticket_id, Photo.kind == PhotoKind.BASIS)
    return session.scalars(
        select(Photo.id).where(*shown, Photo.added_at >= holding.dispatched_at).order_by(Photo.id)
    ).all()
