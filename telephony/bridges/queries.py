"""Reads of calls that staff made."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from telephony.bridges.model import BridgedCall
from telephony.bridges.rules import BridgeState

SHOWN = 20


def bridges_about(session: Session, about_id: int) -> Sequence[BridgedCall]:
    """The calls about one ticket, the newest first."""
    found = sa.select(BridgedCall).where(BridgedCall.about_id == about_id)
    return session.scalars(found.order_by(BridgedCall.id.desc()).limit(SHOWN)).all()


def has_bridges_asked(session: Session, *, node: str) -> bool:
    """Whether the call layer has a call to make."""
    asked = sa.select(BridgedCall.id).where(BridgedCall.node == node, BridgedCall.state == BridgeState.ASKED)
    return session.scalar(asked.limit(1)) is not None
