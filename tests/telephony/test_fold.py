"""What a call is, from what happened to it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.facts import (
    CallerAbandoned,
    CallerArrived,
    CallerGone,
    CallerGreeted,
    CallerRated,
    CallerWaiting,
    CallEvent,
    CallLost,
    QueueLeft,
    RatingAsked,
    RecordingNamed,
    SeatAnswered,
    SeatDone,
    SeatHeld,
    SeatMissed,
    SeatRang,
    SeatResumed,
    stored_fact,
)
from telephony.fold import CallPicture, fold
from telephony.rules import CallResult, CallState, EndedBy, RatingState, Source

UID = "1795445739.0"
START = datetime(2026, 10, 13, 1, 0, tzinfo=UTC)
ONE, TWO = "PJSIP/1001", "PJSIP/1002"


def at(second: float) -> datetime:
    return START + timedelta(seconds=second)


def entrance() -> list[CallEvent]:
    return [
        CallerArrived(UID, at(0), caller="13812345678", dialled="12345", channel="PJSIP/trunk-0"),
        CallerGreeted(UID, at(0.1), caller="13812345678", dialled="12345", line="hotline"),
    ]


def queue() -> list[CallEvent]:
    return [
        *entrance(),
        RecordingNamed(UID, at(4), path="20261013/1795445739.0.wav"),
        CallerWaiting(UID, at(4.25), queue="12345"),
    ]


def ring(seat: str, second: float, leg: str) -> SeatRang:
    return SeatRang(UID, at(second), seat=seat, leg=leg, channel=f"{seat}-{leg}")


def talk() -> list[CallEvent]:
    return [*queue(), ring(ONE, 5, "a"), SeatAnswered(UID, at(7.75), seat=ONE, leg="a", waited_s=3)]


def whole() -> list[CallEvent]:
    return [
        *talk(),
        SeatDone(UID, at(67.75), seat=ONE, waited_s=3, talk_s=60, ended_by=EndedBy.SEAT),
        QueueLeft(UID, at(67.8), queue="12345", status="CONTINUE"),
        RatingAsked(UID, at(67.9)),
        CallerRated(UID, at(72), pressed="5"),
        CallerGone(UID, at(74), has_abandoned=False),
    ]


def test_a_whole_call_says_all_that_the_list_shows() -> None:
    picture = fold(whole())

    assert (picture.arrived_at, picture.greeted_at, picture.queued_at) == (at(0), at(0.1), at(4.25))
    assert (picture.answered_at, picture.released_at, picture.ended_at) == (at(7.75), at(67.75), at(74))
    assert (picture.caller, picture.dialled, picture.line, picture.queue) == (
        "13812345678",
        "12345",
        "hotline",
        "12345",
    )
    assert (picture.waited_s, picture.talk_s, picture.hold_s, picture.ring_attempts) == (3.5, 60, 0, 1)
    assert (picture.state, picture.result, picture.ended_by) == (CallState.ENDED, CallResult.ANSWERED, EndedBy.SEAT)
    assert (picture.rating, picture.rating_key, picture.answered_seat) == (RatingState.RATED, 5, ONE)
    assert picture.recording == "20261013/1795445739.0.wav"


@pytest.mark.parametrize(
    ("count", "state"),
    [
        (1, CallState.GREETING),
        (2, CallState.GREETING),
        (4, CallState.WAITING),
        (5, CallState.RINGING),
        (6, CallState.TALKING),
        (7, CallState.RATING),
        (10, CallState.RATING),
        (11, CallState.ENDED),
    ],
)
def test_a_call_walks_through_its_states(count: int, state: CallState) -> None:
    assert fold(whole()[:count]).state is state


def test_hanging_up_in_the_queue_is_abandoned_by_the_caller() -> None:
    picture = fold([*queue(), CallerAbandoned(UID, at(8.25), waited_s=4), CallerGone(UID, at(8.3), has_abandoned=True)])

    assert (picture.result, picture.ended_by, picture.waited_s) == (CallResult.ABANDONED, EndedBy.CALLER, 4)
    assert picture.answered_at is None
    assert picture.talk_s is None


def test_hanging_up_in_the_greeting_never_waited() -> None:
    picture = fold([*entrance(), CallerGone(UID, at(2), has_abandoned=False)])

    assert (picture.result, picture.ended_by) == (CallResult.HUNG_UP_IN_GREETING, EndedBy.CALLER)
    assert picture.waited_s is None


def test_a_queue_that_gives_up_has_not_answered() -> None:
    picture = fold(
        [
            *queue(),
            QueueLeft(UID, at(64), queue="12345", status="TIMEOUT"),
            CallerGone(UID, at(66), has_abandoned=False),
        ]
    )

    assert (picture.result, picture.ended_by) == (CallResult.NOT_ANSWERED, EndedBy.SYSTEM)
    assert picture.waited_s == 59.75


def test_a_queued_call_that_ended_without_a_word_is_unknown_and_not_guessed() -> None:
    picture = fold([*queue(), CallerGone(UID, at(60), has_abandoned=False)])

    assert (picture.result, picture.ended_by, picture.waited_s) == (CallResult.UNKNOWN, None, None)


def test_a_call_that_asterisk_lost_is_over_and_its_end_unknown() -> None:
    picture = fold([*talk(), CallLost(UID, at(100), source=Source.LAYER)])

    assert (picture.state, picture.result, picture.ended_at) == (CallState.ENDED, CallResult.ANSWERED, None)
    assert (picture.talk_s, picture.ended_by) == (None, None)


def test_a_call_believed_lost_that_speaks_again_was_not_lost() -> None:
    picture = fold([*queue(), CallLost(UID, at(5), source=Source.LAYER), ring(ONE, 6, "a")])

    assert picture.state is CallState.RINGING


def test_a_seat_that_lets_it_ring_is_one_attempt_and_the_next_answers() -> None:
    picture = fold(
        [
            *queue(),
            ring(ONE, 5, "a"),
            SeatMissed(UID, at(9), seat=ONE, leg="a"),
            ring(TWO, 10, "b"),
            SeatAnswered(UID, at(12), seat=TWO, leg="b", waited_s=8),
        ]
    )

    assert (picture.ring_attempts, picture.answered_seat, picture.state) == (2, TWO, CallState.TALKING)
    assert picture.seat_channel == f"{TWO}-b"


def test_missed_rings_told_by_both_sources_are_counted_once() -> None:
    heard = [ring(ONE, 5, "a"), SeatMissed(UID, at(9.9), seat=ONE, leg="a")]
    read = [
        SeatMissed(UID, at(10), seat=ONE, leg=None, source=Source.QUEUE_LOG),
        SeatMissed(UID, at(20), seat=ONE, leg=None, source=Source.QUEUE_LOG),
    ]

    assert fold([*queue(), *heard, *read[:1]]).ring_attempts == 1
    assert fold([*queue(), *heard, *read]).ring_attempts == 2


def test_hold_is_added_up_and_stays_part_of_the_talk() -> None:
    held = [SeatHeld(UID, at(10), leg="a"), SeatResumed(UID, at(15), leg="a"), SeatHeld(UID, at(60), leg="a")]

    assert fold([*whole(), *held]).hold_s == 5 + 7.75
    assert fold([*whole(), *held]).talk_s == 60
    assert fold([*talk(), *held]).is_held
    assert not fold([*talk(), *held[:2]]).is_held
    assert not fold([*talk(), SeatResumed(UID, at(9), leg="a")]).is_held


@pytest.mark.parametrize(
    ("pressed", "rating", "key"),
    [("1", RatingState.RATED, 1), ("", RatingState.REFUSED, None), ("9", RatingState.INVALID, None)],
)
def test_a_rating_key_is_one_to_five_a_refusal_or_invalid(pressed: str, rating: RatingState, key: int | None) -> None:
    picture = fold([*whole()[:9], CallerRated(UID, at(72), pressed=pressed)])

    assert (picture.rating, picture.rating_key) == (rating, key)


def test_a_caller_who_hangs_up_while_asked_has_not_refused() -> None:
    assert fold([*whole()[:9], CallerGone(UID, at(70), has_abandoned=False)]).rating is RatingState.ASKED


def test_a_call_known_from_the_log_alone_has_asterisks_seconds_and_no_hold() -> None:
    picture = fold(
        [
            CallerWaiting(UID, at(4), queue="12345", source=Source.QUEUE_LOG),
            SeatAnswered(UID, at(7), seat=ONE, leg="a", waited_s=3, source=Source.QUEUE_LOG),
            SeatDone(UID, at(67), seat=ONE, waited_s=3, talk_s=60, ended_by=EndedBy.CALLER, source=Source.QUEUE_LOG),
            CallerGone(UID, at(70), has_abandoned=False, source=Source.QUEUE_LOG),
        ]
    )

    assert (picture.result, picture.waited_s, picture.talk_s, picture.hold_s) == (CallResult.ANSWERED, 3, 60, None)
    assert (picture.arrived_at, picture.caller, picture.began_at) == (None, None, at(4))


def test_a_seat_that_we_hang_up_is_free_when_the_caller_goes_on_whatever_asterisk_says_later() -> None:
    told = [one for one in whole() if not isinstance(one, SeatDone | CallerGone)]
    late = SeatDone(UID, at(73.9), seat=ONE, waited_s=3, talk_s=66, ended_by=EndedBy.CALLER)

    rating = fold(told)
    ended = fold([*told, late, CallerGone(UID, at(74), has_abandoned=False)])

    assert (rating.state, rating.released_at) == (CallState.RATING, at(67.8))
    assert (ended.ended_by, ended.released_at, ended.talk_s) == (EndedBy.SEAT, at(67.8), 60.05)


def test_a_call_passed_on_to_another_line_is_ended_by_nobody_we_know() -> None:
    passed = SeatDone(UID, at(30), seat=ONE, waited_s=3, talk_s=23, ended_by=None)

    picture = fold([*talk(), passed, CallerGone(UID, at(90), has_abandoned=False)])

    assert (picture.result, picture.ended_by) == (CallResult.ANSWERED, None)


def test_a_stored_fact_is_the_fact() -> None:
    for event in whole():
        assert stored_fact(event.kind, event.uid, event.at, event.source, event.detail) == event


@given(st.data())
def test_neither_order_nor_repetition_changes_the_picture(data: st.DataObject) -> None:
    known = data.draw(st.sampled_from([whole(), talk(), queue(), [*talk(), CallLost(UID, at(100))]]))
    shuffled = data.draw(st.permutations([*known, *data.draw(st.lists(st.sampled_from(known)))]))

    assert fold(shuffled) == fold(known)


def test_every_field_of_the_picture_is_a_column_of_the_call() -> None:
    from telephony.model import Call

    assert set(CallPicture.__annotations__) <= set(Call.__table__.columns.keys())
