"""What news from tickets/, sms/ and telephony/ means for invitations and ratings."""

from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from evaluation.actions.answering import Answer, explain_rating, record_agent_rating, record_answer
from evaluation.actions.asking_direct import ask_about_direct
from evaluation.actions.ending import hand_to_person, locked_invitation, note_delivered, refuse_invitation
from evaluation.actions.inviting import invite_citizen, send_about
from evaluation.errors import AlreadyRated, InvitationExpired, InvitationVoided
from evaluation.model import Invitation, Rating
from evaluation.office import EvaluationOffice
from evaluation.queries import (
    counting_answer,
    first_answer,
    invitation,
    invitation_of_message,
    was_asked_by_sms,
    was_asked_why,
)
from evaluation.rules import (
    LETTERS,
    REASONS,
    SAID_AFTER,
    BadReason,
    Channel,
    InvitationState,
    Level,
    Reason,
    may_correct,
)
from sms.model import Message
from sms.queries import other_request
from sms.queries import reply as sms_reply
from sms.reasons import parse_why
from sms.replies import Outcome
from sms.templates import RATING_CLOSED, RATING_ECHO, RATING_UNCLEAR, RATING_WHY
from staff.rules import SYSTEM
from telephony.model import Call
from tickets.actions.writing import locked_ticket, write_history
from tickets.kinds import Source
from tickets.model import Ticket
from tickets.queries.direct import is_answered_at_once
from tickets.rules import UNANSWERED_STATES

log = structlog.get_logger(__name__)


def hear_answered(session: Session, ticket_id: int, *, office: EvaluationOffice, now: datetime) -> None:
    """An answer was audited, or given at once: the citizen is asked, unless it was taken up again before this job."""
    ticket = session.get_one(Ticket, ticket_id, with_for_update=True)
    if ticket.state in UNANSWERED_STATES:
        log.info("nothing to ask about", ticket_id=ticket_id, state=ticket.state)
        return
    if is_answered_at_once(ticket):
        ask_about_direct(session, ticket_id, office=office, now=now)
        return
    if ticket.source is Source.RATING and not ticket.phone:
        log.info("whoever rated at a window is known to its hall alone", ticket_id=ticket_id)
        return
    invite_citizen(session, ticket_id, office=office.sms, settings=office.settings, now=now)


def hear_reply(session: Session, message_id: int, reply_id: int, *, office: EvaluationOffice) -> None:
    """What a matched reply means: an answer, its reasons, a refusal, or one more question.

    The second unclear one goes to a person.  The moment that counts is when the reply came in, however late this job
    runs.
    """
    invitation_id = invitation_of_message(session, message_id)
    if invitation_id is None:
        return
    reply = sms_reply(session, reply_id)
    if reply.outcome is Outcome.REFUSED:
        refuse_invitation(session, invitation_id, channel=Channel.SMS, now=reply.received_at)
    elif reply.level is None and was_asked_why(session, invitation_id):
        _explain(session, invitation_id, reply_id, office=office)
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
    """A person asks instead; where only the reminder came too late, they read that the first SMS was not answered."""
    message = session.get_one(Message, message_id)
    invitation_id = invitation_of_message(session, message_id)
    if invitation_id is None or not message.expects_reply:
        return
    why = REASONS.get(reason, Reason.DELIVERY_FAILED)
    if why is Reason.TOO_LATE and was_asked_by_sms(session, invitation_id):
        why = Reason.SILENT
    hand_to_person(session, invitation_id, why)


def _answer(session: Session, invitation_id: int, reply_id: int, *, office: EvaluationOffice) -> None:
    reply = sms_reply(session, reply_id)
    level, at = Level(reply.level or 0), reply.received_at
    reasons = _named(reply.comment) if was_asked_why(session, invitation_id) else ()
    answer = Answer(level, Channel.SMS, f"sms:{reply_id}", reply.comment, reasons=reasons)
    is_kept = _unless_closed(
        session, invitation_id, office, at, lambda: record_answer(session, invitation_id, answer, now=at)
    )
    if is_kept and not level.is_satisfied and office.settings.bad_read_back:
        _read_back(session, invitation_id, level, office=office, at=at)


