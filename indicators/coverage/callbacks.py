"""回访未证实: what somebody wrote down of a callback though the hotline has no call of theirs with that citizen."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from evaluation.model import CallbackAttempt, Invitation, Rating
from evaluation.rules import Channel, InvitationState, Level
from indicators.coverage.flags import FlagRow, Wanted
from indicators.coverage.rules import Flag
from staff.model import Unit
from tickets.model import Ticket


def unproven(session: Session, wanted: Wanted) -> list[FlagRow]:
    """Answers, refusals and attempts alike; those from before calls were looked for say nothing either way."""
    made: Any = (
        select(
            CallbackAttempt.id,
            CallbackAttempt.at,
            CallbackAttempt.by,
            CallbackAttempt.outcome,
            CallbackAttempt.source,
            Rating.level,
            Unit.name,
            Ticket.number,
        )
        .join(Invitation, Invitation.id == CallbackAttempt.invitation_id)
        .join(Ticket, Ticket.id == Invitation.ticket_id)
        .outerjoin(Unit, Unit.id == Invitation.unit_id)
        .outerjoin(Rating, Rating.source == CallbackAttempt.source)
        .where(
            CallbackAttempt.at >= wanted.period.begins_at,
            CallbackAttempt.at < wanted.period.ends_at,
            CallbackAttempt.is_proven.is_(False),
        )
    )
    found = []
    for row in session.execute(wanted.page(made, CallbackAttempt.id)):
        what = f"{row.by}记“{_said(row)}”，没有本人与该号码的通话记录"
        flag, key = Flag.CALLBACK_UNPROVEN, f"attempt:{row.id}"
        found.append(FlagRow(flag, row.id, key, row.at, row.name or "", what, [row.number]))
    return found


def _said(row: Any) -> str:
    """What was written down by the form of answers and has no level is a refusal."""
    if row.level:
        return Level(row.level).name_zh
    is_refusal = row.source.startswith(f"{Channel.CALLBACK}:")
    name: str = InvitationState.REFUSED.name_zh if is_refusal else row.outcome.name_zh
    return name
