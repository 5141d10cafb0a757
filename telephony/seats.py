"""Everything that changes seats: what a person chooses, what calls do to them, what Asterisk has to be told."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from core.events import announce
from telephony.errors import (
    AlreadySeated,
    CallNotThere,
    SeatNotFound,
    SeatStateRefuses,
    SeatTaken,
    TelephoneTaken,
    WrapUpExtendedEnough,
)
from telephony.events import QueueChanged, SeatChanged, SeatCommandGiven
from telephony.exchange.settings import SeatAccount
from telephony.model import Call, Seat, SeatChange, SeatCommand
from telephony.rules import (
    CHOSEN_PAUSES,
    PauseReason,
    Phase,
    Presence,
    SeatKind,
    SeatState,
    Verb,
    may_steer,
    membership,
    seat_state,
)


def add_seat(
    session: Session, *, number: str, node: str, interface: str, kind: SeatKind, queue: str, now: datetime
) -> Seat:
    """Make a seat, or give an existing one of this number another telephone.  Signed out at first.

    Raises TelephoneTaken.
    """
    is_same = (Seat.node == node, Seat.interface == interface, Seat.number != number)
    if (other := session.scalar(sa.select(Seat.number).where(*is_same))) is not None:
        raise TelephoneTaken(interface=interface, number=other)
    seat = session.scalar(sa.select(Seat).where(Seat.number == number).with_for_update())
    if seat is None:
        seat = Seat(
            number=number,
            presence=Presence.SIGNED_OUT,
            phase=Phase.IDLE,
            state_since=now,
            extended=0,
            version=1,
            wanted=1,
            pushed=0,
        )
        session.add(seat)
    seat.node, seat.interface, seat.kind, seat.queue = node, interface, kind, queue
    seat.wanted += 1
    session.flush()
    return seat


def ensure_seats(session: Session, accounts: Iterable[SeatAccount], *, node: str, queue: str, now: datetime) -> None:
    """Make the seats of an exchange's telephones that are not there yet; those that are stay as they are."""
    known = set(session.scalars(sa.select(Seat.number)))
    for account in accounts:
        if account.number not in known:
            kind, interface = SeatKind(account.kind), f"PJSIP/{account.number}"
            add_seat(session, number=account.number, node=node, interface=interface, kind=kind, queue=queue, now=now)


def log_in_seat(session: Session, number: str, *, person_id: int, now: datetime) -> Seat:
    """Sit down: the seat joins the queue, paused until it is ready.  Sitting there already is no fault.

    Raises SeatNotFound, SeatTaken, AlreadySeated.  Announces SeatChanged, QueueChanged.
    """
    seat = session.scalar(sa.select(Seat).where(Seat.number == number).with_for_update())
    if seat is None:
        raise SeatNotFound(number=number)
    if seat.person_id not in (None, person_id):
        raise SeatTaken(number=number)
    elsewhere = session.scalar(sa.select(Seat).where(Seat.person_id == person_id, Seat.id != seat.id))
    if elsewhere is not None:
        raise AlreadySeated(number=elsewhere.number)
    if seat.presence is Presence.SIGNED_OUT:
        seat.person_id = person_id
        _change(session, seat, now, presence=Presence.PAUSED, reason=PauseReason.SIGNED_IN)
    return seat


def log_out_seat(session: Session, *, person_id: int, now: datetime) -> Seat:
    """Leave: the seat leaves the queue.

    Raises SeatNotFound, SeatStateRefuses (it has a call).  Announces SeatChanged, QueueChanged.
    """
    seat = seat_of(session, person_id)
    if seat.phase is not Phase.IDLE:
        raise SeatStateRefuses
    seat.person_id = None
    _change(session, seat, now, presence=Presence.SIGNED_OUT)
    return seat


def make_seat_ready(session: Session, *, person_id: int, now: datetime) -> Seat:
    """Take calls; ends a pause or the wrap-up.  Raises SeatNotFound.  Announces SeatChanged, QueueChanged."""
    seat = seat_of(session, person_id)
    _change(session, seat, now, presence=Presence.READY)
    return seat


def pause_seat(session: Session, reason: PauseReason, *, person_id: int, now: datetime) -> Seat:
    """Take no further calls, also after the present one.

    Raises SeatNotFound, SeatStateRefuses.  Announces SeatChanged, QueueChanged.
    """
    seat = seat_of(session, person_id)
    if reason not in CHOSEN_PAUSES:
        raise SeatStateRefuses
    _change(session, seat, now, presence=Presence.PAUSED, reason=reason)
    return seat


def extend_wrap_up(session: Session, *, person_id: int, by_s: int, at_most: int, reason: str, now: datetime) -> Seat:
    """Put the end of the wrap-up off.

    Raises SeatNotFound, SeatStateRefuses, WrapUpExtendedEnough.  Announces SeatChanged, QueueChanged.
    """
    seat = seat_of(session, person_id)
    if seat.presence is not Presence.WRAP_UP:
        raise SeatStateRefuses
    if seat.extended >= at_most:
        raise WrapUpExtendedEnough(times=at_most)
    seat.wrap_up_until = max(seat.wrap_up_until or now, now) + timedelta(seconds=by_s)
    seat.extended += 1
    seat.version += 1
    _write_history(session, seat, SeatState.WRAP_UP, now, last_wrap_up_call(session, seat.id), note=reason)
    announce(session, SeatChanged(seat.id))
    return seat


def last_wrap_up_call(session: Session, seat_id: int) -> int | None:
    """The call that the seat's latest wrap-up belongs to."""
    history = sa.select(SeatChange.call_id).where(SeatChange.seat_id == seat_id, SeatChange.state == SeatState.WRAP_UP)
    return session.scalar(history.order_by(SeatChange.id.desc()).limit(1))


