"""领导批示 stays with the matter: whoever gets the ticket next has the instruction too, and signs for it."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.events import announce
from staff.rules import SYSTEM
from tickets.actions.papers import Paper, paper_number, write_paper
from tickets.actions.writing import write_history
from tickets.events import PaperIssued
from tickets.kinds import OversightKind
from tickets.model import Holding, Oversight, Ticket

PASSED_ON = "instruction_passed_on"


def keep_instruction(ticket: Ticket) -> None:
    """A unit that had the ticket has it no more: steps of the ladder were its own, an instruction was not."""
    if ticket.oversight is not OversightKind.INSTRUCTION:
        ticket.oversight = None


def pass_instructions_on(session: Session, ticket: Ticket, holding: Holding, *, now: datetime) -> None:
    """A paper of its own for each, under a new number; not to the unit that has signed for it already.

    Announces PaperIssued.
    """
    if ticket.oversight is not OversightKind.INSTRUCTION:
        return
    for one in _owed(session, ticket, holding):
        paper = Paper(one.kind, one.text, leader=one.leader, answer_by=one.answer_by, is_by_rule=True)
        issued = write_paper(session, ticket, holding, paper, by=SYSTEM, now=now)
        _tell_passed_on(session, ticket, issued, now=now)
        announce(session, PaperIssued(ticket.id, issued.id, holding.unit_id, issued.kind.value))


def _tell_passed_on(session: Session, ticket: Ticket, issued: Oversight, *, now: datetime) -> None:
    ticket.version += 1
    ticket.changed_at = now
    told = {"paper_id": issued.id, "kind": issued.kind.value, "number": paper_number(issued), "leader": issued.leader}
    write_history(
        session, ticket, PASSED_ON, before=ticket.state, by=SYSTEM, now=now, reason=issued.text, particulars=told
    )


def _owed(session: Session, ticket: Ticket, holding: Holding) -> list[Oversight]:
    """The newest paper of each instruction that the unit has not signed for."""
    instructions = select(Oversight).where(
        Oversight.ticket_id == ticket.id, Oversight.kind == OversightKind.INSTRUCTION
    )
    papers = session.scalars(instructions.order_by(Oversight.id)).all()
    known = {(one.leader, one.text) for one in papers if one.unit_id == holding.unit_id and one.received_at}
    newest = {(one.leader, one.text): one for one in papers}
    return [one for said, one in newest.items() if said not in known]
