"""Reads a city's profile and calendar into the value that clocks compute with."""

from dataclasses import replace
from functools import cache

from sqlalchemy import Select, bindparam, or_, select
from sqlalchemy.orm import Session

from core.calendar import load_calendar
from staff.model import Unit
from tickets.clocks import Allowance, Clocks, Profile
from tickets.kinds import Measure, Step, TicketType, Urgency
from tickets.model import Limit, OfficeHours
from tickets.work_hours import WorkHours

_COLUMNS = (Limit.step, Limit.type, Limit.urgency, Limit.limit_class, Limit.amount, Limit.measure)
_LIMITS = select(*_COLUMNS).where(Limit.profile == bindparam("profile"))


def load_profile(session: Session, name: str, *steps: Step) -> Profile:
    """The whole profile, or only what these steps need: office hours come along when one of them counts in them."""
    limits = session.execute(_limits_of(steps), {"profile": name}).all()
    needs_hours = not steps or any(row.measure is Measure.OFFICE_HOURS for row in limits)
    return Profile(
        name,
        {(row.step, row.type, row.urgency, row.limit_class): Allowance(row.amount, row.measure) for row in limits},
        work_hours_named(session, name) if needs_hours else WorkHours(),
    )


@cache
def _limits_of(steps: tuple[Step, ...]) -> Select[Step, TicketType | None, Urgency | None, str | None, int, Measure]:
    """Built once for what is asked again and again: an IN whose length may change is written anew each time."""
    return _LIMITS.where(or_(*(Limit.step == step for step in steps))) if steps else _LIMITS


def work_hours_named(session: Session, name: str) -> WorkHours:
    """The rows of that name; none: nothing."""
    columns = (OfficeHours.opens, OfficeHours.closes, OfficeHours.on_days_off)
    rows = session.execute(select(*columns).where(OfficeHours.profile == name).order_by(OfficeHours.opens)).all()
    working = tuple((opens, closes) for opens, closes, is_off in rows if not is_off)
    return WorkHours(working, tuple((opens, closes) for opens, closes, is_off in rows if is_off))


def own_work_hours(session: Session, unit: Unit, profile: str) -> WorkHours:
    """What this unit keeps instead of the city's hours; nothing for most."""
    if unit.office_hours in {"", profile}:
        return WorkHours()
    return replace(work_hours_named(session, unit.office_hours), whose=f"{unit.short_name} ")


def clocks_of_unit(session: Session, unit: Unit, clocks: Clocks) -> Clocks:
    """The same clocks with the unit's own hours; a statement more for a unit that keeps its own."""
    return clocks.kept_by(own_work_hours(session, unit, clocks.profile.name))


def load_clocks(session: Session, profile: str, *steps: Step) -> Clocks:
    """Profile (see load_profile) and calendar: two or three statements."""
    return Clocks(load_profile(session, profile, *steps), load_calendar(session))
