"""The dispatch list: head figures, rows, the three cards of a ticket, claims, sending and undoing."""

from typing import Self

from pydantic import Field
from sqlalchemy.orm import Session

from nlp.classifier import Certainty
from staff.rules import Actor, Role
from tickets.actions import dispatching
from tickets.actions.claims import claim_ticket, release_claim, take_next
from tickets.kinds import SuggestionVerdict
from tickets.model import Claim, Suggestion, Ticket
from tickets.queries.dispatching import (
    Card,
    Chip,
    DispatchCards,
    DispatchHead,
    DispatchList,
    DispatchRow,
    dispatch_cards,
    dispatch_head,
    dispatch_list,
)
from tickets.rules import Action, State
from tickets.settings import TicketOffice
from web.api import Api, Body, Count, Moment, Page, Request, RowId, View
from web.cutting import words_sought
from web.masked_views import title_of
from web.ticket_acts import ALSO, MaybeReason, Version, act_for_office
from web.ticket_filters import TicketFilters
from web.ticket_rows import TicketNumber, TicketRow, UnitRef
from web.ticket_views import TicketView
from web.tickets import Reader, act, log_if_sealed, page_view, roles_for

api = Api()
DISPATCHERS = (Role.DISPATCHER, Role.SUPERVISOR)


class ClaimView(View):
    """Who is at it, and until when."""

    person_id: int
    name: str
    until: Moment
    is_mine: bool

    @classmethod
    def of(cls, claim: Claim | None, *, by: Actor) -> Self | None:
        if claim is None:
            return None
        is_mine = claim.person_id == by.person_id
        return cls(person_id=claim.person_id, name=claim.person_name, until=claim.until, is_mine=is_mine)


class ProposalView(View):
    """The classifier's word in a row of the list; without a topic the system was not sure."""

    topic: str | None
    unit: UnitRef | None
    certainty: Certainty
    verdict: SuggestionVerdict
    reason: str

    @classmethod
    def of(cls, row: DispatchRow) -> Self | None:
        if row.suggestion is None:
            return None
        best = row.suggestion.topics[0] if row.suggestion.topics else None
        return cls(
            topic=best["name"] if best else None,
            unit=UnitRef.of(row.proposed_unit),
            certainty=Certainty(best["certainty"]) if best else Certainty.UNCERTAIN,
            verdict=row.suggestion.verdict,
            reason=row.suggestion.reason,
        )


class DispatchRowView(View):
    """A waiting ticket; `pile_size` counts other open tickets that seem to be about the same matter."""

    ticket: TicketRow
    proposal: ProposalView | None
    claim: ClaimView | None
    pile_size: int


class DispatchHeadView(View):
    """待派 · 1 小时内到限 · 已超 · 我已派, and what each chip would leave."""

    waiting: int
    pressing: int
    over: int
    sent_by_me: int
    chips: dict[Chip, int]

    @classmethod
    def of(cls, head: DispatchHead) -> Self:
        return cls.model_validate(head)


class DispatchQuery(TicketFilters):
    """One chip at a time, and the filters of any list."""

    chip: Chip | None = None
    after: str | None = Field(None, max_length=80)
    limit: int = Field(25, ge=1, le=100)


@api.get("/dispatch-list", role=DISPATCHERS)
async def show_list(request: Request, query: DispatchQuery) -> Page[DispatchRowView]:
    """List what waits to be sent, least time left first."""

    def view(listed: DispatchList) -> Page[DispatchRowView]:
        rows = [
            DispatchRowView(
                ticket=TicketRow.of(row.ticket),
                proposal=ProposalView.of(row),
                claim=ClaimView.of(row.claim, by=request.actor),
                pile_size=row.pile_size,
            )
            for row in listed.rows
        ]
        count = Count(n=listed.n, more=listed.is_more)
        return Page[DispatchRowView](rows=rows, next=listed.next, count=count)

    page: Page[DispatchRowView] = await request.read(
        dispatch_list,
        by=request.actor,
        now=request.now,
        chip=query.chip,
        filters=query.narrowed_to(await words_sought(request, query.q)),
        phone_key=request.service(TicketOffice).phone_key,
        after=query.after,
        limit=query.limit,
        view=view,
    )
    return page


@api.get("/dispatch-list/head", role=DISPATCHERS)
async def show_head(request: Request) -> DispatchHeadView:
    """Show the head figures and the chips' counts."""
    head: DispatchHeadView = await request.read(
        dispatch_head, by=request.actor, now=request.now, view=DispatchHeadView.of
    )
    return head


class PrecedentView(View):
    """An earlier ticket of that topic with that unit."""

    number: str
    title: str
    state: State
    rating_level: int | None
    return_count: int

    @classmethod
    def of(cls, ticket: Ticket) -> Self:
        return cls(
            number=ticket.number,
            title=title_of(ticket),
            state=ticket.state,
            rating_level=ticket.rating_level,
            return_count=ticket.return_count,
        )


