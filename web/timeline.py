"""经过 of a ticket: what was done to it, and beside that its calls, its SMS and who looked at what is hidden."""

from collections.abc import Sequence
from typing import Any, Self

from sqlalchemy.orm import Session

from evaluation.queries import messages_of
from sms.model import Message
from staff.rules import Actor
from tickets.actions.telling_ends import end_messages
from tickets.intake.materials import messages_of_ticket
from tickets.queries.access import sees_own_unit_only, ticket_by_number
from tickets.queries.page import history_of
from tickets.queries.traces import Trace, traces_of, unit_names
from web.api import ANYONE, Api, Moment, Request, View
from web.history_views import HistoryView
from web.ticket_rows import TicketNumber

api = Api()
_KINDS = {"call": "contact", "sms": "contact", "look": "view"}


@api.get("/tickets/{number}/history", role=ANYONE, also=(404,))
async def show_history(request: Request, number: TicketNumber) -> list[HistoryView]:
    """Show everything that was done, oldest first."""
    lines: list[HistoryView] = await request.read(_history, number, by=request.actor)
    return lines


def _history(session: Session, number: str, *, by: Actor) -> list[HistoryView]:
    lines = history_of(session, number, by=by)
    units = unit_names(session, {line.actor_unit_id for line in lines})
    return [HistoryView.of(line, unit=units.get(line.actor_unit_id or 0, ""), by=by) for line in lines]


class TraceView(View):
    """A line of 经过 that is no act: `action` is call, sms or look; numbers and texts are not in it."""

    key: str
    at: Moment
    action: str
    kind: str
    actor: str
    unit: str
    words: str
    particulars: dict[str, Any]

    @classmethod
    def of(cls, trace: Trace) -> Self:
        return cls(
            key=trace.key,
            at=trace.at,
            action=trace.action,
            kind=_KINDS[trace.action],
            actor=trace.actor,
            unit=trace.unit,
            words=trace.words,
            particulars=dict(trace.particulars),
        )


@api.get("/tickets/{number}/traces", role=ANYONE, also=(404,))
async def show_traces(request: Request, number: TicketNumber) -> list[TraceView]:
    """Show its calls, its SMS and the looks at hidden data, oldest first."""
    traces: list[TraceView] = await request.read(_traces, number, by=request.actor)
    return traces


def _traces(session: Session, number: str, *, by: Actor) -> list[TraceView]:
    ticket = ticket_by_number(session, number, by)
    messages = [*messages_of_ticket(session, ticket.id), *end_messages(session, ticket.id)]
    if not sees_own_unit_only(by):  # whether the citizen was asked, and has answered, is not the unit's to know
        messages += messages_of(session, ticket.id)
    traces = [*traces_of(session, number, by=by), *_sms(messages)]
    return [TraceView.of(trace) for trace in sorted(traces, key=lambda trace: trace.at)]


def _sms(messages: Sequence[Message]) -> list[Trace]:
    return [
        Trace(
            f"sms {one.id}", one.created_at, "sms", "系统", "", "", {"template": one.template, "state": one.state.value}
        )
        for one in messages
    ]
