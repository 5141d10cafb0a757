"""Changing when an office works; tickets whose limits count in its hours are timed again behind it."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from core.audit.actions import record_view
from core.events import announce
from staff.model import Unit
from staff.queries import unit_by_id
from staff.rules import Actor
from tickets.events import WorkHoursChanged
from tickets.model import OfficeHours
from tickets.work_hours import WorkHours


def set_city_hours(session: Session, hours: WorkHours, *, profile: str, by: Actor, now: datetime) -> None:
    """The hours of every unit that keeps none of its own.  Announces WorkHoursChanged."""
    _write(session, profile, hours)
    record_view(session, by.label, by.person_id, "set_work_hours", "profile", profile, str(hours), now)
    announce(session, WorkHoursChanged(None))


def set_unit_hours(session: Session, unit_id: int, hours: WorkHours, *, by: Actor, now: datetime) -> Unit:
    """Hours of the unit's own.  Raises UnitNotFound.  Announces WorkHoursChanged."""
    unit = unit_by_id(session, unit_id)
    unit.office_hours = f"unit-{unit.id}"
    _write(session, unit.office_hours, hours)
    record_view(session, by.label, by.person_id, "set_work_hours", "unit", unit.code, str(hours), now)
    announce(session, WorkHoursChanged(unit.id))
    return unit


def drop_unit_hours(session: Session, unit_id: int, *, profile: str, by: Actor, now: datetime) -> Unit:
    """The unit works by the city's hours again.  Raises UnitNotFound.  Announces WorkHoursChanged."""
    unit = unit_by_id(session, unit_id)
    if unit.office_hours not in {"", profile}:
        session.execute(delete(OfficeHours).where(OfficeHours.profile == unit.office_hours))
    unit.office_hours = profile
    record_view(session, by.label, by.person_id, "drop_work_hours", "unit", unit.code, "随全市", now)
    announce(session, WorkHoursChanged(unit.id))
    return unit


def _write(session: Session, name: str, hours: WorkHours) -> None:
    session.execute(delete(OfficeHours).where(OfficeHours.profile == name))
    for stretches, on_days_off in ((hours.on_working_days, False), (hours.on_days_off, True)):
        session.add_all(
            OfficeHours(profile=name, opens=opens, closes=closes, on_days_off=on_days_off)
            for opens, closes in stretches
        )
    session.flush()
