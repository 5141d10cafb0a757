"""Words of a ticket are hidden before it leaves for the unit, or shown again; the trail says so, not which."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.audit import record_view
from core.errors import Invalid
from staff.rules import Actor
from tickets.actions.writing import TicketKey, check_version, locked_ticket, make_move, tell_reworded
from tickets.errors import NumberStaysHidden
from tickets.forms import needed
from tickets.model import MarkedBox, Ticket
from tickets.queries.access import ticket_by_number
from tickets.queries.renderings import Shareable, shareable, ticket_boxes
from tickets.redaction import Box, without_hidden
from tickets.rules import Action


def redact_ticket(
    session: Session,
    key: TicketKey,
    *,
    begins: int,
    ends: int,
    is_hidden: bool,
    version: int | None = None,
    by: Actor,
    now: datetime,
) -> Ticket:
    """隐去 or show the characters from `begins` up to `ends` of the text in the 承办版.  Announces TicketReworded.

    A mark grows over the whole of each box that it touches. What is hidden leaves the title as well.
    Raises TicketNotFound, RoleRefused, VersionConflict, Invalid past the end of the text, NumberStaysHidden.
    """
    ticket = locked_ticket(session, key, by)
    check_version(ticket, version, current={}, yours={"begins": begins, "ends": ends, "is_hidden": is_hidden})
    if not 0 <= begins < ends <= len(ticket.text):
        raise Invalid([(("body", "ends"), "beyond_text", "标记的文字超出诉求内容")])
    touched = [box for box in ticket_boxes(session, ticket) if box.begins < ends and begins < box.ends]
    if not is_hidden and any(box.is_fixed for box in touched):
        raise NumberStaysHidden
    _mark(session, ticket, _grown(begins, ends, touched), is_hidden=is_hidden, by=by, now=now)
    ticket.title = without_hidden(ticket.title, ticket.text, ticket_boxes(session, ticket))
    what = f"{'隐去' if is_hidden else '显示'}诉求中的 {ends - begins} 个字"
    make_move(session, ticket, Action.REDACT, by=by, now=now, reason=what, is_internal=True)
    tell_reworded(session, ticket)
    return ticket


def _grown(begins: int, ends: int, touched: list[Box]) -> tuple[int, int]:
    return min([begins, *(box.begins for box in touched)]), max([ends, *(box.ends for box in touched)])


def _mark(
    session: Session, ticket: Ticket, span: tuple[int, int], *, is_hidden: bool, by: Actor, now: datetime
) -> None:
    """One mark in place of those inside it."""
    begins, ends = span
    inside = select(MarkedBox).where(
        MarkedBox.ticket_id == ticket.id, MarkedBox.begins >= begins, MarkedBox.ends <= ends
    )
    for mark in session.scalars(inside):
        session.delete(mark)
    session.flush()
    session.add(
        MarkedBox(ticket_id=ticket.id, begins=begins, ends=ends, is_hidden=is_hidden, marked_at=now, marked_by=by.label)
    )
    session.flush()


def give_out(session: Session, number: str, *, purpose: str, by: Actor, now: datetime) -> Shareable:
    """可外传版, with a line in the audit log: what left the house, by whose hand and for whom.

    Raises TicketNotFound, Invalid without a purpose.
    """
    needed(purpose, "purpose", "请写明给谁、做什么用")
    ticket = ticket_by_number(session, number, by)
    record_view(
        session,
        actor_label=by.label,
        person_id=by.person_id,
        action="give_out",
        object_kind="ticket",
        object_id=ticket.number,
        purpose=f"可外传版：{purpose}",
        now=now,
    )
    return shareable(session, ticket)
