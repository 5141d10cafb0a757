"""Reads a city's profile and calendar into the value that clocks compute with."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.calendar import load_calendar
from tickets.clocks import Allowance, Clocks, Profile
from tickets.model import Limit, OfficeHours


def load_profile(session: Session, name: str) -> Profile:
    limits = session.scalars(select(Limit).where(Limit.profile == name))
    hours = session.execute(select(OfficeHours.opens, OfficeHours.closes).where(OfficeHours.profile == name))
    return Profile(
        name,
        {(row.step, row.type, row.urgency, row.limit_class): Allowance(row.amount, row.measure) for row in limits},
        tuple((opens, closes) for opens, closes in hours),
    )


def load_clocks(session: Session, profile: str) -> Clocks:
    return Clocks(load_profile(session, profile), load_calendar(session))