def end_wrap_ups(session: Session, *, node: str, now: datetime) -> None:
    """Make the seats ready whose wrap-up is over.  Announces SeatChanged, QueueChanged."""
    due = sa.select(Seat).where(Seat.node == node, Seat.presence == Presence.WRAP_UP, Seat.wrap_up_until <= now)
    for seat in session.scalars(due.order_by(Seat.id).with_for_update()):
        _change(session, seat, now, presence=Presence.READY)


def pause_missed_seats(session: Session, interfaces: list[str], *, node: str, now: datetime) -> None:
    """Asterisk has paused these seats because they let it ring; the person has to say when they are back."""
    missed = sa.select(Seat).where(Seat.node == node, Seat.interface.in_(interfaces), Seat.presence == Presence.READY)
    for seat in session.scalars(missed.order_by(Seat.id).with_for_update()):
        _change(session, seat, now, presence=Presence.PAUSED, reason=PauseReason.NO_ANSWER)


def seize_seat(session: Session, seat: Seat, call_id: int, phase: Phase, *, at: datetime) -> None:
    """A call is at the seat."""
    if (seat.call_id, seat.phase) != (call_id, phase):
        seat.call_id = call_id
        _change(session, seat, at, phase=phase)


def release_seat(session: Session, seat: Seat, *, at: datetime, wrap_up_s: int, now: datetime) -> None:
    """The call has left the seat: after talking, a seat that was ready gets its time for wrap-up."""
    has_talked = seat.phase in (Phase.TALKING, Phase.HOLDING)
    until = at + timedelta(seconds=wrap_up_s)
    call_id, seat.call_id = seat.call_id, None
    if has_talked and seat.presence is Presence.READY and until > now:
        seat.wrap_up_until = until
        _change(session, seat, at, phase=Phase.IDLE, presence=Presence.WRAP_UP, call_id=call_id)
    else:
        _change(session, seat, at, phase=Phase.IDLE)


def give_command(session: Session, call_id: int, verb: Verb, *, person_id: int, now: datetime) -> SeatCommand:
    """Ask Asterisk to do something to the call at this person's seat; the call layer carries it out at once, or never.

    Raises SeatNotFound, CallNotThere.  Announces SeatCommandGiven.
    """
    seat = seat_of(session, person_id)
    call = session.get(Call, call_id)
    if call is None or seat.call_id != call_id or not call.seat_channel or not may_steer(verb, seat.phase):
        raise CallNotThere
    command = SeatCommand(
        node=seat.node,
        seat_id=seat.id,
        call_id=call_id,
        person_id=person_id,
        verb=verb,
        channel=call.seat_channel,
        asked_at=now,
    )
    session.add(command)
    session.flush()
    announce(session, SeatCommandGiven(command.id))
    return command


def note_pushed(session: Session, seat_id: int, *, wanted: int, error: str | None) -> None:
    """Asterisk has been told the membership counted `wanted`, or has refused it for `error`."""
    seat = session.get_one(Seat, seat_id, with_for_update=True)
    seat.pushed, seat.push_error = wanted, error
    seat.version += 1
    announce(session, SeatChanged(seat.id))


def want_again(session: Session, seat_ids: list[int]) -> None:
    """Asterisk stands otherwise than we want for these seats: they are to be told again."""
    session.execute(sa.update(Seat).where(Seat.id.in_(seat_ids)).values(wanted=Seat.wanted + 1))


def seat_of(session: Session, person_id: int) -> Seat:
    """The seat a person sits at, locked.  Raises SeatNotFound."""
    seat = session.scalar(sa.select(Seat).where(Seat.person_id == person_id).with_for_update())
    if seat is None:
        raise SeatNotFound(person_id=person_id)
    return seat


def person_at(session: Session, seat_id: int, at: datetime) -> int | None:
    """Who sat at the seat at that moment, by its history."""
    # queue_log has whole seconds: what began within the same second counts
    history = sa.select(SeatChange).where(SeatChange.seat_id == seat_id, SeatChange.at < at + timedelta(seconds=1))
    change = session.scalar(history.order_by(SeatChange.at.desc(), SeatChange.id.desc()).limit(1))
    return change.person_id if change else None


def _change(
    session: Session,
    seat: Seat,
    at: datetime,
    *,
    presence: Presence | None = None,
    phase: Phase | None = None,
    reason: PauseReason | None = None,
    call_id: int | None = None,
) -> None:
    """Change a seat, write its history, and count up what Asterisk has to know.

    Announces SeatChanged, QueueChanged.
    """
    state, wish = seat_state(seat.presence, seat.phase), membership(seat.presence, seat.phase, seat.reason)
    old_reason = seat.reason
    if presence is not None:
        seat.presence, seat.reason = presence, reason
    if phase is not None:
        seat.phase = phase
    if seat.presence is not Presence.WRAP_UP:
        seat.wrap_up_until, seat.extended = None, 0
    seat.version += 1
    if membership(seat.presence, seat.phase, seat.reason) != wish:
        seat.wanted += 1
    new_state = seat_state(seat.presence, seat.phase)
    if (new_state, seat.reason) != (state, old_reason):
        seat.state_since = at
        _write_history(session, seat, new_state, at, call_id or seat.call_id)
    announce(session, SeatChanged(seat.id))
    announce(session, QueueChanged(seat.queue))


def _write_history(
    session: Session, seat: Seat, state: SeatState, at: datetime, call_id: int | None, *, note: str | None = None
) -> None:
    session.add(
        SeatChange(
            seat_id=seat.id,
            person_id=seat.person_id,
            state=state,
            reason=seat.reason,
            call_id=call_id,
            note=note,
            at=at,
        )
    )
