"""Who is on duty in the demo city's units, and how they are told: made-up people, numbers that nobody has."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from sqlalchemy.orm import Session

from app.demo.city import City, UnitLine
from app.demo.founding import Founded
from app.demo.numbers import duty_mobile
from core.calendar import SHANGHAI
from staff.duty import ShiftForm, add_shift, set_contact
from staff.rules import DutyRank, Role, UnitKind

#: from so many days before the demo begins to so many after
DAYS_BEFORE, DAYS_AFTER = 3, 11
#: the duty officer and the deputy have the nights, the leader the whole week
NIGHT_FROM, NIGHT_HOURS = time(17, 0), 15.5
#: every so manieth unit keeps a roster; the others are told at their standing phone
_ROSTERED = 3


def found_rosters(session: Session, city: City, founded: Founded, *, start_at: datetime) -> None:
    """Contacts of every unit, and rosters of some, around the moment at which the demo begins."""
    keeper = founded.with_role(Role.ADMINISTRATOR)[0]
    names = [surname + given for surname in city.words["surnames"].split() for given in city.words["given"].split()]
    units = [line for line in city.units if line.kind is not UnitKind.HOTLINE]
    for number, line in enumerate(units):
        _set_contact(session, founded, line, number)
        if number % _ROSTERED == 0:
            staff = names[number * 7 : number * 7 + 6]
            for form in shifts(staff, number, start_at=start_at):
                add_shift(session, founded.units[line.code], form, by=keeper, now=start_at - timedelta(days=7))


def _set_contact(session: Session, founded: Founded, line: UnitLine, number: int) -> None:
    is_company = line.kind is UnitKind.UTILITY
    set_contact(
        session,
        founded.units[line.code],
        phone=duty_mobile(number * 10),
        email=f"duty@{line.code}.songjiang.example" if number % 2 else "",
        webhook=f"https://robot.songjiang.example/{line.code}" if is_company or number % 3 == 0 else "",
    )


def shifts(staff: Sequence[str], number: int, *, start_at: datetime) -> list[ShiftForm]:
    """Nights in turn, and a leader for the whole stretch."""
    first = start_at.astimezone(SHANGHAI).date() - timedelta(days=DAYS_BEFORE)
    made = []
    for day in range(DAYS_BEFORE + DAYS_AFTER):
        begins = datetime.combine(first + timedelta(days=day), NIGHT_FROM, SHANGHAI)
        ends = begins + timedelta(hours=NIGHT_HOURS)
        for rank, seat in ((DutyRank.DUTY, day % 3), (DutyRank.DEPUTY, 3 + day % 2)):
            made.append(ShiftForm(staff[seat], duty_mobile(number * 10 + 1 + seat), rank, begins, ends))
    opening = datetime.combine(first, time(8, 30), SHANGHAI)
    closing = opening + timedelta(days=DAYS_BEFORE + DAYS_AFTER)
    made.append(ShiftForm(staff[5], duty_mobile(number * 10 + 6), DutyRank.LEADER, opening, closing))
    return made
