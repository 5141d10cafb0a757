"""A citizen without an account opens the own ticket by its number and the phone's last four digits."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from core.masking import tail
from tickets.model import LookupFailure, Ticket

#: wrong tries after which a ticket stays closed, and after which an address may not ask
TRIES_PER_TICKET, TICKET_WINDOW = 5, timedelta(hours=1)
TRIES_PER_ADDRESS, ADDRESS_WINDOW = 20, timedelta(minutes=10)
KEPT = timedelta(days=1)


def open_by_number(session: Session, number: str, phone_tail: str, *, address: str, now: datetime) -> int | None:
    """The ticket's id, or None whatever was wrong: number, tail, too many tries, or a ticket without a phone.

    A write, and it does not raise: what was counted must be committed.
    """
    if is_guessing(session, address, now=now):
        return None
    is_closed = _tries(session, LookupFailure.number == number, now - TICKET_WINDOW) >= TRIES_PER_TICKET
    ticket = session.scalar(select(Ticket).where(Ticket.number == number))
    phone = ticket.phone if ticket is not None else ""
    fits = bool(phone) and secrets.compare_digest(tail(phone).encode(), phone_tail.encode())
    if ticket is None or is_closed or not fits:
        note_wrong(session, number, address, now=now)
        return None
    return ticket.id


def is_guessing(session: Session, address: str, *, now: datetime) -> bool:
    """Whether an address was wrong too often, about tickets or about material codes."""
    return _tries(session, LookupFailure.address == address, now - ADDRESS_WINDOW) >= TRIES_PER_ADDRESS


def note_wrong(session: Session, number: str, address: str, *, now: datetime) -> None:
    session.add(LookupFailure(number=number[:12], address=address, at=now))


def _tries(session: Session, whose: ColumnElement[bool], since: datetime) -> int:
    tried = select(func.count()).select_from(LookupFailure).where(whose, LookupFailure.at >= since)
    return session.scalar(tried) or 0


def forget_failures(session: Session, *, now: datetime) -> None:
    session.execute(delete(LookupFailure).where(LookupFailure.at < now - KEPT))
