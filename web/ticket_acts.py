"""Acts that move a ticket through its life cycle, as the table allows them."""

from collections.abc import Callable
from typing import Any

from pydantic import Field

from staff.rules import Role
from tickets.actions import (
    dispatching,
    ending,
    handling,
    parking,
    promising,
    releasing,
    ruling,
    side_paths,
    telling_ends,
)
from tickets.actions.dispatching import FACT_MOST
from tickets.actions.side_paths import Course, End
from tickets.forms import ReplyForm, ReturnForm
from tickets.kinds import RejectReason, TerminationReason
from tickets.rules import Action
from tickets.settings import TicketOffice
from web.api import Api, Body, Day, Request, RowId
from web.ticket_rows import TicketNumber
from web.ticket_views import TicketView
from web.tickets import Reader, act, act_and_show, roles_for

api = Api()
ALSO = (404, 409)
Version = Field(None, ge=1)
Words = Field(min_length=1, max_length=1000)
MayBeBlank = Field("", max_length=1000)


async def act_for_office(
    request: Request, action: Callable[..., Any], number: str, *args: Any, **kwargs: Any
) -> TicketView:
    """The same for acts that start a clock."""
    return await act(request, action, number, *args, office=request.service(TicketOffice), **kwargs)


async def act_on_course(request: Request, action: Callable[..., Any], number: str, **kwargs: Any) -> TicketView:
    """The same for the side paths."""
    course = Course(request.actor, request.service(TicketOffice), request.now)
    view: TicketView = await request.write(
        act_and_show, action, number, course=course, reader=Reader.of(request), **kwargs
    )
    return view


class Sign(Body):
    """经办人 inside the unit, if it is known already."""

    handler: str = Field("", max_length=40)
    version: int | None = Version


@api.post("/tickets/{number}/sign", role=roles_for(Action.SIGN), also=ALSO)
async def sign(request: Request, number: TicketNumber, body: Sign) -> TicketView:
    """Take the ticket on for one's unit."""
    return await act(request, handling.sign_ticket, number, handler=body.handler, version=body.version)


class Return(Body):
    """Why the unit gives it back, founded on law."""

    form: ReturnForm
    version: int | None = Version


@api.post("/tickets/{number}/return", role=roles_for(Action.RETURN), also=ALSO)
async def return_(request: Request, number: TicketNumber, body: Return) -> TicketView:
    """Ask the hotline to take the ticket back, inside the window."""
    return await act(request, handling.return_ticket, number, body.form, version=body.version)


class MaybeReason(Body):
    """A word on it, if there is one."""

    reason: str = MayBeBlank


class Reason(Body):
    """Why."""

    reason: str = Words


@api.post("/tickets/{number}/approve-return", role=roles_for(Action.APPROVE_RETURN), also=ALSO)
async def approve_return(request: Request, number: TicketNumber, body: MaybeReason) -> TicketView:
    """Grant the return: back onto the dispatch list."""
    return await act_for_office(request, handling.approve_return, number, reason=body.reason)


@api.post("/tickets/{number}/refuse-return", role=roles_for(Action.REFUSE_RETURN), also=ALSO)
async def refuse_return(request: Request, number: TicketNumber, body: Reason) -> TicketView:
    """Refuse the return: the unit counts as having signed."""
    return await act(request, handling.refuse_return, number, reason=body.reason)


class Replied(Body):
    """The unit's answer."""

    form: ReplyForm
    version: int | None = Version


@api.post("/tickets/{number}/reply", role=roles_for(Action.REPLY), also=ALSO)
async def reply(request: Request, number: TicketNumber, body: Replied) -> TicketView:
    """Answer; an auditor reads it before it counts."""
    return await act_for_office(request, handling.reply_ticket, number, body.form, version=body.version)


@api.post("/tickets/{number}/submit-reply", role=roles_for(Action.SUBMIT_REPLY), also=ALSO)
async def submit_reply(request: Request, number: TicketNumber, body: Replied) -> TicketView:
    """Hand the answer to a second person of one's unit, where the unit asks for that."""
    return await act(request, releasing.submit_reply, number, body.form, version=body.version)