def _read_back(session: Session, invitation_id: int, level: Level, *, office: EvaluationOffice, at: datetime) -> None:
    """The level, and once the question why; only the level where another question is due at this phone.

    The question why does not name its ticket, so that words written back could be about the other one.
    """
    invitation = locked_invitation(session, invitation_id)
    is_second = was_asked_why(session, invitation_id) or other_request(session, invitation.phone_hash)
    template = RATING_ECHO if is_second else RATING_WHY
    send_about(session, invitation, template, office=office.sms, now=at, level=level.name_zh)


def _explain(session: Session, invitation_id: int, reply_id: int, *, office: EvaluationOffice) -> None:
    """Words written back to the question why; what says nothing is left alone.

    Whoever says that the level was a mistake is told how to correct it: 1 is often taken for the best.
    """
    reply = sms_reply(session, reply_id)
    why, at = parse_why(reply.text), reply.received_at

    def keep() -> Rating | None:
        return explain_rating(
            session,
            invitation_id,
            reasons=[LETTERS[letter] for letter in why.letters],
            words=why.words,
            channel=Channel.SMS,
            source=f"sms:{reply_id}",
            now=at,
        )

    is_kept = not (why.letters or why.words) or _unless_closed(session, invitation_id, office, at, keep)
    first, counts = first_answer(session, invitation_id), counting_answer(session, invitation_id)
    if why.is_mistaken and is_kept and first and counts and may_correct(first.recorded_at, at):
        level = Level(counts.level).name_zh
        send_about(
            session, locked_invitation(session, invitation_id), RATING_ECHO, office=office.sms, now=at, level=level
        )


def _named(comment: str | None) -> list[BadReason]:
    return [LETTERS[letter] for letter in parse_why(comment or "").letters]


def _unless_closed(
    session: Session, invitation_id: int, office: EvaluationOffice, at: datetime, keep: Callable[[], object]
) -> bool:
    """Whether it was kept; who answers again after the day of corrections is told so."""
    try:
        keep()
    except (AlreadyRated, InvitationExpired, InvitationVoided) as refusal:
        log.info("rating refused", invitation_id=invitation_id, code=refusal.code)
        if isinstance(refusal, AlreadyRated):
            invitation = locked_invitation(session, invitation_id)
            send_about(session, invitation, RATING_CLOSED, office=office.sms, now=at)
        return False
    return True


def _ask_again(session: Session, invitation_id: int, *, office: EvaluationOffice, reply_id: int) -> None:
    reply = sms_reply(session, reply_id)
    ticket = locked_ticket(session, invitation(session, invitation_id).ticket_id, SYSTEM)
    asked = locked_invitation(session, invitation_id)
    if asked.state is InvitationState.ANSWERED:
        _keep_for_person(session, ticket, asked, reply.text, at=reply.received_at)
    if asked.state is not InvitationState.INVITED:
        return
    asked.unclear_replies += 1
    if asked.unclear_replies > 1 or not office.settings.unclear_asked:
        hand_to_person(session, invitation_id, Reason.UNCLEAR_TWICE)
    else:
        send_about(session, asked, RATING_UNCLEAR, office=office.sms, now=reply.received_at)


def _keep_for_person(session: Session, ticket: Ticket, asked: Invitation, text: str, *, at: datetime) -> None:
    """What is written after the rating and is none: 今天又坏了.  Thanks need nobody."""
    if parse_why(text).words is None:
        return
    asked.said_after_at = at
    write_history(
        session, ticket, SAID_AFTER, before=ticket.state, by=SYSTEM, now=at, reason=text.strip(), is_internal=True
    )
