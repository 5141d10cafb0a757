"""Storing what happened to calls: once, in any batches, with the news that follows."""

from dataclasses import replace
from datetime import datetime, timedelta

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from core.events import Event, announced
from telephony.events import (
    AgentRated,
    CallAnswered,
    CallArrived,
    CallChanged,
    CallEnded,
    CallRinging,
    CallWaiting,
    QueueChanged,
    SeatChanged,
)
from telephony.facts import CallEvent, SeatMissed
from telephony.model import Call, CallEventRow
from telephony.queries import CallFilter, calls_of_caller, find_call, list_calls, live_queue
from telephony.rules import CallResult, CallState, Source
from tests.telephony.making import NODE, UID, make_ready_seat, store, whole_call


def one_call(session: Session) -> Call:
    return session.scalars(sa.select(Call)).one()


def told(session: Session, *kinds: type[Event]) -> list[Event]:
    return [event for event in announced(session) if isinstance(event, kinds)]


def test_a_call_is_stored_with_its_seat_and_person(session: Session, now: datetime) -> None:
    seat = make_ready_seat(session, now=now)

    store(session, whole_call(now), now=now + timedelta(seconds=80))

    call = one_call(session)
    assert (call.result, call.seat_id, call.person_id) == (CallResult.ANSWERED, seat.id, seat.person_id)
    assert (call.waited_s, call.talk_s, call.rating_key, call.node, call.uid) == (3.5, 60, 5, NODE, UID)


def test_the_news_of_a_call_come_in_its_order_and_once(session: Session, now: datetime) -> None:
    seat = make_ready_seat(session, now=now)

    for event in whole_call(now):
        store(session, [event], now=event.at)
    store(session, whole_call(now), now=now + timedelta(seconds=99))

    call = one_call(session)
    news = told(session, CallArrived, CallWaiting, CallRinging, CallAnswered, AgentRated, CallEnded)
    assert news == [
        CallArrived(call.id),
        CallWaiting(call.id),
        CallRinging(call.id, seat.id),
        CallAnswered(call.id, seat.id, seat.person_id),
        AgentRated(call.id, 5),
        CallEnded(call.id),
    ]
    assert len(told(session, CallChanged)) == len(whole_call(now))
    assert QueueChanged("12345") in announced(session)
    assert SeatChanged(seat.id) in announced(session)


def test_the_same_facts_again_change_nothing(session: Session, now: datetime) -> None:
    store(session, whole_call(now), now=now)
    version = one_call(session).version

    assert store(session, whole_call(now), now=now) == []

    assert one_call(session).version == version
    assert session.scalar(sa.select(sa.func.count()).select_from(CallEventRow)) == len(whole_call(now))


def test_a_fact_read_in_the_log_gives_way_to_the_same_fact_heard(session: Session, now: datetime) -> None:
    heard = whole_call(now)
    read = [replace(event, at=event.at.replace(microsecond=0), source=Source.QUEUE_LOG) for event in heard[1:]]

    store(session, read, now=now)
    assert one_call(session).waited_s == 3
    store(session, heard, now=now)
    store(session, read, now=now)

    assert one_call(session).waited_s == 3.5
    assert session.scalar(sa.select(sa.func.count()).select_from(CallEventRow)) == len(heard)


def test_a_call_found_in_the_log_alone_is_there_with_what_is_known(session: Session, now: datetime) -> None:
    read = [replace(event, source=Source.QUEUE_LOG) for event in whole_call(now)[1:] if event.kind != "rang"]

    store(session, read, now=now)

    call = one_call(session)
    assert (call.result, call.arrived_at, call.hold_s, call.seat_id) == (CallResult.ANSWERED, None, None, None)
    assert (call.answered_seat, call.rating_key, call.ring_attempts) == ("PJSIP/1001", 5, 1)


def test_a_miss_told_by_both_sources_is_one_attempt(session: Session, now: datetime) -> None:
    facts: list[CallEvent] = [
        *whole_call(now)[:5],
        SeatMissed(UID, now + timedelta(seconds=7), seat="PJSIP/1001", leg=f"{UID}a"),
        SeatMissed(UID, now + timedelta(seconds=7), seat="PJSIP/1001", leg=None, source=Source.QUEUE_LOG),
    ]

    store(session, facts, now=now)

    assert (one_call(session).ring_attempts, one_call(session).state) == (1, CallState.WAITING)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(data=st.data())
def test_any_batches_and_any_repetition_give_the_same_calls(
    session: Session, now: datetime, data: st.DataObject
) -> None:
    uids = [f"17918532{data.draw(st.integers(10, 99))}.{number}" for number in range(2)]
    events = [event for pair in zip(*(whole_call(now, uid=uid) for uid in uids), strict=True) for event in pair]
    cuts = sorted(data.draw(st.lists(st.integers(0, len(events)), max_size=6)))
    with session.begin_nested() as attempt:
        store(session, events, now=now)
        wanted = pictures(session)
        attempt.rollback()
    session.expunge_all()

    with session.begin_nested() as attempt:
        for start, end in zip([0, *cuts], [*cuts, len(events)], strict=True):
            store(session, events[max(start - data.draw(st.integers(0, 5)), 0) : end], now=now)
        found = pictures(session)
        attempt.rollback()
    session.expunge_all()

    assert found == wanted


def pictures(session: Session) -> list[dict[str, object]]:
    calls = session.scalars(sa.select(Call).order_by(Call.uid))
    left_out = {"id", "version"}
    return [{c.key: getattr(call, c.key) for c in Call.__table__.columns if c.key not in left_out} for call in calls]


def test_the_list_of_calls_is_newest_first_narrowed_and_paged(session: Session, now: datetime) -> None:
    for number in range(5):
        store(session, whole_call(now + timedelta(hours=number), uid=f"{UID}{number}"), now=now)
    store(session, whole_call(now + timedelta(hours=9), uid="other", caller="13900001111")[:2], now=now)

    page = list_calls(session, CallFilter(caller="13812345678"), before=None, limit=3)
    last = page.entries[-1].call
    rest = list_calls(session, CallFilter(caller="13812345678"), before=(last.began_at, last.id), limit=3)

    assert [entry.call.uid[-1] for entry in page.entries] == ["4", "3", "2"]
    assert [entry.call.uid[-1] for entry in rest.entries] == ["1", "0"]
    assert (page.count, page.has_more) == (5, False)
    assert list_calls(session, CallFilter(result=CallResult.ABANDONED), before=None, limit=3).entries == []
    assert len(calls_of_caller(session, "13812345678", but=last.id, limit=10)) == 4
    assert find_call(session, last.id).call is last


def test_a_number_with_a_country_code_is_the_same_caller(session: Session, now: datetime) -> None:
    store(session, whole_call(now, uid="1.1", caller="+8613812345678"), now=now)
    store(session, whole_call(now, uid="1.2", caller="13812345678"), now=now)
    store(session, whole_call(now, uid="1.3", caller=""), now=now)

    callers = session.scalars(sa.select(Call.caller).order_by(Call.uid))
    assert list(callers) == ["13812345678", "13812345678", None]


def test_the_live_queue_shows_who_waits_and_what_seats_do(session: Session, now: datetime) -> None:
    make_ready_seat(session, now=now)
    make_ready_seat(session, "1002", now=now)
    store(session, whole_call(now)[:6], now=now)
    store(session, whole_call(now + timedelta(seconds=9), uid="waits")[:4], now=now)

    queue = live_queue(session, "12345")

    assert [call.uid for call in queue.waiting] == ["waits"]
    assert (queue.talking, queue.ready, queue.signed_in) == (1, 1, 2)
