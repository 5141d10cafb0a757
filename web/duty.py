"""The duty roster of a unit, who is on duty now, and its standing contact."""

from datetime import datetime, timedelta
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field
from sqlalchemy.orm import Session

from core.errors import Invalid
from staff.duty import (
    OnDuty,
    ShiftForm,
    add_shift,
    change_shift,
    everybody_on_duty,
    remove_shift,
    set_contact,
    set_release,
    shifts_between,
)
from staff.model import DutyShift, Unit
from staff.queries import unit_by_id
from staff.rules import Actor, DutyRank, Role
from web.api import Api, Body, Moment, Query, Request, RowId, View

api = Api()
KEEPERS = (Role.UNIT_OFFICER, Role.ADMINISTRATOR)
READERS = (*KEEPERS, Role.SUPERVISOR)
#: a month and the days around it
LONGEST_LOOK = timedelta(days=45)


class RosterQuery(Query):
    """Which stretch of which roster; without a unit one's own."""

    from_at: Moment
    until_at: Moment
    unit_id: RowId | None = None


class ShiftView(View):
    """One line of the roster."""

    id: int
    name: str
    phone: str
    rank: DutyRank
    person_id: int | None
    begins_at: Moment
    ends_at: Moment
    changed_at: Moment
    changed_by: str


class OnDutyView(View):
    """Who is on duty now; `is_standing`: nobody is on the roster, so the standing phone is told."""

    name: str
    phone: str
    rank: DutyRank
    is_standing: bool


class ContactView(View):
    """What is told besides whoever is on duty."""

    phone: str
    email: str
    webhook: str


class RosterView(View):
    """A stretch of a unit's roster."""

    unit_id: int
    unit_name: str
    shifts: list[ShiftView]
    now: list[OnDutyView]
    contact: ContactView
    #: 审签: whether a second person releases the unit's replies
    needs_release: bool

    @classmethod
    def of(cls, unit: Unit, shifts: list[ShiftView], now: list[OnDuty], *, webhook: str) -> Self:
        return cls(
            unit_id=unit.id,
            unit_name=unit.name,
            shifts=shifts,
            now=[OnDutyView.model_validate(one) for one in now],
            contact=ContactView(phone=unit.duty_phone, email=unit.duty_email, webhook=webhook),
            needs_release=unit.needs_release,
        )


class ShiftBody(Body):
    """A line of the roster as it is written down."""

    name: str = Field(max_length=40)
    phone: str = Field(max_length=20)
    rank: DutyRank
    begins_at: Moment
    ends_at: Moment
    person_id: RowId | None = None

    def form(self) -> ShiftForm:
        return ShiftForm(self.name, self.phone, self.rank, self.begins_at, self.ends_at, self.person_id)


class NewShift(ShiftBody):
    """Whose roster; without a unit one's own."""

    unit_id: RowId | None = None


class ContactBody(Body):
    """The standing contact; empty: none of that kind."""

    phone: str = Field("", max_length=20)
    email: str = Field("", max_length=100)
    webhook: str = Field("", max_length=300)


def roster_unit(actor: Actor, asked: int | None) -> int:
    """An officer sees the own unit's roster, whatever was asked."""
    if asked is not None and actor.may_act_as((Role.ADMINISTRATOR, Role.SUPERVISOR)):
        return asked
    return actor.unit_id or 0


@api.get("/duty/roster", role=READERS, also=(404,))
async def show_roster(request: Request, query: RosterQuery) -> RosterView:
    """Show who has which shift in a stretch of time, and who is on duty now."""
    if not timedelta(0) < query.until_at - query.from_at <= LONGEST_LOOK:
        raise Invalid([(("query", "until_at"), "stretch_too_long", f"一次最多查看 {LONGEST_LOOK.days} 天")])
    unit_id = roster_unit(request.actor, query.unit_id)
    return await request.read(_roster, unit_id, query.from_at, query.until_at, by=request.actor, now=request.now)


def _roster(
    session: Session, unit_id: int, begins_at: datetime, ends_at: datetime, *, by: Actor, now: datetime
) -> RosterView:
    """A robot's address is the key to it: only administrators see more than its host."""
    unit = unit_by_id(session, unit_id)
    shifts = shifts_between(session, unit_id, begins_at=begins_at, ends_at=ends_at)
    shown = [ShiftView.model_validate(shift) for shift in shifts]
    is_full = by.may_act_as((Role.ADMINISTRATOR,))
    webhook = unit.duty_webhook if is_full else (urlsplit(unit.duty_webhook).hostname or "")
    return RosterView.of(unit, shown, everybody_on_duty(session, unit_id, at=now), webhook=webhook)


def _shift(shift: DutyShift) -> ShiftView:
    return ShiftView.model_validate(shift)


@api.post("/duty/shifts", role=KEEPERS, status=201, idempotent=True, also=(404,))
async def add(request: Request, body: NewShift) -> ShiftView:
    """Put somebody on the roster."""
    unit_id = body.unit_id or request.actor.unit_id or 0
    return await request.write(add_shift, unit_id, body.form(), by=request.actor, now=request.now, view=_shift)


@api.put("/duty/shifts/{shift_id}", role=KEEPERS, also=(404,))
async def change(request: Request, shift_id: RowId, body: ShiftBody) -> ShiftView:
    """Change one line of the roster."""
    return await request.write(change_shift, shift_id, body.form(), by=request.actor, now=request.now, view=_shift)


@api.delete("/duty/shifts/{shift_id}", role=KEEPERS, also=(404,))
async def remove(request: Request, shift_id: RowId) -> None:
    """Take one line off the roster."""
    await request.write(remove_shift, shift_id, by=request.actor)


@api.put("/duty/contacts/{unit_id}", role=Role.ADMINISTRATOR, also=(404,))
async def change_contact(request: Request, unit_id: RowId, body: ContactBody) -> ContactView:
    """Set the standing contact of a unit: told whenever nobody is on the roster."""

    def view(unit: Unit) -> ContactView:
        return ContactView(phone=unit.duty_phone, email=unit.duty_email, webhook=unit.duty_webhook)

    return await request.write(
        set_contact, unit_id, phone=body.phone, email=body.email, webhook=body.webhook, view=view
    )


class ReleaseBody(Body):
    """Whether a second person of the unit releases its replies."""

    is_needed: bool


@api.put("/duty/release/{unit_id}", role=Role.ADMINISTRATOR, also=(404,))
async def change_release(request: Request, unit_id: RowId, body: ReleaseBody) -> ReleaseBody:
    """Say whether the unit's replies need 审签; what waits already still waits."""

    def view(unit: Unit) -> ReleaseBody:
        return ReleaseBody(is_needed=unit.needs_release)

    return await request.write(
        set_release, unit_id, is_needed=body.is_needed, by=request.actor, now=request.now, view=view
    )
