"""首次处置: what a unit first did on a ticket since it was sent it, kept with the holding."""

from datetime import datetime

from sqlalchemy.orm import Session

from tickets.model import Holding, Ticket
from tickets.rules import Action

#: acts in which the unit, or one below it, says how far it is; neither signing nor passing it on is a step
FIRST_ACTIONS = frozenset({
    Action.INTERIM, Action.RETURN, Action.ASK_COMPLETION, Action.ASK_EXTENSION, Action.ASK_PARKING,
    Action.ASK_TERMINATION, Action.REPORT_UP, Action.SUBMIT_REPLY, Action.REPLY,
})  # fmt: skip


def note_first_action(session: Session, ticket: Ticket, *, at: datetime) -> None:
    """Beside those acts a visit and a conversation with the citizen are steps; of several the earliest counts."""
    holding = session.get(Holding, ticket.holding_id) if ticket.holding_id is not None else None
    if holding is not None:
        holding.first_acted_at = min(at, holding.first_acted_at or at)
