"""The call behind what somebody wrote down of a callback: one they made to the citizen, or one of theirs they took."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from evaluation.model import CallbackAttempt, Invitation
from evaluation.plan import CallbackOutcome
from staff.rules import Actor
from telephony.bridges.model import BridgedCall
from telephony.bridges.rules import BridgeResult, BridgeState
from telephony.model import Call
from tickets.evidence import TALK_LEAST_S
from tickets.model import Ticket

#: the citizen's telephone was rung, whatever came of it
_RUNG = (BridgeResult.TALKED, BridgeResult.NO_ANSWER, BridgeResult.BUSY, BridgeResult.FAILED)


@dataclass(frozen=True)
class CallBehind:
    """At most one of the two."""

    bridge_id: int | None = None
    call_id: int | None = None

    @property
    def is_there(self) -> bool:
        return self.bridge_id is not None or self.call_id is not None


def talk_behind(session: Session, invitation: Invitation, *, by: Actor, now: datetime) -> CallBehind:
    """Somebody spoke; the same talk bears out that its answer was corrected."""
    made = _made(session, invitation, _is_talk(), by=by, now=now)
    return CallBehind(bridge_id=made) if made else CallBehind(call_id=_taken(session, invitation, by=by, now=now))


def attempt_behind(
    session: Session, invitation: Invitation, outcome: CallbackOutcome, *, by: Actor, now: datetime
) -> CallBehind:
    """One that bears out no other attempt; of 接通 one in which somebody spoke."""
    is_reached = outcome is CallbackOutcome.REACHED
    used = select(CallbackAttempt.bridge_id).where(
        CallbackAttempt.invitation_id == invitation.id, CallbackAttempt.bridge_id.is_not(None)
    )
    is_rung = or_(BridgedCall.result.in_(_RUNG), BridgedCall.state == BridgeState.CITIZEN_RINGING)
    fits = (_is_talk() if is_reached else is_rung) & BridgedCall.id.not_in(used)
    return CallBehind(bridge_id=_made(session, invitation, fits, by=by, now=now))


def _is_talk() -> ColumnElement[bool]:
    """It may still go on."""
    is_long = or_(BridgedCall.talk_s.is_(None), BridgedCall.talk_s >= TALK_LEAST_S)
    return BridgedCall.citizen_answered_at.is_not(None) & is_long


def _made(
    session: Session, invitation: Invitation, fits: ColumnElement[bool], *, by: Actor, now: datetime
) -> int | None:
    """The newest that this person made about this matter since the question was put."""
    made = select(BridgedCall.id).where(
        BridgedCall.about_id == invitation.ticket_id,
        BridgedCall.person_id == by.person_id,
        BridgedCall.asked_at >= invitation.invited_at,
        BridgedCall.asked_at <= now,
        fits,
    )
    return session.scalar(made.order_by(BridgedCall.id.desc()).limit(1))


def _taken(session: Session, invitation: Invitation, *, by: Actor, now: datetime) -> int | None:
    """The newest by this citizen that this person answered since."""
    phone = session.scalar(select(Ticket.phone).where(Ticket.id == invitation.ticket_id))
    if not phone:
        return None
    taken = select(Call.id).where(
        Call.person_id == by.person_id,
        Call.caller == phone,
        Call.began_at >= invitation.invited_at,
        Call.began_at <= now,
        Call.answered_at.is_not(None),
        or_(Call.talk_s.is_(None), Call.talk_s >= TALK_LEAST_S),
    )
    return session.scalar(taken.order_by(Call.began_at.desc()).limit(1))
