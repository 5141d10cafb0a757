"""领导批示 stays with the matter: whoever gets the ticket next has the instruction too, and signs for it."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.events import announce
from staff.rules import SYSTEM
from tickets.actions.paper_numbers import take_paper_number
from tickets.events import PaperIssued
from tickets.kinds import OversightKind
from tickets.model import Holding, Oversight, Ticket


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
    for paper in _standing(session, ticket):
        if paper.unit_id == holding.unit_id and paper.received_at is not None:
            continue
        year, running = take_paper_number(session, OversightKind.INSTRUCTION.value, now)
        copy = Oversight(
            ticket_id=ticket.id,
            holding_id=holding.id,
            unit_id=holding.unit_id,
            kind=OversightKind.INSTRUCTION,
            year=year,
            running=running,
            issued_at=now,
            issued_by=SYSTEM.label,
            is_by_rule=True,
            leader=paper.leader,
            text=paper.text,
            answer_by=paper.answer_by,
        )
        session.add(copy)
        session.flush()
        announce(session, PaperIssued(ticket.id, copy.id, holding.unit_id, copy.kind.value))


def _standing(session: Session, ticket: Ticket) -> list[Oversight]:
    """The newest paper of each instruction."""
    instructions = select(Oversight).where(
        Oversight.ticket_id == ticket.id, Oversight.kind == OversightKind.INSTRUCTION
    )
    newest = {(one.leader, one.text): one for one in session.scalars(instructions.order_by(Oversight.id))}
    return list(newest.values())
