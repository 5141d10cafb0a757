"""群体事件: declared, worded and closed by dispatchers; how many callers there are, and who of them has been told."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Self

from pydantic import Field
from sqlalchemy.orm import Session

from evaluation.rules import Reason
from evaluation.telling import CallerTold, Told, callers_told, told_counts
from sms.events import SmsDelivered, SmsFailed
from staff.rules import Actor, Role
from tickets.actions.incidents import KEEPERS, Declared, declare_incident, end_incident, reword_incident
from tickets.events import IncidentChanged, TicketChanged
from tickets.incidents import IncidentForm, is_offered, said
from tickets.model import Incident
from tickets.queries.incidents import incident_of, incidents, is_late
from tickets.rules import State
from web.api import Api, Body, Moment, Query, Request, RowId, View
from web.live import Topic
from web.masked_views import CallerView, title_of
from web.piles import OneOutcome, outcomes
from web.ticket_acts import ALSO
from web.ticket_rows import TicketNumber, UnitRef
from web.ticket_topics import LIST_GAP_S, read_list, the_office, to_every_list

api = Api()
READERS = (*KEEPERS, Role.SHIFT_LEADER, Role.AGENT, Role.SPECIALIST, Role.CALLBACK, Role.INSPECTOR)
#: somebody joined, was answered, or was reached
CHANGES = dict.fromkeys((IncidentChanged, TicketChanged, SmsDelivered, SmsFailed), to_every_list)
TOPICS = (Topic("incidents", the_office, read_list, CHANGES, least_gap_s=LIST_GAP_S),)


class IncidentView(View):
    """An incident: one matter, `people` callers; `said` is what each of them hears, `told` how far they are."""

    id: int
    version: int
    number: str
    name: str
    words: str
    said: str
    expected_at: Moment | None
    is_late: bool
    place_id: int | None
    place: str
    state: State
    unit: UnitRef | None
    people: int
    told: dict[Told, int]
    is_offered: bool
    declared_at: Moment
    declared_by: str
    ended_at: Moment | None
    ended_by: str
    end_note: str

    @classmethod
    def of(cls, incident: Incident, told: dict[Told, int], *, now: datetime) -> Self:
        ticket, place = incident.ticket, incident.place
        return cls(
            id=incident.id,
            version=incident.version,
            number=ticket.number,
            name=incident.name,
            words=incident.words,
            said=said(incident.name, incident.words, incident.expected_at, now=now),
            expected_at=incident.expected_at,
            is_late=is_late(incident, now),
            place_id=incident.place_id,
            place=place.full_name if place is not None else "",
            state=ticket.state,
            unit=UnitRef.of(ticket.unit),
            people=1 + ticket.child_count,
            told=told,
            is_offered=is_offered(ticket.state, is_ended=incident.ended_at is not None),
            declared_at=incident.declared_at,
            declared_by=incident.declared_by,
            ended_at=incident.ended_at,
            ended_by=incident.ended_by,
            end_note=incident.end_note,
        )


def _views(session: Session, found: Sequence[Incident], *, now: datetime) -> list[IncidentView]:
    told = told_counts(session, [incident.ticket_id for incident in found]) if found else {}
    return [IncidentView.of(incident, told[incident.ticket_id], now=now) for incident in found]


def _one(session: Session, number: str, *, by: Actor, now: datetime) -> IncidentView:
    return _views(session, [incident_of(session, number, by=by)], now=now)[0]


class IncidentsQuery(Query):
    """Those that stand, or those that were closed."""

    ended: bool = False
    after: RowId | None = None
    limit: int = Field(25, ge=1, le=100)


def _listed(session: Session, query: IncidentsQuery, *, by: Actor, now: datetime) -> list[IncidentView]:
    found = incidents(session, by=by, is_ended=query.ended, after=query.after, limit=query.limit)
    return _views(session, found, now=now)


@api.get("/incidents", role=READERS)
async def show_incidents(request: Request, query: IncidentsQuery) -> list[IncidentView]:
    """List mass incidents, the newest first."""
    shown: list[IncidentView] = await request.read(_listed, query, by=request.actor, now=request.now)
    return shown


@api.get("/incidents/{number}", role=READERS, also=(404,))
async def show_incident(request: Request, number: TicketNumber) -> IncidentView:
    """Show the incident that is handled under this ticket."""
    shown: IncidentView = await request.read(_one, number, by=request.actor, now=request.now)
    return shown


class IncidentCaller(View):
    """One caller with a ticket, a reply and a rating of their own; `reason`: why no SMS carries the answer."""

    id: int
    number: str
    title: str
    state: State
    registered_at: Moment
    caller: CallerView
    told: Told
    reason: Reason | None
    is_parent: bool
    rating_level: int | None

    @classmethod
    def of(cls, row: CallerTold) -> Self:
        ticket = row.ticket
        return cls(
            id=ticket.id,
            number=ticket.number,
            title=title_of(ticket),
            state=ticket.state,
            registered_at=ticket.registered_at,
            caller=CallerView.masked(ticket),
            told=row.told,
            reason=row.reason,
            is_parent=ticket.parent_id is None,
            rating_level=ticket.rating_level,
        )


class CallersQuery(Query):
    """All of them, or those who are that far."""

    told: Told | None = None
    after: int = Field(0, ge=0, le=2**53 - 1)
    limit: int = Field(50, ge=1, le=100)


def _callers(session: Session, number: str, query: CallersQuery, *, by: Actor) -> list[IncidentCaller]:
    incident = incident_of(session, number, by=by)
    found = callers_told(session, incident.ticket_id, by=by, told=query.told, after=query.after, limit=query.limit)
    return [IncidentCaller.of(row) for row in found]


@api.get("/incidents/{number}/callers", role=READERS, also=(404,))
async def show_callers(request: Request, number: TicketNumber, query: CallersQuery) -> list[IncidentCaller]:
    """List its callers, the first one first; names and phones are masked."""
    shown: list[IncidentCaller] = await request.read(_callers, number, query, by=request.actor)
    return shown


class Declare(Body):
    """What callers are told, and which tickets go under this one."""

    form: IncidentForm
    numbers: list[TicketNumber] = Field(default_factory=list, max_length=100)


class DeclaredView(View):
    """The incident, and what became of each ticket that was to go under it."""

    incident: IncidentView
    outcomes: list[OneOutcome]


def _declare(session: Session, number: str, body: Declare, *, by: Actor, now: datetime) -> DeclaredView:
    declared: Declared = declare_incident(session, number, body.numbers, body.form, by=by, now=now)
    session.flush()
    return DeclaredView(incident=_one(session, number, by=by, now=now), outcomes=outcomes(list(declared.outcomes)))


@api.post("/tickets/{number}/incident", role=KEEPERS, also=ALSO)
async def declare(request: Request, number: TicketNumber, body: Declare) -> DeclaredView:
    """Declare that these tickets are one matter, handled under this one; what is refused keeps nothing back."""
    made: DeclaredView = await request.write(_declare, number, body, by=request.actor, now=request.now)
    return made


class Reword(Body):
    """What callers are told from now on."""

    form: IncidentForm
    version: int = Field(ge=1)


@api.put("/incidents/{number}", role=KEEPERS, also=ALSO)
async def reword(request: Request, number: TicketNumber, body: Reword) -> IncidentView:
    """Tell callers something else from now on."""
    act = partial(reword_incident, form=body.form, version=body.version)
    shown: IncidentView = await request.write(_acted, number, act, by=request.actor, now=request.now)
    return shown


class End(Body):
    """How it ended, if there is something to say."""

    note: str = Field("", max_length=200)


@api.post("/incidents/{number}/end", role=KEEPERS, also=ALSO)
async def end(request: Request, number: TicketNumber, body: End) -> IncidentView:
    """Close it: nobody is offered it any more; its tickets go on as they are."""
    act = partial(end_incident, note=body.note)
    shown: IncidentView = await request.write(_acted, number, act, by=request.actor, now=request.now)
    return shown


def _acted(session: Session, number: str, act: "partial[Incident]", *, by: Actor, now: datetime) -> IncidentView:
    act(session, number, by=by, now=now)
    session.flush()
    return _one(session, number, by=by, now=now)
