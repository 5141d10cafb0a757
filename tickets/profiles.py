"""Reads a city's profile and calendar into the value that clocks compute with."""

from functools import cache

from sqlalchemy import Select, bindparam, or_, select
from sqlalchemy.orm import Session

from core.calendar import load_calendar
from tickets.clocks import Allowance, Clocks, Profile, Stretches
from tickets.kinds import Measure, Step, TicketType, Urgency
from tickets.model import Limit, OfficeHours

_COLUMNS = (Limit.step, Limit.type, Limit.urgency, Limit.limit_class, Limit.amount, Limit.measure)
_LIMITS = select(*_COLUMNS).where(Limit.profile == bindparam("profile"))


def load_profile(session: Session, name: str, *steps: Step) -> Profile:
    """The whole profile, or only what these steps need: office hours come along when one of them counts in them."""
    limits = session.execute(_limits_of(steps), {"profile": name}).all()
    needs_hours = not steps or any(row.measure is Measure.OFFICE_HOURS for row in limits)
    return Profile(
        name,
        {(row.step, row.type, row.urgency, row.limit_class): Allowance(row.amount, row.measure) for row in limits},
        _office_hours(session, name) if needs_hours else (),
    )


@cache
def _limits_of(steps: tuple[Step, ...]) -> Select[Step, TicketType | None, Urgency | None, str | None, int, Measure]:
    """Built once for what is asked again and again: an IN whose length may change is written anew each time."""
    return _LIMITS.where(or_(*(Limit.step == step for step in steps))) if steps else _LIMITS


def _office_hours(session: Session, name: str) -> Stretches:
    hours = select(OfficeHours.opens, OfficeHours.closes).where(OfficeHours.profile == name)
    return tuple((opens, closes) for opens, closes in session.execute(hours.order_by(OfficeHours.opens)))


def load_clocks(session: Session, profile: str, *steps: Step) -> Clocks:
    """Profile (see load_profile) and calendar: two or three statements."""
    return Clocks(load_profile(session, profile, *steps), load_calendar(session))
