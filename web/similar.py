"""同一事项: open tickets about the same matter, while somebody types and on the dispatch list; piles sent at once."""

from datetime import datetime
from functools import partial
from typing import Annotated, Self

from pydantic import Field
from sqlalchemy.orm import Session

from core.masking import mask_text
from staff.rules import Role
from tickets.actions.dispatching import dispatch_ticket
from tickets.actions.piles import Outcome, do_each, rehearse
from tickets.forms import TEXT_MOST
from tickets.incidents import said
from tickets.model import Incident
from tickets.queries.citizen import in_plain_words
from tickets.queries.incidents import incidents_like
from tickets.queries.similar import Around, Similar, around, similar_to
from tickets.rules import Action, State
from tickets.settings import TicketOffice
from tickets.similar import Matter
from web.api import Api, Body, Moment, Request, RowId, View
from web.desk import EarlierTicket
from web.masked_views import place_of, title_of
from web.piles import OneOutcome, outcomes
from web.ticket_rows import TicketNumber, UnitRef
from web.tickets import roles_for

api = Api()
TYPING_SHOWN = 5
#: whoever sees the dispatch list or may merge
READERS = (Role.SUPERVISOR, *roles_for(Action.DISPATCH, Action.MERGE))


class SimilarView(View):
    """A ticket that seems to be about the same matter; `score` is 0…1, `reasons` say why.

    `answer` is what the same person was told before, for repeats that were answered.  `said` is what callers of a mass
    incident hear; empty for every other ticket.
    """

    number: str
    title: str
    place: str
    state: State
    unit: UnitRef | None
    registered_at: Moment
    callers: int
    words: str
    score: float
    reasons: list[str]
    answered_at: Moment | None
    answer: str
    said: str

    @classmethod
    def of(cls, similar: Similar, words_said: str = "") -> Self:
        ticket = similar.ticket
        return cls(
            number=ticket.number,
            title=title_of(ticket),
            place=place_of(ticket),
            state=ticket.state,
            unit=UnitRef.of(ticket.unit),
            registered_at=ticket.registered_at,
            callers=1 + ticket.child_count,
            words=in_plain_words(ticket),
            score=similar.score,
            reasons=list(similar.reasons),
            answered_at=ticket.answered_at,
            answer=mask_text(similar.answer),
            said=words_said,
        )


class AroundView(View):
    """`repeats` are the same person's, about this matter; `earlier` about whatever; `similar` are other people's."""

    similar: list[SimilarView]
    repeats: list[SimilarView]
    earlier: list[EarlierTicket]

    @classmethod
    def of(cls, found: Around) -> Self:
        return cls(
            similar=[SimilarView.of(one) for one in found.similar],
            repeats=[SimilarView.of(one) for one in found.repeats],
            earlier=[EarlierTicket.of(ticket) for ticket in found.earlier],
        )


@api.get("/tickets/{number}/similar", role=READERS, also=(404,))
async def show_similar(request: Request, number: TicketNumber) -> AroundView:
    """Show who else is about the same matter, and the same person's earlier tickets."""
    shown: AroundView = await request.read(around, number, by=request.actor, view=AroundView.of)
    return shown


class Typed(Body):
    """What the form holds so far."""

    text: str = Field(max_length=TEXT_MOST)
    place_id: RowId | None = None
    place_text: str = Field("", max_length=200)
    topic_id: RowId | None = None


def _while_typing(session: Session, matter: Matter, request: Request) -> list[SimilarView]:
    """Incidents first: whoever calls about one hears at once what is known."""
    offered = incidents_like(session, matter, by=request.actor)
    shown = [SimilarView.of(one.similar, _said(one.incident, request.now)) for one in offered]
    known = {view.number for view in shown}
    others = [SimilarView.of(one) for one in similar_to(session, matter, by=request.actor, at_most=TYPING_SHOWN)]
    return [*shown, *(view for view in others if view.number not in known)][:TYPING_SHOWN]


def _said(incident: Incident, now: datetime) -> str:
    return said(incident.name, incident.words, incident.expected_at, now=now)


@api.post("/desk/similar", role=roles_for(Action.REGISTER))
async def find_similar(request: Request, body: Typed) -> list[SimilarView]:
    """附近相同诉求: find open tickets like the one that is being typed."""
    matter = Matter(mask_text(body.text), body.place_id, body.place_text, body.topic_id, request.now)
    shown: list[SimilarView] = await request.read(_while_typing, matter, request)
    return shown


class PileDispatch(Body):
    """整堆同派: the same unit for up to a hundred."""

    numbers: Annotated[list[TicketNumber], Field(min_length=1, max_length=100)]
    unit_id: RowId
    reason: str = Field("", max_length=1000)


def _send(session: Session, body: PileDispatch, request: Request, *, is_trial: bool) -> list[Outcome]:
    """A trial changes nothing and says what would be refused."""
    send = partial(
        dispatch_ticket,
        session,
        unit_id=body.unit_id,
        reason=body.reason,
        by=request.actor,
        office=request.service(TicketOffice),
        now=request.now,
    )
    return rehearse(session, body.numbers, send) if is_trial else do_each(session, body.numbers, send)


@api.post("/dispatch-list/pile", role=roles_for(Action.DISPATCH), also=(404, 409))
async def send_pile(request: Request, body: PileDispatch) -> list[OneOutcome]:
    """Send several to the same unit; what is refused does not keep the others back."""
    sent: list[OneOutcome] = await request.write(_send, body, request, is_trial=False, view=outcomes)
    return sent


@api.post("/dispatch-list/pile/preview", role=roles_for(Action.DISPATCH), also=(404, 409))
async def preview_pile(request: Request, body: PileDispatch) -> list[OneOutcome]:
    """Say what sending the pile would refuse; nothing is changed."""
    shown: list[OneOutcome] = await request.write(_send, body, request, is_trial=True, view=outcomes)
    return shown
