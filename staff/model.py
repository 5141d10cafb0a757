"""What is stored about units, people and their log-ins."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.model import Id, Model, UtcDateTime
from staff.rules import DutyRank, Role, UnitKind


class Unit(Model):
    """A unit of the city's tree. `path` is `/1/12/`: a subtree is every path that starts with it."""

    __tablename__ = "units"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    path: Mapped[str] = mapped_column(String(200), index=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    #: as it fits into a list column: 朝阳区住建局
    short_name: Mapped[str] = mapped_column(String(30))
    kind: Mapped[UnitKind]
    #: the rows of `office_hours` that this unit works by
    office_hours: Mapped[str] = mapped_column(String(40))
    #: the standing contact, told while nobody is on the roster: phone, e-mail, address of a group robot
    duty_phone: Mapped[str] = mapped_column(String(20), default="")
    duty_email: Mapped[str] = mapped_column(String(100), default="", server_default="")
    duty_webhook: Mapped[str] = mapped_column(String(300), default="", server_default="")
    #: 审签: a reply waits until a second person of the unit has released it
    needs_release: Mapped[bool] = mapped_column(default=False, server_default=false())
    is_active: Mapped[bool] = mapped_column(default=True)


class DutyShift(Model):
    """Somebody is on duty for a unit from one moment to another, nights and holidays included.

    `person_id` is None for a contact who has no account; the phone is the one that rings.
    """

    __tablename__ = "duty_shifts"
    __table_args__ = (Index("ix_duty_shifts_unit_id_ends_at", "unit_id", "ends_at"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    name: Mapped[str] = mapped_column(String(40))
    phone: Mapped[str] = mapped_column(String(20))
    rank: Mapped[DutyRank]
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    changed_by: Mapped[str] = mapped_column(String(80))


class Person(Model):
    """Somebody who logs in. The password is an argon2id hash; empty means that no log-in is possible."""

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    account: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(40))
    staff_number: Mapped[str] = mapped_column(String(20), unique=True)
    #: rings first when this person calls a citizen
    desk_phone: Mapped[str] = mapped_column(String(20), default="")
    #: bound: one-time codes for logging in go here
    mobile_phone: Mapped[str] = mapped_column(String(20), default="", server_default="", index=True)
    password_hash: Mapped[str] = mapped_column(String(200), default="")
    is_active: Mapped[bool] = mapped_column(default=True)

    unit: Mapped[Unit] = relationship(lazy="raise")
    role_rows: Mapped[list["PersonRole"]] = relationship(lazy="raise", cascade="all, delete-orphan")


class PersonRole(Model):
    """One role of a person."""

    __tablename__ = "person_roles"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    role: Mapped[Role] = mapped_column(primary_key=True)


class LogInSession(Model):
    """A log-in. The token is known to the browser alone; its hash stands here."""

    __tablename__ = "log_in_sessions"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    csrf_token: Mapped[str] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(String(60))
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LogInFailure(Model):
    """A log-in that failed or is still being checked; success takes it away again."""

    __tablename__ = "log_in_failures"
    __table_args__ = (
        Index("ix_log_in_failures_address_at", "address", "at"),
        Index("ix_log_in_failures_account_at", "account", "at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    account: Mapped[str] = mapped_column(String(40))
    address: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class LogInCode(Model):
    """A one-time code that was asked for; `person_id` None: for a phone that nobody here has."""

    __tablename__ = "log_in_codes"
    __table_args__ = (
        Index("ix_log_in_codes_phone_hash_id", "phone_hash", "id"),
        Index("ix_log_in_codes_address_asked_at", "address", "asked_at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    phone_hash: Mapped[str] = mapped_column(String(64))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    code_hash: Mapped[str] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(String(60))
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    tries: Mapped[int]
    used_at: Mapped[datetime | None]


class OwnKeys(Model):
    """Keys of the page that somebody has moved: act → key."""

    __tablename__ = "own_keys"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True, autoincrement=False)
    keys: Mapped[dict[str, Any]]