class Release(Body):
    """A word on it, and which version was read."""

    note: str = MayBeBlank
    version: int | None = Version


@api.post("/tickets/{number}/release-reply", role=roles_for(Action.RELEASE_REPLY), also=ALSO)
async def release_reply(request: Request, number: TicketNumber, body: Release) -> TicketView:
    """Let a colleague's answer go to the hotline."""
    return await act_for_office(request, releasing.release_reply, number, note=body.note, version=body.version)


@api.post("/tickets/{number}/send-reply-back", role=roles_for(Action.SEND_REPLY_BACK), also=ALSO)
async def send_reply_back(request: Request, number: TicketNumber, body: Reason) -> TicketView:
    """Send an answer back to its writer inside the unit."""
    return await act(request, releasing.send_reply_back, number, reason=body.reason)


class Audit(Body):
    """The verdict on a reply; a note is needed when it does not pass."""

    passed: bool
    note: str = MayBeBlank
    version: int | None = Version


@api.post("/tickets/{number}/audit", role=Role.AUDITOR, also=ALSO)
async def audit(request: Request, number: TicketNumber, body: Audit) -> TicketView:
    """Accept the reply, upon which the citizen is asked to rate, or send it back."""
    if body.passed:
        return await act_for_office(request, ending.pass_audit, number, note=body.note, version=body.version)
    return await act(request, ending.fail_audit, number, note=body.note, version=body.version)


@api.post("/tickets/{number}/rework", role=roles_for(Action.REWORK), also=ALSO)
async def rework(request: Request, number: TicketNumber, body: Reason) -> TicketView:
    """Have it done again by the same unit."""
    return await act_for_office(request, ending.rework_ticket, number, reason=body.reason)


@api.post("/tickets/{number}/close", role=roles_for(Action.CLOSE), also=ALSO)
async def close(request: Request, number: TicketNumber, body: MaybeReason) -> TicketView:
    """Close by callback or by decision."""
    return await act_for_office(
        request, ending.close_ticket, number, reason=ending.close_reason_for(request.actor), note=body.reason
    )


class Fulfilled(Body):
    """What was done, in words that the citizen reads."""

    text: str = Words
    version: int | None = Version


@api.post("/tickets/{number}/fulfil", role=roles_for(Action.FULFIL), also=ALSO)
async def fulfil(request: Request, number: TicketNumber, body: Fulfilled) -> TicketView:
    """承诺事项已办结: what the answer promised by a day has been done."""
    return await act_for_office(request, promising.fulfil_promise, number, text=body.text, version=body.version)


@api.post("/tickets/{number}/recall", role=roles_for(Action.RECALL), also=ALSO)
async def recall(request: Request, number: TicketNumber, body: MaybeReason) -> TicketView:
    """Take an unsigned dispatch back, also one that the system made."""
    return await act_for_office(request, dispatching.recall_ticket, number, reason=body.reason)


@api.post("/tickets/{number}/confer", role=roles_for(Action.CONFER), also=ALSO)
async def confer(request: Request, number: TicketNumber, body: Reason) -> TicketView:
    """Put a dispute to a conference."""
    return await act(request, dispatching.confer, number, reason=body.reason)


class Ruling(Body):
    """Which unit it is, and why; that unit may not return it."""

    unit_id: RowId
    reason: str = Words
    #: what is new in a repeat that no unit has had
    new_fact: str = Field("", max_length=FACT_MOST)


@api.post("/tickets/{number}/rule", role=roles_for(Action.RULE), also=ALSO)
async def rule(request: Request, number: TicketNumber, body: Ruling) -> TicketView:
    """Fix the unit by ruling."""
    said = {"unit_id": body.unit_id, "reason": body.reason, "new_fact": body.new_fact}
    return await act_for_office(request, ruling.rule, number, **said)


class Answer(Body):
    """What was answered on the spot: an article, or the words."""

    answer: str = Field("", max_length=2000)
    article: str = Field("", max_length=100)


@api.post("/tickets/{number}/answer", role=roles_for(Action.ANSWER), also=ALSO)
async def answer(request: Request, number: TicketNumber, body: Answer) -> TicketView:
    """直接答复: the caller has the answer already."""
    return await act_on_course(request, side_paths.answer_ticket, number, answer=body.answer, article=body.article)


