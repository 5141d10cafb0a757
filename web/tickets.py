"""Tickets: the list, the page, its history, registration, and acts that leave the state alone."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Self

from pydantic import Field
from sqlalchemy.orm import Session

from evaluation.queries import Asking, asking
from staff.rules import Actor, Role
from tickets.actions.correcting import CORRECTABLE, correct_ticket
from tickets.actions.notes import (
    add_note,
    log_sealed_view,
    supplement_ticket,
    urge_ticket,
)
from tickets.actions.registration import register_ticket
from tickets.forms import TITLE_MOST, TicketForm
from tickets.kinds import Secrecy, Source, TicketType, Urgency
from tickets.model import Ticket
from tickets.points import POINTS_MOST, Point
from tickets.queries.access import ticket_by_number
from tickets.queries.citizen import CitizenPage, citizen_page
from tickets.queries.lists import Filters, list_tickets
from tickets.queries.page import ticket_page
from tickets.queries.paging import Sort
from tickets.rules import MOVES, Action, State
from tickets.settings import TicketOffice
from web.api import ANYONE, Api, Body, Moment, Page, Request, RowId, View
from web.cutting import words_sought
from web.ticket_filters import TicketFilters
from web.ticket_rows import TicketNumber, TicketRow, ticket_rows
from web.ticket_views import TicketView

api = Api()
Reason = Field("", max_length=1000)


def roles_for(*actions: Action) -> tuple[Role, ...]:
    """Who may do this in any state, by the life-cycle table; the server asks the table again for the state."""
    people = {role for move in MOVES if move.action in actions for role in move.roles}
    return tuple(sorted(people - {Role.SYSTEM, Role.CITIZEN}))


@dataclass(frozen=True)
class Reader:
    """For whom a page is made, when, and by which profile."""

    by: Actor
    profile: str
    now: datetime

    @classmethod
    def of(cls, request: Request) -> Self:
        return cls(request.actor, request.service(TicketOffice).profile, request.now)


def page_view(session: Session, number: str, reader: Reader) -> TicketView:
    page = ticket_page(session, number, by=reader.by, profile=reader.profile, now=reader.now)
    return TicketView.of(page, by=reader.by)


def act_and_show(
    session: Session, act: Callable[..., Any], number: str, *args: Any, reader: Reader, **kwargs: Any
) -> TicketView:
    """Run one act and present the ticket as it stands afterwards, in the same transaction."""
    act(session, number, *args, **kwargs)
    session.flush()
    return page_view(session, number, reader)


async def act(request: Request, action: Callable[..., Any], number: str, *args: Any, **kwargs: Any) -> TicketView:
    """Run an act for whoever asks, and show the ticket."""
    view: TicketView = await request.write(
        act_and_show, action, number, *args, by=request.actor, now=request.now, reader=Reader.of(request), **kwargs
    )
    return view


class ListQuery(TicketFilters):
    """Filters of the ticket list; all are part of the page's own address."""

    state: list[State] = Field(default_factory=list)
    unit_id: RowId | None = None
    mine: bool = False
    repair: bool = False
    drawn: bool = False
    #: terminated, and no SMS could tell the citizen
    untold: bool = False
    auto: bool = False
    sort: Sort = Sort.NEWEST
    after: str | None = Field(None, max_length=80)
    limit: int = Field(25, ge=1, le=100)

    def filters(self, by: Actor, words: Sequence[str]) -> Filters:
        return replace(
            self.narrowed_to(words),
            states=self.state,
            unit_id=self.unit_id,
            registered_by_id=by.person_id if self.mine else None,
            needs_repair=self.repair,
            is_drawn=self.drawn,
            is_untold=self.untold,
            is_auto=self.auto,
        )


@api.get("/tickets", role=ANYONE)
async def show_tickets(request: Request, query: ListQuery) -> Page[TicketRow]:
    """List tickets; a unit's officer sees those of the unit."""
    page: Page[TicketRow] = await request.read(
        list_tickets,
        query.filters(request.actor, await words_sought(request, query.q)),
        by=request.actor,
        phone_key=request.service(TicketOffice).phone_key,
        now=request.now,
        sort=query.sort,
        after=query.after,
        limit=query.limit,
        view=ticket_rows,
    )
    return page


class NewTicket(Body):
    """A matter that comes without a draft, e.g. from another platform."""

    form: TicketForm
    source: Source = Source.WEB


class TicketCreated(View):
    """What is read back to the citizen: the number and the promise."""

    number: str
    version: int
    state: State
    title: str
    citizen_due_at: Moment | None
    citizen_due_why: str

    @classmethod
    def of(cls, ticket: Ticket) -> Self:
        return cls.model_validate(ticket)


