"""定类: what a third party decides about a matter before its rating is known, and what waits for that."""

from typing import Self

from pydantic import Field
from sqlalchemy.orm import Session

from evaluation.classes.actions import decide_class
from evaluation.classes.model import ClassDecision
from evaluation.classes.queries import Unclassed, classes_of, first_rated_at, unclassed
from evaluation.classes.rules import DECIDERS, REASON_MOST, MatterClass
from staff.rules import Actor, Role
from tickets.kinds import ReplyResult
from tickets.queries.access import ticket_by_number
from web.api import ANYONE, Api, Body, Moment, Request, View
from web.ticket_rows import TicketNumber, TicketRow

api = Api()
READERS = (*DECIDERS, Role.INSPECTOR)
WAITING_ROWS = 100


class ClassView(View):
    """`is_before_rating`: decided while nobody could know the rating; only then anything may be left out for it."""

    id: int
    rework_no: int
    matter_class: MatterClass
    name: str
    reason: str
    decided_at: Moment
    decided_by: str
    is_current: bool
    is_before_rating: bool

    @classmethod
    def read(cls, session: Session, decision: ClassDecision) -> Self:
        rated_at = first_rated_at(session, decision.ticket_id, decision.rework_no)
        return cls(
            id=decision.id,
            rework_no=decision.rework_no,
            matter_class=decision.matter_class,
            name=decision.matter_class.name_zh,
            reason=decision.reason,
            decided_at=decision.decided_at,
            decided_by=decision.decided_by,
            is_current=decision.is_current,
            is_before_rating=rated_at is None or decision.decided_at < rated_at,
        )


class ClassViews(View):
    rows: list[ClassView]


class UnclassedView(View):
    """What the unit says came of it, and since when somebody should say whether that is so."""

    ticket: TicketRow
    result: ReplyResult
    result_name: str
    replied_at: Moment


class UnclassedList(View):
    rows: list[UnclassedView]

    @classmethod
    def of(cls, found: list[Unclassed]) -> Self:
        rows = [
            UnclassedView(
                ticket=TicketRow.of(one.ticket),
                result=one.result,
                result_name=one.result.name_zh,
                replied_at=one.replied_at,
            )
            for one in found
        ]
        return cls(rows=rows)


class ClassBody(Body):
    matter_class: MatterClass
    reason: str = Field(max_length=REASON_MOST)


@api.get("/tickets/{number}/classes", role=ANYONE)
async def show_classes(request: Request, number: TicketNumber) -> ClassViews:
    """What was decided about a ticket's answers, oldest first; its unit may read it too."""
    return await request.read(_classes, number, by=request.actor)


@api.post("/tickets/{number}/classes", role=DECIDERS, also=(404, 409))
async def decide(request: Request, number: TicketNumber, body: ClassBody) -> ClassView:
    """Decide what could be done about the matter; after the rating it leaves nothing out of any figure."""

    def write(session: Session) -> ClassView:
        decided = decide_class(
            session, number, matter_class=body.matter_class, reason=body.reason, by=request.actor, now=request.now
        )
        return ClassView.read(session, decided)

    return await request.write(write)


@api.get("/matter-classes/waiting", role=READERS)
async def list_unclassed(request: Request) -> UnclassedList:
    """Answers that say the matter could not be solved, and of which nobody has decided whether that is so."""
    found: UnclassedList = await request.read(unclassed, by=request.actor, limit=WAITING_ROWS, view=UnclassedList.of)
    return found


def _classes(session: Session, number: str, *, by: Actor) -> ClassViews:
    ticket_id = ticket_by_number(session, number, by).id
    return ClassViews(rows=[ClassView.read(session, one) for one in classes_of(session, ticket_id)])
