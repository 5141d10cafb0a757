"""Invitations and ratings as staff see them, and the answer a callback agent writes down."""

from typing import Annotated, Self

from pydantic import Field
from sqlalchemy.orm import Session

from core.masking import mask_text
from evaluation.actions.answering import Answer
from evaluation.actions.calling import answer_by_phone, record_attempt, refuse_by_phone
from evaluation.actions.erasing import ERASERS, erase_words
from evaluation.classes.queries import class_of
from evaluation.classes.rules import must_decide_first
from evaluation.model import Invitation, Rating
from evaluation.office import EvaluationOffice
from evaluation.plan import CallbackOutcome, Pace, Step, plan
from evaluation.queries import (
    asked_so_far,
    attempts_of,
    invitation,
    invitations_of,
    owed_calls,
    ratings_of,
    reasons_of,
    second_questions_of,
    words_of,
)
from evaluation.rules import BadReason, Channel, InvitationState, Level, Reason, Subject
from staff.rules import Actor, Role
from tickets.model import Ticket
from tickets.queries.access import sees_own_unit_only, ticket_by_number
from tickets.queries.traces import unit_names
from web.api import ANYONE, Api, Body, Moment, Request, RowId, View
from web.ticket_rows import TicketNumber, TicketRow

api = Api()
OWED_ROWS = 100
Entry = Annotated[str, Field(min_length=8, max_length=40, pattern=r"^[A-Za-z0-9-]+$")]


class InvitationView(View):
    """The one question about one answer; `reason` says why a person must ask.

    `said_after_at`: something was written back after the rating, and nobody has spoken with the citizen since.
    """

    id: int
    ticket_id: int
    rework_no: int
    subject: Subject
    state: InvitationState
    reason: Reason | None
    invited_at: Moment
    delivered_at: Moment | None
    closed_at: Moment | None
    expires_at: Moment
    said_after_at: Moment | None

    @classmethod
    def of(cls, found: Invitation) -> Self:
        return cls.model_validate(found)


class PlannedView(View):
    """A step of the plan by which this citizen is asked; `at` is None for one that is due as soon as it can be."""

    step: Step
    at: Moment | None
    is_done: bool


class AttemptView(View):
    """A call to ask for a rating, and what came of it; `is_proven` is false where no call bears it out."""

    outcome: CallbackOutcome
    at: Moment
    by: str
    is_proven: bool | None


class RatingView(View):
    """One answer; `is_current` marks the one of its round that counts, corrected ones stay beside it.

    `unit_name` is the unit that was rated, for which it counts whoever has the ticket now; null where there is none.
    """

    id: int
    subject: Subject
    level: int
    level_name: str
    unit_name: str | None
    channel: Channel
    is_solved: bool | None
    reasons: list[BadReason]
    words: str | None
    is_current: bool
    corrects_id: int | None
    recorded_at: Moment

    @classmethod
    def of(cls, rating: Rating, reasons: list[BadReason], words: str | None, unit_name: str | None) -> Self:
        return cls(
            id=rating.id,
            subject=rating.subject,
            level=rating.level,
            level_name=Level(rating.level).name_zh,
            unit_name=unit_name,
            channel=rating.channel,
            is_solved=rating.is_solved,
            reasons=reasons,
            words=None if words is None else mask_text(words),
            is_current=rating.is_current,
            corrects_id=rating.corrects_id,
            recorded_at=rating.recorded_at,
        )


class TicketRatings(View):
    """`plan` and `attempts` are of the newest invitation.

    `is_class_first`: what was said is kept from this person until they have decided the matter's class.
    """

    invitations: list[InvitationView]
    ratings: list[RatingView]
    plan: list[PlannedView]
    attempts: list[AttemptView]
    is_class_first: bool = False


class OwedView(InvitationView):
    """A question that a person has to ask, and the ticket that it is about."""

    ticket: TicketRow


class OwedList(View):
    rows: list[OwedView]

    @classmethod
    def of(cls, found: list[tuple[Invitation, Ticket]]) -> Self:
        asked = [(InvitationView.of(invited), TicketRow.of(ticket)) for invited, ticket in found]
        return cls(rows=[OwedView(**invited.model_dump(), ticket=row) for invited, row in asked])


class Attempt(Body):
    """What came of a call that brought no answer."""

    outcome: CallbackOutcome
    #: the page's own id of this entry, so that it counts once however often it is sent
    entry: Entry