@api.post("/tickets", role=roles_for(Action.REGISTER), status=201, idempotent=True, also=(404,))
async def create_ticket(request: Request, body: NewTicket) -> TicketCreated:
    """Register a matter; it is classified and dispatched, or put on the dispatch list."""
    created: TicketCreated = await request.write(
        register_ticket,
        body.form,
        source=body.source,
        by=request.actor,
        office=request.service(TicketOffice),
        now=request.now,
        view=TicketCreated.of,
    )
    return created


@api.get("/tickets/{number}", role=ANYONE, also=(404,))
async def show_ticket(request: Request, number: TicketNumber) -> TicketView:
    """Show one ticket; personal data is masked."""
    view: TicketView = await request.read(page_view, number, Reader.of(request))
    await log_if_sealed(request, view)
    return view


async def log_if_sealed(request: Request, view: TicketView) -> None:
    """The line is written before the page is sent: no look without it."""
    if view.secrecy is Secrecy.SEALED:
        await request.write(log_sealed_view, view.row.number, by=request.actor, now=request.now)


class CitizenStepView(View):
    """One line in plain words."""

    at: Moment
    words: str


class LookView(View):
    """From where somebody looked, and what for."""

    at: Moment
    who: str
    purpose: str


class CitizenView(View):
    """群众看到的: exactly what the status page and the phone say."""

    number: str
    sentence: str
    why: str
    registered_at: Moment
    steps: list[CitizenStepView]
    replies: list[str]
    looks: list[LookView]
    asked: str

    @classmethod
    def of(cls, shown: tuple[CitizenPage, Asking]) -> Self:
        page, asked = shown
        return cls(**asdict(page), asked=asked.words)


def _citizens_page(session: Session, number: str, *, by: Actor, now: datetime) -> tuple[CitizenPage, Asking]:
    ticket_id = ticket_by_number(session, number, by).id
    return citizen_page(session, ticket_id), asking(session, ticket_id, now=now)


@api.get("/tickets/{number}/citizen", role=ANYONE, also=(404,))
async def show_citizens_page(request: Request, number: TicketNumber) -> CitizenView:
    """Show what the citizen is told."""
    shown: CitizenView = await request.read(
        _citizens_page, number, by=request.actor, now=request.now, view=CitizenView.of
    )
    return shown


class Correct(Body):
    """What was written down wrongly; only the fields that are sent are changed.

    null changes nothing, but for a place or accused unit that is none.
    """

    version: int = Field(ge=1)
    title: str | None = Field(None, min_length=1, max_length=TITLE_MOST)
    type: TicketType | None = None
    topic_id: RowId | None = None
    urgency: Urgency | None = None
    secrecy: Secrecy | None = None
    accused: str | None = Field(None, max_length=100)
    accused_unit_id: RowId | None = None
    place_id: RowId | None = None
    place_text: str | None = Field(None, max_length=200)
    people_count: int | None = Field(None, ge=1, le=1_000_000)
    representative: str | None = Field(None, max_length=40)
    caller_name: str | None = Field(None, max_length=40)
    phone: str | None = Field(None, max_length=20)
    #: of these again only what is sent is changed; one that says nothing is taken away
    points: list[Point] | None = Field(None, max_length=POINTS_MOST)
    reason: str = Reason

    def changes(self) -> dict[str, Any]:
        sent = {name: getattr(self, name) for name in CORRECTABLE if name in self.model_fields_set}
        return {name: value for name, value in sent.items() if value is not None or name in _MAY_BE_NONE}


_MAY_BE_NONE = {"place_id", "accused_unit_id"}


@api.patch("/tickets/{number}", role=roles_for(Action.CORRECT), also=(404, 409))
async def correct(request: Request, number: TicketNumber, body: Correct) -> TicketView:
    """Correct facts; the citizen's due time is computed again from registration."""
    changes, office = body.changes(), request.service(TicketOffice)
    return await act(request, correct_ticket, number, changes, version=body.version, office=office, reason=body.reason)


class Words(Body):
    """A note, an addition, or why somebody is urged."""

    text: str = Field(min_length=1, max_length=2000)


@api.post("/tickets/{number}/note", role=roles_for(Action.NOTE), also=(404, 409))
async def note(request: Request, number: TicketNumber, body: Words) -> TicketView:
    """Add an internal note; the citizen never sees it."""
    return await act(request, add_note, number, text=body.text)


@api.post("/tickets/{number}/supplement", role=roles_for(Action.SUPPLEMENT), also=(404, 409))
async def supplement(request: Request, number: TicketNumber, body: Words) -> TicketView:
    """Add what the citizen says besides."""
    return await act(request, supplement_ticket, number, text=body.text)


@api.post("/tickets/{number}/urge", role=roles_for(Action.URGE), also=(404, 409))
async def urge(request: Request, number: TicketNumber, body: Words) -> TicketView:
    """Ask for haste in the citizen's name."""
    return await act(request, urge_ticket, number, reason=body.text)
