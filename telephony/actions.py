"""Everything that changes calls: facts are stored once and folded, in batches, in one transaction."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from core.events import Event, announce
from telephony.events import (
    AgentRated,
    CallAnswered,
    CallArrived,
    CallChanged,
    CallEnded,
    CallRinging,
    CallWaiting,
    QueueChanged,
)
from telephony.facts import CallEvent, stored_fact
from telephony.fold import CallPicture, fold
from telephony.inbox import Gap
from telephony.listener import Batch
from telephony.model import Call, CallEventRow, CallGap, CallLayerState, QueueLogPosition, Seat
from telephony.queue_log import Position
from telephony.rules import CallState, Phase, Source
from telephony.seats import pause_missed_seats, person_at, release_seat, seize_seat

#: Texts from outside are cut to their columns.
CALLER_LENGTH = 40
RECORDING_LENGTH = 200


@dataclass
class Before:
    """What of a call decides which news its change is."""

    is_new: bool = True
    is_waiting: bool = False
    ringing_seat: str | None = None
    is_answered: bool = False
    is_released: bool = False
    is_over: bool = False
    rating_key: int | None = None
    queue_view: tuple[Any, ...] = field(default=())

    @classmethod
    def of(cls, call: Call) -> "Before":
        return cls(
            is_new=False,
            is_waiting=call.queued_at is not None,
            ringing_seat=call.ringing_seat,
            is_answered=call.answered_at is not None,
            is_released=call.released_at is not None,
            is_over=call.state is CallState.ENDED,
            rating_key=call.rating_key,
            queue_view=_queue_view(call),
        )


def store_call_events(
    session: Session, events: Sequence[CallEvent], *, node: str, wrap_up_s: int, now: datetime
) -> list[int]:
    """Store what is new among the events and bring the calls they belong to up to date; the ids of those calls.

    May be given the same events again, in any order and split in any way: each fact counts once.
    Announces CallArrived, CallWaiting, CallRinging, CallAnswered, CallEnded, AgentRated, CallChanged, SeatChanged,
    QueueChanged.
    """
    uids = _insert_new(session, events, node, now)
    if not uids:
        return []
    pictures = {uid: fold(story) for uid, story in _stories(session, node, uids).items()}
    calls = {call.uid: call for call in session.scalars(sa.select(Call).where(Call.node == node, Call.uid.in_(uids)))}
    seats = _seats_of(session, node, pictures.values(), [call.id for call in calls.values()])
    told: list[tuple[Call, Before]] = []
    for uid in uids:
        call = calls.get(uid)
        before = Before.of(call) if call else Before()
        told.append((_draw(session, call or _new_call(session, node, uid), pictures[uid], seats), before))
    session.flush()
    _catch_up_seats(session, told, seats, since=now - timedelta(seconds=wrap_up_s))
    _move_seats(session, [call for call, _ in told], seats, wrap_up_s=wrap_up_s, now=now)
    for call, before in told:
        _tell(session, call, before, seats)
    _tell_queues(session, told)
    return [call.id for call, _ in told]


def store_batch(session: Session, batch: Batch, *, node: str, wrap_up_s: int, now: datetime) -> None:
    """Store what was heard in one go.  Announces as store_call_events."""
    for gap, note in batch.gaps:
        mark_gap(session, gap, node=node, note=note)
    store_call_events(session, batch.events, node=node, wrap_up_s=wrap_up_s, now=now)
    if batch.paused:
        pause_missed_seats(session, [paused.seat for paused in batch.paused], node=node, now=now)


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


def _insert_new(session: Session, events: Sequence[CallEvent], node: str, now: datetime) -> list[str]:
    """Insert what is not there yet; the calls that something new is known of, in the order of their first new fact.

    What was read in queue_log gives way to the same fact heard, whose moment is exact.
    """
    rows: dict[tuple[str, str, str], dict[str, Any]] = {}
    for event in events:
        row = {"node": node, "uid": event.uid, "kind": event.kind, "mark": event.mark, "at": event.at}
        row |= {"source": event.source, "detail": event.detail, "stored_at": now}
        rows.setdefault((event.uid, event.kind, event.mark), row)
    if not rows:
        return []
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    table = sa.inspect(CallEventRow).local_table
    statement = insert(table)  # type: ignore[arg-type]  # it is a Table
    better = {name: statement.excluded[name] for name in ("at", "source", "detail")}
    is_better = sa.and_(table.c.source == Source.QUEUE_LOG, statement.excluded.source == Source.AMI)
    key = ["node", "uid", "kind", "mark"]
    upsert = statement.on_conflict_do_update(index_elements=key, set_=better, where=is_better).returning(table.c.uid)
    new = set(session.connection().scalars(upsert, list(rows.values())))
    return [uid for uid in dict.fromkeys(event.uid for event in events) if uid in new]


def _stories(session: Session, node: str, uids: Iterable[str]) -> dict[str, list[CallEvent]]:
    columns = (CallEventRow.kind, CallEventRow.uid, CallEventRow.at, CallEventRow.source, CallEventRow.detail)
    found = session.execute(sa.select(*columns).where(CallEventRow.node == node, CallEventRow.uid.in_(uids)))
    stories = defaultdict(list)
    for kind, uid, at, source, detail in found:
        stories[uid].append(stored_fact(kind, uid, at, source, detail))
    return stories


def _seats_of(session: Session, node: str, pictures: Iterable[CallPicture], call_ids: Sequence[int]) -> dict[str, Seat]:
    """The seats that these calls are or were at, by interface; locked, since people change them at the same time."""
    named = {interface for picture in pictures for interface in (picture.answered_seat, picture.ringing_seat)}
    concerned = sa.or_(Seat.interface.in_(named - {None}), Seat.call_id.in_(call_ids))
    seats = session.scalars(sa.select(Seat).where(Seat.node == node, concerned).order_by(Seat.id).with_for_update())
    return {seat.interface: seat for seat in seats}


def _new_call(session: Session, node: str, uid: str) -> Call:
    call = Call(node=node, uid=uid, version=0, seat_id=None, person_id=None)
    session.add(call)
    return call


def _draw(session: Session, call: Call, picture: CallPicture, seats: dict[str, Seat]) -> Call:
    """Write the picture onto the call's row."""
    for name, value in asdict(picture).items():
        setattr(call, name, value)
    call.version += 1
    call.caller = picture.caller[:CALLER_LENGTH] if picture.caller else None
    call.recording = picture.recording[:RECORDING_LENGTH] if picture.recording else None
    seat = seats.get(picture.answered_seat or "")
    if seat and picture.answered_at and (call.seat_id != seat.id or call.person_id is None):
        call.person_id = person_at(session, seat.id, picture.answered_at)
    call.seat_id = seat.id if seat else None
    return call


