"""The trace of what was printed: a line of the audit log and one of the history for each ticket."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from core.audit import record_view
from staff.rules import Actor
from tickets.actions.writing import locked_ticket, write_history
from tickets.forms import needed
from tickets.kinds import Secrecy
from tickets.model import Ticket
from tickets.printing.errors import SealedPrintsAlone

PRINT = "print"


def log_prints(
    session: Session, numbers: Sequence[str], *, what: str, purpose: str, by: Actor, now: datetime
) -> list[str]:
    """Before the file is handed over; locked in one order.  Answers the numbers.

    Raises TicketNotFound, SealedPrintsAlone, Invalid when a sealed ticket is printed without a purpose.
    """
    wanted = sorted(set(numbers))
    for number in wanted:
        ticket = locked_ticket(session, number, by)
        if ticket.secrecy is Secrecy.SEALED:
            _check_sealed(ticket, is_alone=len(wanted) == 1, purpose=purpose)
        _log(session, ticket, what, purpose, by, now)
    return wanted


def _check_sealed(ticket: Ticket, *, is_alone: bool, purpose: str) -> None:
    if not is_alone:
        raise SealedPrintsAlone(number=ticket.number)
    needed(purpose, "purpose", "密件须写明打印用途")


def _log(session: Session, ticket: Ticket, what: str, purpose: str, by: Actor, now: datetime) -> None:
    record_view(
        session,
        actor_label=by.label,
        person_id=by.person_id,
        action=PRINT,
        object_kind="ticket",
        object_id=ticket.number,
        purpose=f"打印{what}：{purpose}" if purpose else f"打印{what}",
        now=now,
    )
    write_history(
        session,
        ticket,
        PRINT,
        before=ticket.state,
        by=by,
        now=now,
        reason=purpose,
        particulars={"what": what},
        is_internal=True,
    )
