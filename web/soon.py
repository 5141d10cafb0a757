"""Soon due: how long before a limit its unit is warned, and which working days come next, for amber in every list."""

from datetime import date, timedelta

from sqlalchemy.orm import Session

from core.calendar import CalendarNotLoaded, WorkingCalendar, load_calendar
from tickets.clocks import local_day
from tickets.kinds import Step, Urgency
from tickets.notices.watching import warned_ahead
from tickets.profiles import load_profile
from tickets.settings import TicketOffice
from web.api import ANYONE, Api, Request, View

api = Api()
#: longer than a page stays open
DAYS_TOLD = 40


class SoonView(View):
    """`ahead_s`: so many seconds before a limit of no urgency its unit is warned.

    `working_days`: those of the next forty days, as far as the calendar is loaded.
    """

    ahead_s: int
    working_days: list[date]


@api.get("/soon", role=ANYONE)
async def show_soon(request: Request) -> SoonView:
    """Say from when on a limit is soon due."""
    profile = request.service(TicketOffice).profile
    return await request.read(soon_view, profile=profile, today=local_day(request.now))


def soon_view(session: Session, *, profile: str, today: date) -> SoonView:
    ahead = warned_ahead(load_profile(session, profile, Step.WARN), Urgency.NORMAL)
    return SoonView(ahead_s=int(ahead.total_seconds()), working_days=_working_days_after(today, load_calendar(session)))


def _working_days_after(today: date, calendar: WorkingCalendar) -> list[date]:
    coming = (today + timedelta(days=n) for n in range(1, DAYS_TOLD + 1))
    return [day for day in coming if _is_known_working_day(day, calendar)]


def _is_known_working_day(day: date, calendar: WorkingCalendar) -> bool:
    try:
        return calendar.is_working_day(day)
    except CalendarNotLoaded:
        return False
