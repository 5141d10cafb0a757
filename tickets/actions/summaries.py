"""What came of a call (通话结果): required before the wrap-up ends."""

from datetime import datetime
from typing import Any

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import FaultLine
from staff.rules import Actor
from tickets.actions.writing import locked_ticket
from tickets.errors import SummaryMissing
from tickets.forms import ANSWER_LEAST, Form, refuse_faults
from tickets.kinds import CallOutcome, RejectReason, VoidReason
from tickets.model import CallSummary, Ticket

_ABOUT_A_TICKET = (CallOutcome.PROGRESS, CallOutcome.URGE, CallOutcome.SUPPLEMENT)


class SummaryForm(Form):
    """The outcome bar of the desk; which fields are needed depends on the outcome."""

    outcome: CallOutcome
    ticket_number: str = Field("", max_length=12)
    answer: str = Field("", max_length=2000)
    article: str = Field("", max_length=100)
    reject_reason: RejectReason | None = None
    channel_told: str = Field("", max_length=100)
    void_reason: VoidReason | None = None


def summary_faults(form: SummaryForm, *, has_ticket: bool) -> list[FaultLine]:
    """What the outcome still needs; `has_ticket`: a ticket was registered on this call."""
    needs = {
        CallOutcome.TICKET: (has_ticket, "outcome", "本次通话还没有登记工单"),
        CallOutcome.ANSWERED: (
            bool(form.article) or len(form.answer) >= ANSWER_LEAST,
            "answer",
            f"直接答复须引用知识条目，或写明答复内容（至少 {ANSWER_LEAST} 个字）",
        ),
        CallOutcome.REJECTED: (
            form.reject_reason is not None and bool(form.channel_told),
            "channel_told",
            "不予受理须选择原因并写明告知的渠道",
        ),
        CallOutcome.VOID: (form.void_reason is not None, "void_reason", "请选择无声、错拨或骚扰"),
        CallOutcome.TRANSFER: (bool(form.channel_told), "channel_told", "请写明转接到哪里"),
        **{kind: (bool(form.ticket_number), "ticket_number", "请选择工单") for kind in _ABOUT_A_TICKET},
    }
    holds, name, sentence = needs[form.outcome]
    return [] if holds else [(("body", name), f"{name}_required", sentence)]


def record_summary(session: Session, call_id: int, form: SummaryForm, *, by: Actor, now: datetime) -> CallSummary:
    """Say what came of a call; saying it again replaces it and keeps what stood before.

    Raises Invalid, TicketNotFound.
    """
    has_ticket = session.scalar(select(Ticket.id).where(Ticket.call_id == call_id).limit(1)) is not None
    refuse_faults(summary_faults(form, has_ticket=has_ticket))
    ticket = locked_ticket(session, form.ticket_number, by) if form.ticket_number else None
    summary = session.scalar(select(CallSummary).where(CallSummary.call_id == call_id).with_for_update())
    if summary is None:
        summary = CallSummary(call_id=call_id, earlier=[])
        session.add(summary)
    else:
        summary.earlier = [*summary.earlier, _plain(summary)]
    summary.outcome = form.outcome
    summary.ticket_id = ticket.id if ticket else None
    summary.answer, summary.article = form.answer, form.article
    summary.reject_reason, summary.channel_told = form.reject_reason, form.channel_told
    summary.void_reason = form.void_reason
    summary.person_id, summary.recorded_at = by.person_id, now
    session.flush()
    return summary


def _plain(summary: CallSummary) -> dict[str, Any]:
    return {
        "outcome": summary.outcome.value,
        "person_id": summary.person_id,
        "recorded_at": summary.recorded_at.isoformat(),
        "answer": summary.answer,
        "channel_told": summary.channel_told,
    }


def summary_of(session: Session, call_id: int) -> CallSummary | None:
    return session.scalar(select(CallSummary).where(CallSummary.call_id == call_id))


def require_summary(session: Session, call_id: int) -> None:
    """For whoever ends the wrap-up.  Raises SummaryMissing."""
    if summary_of(session, call_id) is None:
        raise SummaryMissing
