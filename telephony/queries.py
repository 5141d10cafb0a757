"""Every read of calls and seats."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from staff.model import Person
from staff.rules import Actor
from telephony.errors import CallNotFound, NotYourCall, RecordingNotFound, SeatNotFound
from telephony.model import Call, CallEventRow, CallGap, CallLayerState, Seat, SeatChange
from telephony.rules import HEARERS, CallResult, CallState, Phase, Presence

#: Counting stops here; beyond it a list says "more".
COUNT_AT_MOST = 1000


@dataclass(frozen=True)
class CallFilter:
    """What a list of calls is narrowed to; None does not narrow."""

    result: CallResult | None = None
    state: CallState | None = None
    line: str | None = None
    caller: str | None = None
    person_id: int | None = None
    seat_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Who:
    """A seat and who sits, or sat, there."""

    seat_id: int | None
    seat_number: str | None
    person_id: int | None
    person_name: str | None
    staff_number: str | None


@dataclass(frozen=True)
class CallEntry:
    """A call and who answered it."""

    call: Call
    who: Who


@dataclass(frozen=True)
class CallPage:
    """Some calls, newest first, and how many there are in all, counted to COUNT_AT_MOST."""

    entries: list[CallEntry]
    has_next: bool
    count: int
    has_more: bool


@dataclass(frozen=True)
class SeatEntry:
    """A seat, who sits there, and its call."""

    seat: Seat
    who: Who
    call: Call | None


@dataclass(frozen=True)
class QueuePicture:
    """A queue at this moment: who waits, longest first, and the seats by what they do."""

    queue: str
    waiting: list[Call]
    talking: int
    ready: int
    paused: int
    wrap_up: int
    signed_in: int


def list_calls(session: Session, wanted: CallFilter, *, before: tuple[datetime, int] | None, limit: int) -> CallPage:
    """Calls by the moment they began, newest first; `before` is (began_at, id) of the last one already shown."""
    conditions = _conditions(wanted)
    page = conditions
    if before is not None:
        page = [*conditions, sa.tuple_(Call.began_at, Call.id) < sa.tuple_(*map(sa.literal, before))]
    found = _with_who(session, sa.select(Call).where(*page), limit + 1)
    counted = sa.select(Call.id).where(*conditions).limit(COUNT_AT_MOST + 1).subquery()
    count = session.scalar(sa.select(sa.func.count()).select_from(counted)) or 0
    return CallPage(found[:limit], len(found) > limit, min(count, COUNT_AT_MOST), count > COUNT_AT_MOST)


def find_call(session: Session, call_id: int) -> CallEntry:
    """One call and who answered it.  Raises CallNotFound."""
    found = _with_who(session, sa.select(Call).where(Call.id == call_id), 1)
    if not found:
        raise CallNotFound(call_id=call_id)
    return found[0]


def calls_of_caller(session: Session, caller: str, *, but: int, limit: int) -> list[CallEntry]:
    """The latest calls from a number, except one."""
    return _with_who(session, sa.select(Call).where(Call.caller == caller, Call.id != but), limit)


def count_calls_of_caller(session: Session, caller: str, *, but: int) -> int:
    """How often a number has called, except for one call."""
    counted = sa.select(sa.func.count()).select_from(Call).where(Call.caller == caller, Call.id != but)
    return session.scalar(counted) or 0


def events_of_call(session: Session, call: Call) -> Sequence[CallEventRow]:
    """What happened to a call, in the order of Asterisk's time."""
    rows = sa.select(CallEventRow).where(CallEventRow.node == call.node, CallEventRow.uid == call.uid)
    return session.scalars(rows.order_by(CallEventRow.at, CallEventRow.id)).all()


def recording_of(session: Session, call_id: int, *, by: Actor) -> str:
    """The path of a call's recording, relative to the recordings folder.

    Raises CallNotFound, NotYourCall, RecordingNotFound.
    """
    call = session.get(Call, call_id)
    if call is None:
        raise CallNotFound(call_id=call_id)
    if not _may_hear(call, by):
        raise NotYourCall(call_id=call_id)
    if not call.recording:
        raise RecordingNotFound(call_id=call_id)
    return call.recording


def has_recording_for(session: Session, call_id: int | None, by: Actor) -> bool:
    """Whether there is a recording of the call, and one may listen to it; None: no call, so none."""
    call = session.get(Call, call_id) if call_id is not None else None
    return call is not None and bool(call.recording) and _may_hear(call, by)


def _may_hear(call: Call, by: Actor) -> bool:
    return by.may_act_as(HEARERS) or (by.person_id is not None and call.person_id == by.person_id)


def list_seats(session: Session, *, node: str | None = None) -> list[SeatEntry]:
    """Every seat by its number."""
    chosen = sa.select(Seat, Person, Call).outerjoin(Person, Person.id == Seat.person_id)
    chosen = chosen.outerjoin(Call, Call.id == Seat.call_id).order_by(Seat.number)
    if node is not None:
        chosen = chosen.where(Seat.node == node)
    return [SeatEntry(seat, _who(seat, person), call) for seat, person, call in session.execute(chosen)]


def find_seat(session: Session, seat_id: int) -> SeatEntry:
    """One seat.  Raises SeatNotFound."""
    return _one_seat(session, Seat.id == seat_id)


