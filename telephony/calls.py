"""Calls as they come to be: facts are stored once and folded, in batches, in one transaction."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from core.events import Event, announce
from core.masking import plain_number
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
from telephony.model import Call, CallEventRow, Seat
from telephony.rules import CallState, Phase, Source
from telephony.seats import person_at, release_seat, seize_seat

#: Texts from outside are cut to their columns.
CALLER_LENGTH = 40
RECORDING_LENGTH = 200

_KEY = ["node", "uid"]
_EVENT_KEY = [*_KEY, "kind", "mark"]
_PICTURED = tuple(CallPicture.__dataclass_fields__)


@dataclass(frozen=True)
class Before:
    """What of a call, as it stood, decides which news its change is."""

    call_id: int | None = None
    version: int = 0
    state: CallState | None = None
    queue: str | None = None
    queued_at: datetime | None = None
    ringing_seat: str | None = None
    answered_at: datetime | None = None
    released_at: datetime | None = None
    rating_key: int | None = None
    seat_id: int | None = None
    person_id: int | None = None


@dataclass(frozen=True)
class Drawn:
    """A call as it stands now, and how it stood before."""

    call_id: int
    now: CallPicture
    before: Before
    seat_id: int | None
    person_id: int | None

    @property
    def has_moved_in_queue(self) -> bool:
        was, now = self.before, self.now
        return (was.queue, was.state, was.queued_at) != (now.queue, now.state, now.queued_at)


def store_call_events(
    session: Session, events: Sequence[CallEvent], *, node: str, wrap_up_s: int, now: datetime
) -> list[int]:
    """Store what is new among the events and bring the calls they belong to up to date; the ids of those calls.

    May be given the same events again, in any order and split in any way: each fact counts once.
    Announces CallArrived, CallWaiting, CallRinging, CallAnswered, CallEnded, AgentRated, CallChanged, SeatChanged,
    QueueChanged.
    """
    _take_turns(session, node)
    uids = _insert_new(session, events, node, now)
    if not uids:
        return []
    pictures = {uid: fold(story) for uid, story in _stories(session, node, uids).items()}
    before = _before(session, node, uids)
    seats = _seats_of(session, node, pictures.values(), [was.call_id for was in before.values()])
    calls = _draw(session, node, {uid: pictures[uid] for uid in uids}, before, seats)
    _catch_up_seats(session, calls, seats, since=now - timedelta(seconds=wrap_up_s))
    _move_seats(session, calls, seats, wrap_up_s=wrap_up_s, now=now)
    for call in calls:
        _tell(session, call, seats)
    for queue in sorted({call.now.queue for call in calls if call.now.queue and call.has_moved_in_queue}):
        announce(session, QueueChanged(queue))
    return [call.call_id for call in calls]


def _take_turns(session: Session, node: str) -> None:
    """Listener and log reader may both have facts of one call: whoever folds must see all that is stored of it."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(f"calls {node}", 0))))


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
    new = set(session.connection().scalars(_event_upsert(session.get_bind().dialect.name), list(rows.values())))
    return [uid for uid in dict.fromkeys(event.uid for event in events) if uid in new]


@cache
def _event_upsert(dialect: str) -> ReturningInsert[str]:
    table = sa.inspect(CallEventRow).local_table
    statement = _insert(dialect, table)
    better = {name: statement.excluded[name] for name in ("at", "source", "detail")}
    is_better = sa.and_(table.c.source == Source.QUEUE_LOG, statement.excluded.source == Source.AMI)
    upsert = statement.on_conflict_do_update(index_elements=_EVENT_KEY, set_=better, where=is_better)
    return upsert.returning(table.c.uid)


@cache
def _call_upsert(dialect: str) -> ReturningInsert[str, int]:
    table = sa.inspect(Call).local_table
    statement = _insert(dialect, table)
    drawn = [*_PICTURED, "version", "seat_id", "person_id"]
    upsert = statement.on_conflict_do_update(
        index_elements=_KEY, set_={name: statement.excluded[name] for name in drawn}
    )
    return upsert.returning(table.c.uid, table.c.id)


def _insert(dialect: str, table: Any) -> sqlite.Insert | postgresql.Insert:
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


def _stories(session: Session, node: str, uids: Iterable[str]) -> dict[str, list[CallEvent]]:
    columns = (CallEventRow.kind, CallEventRow.uid, CallEventRow.at, CallEventRow.source, CallEventRow.detail)
    found = session.execute(sa.select(*columns).where(CallEventRow.node == node, CallEventRow.uid.in_(uids)))
    stories = defaultdict(list)
    for kind, uid, at, source, detail in found:
        stories[uid].append(stored_fact(kind, uid, at, source, detail))
    return stories


def _before(session: Session, node: str, uids: Iterable[str]) -> dict[str, Before]:
    names = [name for name in Before.__dataclass_fields__ if name != "call_id"]
    columns = (Call.uid, Call.id, *(getattr(Call, name) for name in names))
    found = session.execute(sa.select(*columns).where(Call.node == node, Call.uid.in_(uids)))
    return {uid: Before(*values) for uid, *values in found}


