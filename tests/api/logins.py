"""People who are logged in, for tests of the web layer."""

from datetime import datetime

from sqlalchemy.orm import Session

from core.database import Database
from staff.actions import Attempt, add_person, add_unit, finish_log_in
from staff.queries import LogIn
from staff.rules import Role, UnitKind
from staff.tokens import token_hash


def log_in(database: Database, *roles: Role, token: str, now: datetime) -> LogIn:
    """A new person with these roles, logged in with `token`."""
    made: LogIn = database.write(_log_in, roles, token=token, now=now)
    return made


def _log_in(session: Session, roles: tuple[Role, ...], *, token: str, now: datetime) -> LogIn:
    unit = add_unit(session, parent_id=None, code=f"u-{token}", name=f"{token}单位", kind=UnitKind.HOTLINE)
    person = add_person(session, unit_id=unit.id, account=token, name="王小明", staff_number=token[:20], roles=roles)
    attempt = Attempt(id=0, person_id=person.id, password_hash="")
    return finish_log_in(
        session, attempt, token_hash=token_hash(token), csrf_token=f"csrf-{token}", address="127.0.0.1", now=now
    )
