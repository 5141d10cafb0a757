"""Taking out what a citizen wrote, for good: every proof of the rating stands, and its words can be guessed no more."""

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core.audit import record_view
from evaluation.counters.model import CounterMatter
from evaluation.errors import MayNotErase
from evaluation.model import Invitation, InvitationMessage, Rating, RatingWords
from evaluation.rules import SAID_AFTER
from evaluation.submissions.actions import forget_bodies
from sms.model import Reply
from staff.rules import Actor, Role
from tickets.actions.writing import tell_reworded
from tickets.model import HistoryLine, Ticket
from tickets.queries.access import ticket_by_number
from tickets.rules import Action

#: nobody else takes out what a citizen wrote
ERASERS = (Role.ADMINISTRATOR, Role.SUPERVISOR)
#: what stands in place of a reply's text
ERASED = "（已删除）"


def erase_words(session: Session, number: str, *, by: Actor, reason: str, now: datetime) -> int:
    """Take out the words of every rating of a ticket, also of the window's that opened it, and the SMS that said them.

    Of how many.

    The ledger holds their salted hash only.  With the salt gone nobody, not even who knows the words, can tell any
    more that they were said.  Level, receipt and every proof stay.  A line of the audit log says who did it and why.
    Raises MayNotErase, TicketNotFound.
    """
    if not by.may_act_as(ERASERS):
        raise MayNotErase
    ticket = ticket_by_number(session, number, by)
    said = select(Rating, RatingWords).join(RatingWords, RatingWords.rating_id == Rating.id)
    at_window = select(CounterMatter.id).filter_by(ticket_id=ticket.id)
    of_ticket = or_(Rating.ticket_id == ticket.id, Rating.matter_id.in_(at_window))
    waiting = said.where(of_ticket, RatingWords.erased_at.is_(None)).order_by(Rating.id)
    found = session.execute(waiting.with_for_update(of=RatingWords)).all()
    for rating, kept in found:
        if rating.matter_id is not None and kept.words:
            _erase_on_ticket(session, ticket, kept.words)
        kept.words, kept.salt, kept.erased_at = None, None, now
        _erase_reply(session, rating.source)
        record_view(session, by.label, by.person_id, "erase_words", "rating", rating.id, reason, now)
    _erase_said_after(session, ticket)
    forget_bodies(session, ticket.id)
    return len(found)


def _erase_on_ticket(session: Session, ticket: Ticket, words: str) -> None:
    """A bad rating at a window is a ticket with the same words, and its corrections are lines on it."""
    ticket.text = ticket.text.replace(words, ERASED)
    for line in session.scalars(select(HistoryLine).filter_by(ticket_id=ticket.id, action=Action.SUPPLEMENT.value)):
        line.reason = line.reason.replace(words, ERASED)
    tell_reworded(session, ticket)


def _erase_said_after(session: Session, ticket: Ticket) -> None:
    """What was written once it was rated, and was no rating: in the history, and in the SMS."""
    asked = select(InvitationMessage.message_id).join(Invitation).where(Invitation.ticket_id == ticket.id)
    for line in session.scalars(select(HistoryLine).filter_by(ticket_id=ticket.id, action=SAID_AFTER)):
        line.reason = ERASED
    for reply in session.scalars(select(Reply).where(Reply.message_id.in_(asked), Reply.level.is_(None))):
        reply.text, reply.comment = ERASED, None


def _erase_reply(session: Session, source: str) -> None:
    """The SMS that a rating came by holds the same words."""
    way, _, reply_id = source.partition(":")
    if way == "sms":
        reply = session.get_one(Reply, int(reply_id))
        reply.text, reply.comment = ERASED, None
