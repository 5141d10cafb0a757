"""异议: what units say of the rows of their scores, as a supervisor reads and answers it."""

from collections.abc import Sequence
from typing import Self

from pydantic import Field
from sqlalchemy.orm import Session

from indicators.events import ObjectionChanged
from indicators.model import ObjectionState, ScoreObjection
from indicators.objections import answer_objection, objections, open_objections
from indicators.unit_scores import SCORES
from staff.rules import Actor, Role
from web.api import Api, Body, Query, Request, RowId, View
from web.live import Topic
from web.masked_views import title_of
from web.ticket_topics import LIST_GAP_S, read_list
from web.unit_figures import ObjectionView

api = Api()
READERS = (Role.SUPERVISOR, Role.INSPECTOR)
PAGE_ROWS = 50


class ObjectionsQuery(Query):
    """Open ones the oldest first, others the newest first."""

    state: ObjectionState | None = ObjectionState.OPEN
    after: RowId | None = None


class ObjectionRow(View):
    """An objection with its unit, score and ticket."""

    unit_name: str
    score_title: str
    number: str
    title: str
    objection: ObjectionView

    @classmethod
    def of(cls, objection: ScoreObjection) -> Self:
        return cls(
            unit_name=objection.unit.name,
            score_title=SCORES[objection.score].card.title if objection.score in SCORES else objection.score,
            number=objection.ticket.number,
            title=title_of(objection.ticket),
            objection=ObjectionView.of(objection),
        )


class ObjectionRows(View):
    """`open`: how many wait for an answer."""

    rows: list[ObjectionRow]
    open: int
    next: int | None


class ObjectionAnswer(Body):
    """What the supervisor says of it."""

    is_upheld: bool
    answer: str = Field(max_length=1000)


@api.get("/objections", role=READERS)
async def show_objections(request: Request, query: ObjectionsQuery) -> ObjectionRows:
    """List what units object to in their scores."""

    def view(session: Session) -> ObjectionRows:
        found: Sequence[ScoreObjection] = objections(
            session, query.state, by=request.actor, after=query.after, limit=PAGE_ROWS
        )
        rows = [ObjectionRow.of(objection) for objection in found]
        last = found[-1].id if len(found) == PAGE_ROWS else None
        return ObjectionRows(rows=rows, open=open_objections(session), next=last)

    return await request.read(view)


@api.post("/objections/{objection_id}/answer", role=Role.SUPERVISOR, also=(404, 409))
async def answer(request: Request, objection_id: RowId, body: ObjectionAnswer) -> ObjectionView:
    """Answer an objection; the row stays in the figure, upheld ones are counted apart beside it."""
    answered: ObjectionView = await request.write(
        answer_objection,
        objection_id,
        is_upheld=body.is_upheld,
        answer=body.answer,
        by=request.actor,
        now=request.now,
        view=ObjectionView.of,
    )
    return answered


def _may_watch(actor: Actor, _key: str) -> bool:
    return actor.may_act_as(READERS)


TOPICS = (Topic("objections", _may_watch, read_list, {ObjectionChanged: lambda _event: ""}, least_gap_s=LIST_GAP_S),)
