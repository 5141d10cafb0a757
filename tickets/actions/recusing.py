"""回避: who has an interest in a ticket steps aside, or is set aside by a supervisor."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from staff.errors import PersonNotFound
from staff.model import Person
from staff.rules import Actor, Role
from tickets.actions.writing import TicketKey, locked_ticket, write_history
from tickets.errors import RoleRefused
from tickets.model import Recusal, Ticket


def recuse(session: Session, key: TicketKey, *, person_id: int, reason: str, by: Actor, now: datetime) -> Ticket:
    """From now on the ticket is not there for this person; again changes nothing.

    Everybody may step aside; only a supervisor sets others aside.  Raises TicketNotFound, RoleRefused, PersonNotFound.
    """
    ticket = locked_ticket(session, key, by)
    if person_id != by.person_id and not by.may_act_as((Role.SUPERVISOR,)):
        raise RoleRefused(action="要求他人回避")
    person = session.get(Person, person_id)
    if person is None:
        raise PersonNotFound(person_id=person_id)
    own = (Recusal.ticket_id == ticket.id, Recusal.person_id == person_id)
    if session.scalar(select(Recusal.id).where(*own)) is not None:
        return ticket
    recusal = Recusal(ticket_id=ticket.id, person_id=person_id, reason=reason, recused_at=now, recused_by=by.label)
    session.add(recusal)
    ticket.version += 1
    ticket.changed_at = now
    particulars = {"person": f"{person.name}（{person.staff_number}）"}
    write_history(
        session,
        ticket,
        "recused",
        before=ticket.state,
        by=by,
        now=now,
        reason=reason,
        particulars=particulars,
        is_internal=True,
    )
    return ticket