class CardView(View):
    """A proposal; `was_tried`: that unit had it and gave it back."""

    topic_id: int
    topic: str
    unit: UnitRef
    confidence: float
    certainty: Certainty
    words: list[str]
    basis: str
    open_count: int
    overdue_count: int
    open_with_below: int
    overdue_with_below: int
    due_at: Moment | None
    due_why: str
    precedents: list[PrecedentView]
    was_tried: bool
    ruled_in: str
    ruled_out: str

    @classmethod
    def of(cls, card: Card) -> Self:
        return cls(
            topic_id=card.topic_id,
            topic=card.topic_name,
            unit=UnitRef(id=card.unit.id, name=card.unit.short_name),
            confidence=card.confidence,
            certainty=card.certainty,
            words=list(card.words),
            basis=card.line.basis,
            open_count=card.load.open,
            overdue_count=card.load.overdue,
            open_with_below=card.load.open_with_below,
            overdue_with_below=card.load.overdue_with_below,
            due_at=card.due.at,
            due_why=card.due.why,
            precedents=[PrecedentView.of(ticket) for ticket in card.precedents],
            was_tried=card.was_tried,
            ruled_in=card.ruled_in,
            ruled_out=card.ruled_out,
        )


class CardsView(View):
    """What the dispatcher sees beside the text; no cards: `reason` says why the system is not sure."""

    ticket: TicketView
    cards: list[CardView]
    reason: str
    claim: ClaimView | None


def _reason(suggestion: Suggestion | None) -> str:
    return suggestion.reason if suggestion is not None else "正在识别"


def cards_view(session: Session, number: str, reader: Reader) -> CardsView:
    found: DispatchCards = dispatch_cards(session, number, by=reader.by, profile=reader.profile, now=reader.now)
    return CardsView(
        ticket=page_view(session, number, reader),
        cards=[CardView.of(card) for card in found.cards],
        reason=_reason(found.suggestion),
        claim=ClaimView.of(found.claim, by=reader.by),
    )


@api.get("/dispatch-list/{number}", role=DISPATCHERS, also=(404,))
async def show_cards(request: Request, number: TicketNumber) -> CardsView:
    """Show a ticket with up to three proposals."""
    view: CardsView = await request.read(cards_view, number, Reader.of(request))
    await log_if_sealed(request, view.ticket)
    return view


class Next(View):
    """The ticket that was handed out, or none."""

    ticket: TicketRow | None


@api.post("/dispatch-list/next", role=Role.DISPATCHER)
async def take(request: Request) -> Next:
    """取下一件: hand out the most pressing unclaimed ticket and claim it."""

    def view(ticket: Ticket | None) -> Next:
        return Next(ticket=TicketRow.of(ticket) if ticket is not None else None)

    taken: Next = await request.write(take_next, by=request.actor, now=request.now, view=view)
    return taken


@api.post("/dispatch-list/{number}/claim", role=Role.DISPATCHER, also=ALSO)
async def claim(request: Request, number: TicketNumber) -> ClaimView:
    """Claim for three minutes, or renew one's claim."""

    def view(found: Claim) -> ClaimView:
        return ClaimView.model_validate(ClaimView.of(found, by=request.actor))

    return await request.write(claim_ticket, number, by=request.actor, now=request.now, view=view)


@api.delete("/dispatch-list/{number}/claim", role=Role.DISPATCHER, also=(404,))
async def release(request: Request, number: TicketNumber) -> None:
    """Give the claim back."""
    await request.write(release_claim, number, by=request.actor)


class Dispatch(Body):
    """To whom; a reason is needed when the catalogue names another unit, a new fact when the person asks again."""

    unit_id: RowId
    topic_id: RowId | None = None
    reason: str = Field("", max_length=1000)
    new_fact: str = Field("", max_length=dispatching.FACT_MOST)
    version: int | None = Version


@api.post("/tickets/{number}/dispatch", role=roles_for(Action.DISPATCH), also=ALSO)
async def dispatch(request: Request, number: TicketNumber, body: Dispatch) -> TicketView:
    """Hand the ticket to a unit; its clock starts now."""
    return await act_for_office(
        request,
        dispatching.dispatch_ticket,
        number,
        unit_id=body.unit_id,
        topic_id=body.topic_id,
        reason=body.reason,
        new_fact=body.new_fact,
        version=body.version,
    )


@api.post("/tickets/{number}/list", role=roles_for(Action.LIST), also=ALSO)
async def put_on_list(request: Request, number: TicketNumber, body: MaybeReason) -> TicketView:
    """Onto the dispatch list; what was sent back for completion comes there by completing it."""
    return await act(request, dispatching.list_for_dispatch, number, reason=body.reason)
