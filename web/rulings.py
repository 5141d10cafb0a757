"""裁定库: what was decided before, shown where it matters, and made a rule of the catalogue."""

from collections.abc import Sequence
from typing import Self

from pydantic import Field
from sqlalchemy.orm import Session

from core.masking import mask_text
from staff.rules import Actor, Role
from tickets.actions.ruling import put_into_catalogue
from tickets.model import CatalogueLine, Ruling
from tickets.queries.access import ticket_by_number
from tickets.queries.rulings import rulings, rulings_for
from web.api import ANYONE, Api, Body, Moment, Query, Request, RowId, View
from web.ticket_rows import TicketNumber, TopicRef, UnitRef

api = Api()
READERS = (Role.DISPATCHER, Role.SUPERVISOR, Role.ESCALATION, Role.AUDITOR, Role.INSPECTOR)


class RulingView(View):
    """One ruling; `refused_by` are units that had given the ticket back."""

    id: int
    number: str
    topic: TopicRef | None
    place: str
    unit: UnitRef
    refused_by: list[int]
    reason: str
    ruled_at: Moment
    ruled_by: str
    is_in_catalogue: bool

    @classmethod
    def of(cls, ruling: Ruling) -> Self:
        return cls(
            id=ruling.id,
            number=ruling.number,
            topic=TopicRef.of(ruling.topic),
            place=ruling.place.full_name if ruling.place is not None else "",
            unit=UnitRef(id=ruling.unit_id, name=ruling.unit.short_name),
            refused_by=ruling.refused_by,
            reason=mask_text(ruling.reason),
            ruled_at=ruling.ruled_at,
            ruled_by=ruling.ruled_by,
            is_in_catalogue=ruling.catalogue_line_id is not None,
        )


def _views(found: Sequence[Ruling]) -> list[RulingView]:
    return [RulingView.of(ruling) for ruling in found]


class RulingsQuery(Query):
    """Narrowed by topic (with what stands below it) and words."""

    topic_id: RowId | None = None
    q: str = Field("", max_length=60)
    after: RowId | None = None
    limit: int = Field(25, ge=1, le=100)


@api.get("/rulings", role=READERS)
async def show_rulings(request: Request, query: RulingsQuery) -> list[RulingView]:
    """List rulings, the newest first."""
    shown: list[RulingView] = await request.read(
        rulings,
        by=request.actor,
        topic_id=query.topic_id,
        text=query.q,
        after=query.after,
        limit=query.limit,
        view=_views,
    )
    return shown


def _of_ticket(session: Session, number: str, *, by: Actor) -> Sequence[Ruling]:
    ticket = ticket_by_number(session, number, by)
    return rulings_for(session, [ticket.topic_id] if ticket.topic_id is not None else [], ticket.place, by=by)


@api.get("/tickets/{number}/rulings", role=ANYONE, also=(404,))
async def show_precedents(request: Request, number: TicketNumber) -> list[RulingView]:
    """Show what was ruled on such matters before, so that nobody returns in vain."""
    shown: list[RulingView] = await request.read(_of_ticket, number, by=request.actor, view=_views)
    return shown


class IntoCatalogue(Body):
    """For the place of the ruling, or for the whole city."""

    whole_city: bool = False


class LineRuled(View):
    """The line that was made."""

    id: int
    basis: str

    @classmethod
    def of(cls, line: CatalogueLine) -> Self:
        return cls(id=line.id, basis=line.basis)


@api.post("/rulings/{ruling_id}/catalogue", role=Role.SUPERVISOR, also=(404, 409))
async def make_line(request: Request, ruling_id: RowId, body: IntoCatalogue) -> LineRuled:
    """Make the ruling a line of the catalogue; the old line is retired."""
    made: LineRuled = await request.write(
        put_into_catalogue,
        ruling_id,
        whole_city=body.whole_city,
        by=request.actor,
        now=request.now,
        view=LineRuled.of,
    )
    return made
