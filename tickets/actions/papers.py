"""Papers of supervision as they are written: what one says, its number of the year, and to whom it goes."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from staff.rules import Actor
from tickets.actions.paper_numbers import take_paper_number
from tickets.kinds import OversightKind, OversightTrigger
from tickets.model import Holding, Oversight, Ticket

_SHORT = {
    OversightKind.URGE_NOTICE: "催",
    OversightKind.ORDER: "督",
    OversightKind.CIRCULAR: "通",
    OversightKind.INTERVIEW: "约",
    OversightKind.LISTED: "挂",
    OversightKind.DISCIPLINE: "移",
    OversightKind.INSTRUCTION: "批",
}


@dataclass(frozen=True)
class Paper:
    """What a paper says; `leader` for instructions, `answer_by` when the unit has to answer until then."""

    kind: OversightKind
    text: str
    leader: str = ""
    answer_by: datetime | None = None
    is_by_rule: bool = False
    trigger: OversightTrigger | None = None


def paper_number(paper: Oversight) -> str:
    """督〔2026〕12号: the form of numbers on official papers (GB/T 9704-2012)."""
    return f"{_SHORT[paper.kind]}〔{paper.year}〕{paper.running}号"


def write_paper(
    session: Session, ticket: Ticket, holding: Holding | None, paper: Paper, *, by: Actor, now: datetime
) -> Oversight:
    """The next of its kind this year, to the unit that has the holding; None: the hotline has the ticket itself."""
    year, running = take_paper_number(session, paper.kind.value, now)
    issued = Oversight(
        ticket_id=ticket.id,
        holding_id=holding and holding.id,
        unit_id=holding and holding.unit_id,
        kind=paper.kind,
        year=year,
        running=running,
        issued_at=now,
        issued_by=by.label,
        is_by_rule=paper.is_by_rule,
        trigger=paper.trigger,
        leader=paper.leader,
        text=paper.text,
        answer_by=paper.answer_by,
    )
    session.add(issued)
    session.flush()
    return issued
