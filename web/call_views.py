"""How calls look over the wire: the caller's number is masked here, once."""

from typing import Self

from pydantic import Field

from core.masking import is_mobile, mask_phone
from telephony.model import Call, CallEventRow, SeatCommand
from telephony.queries import CallEntry
from telephony.rules import CallResult, CallState, EndedBy, RatingState, Verb
from tickets.actions.summaries import SummaryForm
from tickets.kinds import CallOutcome, PhoneKind, RejectReason, VoidReason
from tickets.model import CallSummary
from web.api import Body, Moment, View
from web.ticket_rows import TicketRow


class CallView(View):
    """One call; the caller's number is masked, and null is not known."""

    id: int
    caller: str | None
    is_mobile: bool | None
    dialled: str | None
    line: str | None
    queue: str | None
    state: CallState
    result: CallResult | None
    ended_by: EndedBy | None
    began_at: Moment
    arrived_at: Moment | None
    queued_at: Moment | None
    answered_at: Moment | None
    released_at: Moment | None
    ended_at: Moment | None
    waited_s: float | None
    talk_s: float | None
    hold_s: float | None
    is_held: bool
    ring_attempts: int
    rating: RatingState
    rating_key: int | None
    has_recording: bool
    seat_id: int | None
    seat_number: str | None
    person_id: int | None
    person_name: str | None
    staff_number: str | None
    version: int

    @classmethod
    def of(cls, entry: CallEntry) -> Self:
        call, who = entry.call, entry.who
        own = {name: getattr(call, name) for name in cls.model_fields if hasattr(call, name)}
        shown = {"seat_number": who.seat_number, "person_name": who.person_name, "staff_number": who.staff_number}
        return cls(**own | masked_caller(call) | shown | {"has_recording": call.recording is not None})


class CallList(View):
    rows: list[CallView]


class CallStep(View):
    """One thing that happened to a call, at Asterisk's own time; `source` says who told us."""

    kind: str
    at: Moment
    source: str

    @classmethod
    def of(cls, row: CallEventRow) -> Self:
        return cls(kind=row.kind, at=row.at, source=row.source)


class OutcomeView(View):
    """What came of a call (通话结果)."""

    outcome: CallOutcome
    ticket_id: int | None
    answer: str
    article: str
    reject_reason: RejectReason | None
    channel_told: str
    void_reason: VoidReason | None
    recorded_at: Moment

    @classmethod
    def of(cls, summary: CallSummary) -> Self:
        return cls.model_validate(summary)


class Outcome(SummaryForm, Body):
    """The outcome bar of the desk; which fields are needed depends on the outcome."""


class CallDetail(View):
    """A call, what happened to it in order, and what came of it."""

    call: CallView
    steps: list[CallStep]
    outcome: OutcomeView | None


class Pop(View):
    """What the desk shows before the first word: the call, and what this number has told us before.

    `name` is the masked name on its latest ticket; a phone is shared by a family, so it is a guess that one may refuse.
    """

    call: CallView
    phone_kind: PhoneKind
    tail: str | None
    name: str | None
    call_count: int
    last_call_at: Moment | None
    last_calls: list[CallView]
    tickets: list[TicketRow]


class Reveal(Body):
    """Why the full number is needed; it is written to the audit log."""

    purpose: str = Field(min_length=2, max_length=200)


class CallerNumber(View):
    """A caller's full number."""

    caller: str | None


class CommandView(View):
    """What was asked of the call; the seat's next news show whether it happened."""

    id: int
    verb: Verb

    @classmethod
    def of(cls, command: SeatCommand) -> Self:
        return cls.model_validate(command)


def masked_caller(call: Call) -> dict[str, str | bool | None]:
    """The number as it may be shown, and whether an SMS can reach it."""
    if not call.caller:
        return {"caller": None, "is_mobile": None}
    return {"caller": mask_phone(call.caller), "is_mobile": is_mobile(call.caller)}
