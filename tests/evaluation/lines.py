"""Lines of the ledger for ratings that a test wrote by itself."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from evaluation.actions.answering import Answer, _write_line
from evaluation.actions.inviting import _invitation_line
from evaluation.ledger import append_entry
from evaluation.model import Invitation, Rating
from evaluation.rules import LedgerKind, Level
from tickets.model import Ticket


def write_lines(session: Session) -> None:
    """What the product would have written of every invitation and rating that there is."""
    for asked in session.scalars(select(Invitation).order_by(Invitation.id)).all():
        ticket = session.get_one(Ticket, asked.ticket_id)
        append_entry(session, LedgerKind.INVITATION, _invitation_line(asked, ticket), now=asked.invited_at)
    for rating in session.scalars(select(Rating).order_by(Rating.id)).all():
        said = Answer(Level(rating.level), rating.channel, rating.source, is_solved=rating.is_solved)
        _write_line(session, rating, said, now=rating.recorded_at)
