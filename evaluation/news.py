"""What news from tickets/, sms/ and telephony/ means for invitations and ratings."""

from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from evaluation.actions.answering import Answer, record_agent_rating, record_answer
from evaluation.actions.ending import hand_to_person, locked_invitation, note_delivered, refuse_invitation
from evaluation.actions.inviting import invite_citizen, send_about
from evaluation.errors import AlreadyRated, InvitationExpired, InvitationVoided
from evaluation.office import EvaluationOffice
from evaluation.queries import invitation_of_message
from evaluation.rules import REASONS, Channel, InvitationState, Level, Reason
from sms.model import Message
from sms.queries import reply as sms_reply
from sms.replies import Outcome
from sms.templates import RATING_CLOSED, RATING_ECHO, RATING_UNCLEAR
from telephony.model import Call
from tickets.model import Ticket
from tickets.rules import UNANSWERED_STATES

log = structlog.get_logger(__name__)


def hear_audited(session: Session, ticket_id: int, *, office: EvaluationOffice, now: datetime) -> None:
    """An answer was audited: the citizen is asked, unless a rework came before this job."""
    ticket = session.get_one(Ticket, ticket_id, with_for_update=True)
    if ticket.state in UNANSWERED_STATES:
        log.info("nothing to ask about", ticket_id=ticket_id, state=ticket.state)
        return
    invite_citizen(session, ticket_id, office=office.sms, settings=office.settings, now=now)


def hear_reply(session: Session, message_id: int, reply_id: int, *, office: EvaluationOffice) -> None:
    """What a matched reply means: an answer, a refusal, or one more question; the second unclear one goes to a person.

    The moment that counts is when the reply came in, however late this job runs.
    """
    invitation_id = invitation_of_message(session, message_id)
    if invitation_id is None:
        return
    reply = sms_reply(session, reply_id)
    if reply.outcome is Outcome.REFUSED:
        refuse_invitation(session, invitation_id, channel=Channel.SMS, now=reply.received_at)
    elif reply.level is None:
        _ask_again(session, invitation_id, office=office, reply_id=reply_id)
    else:
        _answer(session, invitation_id, reply_id, office=office)


def hear_key(session: Session, call_id: int, key: int, *, now: datetime) -> None:
    call = session.get_one(Call, call_id)
    at = call.ended_at or call.released_at or now
    record_agent_rating(session, call_id, Level(key), person_id=call.person_id, now=at)


def hear_delivery(session: Session, message_id: int) -> None:
    message = session.get_one(Message, message_id)
    invitation_id = invitation_of_message(session, message_id)
    if invitation_id is not None and message.expects_reply and message.delivered_at:
        note_delivered(session, invitation_id, now=message.delivered_at)


def hear_failure(session: Session, message_id: int, reason: str) -> None:
    message = session.get_one(Message, message_id)
    invitation_id = invitation_of_message(session, message_id)
    if invitation_id is not None and message.expects_reply:
        hand_to_person(session, invitation_id, REASONS.get(reason, Reason.DELIVERY_FAILED))


def _answer(session: Session, invitation_id: int, reply_id: int, *, office: EvaluationOffice) -> None:
    reply = sms_reply(session, reply_id)
    invitation = locked_invitation(session, invitation_id)
    level = Level(reply.level or 0)
    answer = Answer(level, Channel.SMS, source=f"sms:{reply_id}", words=reply.comment)
    try:
        record_answer(session, invitation_id, answer, now=reply.received_at)
    except (AlreadyRated, InvitationExpired, InvitationVoided) as refusal:
        log.info("rating refused", invitation_id=invitation_id, code=refusal.code)
        if isinstance(refusal, AlreadyRated):
            send_about(session, invitation, RATING_CLOSED, office=office.sms, now=reply.received_at)
        return
    if not level.is_satisfied and office.settings.bad_read_back:
        send_about(session, invitation, RATING_ECHO, office=office.sms, now=reply.received_at, level=level.name_zh)


def _ask_again(session: Session, invitation_id: int, *, office: EvaluationOffice, reply_id: int) -> None:
    reply = sms_reply(session, reply_id)
    invitation = locked_invitation(session, invitation_id)
    if invitation.state is not InvitationState.INVITED:
        return
    invitation.unclear_replies += 1
    if invitation.unclear_replies > 1 or not office.settings.unclear_asked:
        hand_to_person(session, invitation_id, Reason.UNCLEAR_TWICE)
    else:
        send_about(session, invitation, RATING_UNCLEAR, office=office.sms, now=reply.received_at)