def _queue_view(call: Call) -> tuple[Any, ...]:
    return (call.queue, call.state, call.queued_at)


def _catch_up_seats(
    session: Session, told: Iterable[tuple[Call, Before]], seats: dict[str, Seat], *, since: datetime
) -> None:
    """Let seats take the calls that began and ended their talk within one batch, so that their wrap-up follows."""
    for call, before in told:
        seat = seats.get(call.answered_seat or "")
        is_fresh = call.released_at is not None and not before.is_released and call.released_at > since
        if seat and is_fresh and call.answered_at and seat.call_id is None:
            seize_seat(session, seat, call.id, Phase.TALKING, at=call.answered_at)


def _move_seats(
    session: Session, calls: Sequence[Call], seats: dict[str, Seat], *, wrap_up_s: int, now: datetime
) -> None:
    """Let go of the seats that these calls have left, then take those they are at now."""
    for call in calls:
        now_at = _seat_now(call, seats)
        for seat in seats.values():
            if seat.call_id == call.id and (now_at is None or now_at[0] is not seat):
                release_seat(session, seat, at=call.released_at or call.ended_at or now, wrap_up_s=wrap_up_s, now=now)
    for call in calls:
        now_at = _seat_now(call, seats)
        if now_at:
            seize_seat(session, now_at[0], call.id, now_at[1], at=_moved_at(call, now_at[1], now))


def _seat_now(call: Call, seats: dict[str, Seat]) -> tuple[Seat, Phase] | None:
    """The seat that has the call now, and what its telephone does."""
    interface = {CallState.TALKING: call.answered_seat, CallState.RINGING: call.ringing_seat}.get(call.state)
    seat = seats.get(interface or "")
    if seat is None:
        return None
    if call.state is CallState.RINGING:
        return seat, Phase.RINGING
    return seat, Phase.HOLDING if call.is_held else Phase.TALKING


def _moved_at(call: Call, phase: Phase, now: datetime) -> datetime:
    return call.answered_at or now if phase is Phase.TALKING else now


def _tell(session: Session, call: Call, before: Before, seats: dict[str, Seat]) -> None:
    ringing = seats.get(call.ringing_seat or "")
    news: list[tuple[bool, Event]] = [
        (before.is_new, CallArrived(call.id)),
        (call.queued_at is not None and not before.is_waiting, CallWaiting(call.id)),
        (call.answered_at is not None and not before.is_answered, CallAnswered(call.id, call.seat_id, call.person_id)),
        (call.rating_key is not None and before.rating_key is None, AgentRated(call.id, call.rating_key or 0)),
        (call.state is CallState.ENDED and not before.is_over, CallEnded(call.id)),
        (True, CallChanged(call.id)),
    ]
    if ringing and before.ringing_seat != call.ringing_seat:
        announce(session, CallRinging(call.id, ringing.id))
    for is_news, event in news:
        if is_news:
            announce(session, event)


def _tell_queues(session: Session, told: Iterable[tuple[Call, Before]]) -> None:
    changed = {call.queue for call, before in told if _queue_view(call) != before.queue_view}
    for queue in sorted(filter(None, changed)):
        announce(session, QueueChanged(queue))
