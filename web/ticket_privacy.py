"""Who may see whose data: 查看 with a purpose, who looked, what is hidden, what may leave the house, 回避."""

from typing import Self

from pydantic import Field
from sqlalchemy.orm import Session

from staff.queries import person_by_staff_number
from tickets.actions.notes import reveal_caller
from tickets.actions.recusing import recuse
from tickets.actions.redacting import give_out, redact_ticket
from tickets.forms import TEXT_MOST
from tickets.mail.queries import sender_of
from tickets.model import Ticket
from tickets.points import Point
from tickets.queries.page import Views, views_of
from tickets.queries.renderings import Shareable
from tickets.rules import Action
from web.api import ANYONE, Api, Body, Moment, Request, RowId, View
from web.masked_views import CallerView
from web.ticket_rows import TicketNumber
from web.ticket_views import TicketView
from web.tickets import act, roles_for

api = Api()


class ViewLine(View):
    """Somebody looked at hidden data, and why."""

    at: Moment
    actor: str
    action: str
    purpose: str


class ViewsView(View):
    """谁看过: how often, and the last five."""

    n: int
    last: list[ViewLine]

    @classmethod
    def of(cls, views: Views) -> Self:
        return cls.model_validate(views)


@api.get("/tickets/{number}/views", role=ANYONE, also=(404,))
async def show_views(request: Request, number: TicketNumber) -> ViewsView:
    """Say who looked at what is hidden."""
    found: ViewsView = await request.read(views_of, number, by=request.actor, view=ViewsView.of)
    return found


class Reveal(Body):
    """Why somebody wants to see who called; it is logged."""

    purpose: str = Field(min_length=2, max_length=200)


class Revealed(View):
    """The caller and the words unmasked, for five minutes on the page."""

    caller: CallerView
    text: str
    place_text: str
    points: list[Point]

    @classmethod
    def of(cls, ticket: Ticket, address: str) -> Self:
        caller = CallerView.revealed(ticket, address)
        points = [Point.model_validate(row) for row in ticket.points]
        return cls(caller=caller, text=ticket.text, place_text=ticket.place_text, points=points)


@api.post("/tickets/{number}/reveal", role=roles_for(Action.NOTE), also=(404,))
async def reveal(request: Request, number: TicketNumber, body: Reveal) -> Revealed:
    """Show the caller unmasked: a line in the audit log and one in the history."""

    def shown(session: Session) -> Revealed:
        ticket = reveal_caller(session, number, purpose=body.purpose, by=request.actor, now=request.now)
        return Revealed.of(ticket, sender_of(session, ticket))

    revealed: Revealed = await request.write(shown)
    return revealed


class Redact(Body):
    """Which characters of the text, counted from 0 in the words as they were said."""

    begins: int = Field(ge=0, le=TEXT_MOST)
    ends: int = Field(ge=1, le=TEXT_MOST)
    is_hidden: bool
    version: int | None = Field(None, ge=1)


@api.post("/tickets/{number}/redact", role=roles_for(Action.REDACT), also=(404, 409))
async def redact(request: Request, number: TicketNumber, body: Redact) -> TicketView:
    """Hide words of the ticket from the unit, or show them again."""
    return await act(request, redact_ticket, number, **body.model_dump())


class GiveOut(Body):
    """To whom the ticket's words go, and what for; it is logged."""

    purpose: str = Field(min_length=2, max_length=200)


class ShareableView(View):
    """可外传版: nothing in it tells who called."""

    text: str
    place: str

    @classmethod
    def of(cls, shareable: Shareable) -> Self:
        return cls.model_validate(shareable)


@api.post("/tickets/{number}/shareable", role=roles_for(Action.NOTE), also=(404,))
async def show_shareable(request: Request, number: TicketNumber, body: GiveOut) -> ShareableView:
    """Give the words in the form that may leave the house: a line in the audit log."""
    shown: ShareableView = await request.write(
        give_out, number, purpose=body.purpose, by=request.actor, now=request.now, view=ShareableView.of
    )
    return shown


class StepAside(Body):
    """Who has an interest, by id or 工号 (without either: whoever asks), and which."""

    person_id: RowId | None = None
    staff_number: str = Field("", max_length=20)
    reason: str = Field(min_length=2, max_length=400)


class SteppedAside(View):
    """For whom the ticket is not there any longer."""

    person_id: int


@api.post("/tickets/{number}/recuse", role=ANYONE, also=(404,))
async def step_aside(request: Request, number: TicketNumber, body: StepAside) -> SteppedAside:
    """回避: from now on the ticket is not there for this person."""

    def stepped(session: Session) -> SteppedAside:
        person_id = body.person_id or request.actor.person_id or 0
        if body.staff_number:
            person_id = person_by_staff_number(session, body.staff_number).id
        recuse(session, number, person_id=person_id, reason=body.reason, by=request.actor, now=request.now)
        return SteppedAside(person_id=person_id)

    aside: SteppedAside = await request.write(stepped)
    return aside