def _seats_of(
    session: Session, node: str, pictures: Iterable[CallPicture], call_ids: Iterable[int | None]
) -> dict[str, Seat]:
    """The seats that these calls are or were at, by interface; locked, since people change them at the same time."""
    named = {interface for picture in pictures for interface in (picture.answered_seat, picture.ringing_seat)}
    concerned = sa.or_(Seat.interface.in_(named - {None}), Seat.call_id.in_(call_ids))
    seats = session.scalars(sa.select(Seat).where(Seat.node == node, concerned).order_by(Seat.id).with_for_update())
    return {seat.interface: seat for seat in seats}


def _draw(
    session: Session,
    node: str,
    pictures: Mapping[str, CallPicture],
    before: Mapping[str, Before],
    seats: Mapping[str, Seat],
) -> list[Drawn]:
    """Write the pictures onto the rows of their calls, all in one statement."""
    rows = []
    for uid, picture in pictures.items():
        was, seat = before.get(uid, Before()), seats.get(picture.answered_seat or "")
        row = {name: getattr(picture, name) for name in _PICTURED}
        row |= {"node": node, "uid": uid, "version": was.version + 1, "seat_id": seat.id if seat else None}
        row["person_id"] = _person(session, picture, was, seat)
        row["caller"] = plain_number(picture.caller)[:CALLER_LENGTH] or None if picture.caller else None
        row["recording"] = picture.recording[:RECORDING_LENGTH] if picture.recording else None
        rows.append(row)
    ids = _upsert(session, rows)
    return [
        Drawn(ids[row["uid"]], pictures[row["uid"]], before.get(row["uid"], Before()), row["seat_id"], row["person_id"])
        for row in rows
    ]


def _upsert(session: Session, rows: list[dict[str, Any]]) -> dict[str, int]:
    """Past the session's objects, for speed: those it has of these calls are read again when they are next used."""
    upsert = _call_upsert(session.get_bind().dialect.name)
    ids: dict[str, int] = dict(iter(session.connection().execute(upsert, rows)))
    for known in session.identity_map.values():
        if isinstance(known, Call):
            session.expire(known)
    return ids


def _person(session: Session, picture: CallPicture, was: Before, seat: Seat | None) -> int | None:
    """Who sat at the seat that answered, when it answered."""
    if seat is None or picture.answered_at is None:
        return was.person_id
    if was.seat_id == seat.id and was.person_id is not None:
        return was.person_id
    if seat.state_since <= picture.answered_at:  # a person never changes within one state
        return seat.person_id
    return person_at(session, seat.id, picture.answered_at)


def _catch_up_seats(session: Session, calls: Iterable[Drawn], seats: Mapping[str, Seat], *, since: datetime) -> None:
    """Let seats take the calls that began and ended their talk within one batch, so that their wrap-up follows."""
    for call in calls:
        seat, answered_at, released_at = (
            seats.get(call.now.answered_seat or ""),
            call.now.answered_at,
            call.now.released_at,
        )
        is_fresh = released_at is not None and call.before.released_at is None and released_at > since
        if seat and is_fresh and answered_at and seat.call_id is None:
            seize_seat(session, seat, call.call_id, Phase.TALKING, at=answered_at)


def _move_seats(
    session: Session, calls: Sequence[Drawn], seats: Mapping[str, Seat], *, wrap_up_s: int, now: datetime
) -> None:
    """Let go of the seats that these calls have left, then take those they are at now."""
    by_call = {seat.call_id: seat for seat in seats.values() if seat.call_id is not None}
    present = {call.call_id: _seat_now(call.now, seats) for call in calls}
    for call in calls:
        held, there = by_call.get(call.call_id), present[call.call_id]
        if held and (there is None or there[0] is not held):
            at = call.now.released_at or call.now.ended_at or now
            release_seat(session, held, at=at, wrap_up_s=wrap_up_s, now=now)
    for call in calls:
        there = present[call.call_id]
        if there:
            seat, phase = there
            has_answered = phase is Phase.TALKING and seat.phase is not Phase.HOLDING
            began_at = call.now.answered_at if has_answered else None
            seize_seat(session, seat, call.call_id, phase, at=began_at or now)


def _seat_now(call: CallPicture, seats: Mapping[str, Seat]) -> tuple[Seat, Phase] | None:
    """The seat that has the call now, and what its telephone does."""
    interface = {CallState.TALKING: call.answered_seat, CallState.RINGING: call.ringing_seat}.get(call.state)
    seat = seats.get(interface or "")
    if seat is None:
        return None
    if call.state is CallState.RINGING:
        return seat, Phase.RINGING
    return seat, Phase.HOLDING if call.is_held else Phase.TALKING


def _tell(session: Session, call: Drawn, seats: Mapping[str, Seat]) -> None:
    was, now, call_id = call.before, call.now, call.call_id
    ringing = seats.get(now.ringing_seat or "")
    news: list[Event] = []
    if was.call_id is None:
        news.append(CallArrived(call_id))
    if now.queued_at and not was.queued_at:
        news.append(CallWaiting(call_id))
    if ringing and was.ringing_seat != now.ringing_seat:
        news.append(CallRinging(call_id, ringing.id))
    if now.answered_at and not was.answered_at:
        news.append(CallAnswered(call_id, call.seat_id, call.person_id))
    if now.rating_key is not None and was.rating_key is None:
        news.append(AgentRated(call_id, now.rating_key))
    if now.state is CallState.ENDED and was.state is not CallState.ENDED:
        news.append(CallEnded(call_id))
    for event in [*news, CallChanged(call_id)]:
        announce(session, event)
