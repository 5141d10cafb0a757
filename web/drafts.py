"""Drafts of the desk: saved a second after the last key stroke, registered with one press."""

from functools import partial
from typing import Any, Self

from pydantic import Field

from staff.rules import Role
from tickets.actions.courses import Destination, Way, register_and_go
from tickets.actions.registration import add_matter, discard_draft, open_own_draft, register_draft, save_draft
from tickets.actions.side_paths import Course
from tickets.forms import TicketForm
from tickets.kinds import RejectReason, VoidReason
from tickets.model import Draft
from tickets.queries.desk import draft_by_id, drafts_of_call, open_drafts_of
from tickets.rules import Action, State
from tickets.settings import TicketOffice
from web.api import Api, Body, Moment, Query, Request, RowId, View
from web.ticket_rows import TicketNumber
from web.tickets import TicketCreated, roles_for

api = Api()
ROLES = (*roles_for(Action.REGISTER), Role.SHIFT_LEADER)
ALSO = (404, 409)


class DraftView(View):
    """A form that is being filled. `form` holds the fields that were typed; the caller's number is one's own call's."""

    id: int
    call_id: int | None
    matter_no: int
    state: State
    version: int
    form: dict[str, Any]
    opened_at: Moment
    saved_at: Moment
    ticket_id: int | None

    @classmethod
    def of(cls, draft: Draft) -> Self:
        return cls.model_validate(draft)


def draft_views(drafts: list[Draft]) -> list[DraftView]:
    return [DraftView.of(draft) for draft in drafts]


class DraftsQuery(Query):
    """All matters of a call, or one's own unfinished forms."""

    call_id: RowId | None = None


@api.get("/drafts", role=ROLES)
async def show_drafts(request: Request, query: DraftsQuery) -> list[DraftView]:
    """List the matters of a call, or 未完成."""
    if query.call_id is not None:
        drafts = await request.read(drafts_of_call, query.call_id, by=request.actor, view=draft_views)
    else:
        drafts = await request.read(open_drafts_of, by=request.actor, view=draft_views)
    found: list[DraftView] = drafts
    return found


@api.get("/drafts/{draft_id}", role=ROLES, also=(404,))
async def show_draft(request: Request, draft_id: RowId) -> DraftView:
    """Show one form."""
    found: DraftView = await request.read(draft_by_id, draft_id, by=request.actor, view=DraftView.of)
    return found


class NewDraft(Body):
    """A form without a call, or for a call that has none yet."""

    call_id: RowId | None = None


@api.post("/drafts", role=roles_for(Action.REGISTER), status=201, idempotent=True, also=(404,))
async def create_draft(request: Request, body: NewDraft) -> DraftView:
    """Open a form; a call's first form is found again."""
    opened: DraftView = await request.write(
        open_own_draft, call_id=body.call_id, by=request.actor, now=request.now, view=DraftView.of
    )
    return opened


@api.post("/drafts/{draft_id}/matters", role=roles_for(Action.REGISTER), status=201, also=(404,))
async def create_matter(request: Request, draft_id: RowId) -> DraftView:
    """＋ 另一件事: one more matter of this call; caller and place are kept."""
    added: DraftView = await request.write(add_matter, draft_id, by=request.actor, now=request.now, view=DraftView.of)
    return added


class SaveDraft(Body):
    """Everything typed so far."""

    form: TicketForm
    version: int = Field(ge=1)


@api.put("/drafts/{draft_id}", role=ROLES, also=ALSO)
async def save(request: Request, draft_id: RowId, body: SaveDraft) -> DraftView:
    """Keep the form; an old version is refused with both texts."""
    saved: DraftView = await request.write(
        save_draft,
        draft_id,
        body.form,
        version=body.version,
        by=request.actor,
        now=request.now,
        view=DraftView.of,
    )
    return saved


class Register(Body):
    """The form as it stands (or as it was saved), and where the matter goes."""

    form: TicketForm | None = None
    version: int | None = Field(None, ge=1)
    destination: Destination = Destination.DISPATCH
    answer: str = Field("", max_length=2000)
    article: str = Field("", max_length=100)
    reject_reason: RejectReason | None = None
    channel: str = Field("", max_length=100)
    to: str = Field("", max_length=100)
    accepted_by: str = Field("", max_length=60)
    parent: TicketNumber | None = None

    def way(self) -> Way:
        return Way(**self.model_dump(exclude={"form", "version"}))


@api.post("/drafts/{draft_id}/register", role=roles_for(Action.REGISTER), status=201, idempotent=True, also=ALSO)
async def register(request: Request, draft_id: RowId, body: Register) -> TicketCreated:
    """Give the matter its number; registering again gives the same ticket."""
    office = request.service(TicketOffice)
    registering = partial(
        register_draft,
        draft_id=draft_id,
        form=body.form,
        version=body.version,
        by=request.actor,
        office=office,
        now=request.now,
    )
    created: TicketCreated = await request.write(
        register_and_go,
        registering,
        body.way(),
        course=Course(request.actor, office, request.now),
        view=TicketCreated.of,
    )
    return created


class Discard(Body):
    """Why there is no matter."""

    reason: VoidReason


@api.post("/drafts/{draft_id}/discard", role=roles_for(Action.DISCARD), also=ALSO)
async def discard(request: Request, draft_id: RowId, body: Discard) -> DraftView:
    """No matter at all: 无声, 错拨, 骚扰."""
    gone: DraftView = await request.write(
        discard_draft, draft_id, reason=body.reason, by=request.actor, now=request.now, view=DraftView.of
    )
    return gone
