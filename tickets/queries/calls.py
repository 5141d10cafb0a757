"""Calls seen from tickets: which of them still owe an outcome."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from telephony.model import Call
from telephony.rules import CallResult, CallState
from tickets.model import CallSummary


def calls_without_summary(session: Session, *, person_id: int, since: datetime, at_most: int) -> Sequence[int]:
    """The ids of somebody's answered calls that have ended and of which nobody has said what came of them (补录)."""
    answered = (Call.person_id == person_id, Call.result == CallResult.ANSWERED, Call.state == CallState.ENDED)
    owing = select(Call.id).outerjoin(CallSummary, CallSummary.call_id == Call.id)
    owing = owing.where(*answered, Call.began_at >= since, CallSummary.id.is_(None))
    return session.scalars(owing.order_by(Call.began_at.desc(), Call.id.desc()).limit(at_most)).all()
