"""Half-written acts: what one types of a return, a request, an audit and the like, saved as it is typed."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints

from tickets.actions.act_drafts import act_draft_of, keep_act_draft
from tickets.model import ActDraft
from web.api import ANYONE, Api, Body, Moment, Request, View
from web.ticket_rows import TicketNumber

api = Api()
#: an act, or a form that stands for several: return, ask_extension, audit
Action = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]
FieldName = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]
Words = Annotated[str, StringConstraints(max_length=2_000)]


class ActDraftBody(Body):
    """The fields as they stand in the form; none: it was given, or is given up."""

    form: Annotated[dict[FieldName, Words], Field(max_length=20)]


class ActDraftView(View):
    """What one has typed; without a draft nothing, saved never."""

    form: dict[str, str]
    saved_at: Moment | None

    @classmethod
    def of(cls, draft: ActDraft | None) -> Self:
        return cls(form={}, saved_at=None) if draft is None else cls(form=draft.form, saved_at=draft.saved_at)


@api.get("/tickets/{number}/act-drafts/{action}", role=ANYONE, also=(404,))
async def show_draft(request: Request, number: TicketNumber, action: Action) -> ActDraftView:
    """Show what one has typed of an act."""
    shown: ActDraftView = await request.read(act_draft_of, number, action, by=request.actor, view=ActDraftView.of)
    return shown


@api.put("/tickets/{number}/act-drafts/{action}", role=ANYONE, also=(404,))
async def keep_draft(request: Request, number: TicketNumber, action: Action, body: ActDraftBody) -> ActDraftView:
    """Keep what one has typed of an act, for oneself alone."""
    kept: ActDraftView = await request.write(
        keep_act_draft, number, action, body.form, by=request.actor, now=request.now, view=ActDraftView.of
    )
    return kept
