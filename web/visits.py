"""现场走访: recorded by units, shown with the photos that were taken on them."""

from collections.abc import Sequence
from typing import Self

from sqlalchemy.orm import Session

from staff.rules import Role
from tickets.actions.visiting import record_visit
from tickets.forms import VisitForm
from tickets.model import Visit
from tickets.queries.evidence import photos_of_visits
from tickets.queries.visits import visits_of_ticket
from web.api import ANYONE, Api, Body, Moment, Request, View
from web.ticket_rows import TicketNumber

api = Api()


class VisitView(View):
    """A visit; nobody was there when `met` is empty.  `photos`: their ids."""

    id: int
    visitors: str
    visited_at: Moment
    place: str
    met: str
    note: str
    recorded_by: str
    photos: list[int]

    @classmethod
    def of(cls, visit: Visit, photos: Sequence[int] = ()) -> Self:
        return cls(
            id=visit.id,
            visitors=visit.visitors,
            visited_at=visit.visited_at,
            place=visit.place,
            met=visit.met,
            note=visit.note,
            recorded_by=visit.recorded_by,
            photos=list(photos),
        )


@api.get("/tickets/{number}/visits", role=ANYONE, also=(404,))
async def show_visits(request: Request, number: TicketNumber) -> list[VisitView]:
    """List the visits of a ticket, the newest first."""

    def shown(session: Session) -> list[VisitView]:
        found = visits_of_ticket(session, number, by=request.actor)
        photos = photos_of_visits(session, [visit.id for visit in found], by=request.actor)
        return [VisitView.of(visit, photos.get(visit.id, ())) for visit in found]

    views: list[VisitView] = await request.read(shown)
    return views


class NewVisit(Body):
    """Who went, when and where, and whom they met or that nobody was there."""

    form: VisitForm


@api.post("/tickets/{number}/visits", role=Role.UNIT_OFFICER, status=201, idempotent=True, also=(404, 409))
async def add_visit(request: Request, number: TicketNumber, body: NewVisit) -> VisitView:
    """Record that one's unit was there."""
    made: VisitView = await request.write(
        record_visit, number, body.form, by=request.actor, now=request.now, view=VisitView.of
    )
    return made
