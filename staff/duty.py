"""Who is on duty for a unit at a moment: the roster, and the unit's standing contact."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.audit.actions import record_view
from core.errors import FaultLine, Invalid
from core.masking import is_landline, is_mobile, plain_number
from staff.errors import OtherUnitsRoster, ShiftNotFound
from staff.model import DutyShift, Person, Unit
from staff.queries import unit_by_id
from staff.rules import SHIFT_LONGEST, Actor, DutyRank, Role, UnitKind

#: how the standing contact is named where a person would be
STANDING = "值班电话"
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True)
class OnDuty:
    """Whom to tell; `is_standing`: nobody is on the roster, this is the unit's standing phone."""

    name: str
    phone: str
    rank: DutyRank
    is_standing: bool = False


@dataclass(frozen=True)
class ShiftForm:
    """A line of the roster as it is written down."""

    name: str
    phone: str
    rank: DutyRank
    begins_at: datetime
    ends_at: datetime
    person_id: int | None = None


def on_duty(session: Session, unit_id: int, rank: DutyRank, *, at: datetime) -> OnDuty | None:
    """Who has this rank at that moment; for the first rank the standing phone when the roster is empty.

    Of two shifts that overlap the one that began later counts.
    """
    shift = session.scalars(
        select(DutyShift)
        .where(
            DutyShift.unit_id == unit_id,
            DutyShift.rank == rank,
            DutyShift.begins_at <= at,
            DutyShift.ends_at > at,
        )
        .order_by(DutyShift.begins_at.desc(), DutyShift.id.desc())
        .limit(1)
    ).first()
    if shift is not None:
        return OnDuty(shift.name, shift.phone, rank)
    unit = unit_by_id(session, unit_id)
    if rank is DutyRank.DUTY and unit.duty_phone:
        return OnDuty(STANDING, unit.duty_phone, rank, is_standing=True)
    return None


def everybody_on_duty(session: Session, unit_id: int, *, at: datetime) -> list[OnDuty]:
    """All ranks that somebody has at that moment, in the order in which they ring."""
    found = (on_duty(session, unit_id, rank, at=at) for rank in DutyRank)
    return [one for one in found if one is not None]


def shifts_between(session: Session, unit_id: int, *, begins_at: datetime, ends_at: datetime) -> Sequence[DutyShift]:
    """Shifts of a unit that touch this stretch, by when they begin."""
    return session.scalars(
        select(DutyShift)
        .where(DutyShift.unit_id == unit_id, DutyShift.begins_at < ends_at, DutyShift.ends_at > begins_at)
        .order_by(DutyShift.begins_at, DutyShift.rank, DutyShift.id)
    ).all()


def add_shift(session: Session, unit_id: int, form: ShiftForm, *, by: Actor, now: datetime) -> DutyShift:
    """Raises OtherUnitsRoster, UnitNotFound, Invalid."""
    _refuse_other_unit(unit_id, by)
    unit_by_id(session, unit_id)
    shift = DutyShift(unit_id=unit_id)
    _write(session, shift, form, by=by, now=now)
    session.add(shift)
    session.flush()
    return shift


def change_shift(session: Session, shift_id: int, form: ShiftForm, *, by: Actor, now: datetime) -> DutyShift:
    """Raises ShiftNotFound, OtherUnitsRoster, Invalid."""
    shift = _own_shift(session, shift_id, by)
    _write(session, shift, form, by=by, now=now)
    session.flush()
    return shift


def remove_shift(session: Session, shift_id: int, *, by: Actor) -> None:
    """Raises ShiftNotFound, OtherUnitsRoster."""
    session.delete(_own_shift(session, shift_id, by))
    session.flush()