class Reject(Body):
    """Why not, and where the caller should go."""

    reject_reason: RejectReason
    channel: str = Field(min_length=1, max_length=100)
    note: str = MayBeBlank


@api.post("/tickets/{number}/reject", role=roles_for(Action.REJECT), also=ALSO)
async def reject(request: Request, number: TicketNumber, body: Reject) -> TicketView:
    """不予受理, with the right channel named."""
    return await act_on_course(
        request,
        side_paths.reject_ticket,
        number,
        reason=body.reject_reason,
        channel=body.channel,
        note=body.note,
    )


class Transfer(Body):
    """Where it goes, and who there took it."""

    to: str = Field(min_length=1, max_length=100)
    accepted_by: str = Field("", max_length=60)


@api.post("/tickets/{number}/transfer", role=roles_for(Action.TRANSFER), also=ALSO)
async def transfer(request: Request, number: TicketNumber, body: Transfer) -> TicketView:
    """Hand it to 110, another city, petitions."""
    return await act_on_course(request, side_paths.transfer_ticket, number, to=body.to, accepted_by=body.accepted_by)


class Acknowledge(Body):
    """Who took it there, or the number of their paper, and a word on it."""

    accepted_by: str = Field(min_length=1, max_length=100)
    note: str = MayBeBlank


@api.post("/tickets/{number}/acknowledge", role=roles_for(Action.ACKNOWLEDGE), also=ALSO)
async def acknowledge(request: Request, number: TicketNumber, body: Acknowledge) -> TicketView:
    """The other side has acknowledged the transfer."""
    return await act_on_course(
        request, side_paths.acknowledge_transfer, number, accepted_by=body.accepted_by, note=body.note
    )


class Terminate(Body):
    """Why, in a class and in words that the citizen reads; `channel` where another house takes the matter."""

    termination_reason: TerminationReason
    channel: str = Field("", max_length=100)
    reason: str = Words

    @property
    def end(self) -> End:
        return End(self.termination_reason, self.reason, self.channel)


@api.post("/tickets/{number}/terminate", role=roles_for(Action.TERMINATE), also=ALSO)
async def terminate(request: Request, number: TicketNumber, body: Terminate) -> TicketView:
    """End it without an answer; the citizen is told why, and until when to object."""
    return await act_on_course(request, side_paths.terminate_ticket, number, end=body.end)


@api.post("/tickets/{number}/tell-end", role=roles_for(Action.TELL_END), also=ALSO)
async def tell_end(request: Request, number: TicketNumber, body: Reason) -> TicketView:
    """A person has told the citizen of the termination that no SMS could tell of."""
    return await act(request, telling_ends.tell_end, number, note=body.reason)


class Park(Body):
    """The plan, and when somebody looks again."""

    plan: str = Words
    review_on: Day


@api.post("/tickets/{number}/park", role=roles_for(Action.PARK), also=ALSO)
async def park(request: Request, number: TicketNumber, body: Park) -> TicketView:
    """挂账: cannot be solved now."""
    return await act_on_course(request, parking.park_ticket, number, plan=body.plan, review_on=body.review_on)


@api.post("/tickets/{number}/resume", role=roles_for(Action.RESUME), also=ALSO)
async def resume(request: Request, number: TicketNumber, body: Reason) -> TicketView:
    """Back to the unit from the shelf."""
    return await act_on_course(request, parking.resume_ticket, number, reason=body.reason)


@api.post("/tickets/{number}/reopen", role=roles_for(Action.REOPEN), also=ALSO)
async def reopen(request: Request, number: TicketNumber, body: Reason) -> TicketView:
    """The answer on the spot did not do."""
    return await act_on_course(request, side_paths.reopen_ticket, number, reason=body.reason)


@api.post("/tickets/{number}/object", role=roles_for(Action.OBJECT), also=ALSO)
async def object_(request: Request, number: TicketNumber, body: Reason) -> TicketView:
    """The caller objects to the rejection or termination, and it is taken on after all."""
    return await act_on_course(request, side_paths.object_to_end, number, reason=body.reason)
