"""Seats: what people choose, what calls do to them, what Asterisk is to be told."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from telephony.errors import (
    AlreadySeated,
    CallNotThere,
    SeatNotFound,
    SeatStateRefuses,
    SeatTaken,
    WrapUpExtendedEnough,
)
from telephony.exchange.settings import SeatAccount
from telephony.facts import SeatHeld, SeatResumed
from telephony.model import Seat, SeatChange
from telephony.rules import (
    Membership,
    PauseReason,
    Phase,
    Presence,
    SeatKind,
    SeatState,
    Verb,
    membership,
    seat_state,
)
from telephony.seats import (
    end_wrap_ups,
    ensure_seats,
    extend_wrap_up,
    give_command,
    log_in_seat,
    log_out_seat,
    make_seat_ready,
    pause_missed_seats,
    pause_seat,
    person_at,
)
from tests.telephony.making import NODE, UID, make_person, make_ready_seat, make_seat, store, whole_call


def wish(seat: Seat) -> Membership:
    return membership(seat.presence, seat.phase, seat.reason)


def history(session: Session, seat: Seat) -> list[tuple[SeatState, PauseReason | None]]:
    changes = session.scalars(sa.select(SeatChange).where(SeatChange.seat_id == seat.id).order_by(SeatChange.id))
    return [(change.state, change.reason) for change in changes]


def person_of(seat: Seat) -> int:
    assert seat.person_id is not None
    return seat.person_id


def test_a_seat_joins_the_queue_paused_and_takes_calls_when_ready(session: Session, now: datetime) -> None:
    seat = make_seat(session, now=now)
    person = make_person(session)

    log_in_seat(session, "1001", person_id=person.id, now=now)
    assert wish(seat) == Membership(is_member=True, is_paused=True, reason="刚签入")
    make_seat_ready(session, person_id=person.id, now=now)
    assert wish(seat) == Membership(is_member=True)
    pause_seat(session, PauseReason.MEAL, person_id=person.id, now=now)
    assert wish(seat) == Membership(is_member=True, is_paused=True, reason="用餐")
    log_out_seat(session, person_id=person.id, now=now)

    assert wish(seat) == Membership(is_member=False)
    assert seat.wanted == 6
    assert history(session, seat) == [
        (SeatState.PAUSED, PauseReason.SIGNED_IN),
        (SeatState.READY, None),
        (SeatState.PAUSED, PauseReason.MEAL),
        (SeatState.SIGNED_OUT, None),
    ]


def test_the_seats_of_an_exchange_are_made_once(session: Session, now: datetime) -> None:
    accounts = [SeatAccount("8001", "browser"), SeatAccount("8101", "phone", "sip:8101@127.0.0.3")]
    for _ in range(2):
        ensure_seats(session, accounts, node=NODE, queue="12345", now=now)

    seats = session.scalars(sa.select(Seat).order_by(Seat.number)).all()
    assert [(seat.number, seat.interface, seat.kind) for seat in seats] == [
        ("8001", "PJSIP/8001", SeatKind.BROWSER),
        ("8101", "PJSIP/8101", SeatKind.PHONE),
    ]


def test_a_seat_has_one_person_and_a_person_one_seat(session: Session, now: datetime) -> None:
    make_seat(session, "1001", now=now)
    make_seat(session, "1002", now=now)
    wang, li = make_person(session, "wang"), make_person(session, "li")
    log_in_seat(session, "1001", person_id=wang.id, now=now)

    with pytest.raises(SeatTaken):
        log_in_seat(session, "1001", person_id=li.id, now=now)
    with pytest.raises(AlreadySeated):
        log_in_seat(session, "1002", person_id=wang.id, now=now)
    with pytest.raises(SeatNotFound):
        log_in_seat(session, "9999", person_id=li.id, now=now)
    with pytest.raises(SeatNotFound):
        make_seat_ready(session, person_id=li.id, now=now)
    assert log_in_seat(session, "1001", person_id=wang.id, now=now).person_id == wang.id


def test_a_call_rings_talks_and_ends_in_wrap_up_which_ends_by_itself(session: Session, now: datetime) -> None:
    seat = make_ready_seat(session, now=now)
    call = whole_call(now)

    store(session, call[:5], now=now)
    assert seat_state(seat.presence, seat.phase) is SeatState.RINGING
    assert wish(seat) == Membership(is_member=True)
    store(session, call[5:6], now=now)
    assert seat_state(seat.presence, seat.phase) is SeatState.TALKING
    assert wish(seat) == Membership(is_member=True, is_paused=True, reason="话后")
    ended = call[6].at
    store(session, call[6:], now=ended)
    assert seat_state(seat.presence, seat.phase) is SeatState.WRAP_UP
    assert (seat.wrap_up_until, seat.state_since) == (ended + timedelta(seconds=45), ended)
    end_wrap_ups(session, node=NODE, now=ended + timedelta(seconds=44))
    assert wish(seat).is_paused
    end_wrap_ups(session, node=NODE, now=ended + timedelta(seconds=45))

    assert (seat.presence, wish(seat).is_paused) == (Presence.READY, False)
    assert (seat.wrap_up_until, seat.call_id) == (None, None)
    states = [state for state, _ in history(session, seat)]
    assert states[2:] == [SeatState.RINGING, SeatState.TALKING, SeatState.WRAP_UP, SeatState.READY]


def test_wrap_up_is_extended_from_its_end(session: Session, now: datetime) -> None:
    seat = make_ready_seat(session, now=now)
    store(session, whole_call(now), now=now + timedelta(seconds=70))
    until = seat.wrap_up_until
    assert until is not None

    extend(session, seat, now=now + timedelta(seconds=80))

    assert seat.wrap_up_until == until + timedelta(seconds=30)
    extend(session, seat, now=now + timedelta(seconds=90))
    with pytest.raises(WrapUpExtendedEnough):
        extend(session, seat, now=now + timedelta(seconds=91))
    notes = session.scalars(sa.select(SeatChange.note).where(SeatChange.note.is_not(None)))
    assert list(notes) == ["补写诉求", "补写诉求"]
    make_seat_ready(session, person_id=person_of(seat), now=now)
    with pytest.raises(SeatStateRefuses):
        extend(session, seat, now=now)


def extend(session: Session, seat: Seat, *, now: datetime) -> None:
    extend_wrap_up(session, person_id=person_of(seat), by_s=30, at_most=2, reason="补写诉求", now=now)


def test_a_pause_chosen_while_talking_holds_after_the_call(session: Session, now: datetime) -> None:
    seat = make_ready_seat(session, now=now)
    call = whole_call(now)
    store(session, call[:6], now=now)

    pause_seat(session, PauseReason.BREAK, person_id=person_of(seat), now=now)
    assert seat_state(seat.presence, seat.phase) is SeatState.TALKING
    store(session, call[6:], now=call[6].at)

    assert (seat.presence, seat.reason, seat.phase) == (Presence.PAUSED, PauseReason.BREAK, Phase.IDLE)


def test_hold_has_its_own_time_and_talking_again_too(session: Session, now: datetime) -> None:
    seat = make_ready_seat(session, now=now)
    store(session, whole_call(now)[:6], now=now)
    held, resumed = now + timedelta(seconds=20), now + timedelta(seconds=30)

    store(session, [SeatHeld(UID, held, leg=f"{UID}a")], now=held)
    assert (seat.phase, seat.state_since) == (Phase.HOLDING, held)
    store(session, [SeatResumed(UID, resumed, leg=f"{UID}a")], now=resumed)

    assert (seat.call_id is not None, seat.state_since) == (True, resumed)


def test_a_seat_with_a_call_cannot_leave(session: Session, now: datetime) -> None:
    seat = make_ready_seat(session, now=now)
    store(session, whole_call(now)[:6], now=now)

    with pytest.raises(SeatStateRefuses):
        log_out_seat(session, person_id=person_of(seat), now=now)


@pytest.mark.parametrize("reason", [PauseReason.SIGNED_IN, PauseReason.NO_ANSWER])
def test_reasons_that_we_give_cannot_be_chosen(session: Session, now: datetime, reason: PauseReason) -> None:
    seat = make_ready_seat(session, now=now)

    with pytest.raises(SeatStateRefuses):
        pause_seat(session, reason, person_id=person_of(seat), now=now)


def test_a_seat_that_let_it_ring_is_paused_for_no_answer(session: Session, now: datetime) -> None:
    seat = make_ready_seat(session, now=now)

    pause_missed_seats(session, ["PJSIP/1001", "PJSIP/9999"], node=NODE, now=now)

    assert (seat.presence, seat.reason) == (Presence.PAUSED, PauseReason.NO_ANSWER)


def test_a_call_that_ended_long_ago_gives_no_wrap_up_now(session: Session, now: datetime) -> None:
    seat = make_ready_seat(session, now=now)
    store(session, whole_call(now)[:6], now=now)

    store(session, whole_call(now), now=now + timedelta(hours=1))

    assert (seat.presence, seat.phase) == (Presence.READY, Phase.IDLE)


def test_two_calls_one_after_the_other_in_one_batch_leave_the_seat_with_the_second(
    session: Session, now: datetime
) -> None:
    seat = make_ready_seat(session, now=now)
    store(session, whole_call(now)[:6], now=now)
    second = whole_call(now + timedelta(seconds=68), uid="second")[:6]

    store(session, [*second, *whole_call(now)[6:]], now=now + timedelta(seconds=76))

    assert seat.phase is Phase.TALKING
    assert seat.call_id is not None


def test_the_history_tells_who_sat_there(session: Session, now: datetime) -> None:
    seat = make_ready_seat(session, now=now)
    wang = person_of(seat)
    log_out_seat(session, person_id=wang, now=now + timedelta(hours=1))
    li = make_person(session, "li")
    log_in_seat(session, "1001", person_id=li.id, now=now + timedelta(hours=2))

    moments = [now - timedelta(hours=1), now, now + timedelta(hours=1), now + timedelta(hours=3)]
    assert [person_at(session, seat.id, moment) for moment in moments] == [None, wang, None, li.id]


def test_a_seat_steers_its_own_call_and_only_as_far_as_it_has_come(session: Session, now: datetime) -> None:
    seat = make_ready_seat(session, now=now)
    other = make_ready_seat(session, "1002", now=now)
    [call_id] = store(session, whole_call(now)[:5], now=now)

    command = give_command(session, call_id, Verb.ANSWER, person_id=person_of(seat), now=now)

    assert (command.channel, command.node) == (f"PJSIP/1001-{UID}", NODE)
    with pytest.raises(CallNotThere):
        give_command(session, call_id, Verb.HOLD, person_id=person_of(seat), now=now)
    with pytest.raises(CallNotThere):
        give_command(session, call_id, Verb.ANSWER, person_id=person_of(other), now=now)
