"""When a unit works: shown to the unit, kept by administrators."""

from typing import Self

from pydantic import Field
from sqlalchemy.orm import Session

from staff.queries import unit_by_id
from staff.rules import Role
from tickets.actions.work_hours import drop_unit_hours, set_unit_hours
from tickets.profiles import own_work_hours, work_hours_named
from tickets.settings import TicketOffice
from tickets.work_hours import WorkHours, parse_work_hours, spoken
from web.api import Api, Body, Query, Request, RowId, View
from web.duty import READERS, roster_unit

api = Api()


class HoursQuery(Query):
    """Whose; without a unit one's own."""

    unit_id: RowId | None = None


class WorkHoursView(View):
    """Hours as people write them, 08:30–12:00、13:30–17:00; empty: closed.  `is_own`: not simply the city's."""

    unit_id: int
    on_working_days: str
    on_days_off: str
    is_own: bool

    @classmethod
    def of(cls, unit_id: int, hours: WorkHours, *, is_own: bool) -> Self:
        return cls(
            unit_id=unit_id,
            on_working_days=spoken(hours.on_working_days),
            on_days_off=spoken(hours.on_days_off),
            is_own=is_own,
        )


class WorkHoursBody(Body):
    """Hours as they are typed: 08:30-12:00、13:30-17:00; no hours on days off: closed."""

    on_working_days: str = Field("", max_length=100)
    on_days_off: str = Field("", max_length=100)


@api.get("/duty/hours", role=READERS, also=(404,))
async def show_hours(request: Request, query: HoursQuery) -> WorkHoursView:
    """Show when a unit works."""
    unit_id = roster_unit(request.actor, query.unit_id)
    return await request.read(hours_view, unit_id, request.service(TicketOffice).profile)


def hours_view(session: Session, unit_id: int, profile: str) -> WorkHoursView:
    """Raises UnitNotFound."""
    own = own_work_hours(session, unit_by_id(session, unit_id), profile)
    return WorkHoursView.of(unit_id, own or work_hours_named(session, profile), is_own=bool(own))


@api.put("/duty/hours/{unit_id}", role=Role.ADMINISTRATOR, also=(404,))
async def change_hours(request: Request, unit_id: RowId, body: WorkHoursBody) -> WorkHoursView:
    """Give a unit hours of its own; its open tickets are timed again."""
    hours = parse_work_hours(body.on_working_days, body.on_days_off)
    await request.write(set_unit_hours, unit_id, hours, by=request.actor, now=request.now)
    return await request.read(hours_view, unit_id, request.service(TicketOffice).profile)


@api.delete("/duty/hours/{unit_id}", role=Role.ADMINISTRATOR, also=(404,))
async def drop_hours(request: Request, unit_id: RowId) -> WorkHoursView:
    """Let a unit work by the city's hours again; its open tickets are timed again."""
    profile = request.service(TicketOffice).profile
    await request.write(drop_unit_hours, unit_id, profile=profile, by=request.actor, now=request.now)
    return await request.read(hours_view, unit_id, profile)
