"""答复草稿: what a unit's officers type, saved a second after the last key stroke."""

from typing import Any, Self

from pydantic import Field

from tickets.actions.reply_drafts import save_reply_draft
from tickets.forms import BegunReply
from tickets.model import ReplyDraft
from tickets.queries.reply_drafts import reply_draft
from tickets.rules import Action
from web.api import Api, Body, Moment, Request, View
from web.ticket_rows import TicketNumber
from web.tickets import roles_for

api = Api()
WRITERS = roles_for(Action.REPLY, Action.SUBMIT_REPLY)


class ReplyDraftView(View):
    """The fields that were filled, and by whom last; version 0: nothing was typed yet."""

    version: int
    author: str
    author_id: int | None
    saved_at: Moment | None
    form: dict[str, Any]

    @classmethod
    def of(cls, draft: ReplyDraft | None) -> Self:
        if draft is None:
            return cls(version=0, author="", author_id=None, saved_at=None, form={})
        return cls(
            version=draft.version,
            author=draft.author_label,
            author_id=draft.author_id,
            saved_at=draft.saved_at,
            form=draft.form,
        )


@api.get("/tickets/{number}/reply-draft", role=WRITERS, also=(404,))
async def show_reply_draft(request: Request, number: TicketNumber) -> ReplyDraftView:
    """Show what one's unit has typed of its reply."""
    shown: ReplyDraftView = await request.read(reply_draft, number, by=request.actor, view=ReplyDraftView.of)
    return shown


class BegunReplyBody(Body):
    """Everything typed so far, and the version that it was typed on."""

    form: BegunReply
    version: int = Field(ge=0)


@api.put("/tickets/{number}/reply-draft", role=WRITERS, also=(404, 409))
async def save(request: Request, number: TicketNumber, body: BegunReplyBody) -> ReplyDraftView:
    """Keep it for oneself and one's colleagues; an old version is refused with both texts."""
    saved: ReplyDraftView = await request.write(
        save_reply_draft,
        number,
        body.form,
        version=body.version,
        by=request.actor,
        now=request.now,
        view=ReplyDraftView.of,
    )
    return saved