def set_contact(session: Session, unit_id: int, *, phone: str, email: str, webhook: str) -> Unit:
    """The standing contact of a unit; empty: it has none of that kind.  Raises UnitNotFound, Invalid."""
    unit = unit_by_id(session, unit_id)
    faults: list[FaultLine] = []
    if phone and not _is_number(phone):
        faults.append((("body", "phone"), "phone_invalid", "请填写手机号或固定电话"))
    if email and not _EMAIL.fullmatch(email):
        faults.append((("body", "email"), "email_invalid", "邮箱地址不完整"))
    if webhook and not webhook.startswith("https://"):
        faults.append((("body", "webhook"), "webhook_invalid", "机器人地址须以 https:// 开头"))
    if faults:
        raise Invalid(faults)
    unit.duty_phone, unit.duty_email, unit.duty_webhook = plain_number(phone), email, webhook
    session.flush()
    return unit


def set_release(session: Session, unit_id: int, *, is_needed: bool, by: Actor, now: datetime) -> Unit:
    """Whether a second person of the unit releases its replies; the change is logged.  Raises UnitNotFound."""
    unit = unit_by_id(session, unit_id)
    unit.needs_release = is_needed
    word = "答复须经审签" if is_needed else "答复无须审签"
    record_view(session, by.label, by.person_id, "set_release", "unit", unit.id, word, now)
    session.flush()
    return unit


def units_without_contact(session: Session, *, at: datetime) -> list[str]:
    """Names of active units that no notice could reach now: nobody on the roster, no standing contact."""
    manned = select(DutyShift.unit_id).where(DutyShift.begins_at <= at, DutyShift.ends_at > at)
    alone = select(Unit.short_name).where(
        Unit.is_active,
        Unit.kind != UnitKind.HOTLINE,
        Unit.duty_phone == "",
        Unit.duty_email == "",
        Unit.duty_webhook == "",
        Unit.id.not_in(manned),
    )
    return list(session.scalars(alone.order_by(Unit.path)))


def _own_shift(session: Session, shift_id: int, by: Actor) -> DutyShift:
    shift = session.get(DutyShift, shift_id, with_for_update=True)
    if shift is None:
        raise ShiftNotFound(shift_id=shift_id)
    _refuse_other_unit(shift.unit_id, by)
    return shift


def _refuse_other_unit(unit_id: int, by: Actor) -> None:
    if unit_id != by.unit_id and not by.may_act_as((Role.ADMINISTRATOR,)):
        raise OtherUnitsRoster


def _write(session: Session, shift: DutyShift, form: ShiftForm, *, by: Actor, now: datetime) -> None:
    if faults := list(_faults(session, shift.unit_id, form)):
        raise Invalid(faults)
    shift.person_id = form.person_id
    shift.name, shift.phone, shift.rank = form.name, plain_number(form.phone), form.rank
    shift.begins_at, shift.ends_at = form.begins_at, form.ends_at
    shift.changed_at, shift.changed_by = now, by.label


def _faults(session: Session, unit_id: int, form: ShiftForm) -> list[FaultLine]:
    faults: list[FaultLine] = []
    if not form.name.strip():
        faults.append((("body", "name"), "name_missing", "请填写姓名"))
    if not _is_number(form.phone):
        faults.append((("body", "phone"), "phone_invalid", "请填写手机号或固定电话"))
    if form.ends_at <= form.begins_at:
        faults.append((("body", "ends_at"), "ends_before_it_begins", "结束时间须晚于开始时间"))
    elif form.ends_at - form.begins_at > SHIFT_LONGEST:
        faults.append((("body", "ends_at"), "shift_too_long", f"一班不能超过 {SHIFT_LONGEST.days} 天"))
    if form.person_id is not None and not _is_of_unit(session, form.person_id, unit_id):
        faults.append((("body", "person_id"), "person_of_other_unit", "不是本单位的人员"))
    return faults


def _is_number(phone: str) -> bool:
    return is_mobile(phone) or is_landline(phone)


def _is_of_unit(session: Session, person_id: int, unit_id: int) -> bool:
    return session.scalar(select(Person.id).where(Person.id == person_id, Person.unit_id == unit_id)) is not None
