"""二次评价: once a unit says that it is done, its citizen is asked once more, in a question of its own subject."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from evaluation.actions.inviting import Question, put_question
from evaluation.model import Invitation
from evaluation.office import EvaluationOffice
from evaluation.repairs.actions.following import note_second_answer
from evaluation.repairs.actions.writing import locked_repair
from evaluation.repairs.rules import RepairState
from evaluation.rules import UNANSWERED, InvitationState, Subject
from sms.templates import RATING_REPAIR
from staff.rules import SYSTEM


def ask_again(session: Session, repair_id: int, *, office: EvaluationOffice, now: datetime) -> Invitation | None:
    """By SMS where one may go, else by a person; once for each repair.  None where it has gone on meanwhile.

    Anew where the question became void because the rating was corrected to satisfied, and then to bad again.

    Announces InvitationSent.
    """
    repair = locked_repair(session, repair_id, SYSTEM)
    if repair.state is not RepairState.RERATING:
        return None
    rework_no = _number_of(session.get_one(Invitation, repair.invitation_id))
    known = select(Invitation).filter_by(ticket_id=repair.ticket_id, rework_no=rework_no, subject=Subject.REPAIR)
    asked = session.scalar(known.where(Invitation.state != InvitationState.VOIDED))
    if asked is None:
        question = Question(Subject.REPAIR, rework_no, repair.unit_id, RATING_REPAIR)
        asked = put_question(session, repair.ticket, question, office=office.sms, settings=office.settings, now=now)
    repair.second_invitation_id = asked.id
    if asked.state not in UNANSWERED:  # it was over before the unit began again
        note_second_answer(session, asked.id, now=now)
    return asked


def _number_of(first: Invitation) -> int:
    """That of the question before it; below zero after a direct answer, so that it is no unit's of the same number."""
    return -1 - first.rework_no if first.subject is Subject.DIRECT else first.rework_no