class CallbackAnswer(Body):
    """What a citizen said on the phone; a refusal has no level, and only the two bad levels have reasons."""

    level: Annotated[int, Field(ge=1, le=5)] | None
    is_solved: bool | None = None
    reasons: list[BadReason] = Field([], max_length=len(BadReason))
    words: str | None = Field(None, max_length=500)
    #: the page's own id of this entry, so that it counts once however often it is sent
    entry: Entry


class Erasing(Body):
    """Why what a citizen wrote is taken out; it stands in the audit log."""

    reason: str = Field(min_length=5, max_length=200)


class Erased(View):
    """Of how many ratings."""

    n: int


@api.get("/tickets/{number}/ratings", role=ANYONE)
async def show_ticket_ratings(request: Request, number: TicketNumber) -> TicketRatings:
    """A ticket's invitations and ratings, oldest first, corrections included."""
    pace = request.service(EvaluationOffice).settings.pace
    return await request.read(_ticket_ratings, number, by=request.actor, pace=pace)


@api.post("/tickets/{number}/ratings/erase-words", role=ERASERS)
async def erase_rating_words(request: Request, number: TicketNumber, body: Erasing) -> Erased:
    """Take out for good what the citizen wrote beside the ratings; level, receipt and every proof stay."""
    n = await request.write(erase_words, number, by=request.actor, reason=body.reason, now=request.now)
    return Erased(n=n)


@api.get("/invitations/owed", role=(Role.CALLBACK, Role.SUPERVISOR, Role.SHIFT_LEADER))
async def list_owed_calls(request: Request) -> OwedList:
    """Whom SMS could not ask: a person must, the longest waiting first."""
    found: OwedList = await request.read(owed_calls, by=request.actor, limit=OWED_ROWS, view=OwedList.of)
    return found


@api.post("/invitations/{invitation_id}/answer", role=Role.CALLBACK)
async def answer_for_citizen(request: Request, invitation_id: RowId, body: CallbackAnswer) -> InvitationView:
    """Write down what the citizen said on the phone: a level, or that they do not want to rate."""
    source = f"callback:{invitation_id}:{body.entry}"
    if body.level is None:
        await request.write(refuse_by_phone, invitation_id, source=source, by=request.actor, now=request.now)
    else:
        said = Answer(Level(body.level), Channel.CALLBACK, source, body.words, body.is_solved, body.reasons)
        await request.write(answer_by_phone, invitation_id, said, by=request.actor, now=request.now)
    return await request.read(invitation, invitation_id, view=InvitationView.of)


@api.post("/invitations/{invitation_id}/attempts", role=Role.CALLBACK)
async def note_attempt(request: Request, invitation_id: RowId, body: Attempt) -> InvitationView:
    """Write down a call that brought no answer; after the third, hours apart, nobody calls any more."""
    source = f"attempt:{invitation_id}:{body.entry}"
    by, now = request.actor, request.now
    await request.write(record_attempt, invitation_id, body.outcome, source=source, by=by, now=now)
    return await request.read(invitation, invitation_id, view=InvitationView.of)


def _ticket_ratings(session: Session, number: str, *, by: Actor, pace: Pace) -> TicketRatings:
    """A unit learns how it was rated when the repair of a bad rating is opened to it, not by looking."""
    ticket = ticket_by_number(session, number, by)
    if sees_own_unit_only(by):
        return TicketRatings(invitations=[], ratings=[], plan=[], attempts=[])
    ticket_id = ticket.id
    if must_decide_first(by) and class_of(session, ticket) is None:
        return TicketRatings(invitations=[], ratings=[], plan=[], attempts=[], is_class_first=True)
    ratings = ratings_of(session, ticket_id)
    reasons = reasons_of(session, [rating.id for rating in ratings])
    names = unit_names(session, (rating.unit_id for rating in ratings))
    asked = sorted(
        [*invitations_of(session, ticket_id), *second_questions_of(session, ticket_id)], key=lambda one: one.id
    )
    return TicketRatings(
        invitations=[InvitationView.of(found) for found in asked],
        ratings=[
            RatingView.of(one, reasons.get(one.id, []), words_of(session, one.id), names.get(one.unit_id or 0))
            for one in ratings
        ],
        plan=[PlannedView.model_validate(one) for one in plan(asked_so_far(session, asked[-1]), pace)] if asked else [],
        attempts=[AttemptView.model_validate(one) for one in attempts_of(session, asked[-1].id)] if asked else [],
    )
