"""Every write to units, people and log-ins: plain functions over a Session, no commit, no hashing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from core.events import announce
from staff.errors import (
    AccountTaken,
    PersonNotFound,
    StaffNumberTaken,
    TooManyFailures,
    UnitCodeTaken,
    UnitCycle,
    WrongPassword,
)
from staff.events import UnitAdded, UnitMoved
from staff.model import LogInCode, LogInFailure, LogInSession, Person, PersonRole, Unit
from staff.queries import LogIn, person_by_id, session_of, subtree, unit_by_id
from staff.rules import FAILURES_PER_ACCOUNT, FAILURES_PER_ADDRESS, Role, UnitKind, is_within, unit_path
from staff.tokens import token_hash


def add_unit(
    session: Session,
    *,
    code: str,
    name: str,
    kind: UnitKind,
    short_name: str = "",
    parent_id: int | None = None,
    office_hours: str = "demo-jilin",
    duty_phone: str = "",
) -> Unit:
    """Raises UnitNotFound for an unknown parent, UnitCodeTaken.  Announces UnitAdded."""
    if session.scalar(select(Unit.id).where(Unit.code == code)) is not None:
        raise UnitCodeTaken(unit_code=code)
    parent = unit_by_id(session, parent_id) if parent_id is not None else None
    unit = Unit(
        code=code,
        name=name,
        short_name=short_name or name,
        kind=kind,
        parent_id=parent_id,
        path="",
        office_hours=office_hours,
        duty_phone=duty_phone,
    )
    session.add(unit)
    session.flush()
    unit.path = unit_path(parent.path if parent else "", unit.id)
    session.flush()
    announce(session, UnitAdded(unit.id))
    return unit


def move_unit(session: Session, unit_id: int, *, parent_id: int | None) -> Unit:
    """Hang a unit, with everything below it, under another.  Raises UnitNotFound, UnitCycle.  Announces UnitMoved."""
    unit = unit_by_id(session, unit_id)
    parent = unit_by_id(session, parent_id) if parent_id is not None else None
    if parent is not None and is_within(parent.path, unit.path):
        raise UnitCycle
    old, new = unit.path, unit_path(parent.path if parent else "", unit.id)
    for below in subtree(session, unit):
        below.path = new + below.path.removeprefix(old)
    unit.parent_id = parent_id
    session.flush()
    announce(session, UnitMoved(unit.id))
    return unit


def add_person(
    session: Session,
    *,
    unit_id: int,
    account: str,
    name: str,
    staff_number: str,
    roles: Iterable[Role],
    password_hash: str = "",
    desk_phone: str = "",
) -> Person:
    """`password_hash` comes from staff.passwords, made before the transaction began.

    Raises UnitNotFound, AccountTaken, StaffNumberTaken.
    """
    if session.scalar(select(Person.id).where(Person.account == account)) is not None:
        raise AccountTaken(account=account)
    if session.scalar(select(Person.id).where(Person.staff_number == staff_number)) is not None:
        raise StaffNumberTaken(staff_number=staff_number)
    person = Person(
        unit_id=unit_by_id(session, unit_id).id,
        account=account,
        name=name,
        staff_number=staff_number,
        desk_phone=desk_phone,
        password_hash=password_hash,
        role_rows=[PersonRole(role=role) for role in sorted(set(roles))],
    )
    session.add(person)
    session.flush()
    return person


def set_roles(session: Session, person_id: int, *, roles: Iterable[Role], now: datetime) -> Person:
    """Give a person exactly these roles; open log-ins end, so that nobody works on with a role taken away."""
    person = person_by_id(session, person_id)
    person.role_rows = [PersonRole(role=role) for role in sorted(set(roles))]
    end_log_ins_of(session, person_id, now=now)
    session.flush()
    return person


def set_password(session: Session, person_id: int, *, password_hash: str, now: datetime) -> None:
    """A new password ends every open log-in of the person.  Raises PersonNotFound."""
    person = session.get(Person, person_id)
    if person is None:
        raise PersonNotFound(person_id=person_id)
    person.password_hash = password_hash
    end_log_ins_of(session, person_id, now=now)


def deactivate_person(session: Session, person_id: int, *, now: datetime) -> None:
    """Somebody leaves: no log-in stands and none can begin.  Raises PersonNotFound."""
    person = session.get(Person, person_id)
    if person is None:
        raise PersonNotFound(person_id=person_id)
    person.is_active = False
    end_log_ins_of(session, person_id, now=now)


@dataclass(frozen=True)
class Attempt:
    """A log-in that waits for its password to be checked outside the transaction; both are None for nobody."""

    id: int
    person_id: int | None
    password_hash: str | None


def begin_log_in(session: Session, *, account: str, address: str, now: datetime) -> Attempt:
    """Count this attempt as failed until it succeeds, so that guesses sent at once are counted too.

    Raises TooManyFailures.
    """
    refuse_many(session, LogInFailure.address == address, FAILURES_PER_ADDRESS, now)
    refuse_many(session, LogInFailure.account == account, FAILURES_PER_ACCOUNT, now)
    failure = LogInFailure(account=account, address=address, at=now)
    session.add(failure)
    session.flush()
    person = session.scalar(select(Person).where(Person.account == account, Person.is_active))
    return Attempt(failure.id, person.id if person else None, person.password_hash if person else None)


def refuse_many(session: Session, who: ColumnElement[bool], limit: tuple[timedelta, int], now: datetime) -> None:
    """Raises TooManyFailures, with the seconds until the oldest failure leaves the window."""
    window, most = limit
    n, oldest = session.execute(
        select(func.count(), func.min(LogInFailure.at)).where(who, LogInFailure.at > now - window)
    ).one()
    if n >= most:
        raise TooManyFailures(retry_after_s=max(1, ceil((oldest + window - now).total_seconds())))


def finish_log_in(
    session: Session, attempt: Attempt, *, token_hash: str, csrf_token: str, address: str, now: datetime
) -> LogIn:
    """The password was right: open the log-in and forget the failures of this attempt.  Raises WrongPassword."""
    session.execute(delete(LogInFailure).where(LogInFailure.id == attempt.id))
    forget_old_log_ins(session, now=now)
    if attempt.person_id is None:
        raise WrongPassword
    session.add(
        LogInSession(
            person_id=attempt.person_id,
            token_hash=token_hash,
            csrf_token=csrf_token,
            address=address,
            began_at=now,
            used_at=now,
        )
    )
    session.flush()
    log_in = session_of(session, token_hash, now=now)
    if log_in is None:
        raise WrongPassword
    return log_in


def touch_log_in(session: Session, log_in_id: int, *, now: datetime) -> None:
    """Somebody still works: the idle clock starts again."""
    _update(session, LogInSession.id == log_in_id, used_at=now)


def end_log_in(session: Session, token: str, *, now: datetime) -> None:
    """Log out; a second time changes nothing."""
    _update(session, LogInSession.token_hash == token_hash(token), ended_at=now)


def end_log_ins_of(session: Session, person_id: int, *, now: datetime) -> None:
    """Revoke every open log-in of a person."""
    _update(session, LogInSession.person_id == person_id, ended_at=now)


def _update(session: Session, which: ColumnElement[bool], **values: Any) -> None:
    session.execute(update(LogInSession).where(which, LogInSession.ended_at.is_(None)).values(**values))


def forget_old_log_ins(session: Session, *, now: datetime) -> None:
    """Failures and log-ins that can no longer matter; every log-in takes them away, so that they stay few."""
    session.execute(delete(LogInFailure).where(LogInFailure.at < now - timedelta(days=1)))
    session.execute(delete(LogInCode).where(LogInCode.asked_at < now - timedelta(days=30)))
    session.execute(delete(LogInSession).where(LogInSession.began_at < now - timedelta(days=30)))
