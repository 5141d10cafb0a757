"""Everything else that the call layer writes: batches with their gaps, how far queue_log was read, its own state."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from telephony.bridges.actions import note_bridge_news
from telephony.calls import store_call_events
from telephony.inbox import Gap
from telephony.listener import Batch
from telephony.model import CallGap, CallLayerState, QueueLogPosition
from telephony.queue_log import Position
from telephony.seats import pause_missed_seats


def store_batch(session: Session, batch: Batch, *, node: str, wrap_up_s: int, now: datetime) -> None:
    """Store what was heard in one go.  Announces as store_call_events."""
    for gap, note in batch.gaps:
        mark_gap(session, gap, node=node, note=note)
    store_call_events(session, batch.events, node=node, wrap_up_s=wrap_up_s, now=now)
    if batch.paused:
        pause_missed_seats(session, [paused.seat for paused in batch.paused], node=node, now=now)
    note_bridge_news(session, batch.bridges)


def store_log_stretch(
    session: Session, batch: Batch, position: Position, *, node: str, wrap_up_s: int, now: datetime
) -> None:
    """Store what a stretch of queue_log says, and how far it has been read.  Announces as store_call_events."""
    store_batch(session, batch, node=node, wrap_up_s=wrap_up_s, now=now)
    row = session.get(QueueLogPosition, node)
    if row is None:
        row = QueueLogPosition(node=node)
        session.add(row)
    row.inode, row.offset, row.read_at = position.inode, position.offset, now


def note_layer(session: Session, *, node: str, link_state: str, link_error: str | None, now: datetime) -> None:
    """The node's call layer is alive, and its link stands so."""
    row = session.get(CallLayerState, node)
    if row is None:
        row = CallLayerState(node=node)
        session.add(row)
    row.alive_at, row.link_state, row.link_error = now, link_state, link_error


def mark_gap(session: Session, gap: Gap, *, node: str, note: str | None = None) -> None:
    """Keep a gap until queue_log has been read past it."""
    session.add(
        CallGap(
            node=node,
            reason=gap.reason,
            note=note,
            started_at=gap.started_at,
            ended_at=gap.ended_at,
            missed=gap.missed,
            repaired_at=None,
        )
    )


def close_gaps(session: Session, *, node: str, read_to: datetime, now: datetime) -> None:
    """Gaps that ended before `read_to` have been made good from queue_log."""
    session.execute(
        sa.update(CallGap)
        .where(CallGap.node == node, CallGap.repaired_at.is_(None), CallGap.ended_at <= read_to)
        .values(repaired_at=now)
    )
