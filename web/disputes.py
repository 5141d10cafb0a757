"""Disputes over who answers, to read: who gave what back to whom, and what nobody answers for."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from core.errors import Invalid
from staff.rules import Role
from tickets.clocks import midnight
from tickets.queries.disputes import Orphans, Returned, orphans, orphans_of, returned_between, tickets_returned
from web.api import Api, Day, Moment, Query, Request, RowId, View
from web.ticket_rows import TicketRow

api = Api()
READERS = (Role.DISPATCHER, Role.SUPERVISOR, Role.SHIFT_LEADER, Role.INSPECTOR)
LONGEST = timedelta(days=366)


class DaysQuery(Query):
    """Days of Shanghai, both counted."""

    from_on: Day
    until_on: Day


class ReturnedView(View):
    """n tickets that `giver` gave back went to `taker` next; null: they wait."""

    giver_id: int
    giver: str
    taker_id: int | None
    taker: str | None
    n: int


class OrphanView(View):
    """Open tickets of one topic in one place; `returned` of them came back twice or more, the others are uncertain."""

    topic_id: int | None
    topic: str | None
    place_id: int | None
    place: str | None
    n: int
    returned: int
    oldest_at: Moment
    numbers: list[str]


def _stretch(query: DaysQuery) -> dict[str, datetime]:
    """Raises Invalid."""
    if not timedelta(0) <= query.until_on - query.from_on < LONGEST:
        raise Invalid([(("query", "until_on"), "stretch_invalid", "结束日期须不早于开始日期，最多一年")])
    return {"begins_at": midnight(query.from_on), "ends_at": midnight(query.until_on + timedelta(days=1))}


@api.get("/disputes/returned", role=READERS)
async def show_returned(request: Request, query: DaysQuery) -> list[ReturnedView]:
    """Count, for each pair of units, the tickets that one gave back and the other got."""

    def view(found: Sequence[Returned]) -> list[ReturnedView]:
        return [ReturnedView.model_validate(one) for one in found]

    shown: list[ReturnedView] = await request.read(returned_between, **_stretch(query), view=view)
    return shown


class PairQuery(DaysQuery):
    """Which unit gave it back, and which one got it next; without a taker: what waits."""

    giver_id: RowId
    taker_id: RowId | None = None


@api.get("/disputes/returned/tickets", role=READERS)
async def show_tickets_returned(request: Request, query: PairQuery) -> list[TicketRow]:
    """List the tickets behind one number of the matrix, at most a hundred; none that is kept from who asks."""
    shown: list[TicketRow] = await request.read(
        tickets_returned,
        giver_id=query.giver_id,
        taker_id=query.taker_id,
        **_stretch(query),
        by=request.actor,
        view=lambda found: [TicketRow.of(ticket) for ticket in found],
    )
    return shown


@api.get("/disputes/orphans", role=READERS)
async def show_orphans(request: Request) -> list[OrphanView]:
    """List what nobody answers for, by topic and place."""

    def view(found: list[Orphans]) -> list[OrphanView]:
        return [OrphanView.model_validate(one) for one in found]

    shown: list[OrphanView] = await request.read(orphans, by=request.actor, view=view)
    return shown


class GroupQuery(Query):
    """Topic and place of a group; without one: the tickets that have none."""

    topic_id: RowId | None = None
    place_id: RowId | None = None


@api.get("/disputes/orphans/tickets", role=READERS)
async def show_orphans_of(request: Request, query: GroupQuery) -> list[TicketRow]:
    """List every ticket of one group, the oldest first; none that is kept from who asks."""
    shown: list[TicketRow] = await request.read(
        orphans_of,
        topic_id=query.topic_id,
        place_id=query.place_id,
        by=request.actor,
        view=lambda found: [TicketRow.of(ticket) for ticket in found],
    )
    return shown
