"""直接答复: the citizen is asked about what the hotline itself answered, by the same plan and once per answer."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from evaluation.actions.ending import locked_invitation, void_invitation
from evaluation.actions.inviting import Question, put_question, tell_mail_writer
from evaluation.model import Invitation, UnaskedAnswer
from evaluation.office import EvaluationOffice
from evaluation.rules import UNANSWERED, InvitationState, Reason, Subject
from sms.approvals import may_be_sent
from sms.queries import newest_approvals
from sms.templates import RATING_DIRECT
from staff.queries import hotline_of
from tickets.model import Ticket
from tickets.queries.direct import last_direct_answer


def ask_about_direct(session: Session, ticket_id: int, *, office: EvaluationOffice, now: datetime) -> Invitation | None:
    """Ask about the answer that was given at once; again for the same answer, the first question is returned.

    Whoever answered is the hotline's: its unit is the one that is rated.  None where the city does not ask about such
    answers, or no provider may send the question yet (half of all matters would go to callback agents): that it did not
    is kept, with which of the two.
    Announces InvitationSent, MailWriterInvited.
    """
    ticket = session.get_one(Ticket, ticket_id, with_for_update=True)
    given = last_direct_answer(session, ticket_id)
    standing = select(Invitation).filter_by(ticket_id=ticket_id, subject=Subject.DIRECT, rework_no=given.before)
    if found := session.scalar(standing.where(Invitation.state != InvitationState.VOIDED)):
        return found
    has_template = may_be_sent(office.sms, RATING_DIRECT, newest_approvals(session))
    if not office.settings.direct_asked or not has_template:
        _keep_unasked(session, ticket, has_no_template=office.settings.direct_asked, now=now)
        return None
    question = Question(Subject.DIRECT, given.before, hotline_of(session, given.unit_id), RATING_DIRECT)
    invitation = put_question(session, ticket, question, office=office.sms, settings=office.settings, now=now)
    tell_mail_writer(session, invitation, ticket)
    return invitation


def void_direct(session: Session, ticket_id: int, *, reopened_at: datetime, now: datetime) -> None:
    """The answer did not do and the matter goes on: nobody is asked about it any more.

    What was said, or refused, stays.
    """
    before = select(Invitation.id).where(
        Invitation.ticket_id == ticket_id,
        Invitation.subject == Subject.DIRECT,
        Invitation.state.in_(UNANSWERED),
        Invitation.invited_at <= reopened_at,
    )
    for invitation_id in session.scalars(before.order_by(Invitation.id)).all():
        invitation = locked_invitation(session, invitation_id)
        if invitation.state in UNANSWERED:
            void_invitation(session, invitation, Reason.REOPENED, now=now)


def _keep_unasked(session: Session, ticket: Ticket, *, has_no_template: bool, now: datetime) -> None:
    """Once for each answer."""
    if ticket.answered_at is None:
        return
    of_answer = {"ticket_id": ticket.id, "answered_at": ticket.answered_at}
    if session.scalar(select(UnaskedAnswer.id).filter_by(**of_answer)) is None:
        session.add(UnaskedAnswer(**of_answer, has_no_template=has_no_template, noted_at=now))
        session.flush()
