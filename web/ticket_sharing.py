"""Requests that do not stop the clock, helpers, units below, and papers of the ladder."""

from pydantic import Field

from staff.rules import Role
from tickets.actions import helping, notes, oversight, requests, sending_down
from tickets.actions.papers import Paper
from tickets.actions.sending_down import Down
from tickets.forms import RequestForm
from tickets.kinds import OversightKind, OversightTrigger, TerminationReason
from tickets.rules import Action
from web.api import Api, Body, Moment, Request, RowId
from web.ticket_acts import ALSO, MaybeReason, Reason, Version, Words, act_for_office, act_on_course
from web.ticket_rows import TicketNumber
from web.ticket_views import TicketView
from web.tickets import act, roles_for

api = Api()


class Ask(Body):
    """What the unit asks for."""

    form: RequestForm
    version: int | None = Version


@api.post("/tickets/{number}/requests", role=roles_for(Action.ASK_EXTENSION), also=ALSO)
async def ask(request: Request, number: TicketNumber, body: Ask) -> TicketView:
    """Ask for more time, the shelf or an end; the clock runs on until it is granted."""
    return await act_for_office(request, requests.ask_for, number, body.form, version=body.version)


class Decision(Body):
    """A word on it; the unit reads it.  An end may be granted for another reason than it was asked for."""

    note: str = Field("", max_length=1000)
    termination_reason: TerminationReason | None = None
    channel: str = Field("", max_length=100)


@api.post("/tickets/{number}/grant", role=roles_for(Action.EXTEND), also=ALSO)
async def grant(request: Request, number: TicketNumber, body: Decision) -> TicketView:
    """Grant what the unit asks for."""
    return await act_on_course(request, requests.grant_request, number, **body.model_dump())


@api.post("/tickets/{number}/refuse-request", role=roles_for(Action.REFUSE_REQUEST), also=ALSO)
async def refuse(request: Request, number: TicketNumber, body: Reason) -> TicketView:
    """Refuse what the unit asks for."""
    return await act_on_course(request, requests.refuse_request, number, reason=body.reason)


class Help(Body):
    """Which unit helps, and with what."""

    unit_id: RowId
    task: str = Words


@api.post("/tickets/{number}/help", role=roles_for(Action.ASK_HELP), also=ALSO)
async def ask_help(request: Request, number: TicketNumber, body: Help) -> TicketView:
    """Give a helping unit a part of its own."""
    return await act(request, helping.ask_help, number, unit_id=body.unit_id, task=body.task)


class PartResult(Body):
    """What the helping unit did."""

    result: str = Words


@api.post("/tickets/{number}/report-part", role=roles_for(Action.REPORT_PART), also=ALSO)
async def report_part(request: Request, number: TicketNumber, body: PartResult) -> TicketView:
    """Say what one's own part came to."""
    return await act(request, helping.report_part, number, result=body.result)


class Excuse(Body):
    """For whom nobody waits any longer, and why."""

    unit_id: RowId
    reason: str = Words


@api.post("/tickets/{number}/excuse-part", role=roles_for(Action.EXCUSE_PART), also=ALSO)
async def excuse_part(request: Request, number: TicketNumber, body: Excuse) -> TicketView:
    """Wait no longer for a helper."""
    return await act(request, helping.excuse_part, number, unit_id=body.unit_id, reason=body.reason)


class SendDown(Body):
    """A unit below, and until when it reports; without a date after 60 % of the time that is left."""

    unit_id: RowId
    due_at: Moment | None = None
    note: str = Field("", max_length=1000)
    version: int | None = Version


@api.post("/tickets/{number}/send-down", role=roles_for(Action.SEND_DOWN), also=ALSO)
async def send_down(request: Request, number: TicketNumber, body: SendDown) -> TicketView:
    """Hand the work to a unit below; one's own clock runs on."""
    down = Down(body.unit_id, body.due_at, body.note)
    return await act(request, sending_down.send_down, number, down, version=body.version)


class Report(Body):
    """What was done."""

    report: str = Words


@api.post("/tickets/{number}/report-up", role=roles_for(Action.REPORT_UP), also=ALSO)
async def report_up(request: Request, number: TicketNumber, body: Report) -> TicketView:
    """Report to the unit above."""
    return await act(request, sending_down.report_up, number, report=body.report)


@api.post("/tickets/{number}/accept-report", role=roles_for(Action.ACCEPT_REPORT), also=ALSO)
async def accept_report(request: Request, number: TicketNumber, body: Decision) -> TicketView:
    """Accept what the unit below reports."""
    return await act(request, sending_down.accept_report, number, note=body.note)


@api.post("/tickets/{number}/send-back-down", role=roles_for(Action.SEND_BACK_DOWN), also=ALSO)
async def send_back_down(request: Request, number: TicketNumber, body: Reason) -> TicketView:
    """Send the report back to the unit below."""
    return await act(request, sending_down.send_back_down, number, reason=body.reason)


@api.post("/tickets/{number}/pull-back", role=roles_for(Action.PULL_BACK), also=ALSO)
async def pull_back(request: Request, number: TicketNumber, body: Reason) -> TicketView:
    """Take it back from below."""
    return await act(request, sending_down.pull_back, number, reason=body.reason)


class Interim(Body):
    """How far the unit is."""

    text: str = Field(min_length=1, max_length=2000)


@api.post("/tickets/{number}/interim", role=roles_for(Action.INTERIM), also=ALSO)
async def report_interim(request: Request, number: TicketNumber, body: Interim) -> TicketView:
    """中途汇报: say how far one is before the answer."""
    return await act(request, notes.report_interim, number, text=body.text)


class NewPaper(Body):
    """A paper of the ladder; `leader` for instructions."""

    kind: OversightKind
    text: str = Words
    leader: str = Field("", max_length=40)
    answer_by: Moment | None = None
    trigger: OversightTrigger | None = None


@api.post("/tickets/{number}/papers", role=(Role.ESCALATION, Role.SUPERVISOR), also=ALSO)
async def issue(request: Request, number: TicketNumber, body: NewPaper) -> TicketView:
    """Issue a paper to the unit that holds the ticket."""
    paper = Paper(body.kind, body.text, leader=body.leader, answer_by=body.answer_by, trigger=body.trigger)
    return await act(request, oversight.issue_paper, number, paper)


@api.post("/tickets/{number}/receive", role=roles_for(Action.RECEIVE), also=ALSO)
async def receive(request: Request, number: TicketNumber, body: MaybeReason) -> TicketView:
    """签收回执: the unit has the papers."""
    return await act(request, oversight.receive_papers, number, answer=body.reason)
