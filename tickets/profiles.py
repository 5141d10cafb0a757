"""Reads a city's profile and calendar into the value that clocks compute with."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.calendar import load_calendar
from tickets.clocks import Allowance, Clocks, Profile, Stretches
from tickets.kinds import Measure, Step
from tickets.model import Limit, OfficeHours


def load_profile(session: Session, name: str, *steps: Step) -> Profile:
    """The whole profile, or only what these steps need: office hours come along when one of them counts in them."""
    columns = (Limit.step, Limit.type, Limit.urgency, Limit.limit_class, Limit.amount, Limit.measure)
    wanted = select(*columns).where(Limit.profile == name)
    limits = session.execute(wanted.where(Limit.step.in_(steps)) if steps else wanted).all()
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
