"""What follows from news elsewhere: audited answers, replies, delivery, keys pressed."""

from datetime import datetime

from core.jobs import Work, job
from evaluation import by_mail
from evaluation.actions import asking_direct, ending, inviting
from evaluation.news import hear_answered, hear_delivery, hear_failure, hear_key, hear_reply
from evaluation.office import EvaluationOffice
from tickets.mail.settings import MailOffice


@job()
def invite_citizen(work: Work, *, ticket_id: int) -> None:
    """Ask the citizen about an answer, audited or given at once."""
    work.finish(hear_answered, ticket_id, office=work.service(EvaluationOffice), now=work.now())


@job()
def ask_by_mail(work: Work, *, invitation_id: int) -> None:
    """Send the link to whoever wrote by mail."""
    work.finish(by_mail.ask_by_mail, invitation_id, mails=work.service(MailOffice), now=work.now())


@job()
def void_invitations(work: Work, *, ticket_id: int, rework_no: int) -> None:
    """Ask no more about answers that are being done again."""
    work.finish(ending.void_invitations, ticket_id, rework_no=rework_no, now=work.now())


@job()
def void_direct(work: Work, *, ticket_id: int, reopened_at: str) -> None:
    """Ask no more about an answer given at once that did not do."""
    at = datetime.fromisoformat(reopened_at)
    work.finish(asking_direct.void_direct, ticket_id, reopened_at=at, now=work.now())


@job()
def record_reply(work: Work, *, message_id: int, reply_id: int) -> None:
    """Take an SMS reply as what it means for its invitation."""
    work.finish(hear_reply, message_id, reply_id, office=work.service(EvaluationOffice))


@job()
def record_agent_rating(work: Work, *, call_id: int, key: int) -> None:
    """Keep the key a caller pressed after the call."""
    work.finish(hear_key, call_id, key, now=work.now())


@job()
def note_delivered(work: Work, *, message_id: int) -> None:
    """Remember that the question has reached its phone."""
    work.finish(hear_delivery, message_id)


@job()
def hand_to_person(work: Work, *, message_id: int, reason: str) -> None:
    """Have a person ask where the SMS did not arrive."""
    work.finish(hear_failure, message_id, reason)


@job()
def expire_invitation(work: Work, *, invitation_id: int) -> None:
    """Close an invitation nobody answered."""
    work.finish(ending.expire_invitation, invitation_id, now=work.now())


@job()
def follow_plan(work: Work, *, invitation_id: int) -> None:
    """Remind the silent once, and have a person call them after that."""
    office = work.service(EvaluationOffice)
    work.finish(inviting.follow_plan, invitation_id, office=office.sms, pace=office.settings.pace, now=work.now())
