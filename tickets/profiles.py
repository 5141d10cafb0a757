"""Reads a city's profile and calendar into the value that clocks compute with."""

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from core.calendar import load_calendar
from tickets.clocks import Allowance, Clocks, Profile, Stretches
from tickets.kinds import Measure, Step
from tickets.model import Limit, OfficeHours

_COLUMNS = (Limit.step, Limit.type, Limit.urgency, Limit.limit_class, Limit.amount, Limit.measure)
_LIMITS = select(*_COLUMNS).where(Limit.profile == bindparam("profile"))
_LIMITS_OF_STEPS = _LIMITS.where(Limit.step.in_(bindparam("steps", expanding=True)))


def load_profile(session: Session, name: str, *steps: Step) -> Profile:
    """The whole profile, or only what these steps need: office hours come along when one of them counts in them."""
    wanted = _LIMITS_OF_STEPS if steps else _LIMITS
    limits = session.execute(wanted, {"profile": name, "steps": steps} if steps else {"profile": name}).all()
    needs_hours = not steps or any(row.measure is Measure.OFFICE_HOURS for row in limits)
    return Profile(
        name,
        {(row.step, row.type, row.urgency, row.limit_class): Allowance(row.amount, row.measure) for row in limits},
        _office_hours(session, name) if needs_hours else (),
    )


def _office_hours(session: Session, name: str) -> Stretches:
    hours = select(OfficeHours.opens, OfficeHours.closes).where(OfficeHours.profile == name)
    return tuple((opens, closes) for opens, closes in session.execute(hours.order_by(OfficeHours.opens)))


def load_clocks(session: Session, profile: str, *steps: Step) -> Clocks:
    """Profile (see load_profile) and calendar: two or three statements."""
    return Clocks(load_profile(session, profile, *steps), load_calendar(session))
