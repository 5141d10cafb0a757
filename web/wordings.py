"""Words that are used again: what to ask and say of a topic, and saved replies."""

from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import Field, StringConstraints

from staff.rules import Role
from tickets.actions.wordings import ReplyWords, change_reply, forget_reply, keep_reply, set_guide
from tickets.forms import REPLY_MOST
from tickets.model import SavedReply
from tickets.points import QUESTIONS_MOST, Question
from tickets.queries.wordings import Guide, guide_of, saved_replies_of
from web.api import ANYONE, Api, Body, Query, Request, RowId, View

api = Api()

Name = Annotated[str, StringConstraints(min_length=1, max_length=30)]


class GuideView(View):
    """What to ask and say; `of` is the topic that it was written for, the nearest one above."""

    questions: list[Question]
    script: str
    of: str

    @classmethod
    def shown(cls, guide: Guide) -> Self:
        return cls.model_validate(guide)


class GuideBody(Body):
    """What is asked, at most twelve questions, and what may be said at once."""

    questions: list[Question] = Field(max_length=QUESTIONS_MOST)
    script: str = Field("", max_length=2000)


@api.get("/topics/{topic_id}/guide", role=ANYONE, also=(404,))
async def show_guide(request: Request, topic_id: RowId) -> GuideView:
    """Say what to ask and say of a topic."""
    return await request.read(guide_of, topic_id, view=GuideView.shown)


@api.put("/topics/{topic_id}/guide", role=(Role.SUPERVISOR, Role.ADMINISTRATOR), also=(404,))
async def write_guide(request: Request, topic_id: RowId, body: GuideBody) -> GuideView:
    """Write it."""
    await request.write(
        set_guide,
        topic_id,
        questions=body.questions,
        script=body.script,
        by=request.actor,
        now=request.now,
        view=lambda _: None,
    )
    return await request.read(guide_of, topic_id, view=GuideView.shown)


class SavedReplyView(View):
    """A saved reply; shared: the whole unit's."""

    id: int
    name: str
    text: str
    topic_id: int | None
    is_shared: bool

    @classmethod
    def of(cls, reply: SavedReply) -> Self:
        return cls(
            id=reply.id,
            name=reply.name,
            text=reply.text,
            topic_id=reply.topic_id,
            is_shared=reply.person_id is None,
        )


class SavedReplyBody(Body):
    """A name to find it by, and the words."""

    name: Name
    text: str = Field(min_length=1, max_length=REPLY_MOST)
    topic_id: RowId | None = None
    is_shared: bool = False

    def words(self) -> ReplyWords:
        return ReplyWords(**self.model_dump())


class TopicQuery(Query):
    """Which topic's replies stand first."""

    topic_id: RowId | None = None


def reply_views(replies: Sequence[SavedReply]) -> list[SavedReplyView]:
    return [SavedReplyView.of(reply) for reply in replies]


@api.get("/saved-replies", role=ANYONE)
async def show_replies(request: Request, query: TopicQuery) -> list[SavedReplyView]:
    """List one's own and the unit's saved replies."""
    return await request.read(saved_replies_of, topic_id=query.topic_id, by=request.actor, view=reply_views)


@api.post("/saved-replies", role=ANYONE, status=201, idempotent=True, also=(404, 409))
async def add_reply(request: Request, body: SavedReplyBody) -> SavedReplyView:
    """Keep a reply for later."""
    return await request.write(keep_reply, body.words(), by=request.actor, view=SavedReplyView.of)


@api.put("/saved-replies/{reply_id}", role=ANYONE, also=(404, 409))
async def replace_reply(request: Request, reply_id: RowId, body: SavedReplyBody) -> SavedReplyView:
    """Change a saved reply."""
    return await request.write(change_reply, reply_id, body.words(), by=request.actor, view=SavedReplyView.of)


@api.delete("/saved-replies/{reply_id}", role=ANYONE, also=(404,))
async def remove_reply(request: Request, reply_id: RowId) -> None:
    """Forget a saved reply."""
    await request.write(forget_reply, reply_id, by=request.actor)
