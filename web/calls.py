"""Calls: the list, one call, the pop at the desk, what came of it, its recording, and what a seat asks of it."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiohttp import web as http
from pydantic import Field
from sqlalchemy.orm import Session

from core.audit.actions import record_view
from core.errors import Invalid
from core.masking import mask_name, plain_number, tail
from staff.rules import Actor, Role
from telephony.errors import CallNotFound, NotYourCall, RecordingNotFound
from telephony.events import CallChanged
from telephony.queries import (
    CallEntry,
    CallFilter,
    calls_of_caller,
    count_calls_of_caller,
    events_of_call,
    find_call,
    is_at_seat_of,
    list_calls,
    recording_of,
)
from telephony.rules import HEARERS, CallResult, CallState, Verb
from telephony.seats import give_command
from telephony.settings import TelephonySettings
from tickets.actions.summaries import SummaryForm, record_summary, summary_of
from tickets.forms import phone_kind
from tickets.kinds import Secrecy
from tickets.queries.calls import calls_without_summary
from tickets.queries.desk import recent_of_phone
from tickets.settings import TicketOffice
from web.api import Api, Count, Moment, Page, Query, Request, RowId
from web.call_views import (
    CallDetail,
    CallerNumber,
    CallList,
    CallStep,
    CallView,
    CommandView,
    Outcome,
    OutcomeView,
    Pop,
    Reveal,
)
from web.live import Topic
from web.seats import SEATED, WATCHERS, person_of
from web.ticket_rows import TicketRow

api = Api()

#: Who may see every call; agents see the ones they answered.
READERS = (*WATCHERS, Role.CALLBACK, Role.AUDITOR)
LAST_CALLS = 5
LAST_TICKETS = 5
#: Calls without an outcome are asked about for so long.
OWING_FOR = timedelta(days=3)
OWING_ROWS = 50
PAGE_ROWS = 25


class CallsQuery(Query):
    """What the list is narrowed to; `after` is the cursor of the page before."""

    result: CallResult | None = None
    state: CallState | None = None
    line: str | None = Field(None, max_length=40)
    caller: str | None = Field(None, max_length=40)
    person_id: RowId | None = None
    seat_id: RowId | None = None
    since: Moment | None = None
    until: Moment | None = None
    after: str | None = Field(None, max_length=60)
    limit: int = Field(PAGE_ROWS, ge=1, le=100)


class BadCursor(Invalid):
    """`after` is not a cursor that we gave."""

    code = "bad_cursor"
    message = "翻页位置无效，请刷新列表"

    def __init__(self) -> None:
        super().__init__([(("query", "after"), self.code, self.message)])


@api.get("/calls", role=(*SEATED, *READERS))
async def list_all(request: Request, query: CallsQuery) -> Page[CallView]:
    """Newest first.  An agent sees the calls they answered."""
    return await request.read(_list, query, own_person_id(request.actor))


@api.get("/calls/without-outcome", role=SEATED)
async def list_without_outcome(request: Request) -> CallList:
    """My calls of the last days that ended without an outcome (补录), also those found after a gap."""
    return await request.read(_owing, person_of(request), request.now - OWING_FOR)


@api.get("/calls/{call_id}", role=(*SEATED, *READERS))
async def show(request: Request, call_id: RowId) -> CallDetail:
    """One call, step by step."""
    return await request.read(_detail, call_id, own_person_id(request.actor))


@api.get("/calls/{call_id}/pop", role=(*SEATED, *READERS))
async def pop(request: Request, call_id: RowId) -> Pop:
    """Who calls, while it still rings at my seat, or was answered by me; masked."""
    phone_key = request.service(TicketOffice).phone_key
    return await request.read(_pop, call_id, own_person_id(request.actor), by=request.actor, phone_key=phone_key)


@api.put("/calls/{call_id}/outcome", role=SEATED)
async def record_outcome(request: Request, call_id: RowId, body: Outcome) -> OutcomeView:
    """Say what came of the call; required before the wrap-up ends."""
    return await request.write(_record_outcome, call_id, body, by=request.actor, now=request.now)


@api.post("/calls/{call_id}/reveal", role=(*SEATED, *READERS))
async def reveal(request: Request, call_id: RowId, body: Reveal) -> CallerNumber:
    """The full number, with a line in the audit log that says who saw it and why."""
    return await request.write(_reveal, call_id, body.purpose, by=request.actor, now=request.now)


@api.post("/calls/{call_id}/answer", role=SEATED, status=202)
async def answer(request: Request, call_id: RowId) -> CommandView:
    """Let the desk phone that rings take the call."""
    return await _give(request, call_id, Verb.ANSWER)


@api.post("/calls/{call_id}/hang-up", role=SEATED, status=202)
async def hang_up(request: Request, call_id: RowId) -> CommandView:
    """End the seat's part of the call; the caller goes on to the rating."""
    return await _give(request, call_id, Verb.HANG_UP)


@api.post("/calls/{call_id}/hold", role=SEATED, status=202)
async def hold(request: Request, call_id: RowId) -> CommandView:
    """Let the caller hear music."""
    return await _give(request, call_id, Verb.HOLD)


@api.post("/calls/{call_id}/resume", role=SEATED, status=202)
async def resume(request: Request, call_id: RowId) -> CommandView:
    """Take the caller back from hold."""
    return await _give(request, call_id, Verb.RESUME)


@api.get("/calls/{call_id}/recording", role=(*SEATED, *HEARERS))
async def recording(request: Request, call_id: RowId) -> http.StreamResponse:
    """The recording; each listening has a line in the audit log."""
    path = await request.write(_listen, call_id, by=request.actor, now=request.now)
    file = await asyncio.to_thread(file_of, request.service(TelephonySettings).recordings, path)
    if file is None:
        raise RecordingNotFound(call_id=call_id)
    headers = {"Content-Type": "audio/wav", "Cache-Control": "private, no-store"}
    return http.FileResponse(file, headers=headers)