def seat_of_person(session: Session, person_id: int) -> SeatEntry:
    """The seat a person sits at.  Raises SeatNotFound."""
    return _one_seat(session, Seat.person_id == person_id)


def is_at_seat_of(session: Session, call_id: int, person_id: int) -> bool:
    """Whether the call rings or talks at the seat where this person sits."""
    there = sa.select(Seat.id).where(Seat.person_id == person_id, Seat.call_id == call_id)
    return session.scalar(there) is not None


def history_of_seat(session: Session, seat_id: int, *, since: datetime) -> Sequence[SeatChange]:
    """How a seat's state changed, oldest first."""
    changes = sa.select(SeatChange).where(SeatChange.seat_id == seat_id, SeatChange.at >= since)
    return session.scalars(changes.order_by(SeatChange.at, SeatChange.id)).all()


def live_queue(session: Session, queue: str) -> QueuePicture:
    """A queue as it is now."""
    in_queue = (Call.queue == queue, Call.state.in_((CallState.WAITING, CallState.RINGING)))
    waiting = session.scalars(sa.select(Call).where(*in_queue).order_by(Call.queued_at, Call.id)).all()
    seats = session.execute(sa.select(Seat.presence, Seat.phase).where(Seat.presence != Presence.SIGNED_OUT)).all()
    idle = [presence for presence, phase in seats if phase is Phase.IDLE]
    return QueuePicture(
        queue=queue,
        waiting=list(waiting),
        talking=sum(phase in (Phase.TALKING, Phase.HOLDING) for _, phase in seats),
        ready=idle.count(Presence.READY),
        paused=idle.count(Presence.PAUSED),
        wrap_up=idle.count(Presence.WRAP_UP),
        signed_in=len(seats),
    )


def open_gaps(session: Session, *, node: str) -> Sequence[CallGap]:
    """Gaps that queue_log has not yet been read past."""
    gaps = sa.select(CallGap).where(CallGap.node == node, CallGap.repaired_at.is_(None))
    return session.scalars(gaps.order_by(CallGap.started_at)).all()


def layer_states(session: Session) -> Sequence[CallLayerState]:
    """Every node's call layer: when it was last alive, how its link stood."""
    return session.scalars(sa.select(CallLayerState).order_by(CallLayerState.node)).all()


@dataclass(frozen=True)
class OpenCall:
    """A call that has not ended as far as we know, where it stands, and when we last heard of it.

    `seat_channel` is None while no seat has it, or while we do not know by which channel.
    """

    uid: str
    heard_at: datetime
    state: CallState
    seat_channel: str | None


def open_calls(session: Session, *, node: str, before: datetime) -> list[OpenCall]:
    """Calls that began before and have not ended as far as we know."""
    unended = (Call.node == node, Call.state != CallState.ENDED, Call.began_at < before)
    same = sa.and_(CallEventRow.node == Call.node, CallEventRow.uid == Call.uid)
    heard_at = sa.func.max(CallEventRow.at)
    last = sa.select(Call.uid, heard_at, Call.state, Call.seat_channel).join(CallEventRow, same).where(*unended)
    return [OpenCall(*row) for row in session.execute(last.group_by(Call.uid, Call.state, Call.seat_channel))]


def _conditions(wanted: CallFilter) -> list[sa.ColumnElement[bool]]:
    exact = [
        None if wanted.result is None else Call.result == wanted.result,
        None if wanted.state is None else Call.state == wanted.state,
        None if wanted.line is None else Call.line == wanted.line,
        None if wanted.caller is None else Call.caller == wanted.caller,
        None if wanted.person_id is None else Call.person_id == wanted.person_id,
        None if wanted.seat_id is None else Call.seat_id == wanted.seat_id,
    ]
    conditions = [condition for condition in exact if condition is not None]
    if wanted.since:
        conditions.append(Call.began_at >= wanted.since)
    if wanted.until:
        conditions.append(Call.began_at < wanted.until)
    return conditions


def _with_who(session: Session, calls: sa.Select[Call], limit: int) -> list[CallEntry]:
    """The newest `limit` of the calls, each with its seat and person, in one statement."""
    chosen = calls.add_columns(Seat, Person).outerjoin(Seat, Seat.id == Call.seat_id)
    chosen = chosen.outerjoin(Person, Person.id == Call.person_id)
    found = session.execute(chosen.order_by(Call.began_at.desc(), Call.id.desc()).limit(limit))
    return [CallEntry(call, _who(seat, person)) for call, seat, person in found]


def _one_seat(session: Session, condition: sa.ColumnElement[bool]) -> SeatEntry:
    chosen = sa.select(Seat, Person, Call).outerjoin(Person, Person.id == Seat.person_id)
    found = session.execute(chosen.outerjoin(Call, Call.id == Seat.call_id).where(condition)).first()
    if found is None:
        raise SeatNotFound
    seat, person, call = found
    return SeatEntry(seat, _who(seat, person), call)


def _who(seat: Seat | None, person: Person | None) -> Who:
    return Who(
        seat_id=seat.id if seat else None,
        seat_number=seat.number if seat else None,
        person_id=person.id if person else None,
        person_name=person.name if person else None,
        staff_number=person.staff_number if person else None,
    )
