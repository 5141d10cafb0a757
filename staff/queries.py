"""Every read of units, people and log-ins."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from staff.errors import PersonNotFound, UnitNotFound
from staff.model import LogInSession, Person, PersonRole, Unit
from staff.rules import SESSION_ABSOLUTE, SESSION_IDLE, SESSION_TOUCH, Actor, Role, UnitKind


@dataclass(frozen=True)
class LogIn:
    """A valid log-in: who, the token that every change must carry, and whether its idle clock is worth a write."""

    id: int
    actor: Actor
    csrf_token: str
    is_touch_due: bool


_BY_TOKEN = (
    select(LogInSession, Person, PersonRole)
    .join(Person, Person.id == LogInSession.person_id)
    .outerjoin(PersonRole, PersonRole.person_id == Person.id)
    .where(LogInSession.token_hash == bindparam("token_hash"))
)


def session_of(session: Session, token_hash: str, *, now: datetime) -> LogIn | None:
    """The log-in behind a token, or None when it is unknown, over, idle too long, or its person has left."""
    rows = session.execute(_BY_TOKEN, {"token_hash": token_hash}).all()
    if not rows:
        return None
    log_in, person, _ = rows[0]
    if not is_alive(log_in, now) or not person.is_active:
        return None
    held: list[PersonRole | None] = [row[2] for row in rows]
    roles = frozenset(row.role for row in held if row is not None)
    actor = Actor(person.id, person.name, person.staff_number, roles, person.unit_id)
    return LogIn(log_in.id, actor, log_in.csrf_token, now - log_in.used_at >= SESSION_TOUCH)


def is_alive(log_in: LogInSession, now: datetime) -> bool:
    """Whether a log-in still stands: not ended, not idle too long, not older than a shift."""
    return log_in.ended_at is None and now < log_in.used_at + SESSION_IDLE and now < log_in.began_at + SESSION_ABSOLUTE


def actor_of(person: Person) -> Actor:
    """A person as an actor; its role rows must be loaded."""
    roles = frozenset(Role(row.role) for row in person.role_rows)
    return Actor(person.id, person.name, person.staff_number, roles, person.unit_id)


def actor_by_id(session: Session, person_id: int) -> Actor:
    """Raises PersonNotFound."""
    return actor_of(_person(session, person_id, selectinload(Person.role_rows)))


def person_by_id(session: Session, person_id: int) -> Person:
    """With unit and roles.  Raises PersonNotFound."""
    return _person(session, person_id, selectinload(Person.role_rows), selectinload(Person.unit))


def _person(session: Session, person_id: int, *loads: ORMOption) -> Person:
    """Read afresh, as somebody known to the session may have come without roles."""
    person = session.get(Person, person_id, options=loads, populate_existing=True)
    if person is None:
        raise PersonNotFound(person_id=person_id)
    return person


def person_by_account(session: Session, account: str) -> Person:
    """Also somebody who has left.  Raises PersonNotFound."""
    person = session.scalar(select(Person).where(Person.account == account))
    if person is None:
        raise PersonNotFound(person_id=account)
    return person


def person_by_staff_number(session: Session, staff_number: str) -> Person:
    """Somebody who works here.  Raises PersonNotFound."""
    person = session.scalar(select(Person).where(Person.staff_number == staff_number, Person.is_active))
    if person is None:
        raise PersonNotFound(person_id=staff_number)
    return person


def all_people(session: Session) -> Sequence[Person]:
    """Active people with unit and roles, by unit and staff number."""
    return session.scalars(
        select(Person)
        .join(Unit, Unit.id == Person.unit_id)
        .where(Person.is_active)
        .options(selectinload(Person.role_rows), selectinload(Person.unit))
        .order_by(Unit.path, Person.staff_number)
    ).all()


def people_with_role(session: Session, role: Role) -> Sequence[Person]:
    """Active people who hold a role, by staff number."""
    return session.scalars(
        select(Person)
        .join(PersonRole, PersonRole.person_id == Person.id)
        .where(PersonRole.role == role, Person.is_active)
        .order_by(Person.staff_number)
    ).all()


def unit_by_id(session: Session, unit_id: int) -> Unit:
    """Raises UnitNotFound."""
    unit = session.get(Unit, unit_id)
    if unit is None:
        raise UnitNotFound(unit_id=unit_id)
    return unit


def unit_by_code(session: Session, code: str) -> Unit:
    """Raises UnitNotFound."""
    unit = session.scalar(select(Unit).where(Unit.code == code))
    if unit is None:
        raise UnitNotFound(unit_id=code)
    return unit


def all_units(session: Session) -> Sequence[Unit]:
    """Active units, every unit after its parent's siblings: in order of their paths."""
    return session.scalars(select(Unit).where(Unit.is_active).order_by(Unit.path)).all()


def every_unit(session: Session) -> Sequence[Unit]:
    """Also those that are no more, whose past figures stand."""
    return session.scalars(select(Unit).order_by(Unit.path)).all()


def subtree(session: Session, unit: Unit) -> Sequence[Unit]:
    """A unit and everything below it."""
    return session.scalars(
        select(Unit).where(Unit.path.startswith(unit.path, autoescape=True)).order_by(Unit.path)
    ).all()


def units_within(session: Session, unit_id: int) -> Sequence[Unit]:
    """The unit and everything below it, in one statement; none when there is no such unit."""
    own = select(Unit.path).where(Unit.id == unit_id).scalar_subquery()
    return session.scalars(select(Unit).where(Unit.path.startswith(own)).order_by(Unit.path)).all()


def hotline_of(session: Session, unit_id: int | None) -> int | None:
    """Which of the hotline's own units stands nearest above this one, or is it; else the city's first; None: no such.

    A specialist of an office who answers at the hotline's seats answers in the hotline's name.
    """
    hotlines = select(Unit.id).where(Unit.kind == UnitKind.HOTLINE, Unit.is_active)
    own = select(Unit.path).where(Unit.id == unit_id).scalar_subquery()
    nearest = hotlines.where(own.startswith(Unit.path)).order_by(func.length(Unit.path).desc()).limit(1)
    return session.scalar(nearest) or session.scalar(hotlines.order_by(Unit.id).limit(1))


def has_below(session: Session, unit: Unit) -> bool:
    return session.scalar(select(Unit.id).where(Unit.parent_id == unit.id).limit(1)) is not None


def reach_of(session: Session, unit: Unit, *, with_below: bool) -> Sequence[Unit]:
    """A unit alone, or with everything below it."""
    return subtree(session, unit) if with_below else [unit]