def own_person_id(actor: Actor) -> int | None:
    """Whose calls somebody is limited to; None: they may see all."""
    return None if actor.may_act_as(READERS) else actor.person_id


def file_of(folder: Path | None, path: str) -> Path | None:
    """The file of a recording, or None when it is gone, or would lie outside the folder."""
    if folder is None:
        return None
    file = (folder / path).resolve()
    return file if file.is_relative_to(folder.resolve()) and file.is_file() else None


async def _give(request: Request, call_id: int, verb: Verb) -> CommandView:
    return await request.write(
        give_command, call_id, verb, person_id=person_of(request), now=request.now, view=CommandView.of
    )


def _list(session: Session, query: CallsQuery, own: int | None) -> Page[CallView]:
    names = ("result", "state", "line", "seat_id", "since", "until")
    caller = plain_number(query.caller) if query.caller else None
    same = {name: getattr(query, name) for name in names}
    wanted = CallFilter(**same, caller=caller, person_id=own or query.person_id)
    page = list_calls(session, wanted, before=_cursor(query.after), limit=query.limit)
    last = page.entries[-1].call if page.has_next else None
    return Page(
        rows=[CallView.of(entry) for entry in page.entries],
        next=f"{last.began_at.isoformat()}~{last.id}" if last else None,
        count=Count(n=page.count, more=page.has_more),
    )


def _cursor(text: str | None) -> tuple[datetime, int] | None:
    """Raises BadCursor."""
    if not text:
        return None
    began_at, _, call_id = text.partition("~")
    try:
        moment, number = datetime.fromisoformat(began_at), int(call_id)
        moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadCursor from error
    if moment.tzinfo is None or not 0 < number < 2**53:
        raise BadCursor
    return moment, number


def _one(session: Session, call_id: int, own: int | None) -> CallEntry:
    """Raises CallNotFound, NotYourCall."""
    entry = find_call(session, call_id)
    if own is not None and entry.call.person_id != own:
        raise NotYourCall(call_id=call_id)
    return entry


def _detail(session: Session, call_id: int, own: int | None) -> CallDetail:
    entry = _one(session, call_id, own)
    summary = summary_of(session, call_id)
    return CallDetail(
        call=CallView.of(entry),
        steps=[CallStep.of(row) for row in events_of_call(session, entry.call)],
        outcome=OutcomeView.of(summary) if summary else None,
    )


def _pop(session: Session, call_id: int, own: int | None, *, by: Actor, phone_key: bytes) -> Pop:
    """Sealed tickets are not shown to whoever happens to answer.  Raises CallNotFound, NotYourCall."""
    entry = find_call(session, call_id)
    if own is not None and entry.call.person_id != own and not is_at_seat_of(session, call_id, own):
        raise NotYourCall(call_id=call_id)
    caller = entry.call.caller or ""
    before = calls_of_caller(session, caller, but=call_id, limit=LAST_CALLS) if caller else []
    known = recent_of_phone(session, caller, by=by, phone_key=phone_key, at_most=LAST_TICKETS)
    tickets = [ticket for ticket in known if ticket.secrecy is not Secrecy.SEALED]
    return Pop(
        call=CallView.of(entry),
        phone_kind=phone_kind(caller),
        tail=tail(caller) or None,
        name=mask_name(tickets[0].caller_name) or None if tickets else None,
        call_count=count_calls_of_caller(session, caller, but=call_id) if caller else 0,
        last_call_at=before[0].call.began_at if before else None,
        last_calls=[CallView.of(earlier) for earlier in before],
        tickets=[TicketRow.of(ticket) for ticket in tickets],
    )


def _owing(session: Session, person_id: int, since: datetime) -> CallList:
    ids = calls_without_summary(session, person_id=person_id, since=since, at_most=OWING_ROWS)
    return CallList(rows=[CallView.of(find_call(session, call_id)) for call_id in ids])


def _record_outcome(session: Session, call_id: int, form: SummaryForm, *, by: Actor, now: datetime) -> OutcomeView:
    _one(session, call_id, own_person_id(by))
    return OutcomeView.of(record_summary(session, call_id, form, by=by, now=now))


def _reveal(session: Session, call_id: int, purpose: str, *, by: Actor, now: datetime) -> CallerNumber:
    entry = _one(session, call_id, own_person_id(by))
    record_view(session, by.label, by.person_id, "reveal_number", "call", call_id, purpose, now)
    return CallerNumber(caller=entry.call.caller)


def _listen(session: Session, call_id: int, *, by: Actor, now: datetime) -> str:
    path = recording_of(session, call_id, by=by)
    record_view(session, by.label, by.person_id, "listen", "call", call_id, "听录音", now)
    return path


def may_watch_calls(actor: Actor, _key: str) -> bool:
    """Numbers on this topic are masked, so everybody on the floor may see them."""
    return actor.may_act_as((*SEATED, *READERS))


def read_call(session: Session, key: str, *, now: datetime) -> CallView | None:
    """The row of topic call:<id>; None for no such call."""
    try:
        return CallView.of(find_call(session, int(key))) if _CALL_KEY.fullmatch(key) else None
    except CallNotFound:
        return None


#: No id is longer (RowId); more digits are no call, not an overflow in the database.
_CALL_KEY = re.compile(r"[1-9][0-9]{0,14}")
TOPICS = (Topic("call", may_watch_calls, read_call, {CallChanged: lambda event: str(event.call_id)}),)
