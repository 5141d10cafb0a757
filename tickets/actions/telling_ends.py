"""Telling citizens of an end without a unit's answer: by SMS where one can go, else by a person."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from sms.actions.queueing import queue_message, withdraw_message
from sms.model import Message
from sms.office import SmsOffice
from sms.rules import MessageState, NotSent
from staff.rules import Actor
from tickets.actions.writing import TicketKey, allowed_move, locked_ticket, take
from tickets.clocks import midnight
from tickets.ending_words import is_repeat, spoken_of
from tickets.guards import last_day_to_object
from tickets.kinds import EndTold, Secrecy, Source
from tickets.model import Ending, Ticket
from tickets.queries.situations import newest_ending
from tickets.rules import Action

#: why no SMS goes, or went, beside the reasons of sms/
SEALED, NO_PHONE, FAILED, UNKNOWN = "sealed", "no_phone", "delivery_failed", "unknown"
#: the name of another house, or an earlier answer
TOO_LONG, REPEATED = "too_long", "repeated"
#: nobody has told the citizen yet
_UNTOLD = (EndTold.WAITING, EndTold.SENT, EndTold.TO_CALL)


def tell_of_end(session: Session, termination_id: int, *, office: SmsOffice, now: datetime) -> None:
    """Queue the SMS, once; or leave it to a person, or to the platform or mailbox that the matter came by."""
    ended = session.get_one(Ending, termination_id, with_for_update=True, populate_existing=True)
    if ended.told is not EndTold.WAITING:
        return
    ticket = session.get_one(Ticket, ended.ticket_id)
    ended.told, ended.why_not_sms = _without_sms(ticket)
    if ended.told is not EndTold.WAITING:
        return
    spoken = spoken_of(ticket.number, ended, until=ended.object_until)
    if spoken.template is None:
        _leave_to_person(ended, REPEATED if is_repeat(ended) else TOO_LONG)
        return
    last = midnight(ended.object_until or last_day_to_object(ended.ended_at))  # later it would leave no day to object
    message = queue_message(
        session, ticket.phone, spoken.template, spoken.values, office=office, now=now, not_after=last
    )
    ended.message_id, ended.told = message.id, EndTold.SENT
    if message.state is MessageState.NOT_SENT and message.reason:
        _leave_to_person(ended, message.reason)


def _without_sms(ticket: Ticket) -> tuple[EndTold, str]:
    """How far they are told without an SMS, and why none goes; WAITING: one does."""
    if ticket.caller_withdrew_at is not None:
        return EndTold.NOT_NEEDED, ""
    if not ticket.phone:
        has_channel = ticket.source in {Source.PLATFORM, Source.EMAIL}
        return (EndTold.BY_CHANNEL if has_channel else EndTold.NO_WAY), NO_PHONE
    if ticket.secrecy is Secrecy.SEALED:
        return EndTold.TO_CALL, SEALED
    return EndTold.WAITING, ""


def note_end_delivered(session: Session, message_id: int) -> None:
    """The SMS has arrived, however late."""
    ended = _by_message(session, message_id)
    if ended is not None and ended.told in _UNTOLD:
        message = session.get_one(Message, message_id)
        ended.told, ended.told_at, ended.told_by = EndTold.TOLD, message.delivered_at, "短信"


def note_end_failed(session: Session, message_id: int, *, reason: str) -> None:
    """The SMS will not arrive, or nobody knows: a person tells the citizen.  Messages of others are left alone."""
    ended = _by_message(session, message_id)
    if ended is not None and ended.told is EndTold.SENT:
        _leave_to_person(ended, reason if reason in {*NotSent, UNKNOWN} else FAILED)


def tell_end(session: Session, key: TicketKey, *, note: str, by: Actor, now: datetime) -> Ticket:
    """A person has told the citizen, and says how; from now on the days to object to a termination are counted.

    Raises TicketNotFound, MoveRefused, RoleRefused, NothingToTell.
    """
    ticket = locked_ticket(session, key, by)
    move = allowed_move(session, ticket, Action.TELL_END, by, now=now)
    ended = newest_ending(session, ticket, is_locked=True)
    if ended is None:
        raise AssertionError("the guard has seen whom nobody told")
    ended.told, ended.told_at, ended.told_by = EndTold.TOLD, now, by.label
    particulars = {}
    if ended.action is Action.TERMINATE and ended.reason is not None:
        ended.object_until = last_day_to_object(now)
        particulars = {"termination_reason": ended.reason.value, "object_until": ended.object_until.isoformat()}
    take(session, ticket, move, by=by, now=now, reason=note, particulars=particulars)
    return ticket


def stop_telling(session: Session, ticket: Ticket, *, now: datetime) -> None:
    """Who objects knows: what has not left does not leave any more, and nobody has to call."""
    ended = newest_ending(session, ticket, is_locked=True)
    if ended is None or ended.told not in _UNTOLD:
        return
    ended.told = EndTold.NOT_NEEDED
    if ended.message_id is not None:
        withdraw_message(session, ended.message_id, now=now)


def end_messages(session: Session, ticket_id: int) -> Sequence[Message]:
    """The SMS that said so."""
    sent = select(Ending.message_id).where(Ending.ticket_id == ticket_id)
    return session.scalars(select(Message).where(Message.id.in_(sent)).order_by(Message.id)).all()


def _by_message(session: Session, message_id: int) -> Ending | None:
    found = select(Ending).where(Ending.message_id == message_id).with_for_update()
    return session.scalar(found.execution_options(populate_existing=True))


def _leave_to_person(ended: Ending, why: str) -> None:
    ended.told, ended.why_not_sms = EndTold.TO_CALL, why
