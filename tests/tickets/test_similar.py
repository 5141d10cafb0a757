"""同一事项: tickets about one matter find each other, with reasons; the same person again goes to a person."""

from datetime import datetime, timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from nlp.classifier import Suggestions
from nlp.similar import likeness, pairs_of, shared_words
from staff.rules import SYSTEM
from tests.tickets.making import OFFICE, REPLY_TEXT, City
from tickets.actions.dispatching import dispatch_ticket, recall_ticket
from tickets.actions.suggesting import NO_MODEL, record_suggestion
from tickets.errors import RepeatWithoutFact
from tickets.kinds import Secrecy
from tickets.model import HistoryLine, Ticket
from tickets.queries.dispatching import dispatch_list
from tickets.queries.similar import around, likes_of, matter_of, similar_to
from tickets.rules import State
from web.ticket_rows import flags_of

COLD = "我家在南湖小区五号楼，家里暖气不热，室内温度只有十五度。"
ALSO_COLD = "南湖小区五号楼二单元，暖气一直不热，室内温度才十四五度。"
HOLE = "南湖小区门口的路面塌陷了一个大坑，晚上没有灯很危险。"


@pytest.fixture
def city(session: Session) -> City:
    return City(session)


def listed(session: Session, city: City, now: datetime, text: str, **changes: object) -> Ticket:
    """As the job behind the registration leaves it."""
    ticket = city.registered(now, text=text, title="", **changes)
    session.flush()
    likes = likes_of(session, ticket.id, by=SYSTEM)
    record_suggestion(session, ticket.id, Suggestions(NO_MODEL), office=OFFICE, now=now, likes=likes)
    session.flush()
    return ticket


def test_two_callers_with_one_matter_find_each_other_and_say_why(session: Session, city: City, now: datetime) -> None:
    first = listed(session, city, now, COLD)
    second = listed(session, city, now + timedelta(minutes=20), ALSO_COLD, phone="13912345678")

    found = around(session, second.number, by=city.dispatcher)

    assert [one.ticket.number for one in found.similar] == [first.number]
    assert found.similar[0].reasons[:2] == ["同一地点", "同一分类"]
    assert any("暖气" in reason or "室内温度" in reason for reason in found.similar[0].reasons)
    assert found.similar[0].reasons[-1] == "相隔 20 分钟"


def test_another_matter_at_the_same_place_is_not_the_same(session: Session, city: City, now: datetime) -> None:
    listed(session, city, now, COLD)
    hole = listed(session, city, now, HOLE, topic_id=city.road_topic.id, phone="13912345678")

    assert around(session, hole.number, by=city.dispatcher).similar == []
    assert hole.similar_to_id is None


def test_a_pile_is_counted_on_the_dispatch_list(session: Session, city: City, now: datetime) -> None:
    first = listed(session, city, now, COLD)
    for n in range(2):
        listed(session, city, now, ALSO_COLD, phone=f"1391234567{n}")

    rows = dispatch_list(session, by=city.dispatcher, now=now).rows

    assert {row.pile_size for row in rows} == {2}
    assert {row.ticket.similar_to_id for row in rows} == {None, first.id}


def test_a_pile_of_forty_is_shown_whole_and_as_large_as_it_is_counted(
    session: Session, city: City, now: datetime
) -> None:
    first = listed(session, city, now, COLD)
    for n in range(39):
        listed(session, city, now, ALSO_COLD, phone=f"139123456{n:02}")

    row = dispatch_list(session, by=city.dispatcher, now=now).rows[0]

    assert row.pile_size == 39
    assert len(around(session, first.number, by=city.dispatcher).similar) == 39


def test_what_is_answered_or_long_ago_is_no_part_of_a_pile(session: Session, city: City, now: datetime) -> None:
    city.answered(now, text=COLD)
    old = listed(session, city, now - timedelta(days=15), COLD, phone="13912345671")
    fresh = listed(session, city, now, ALSO_COLD, phone="13912345678")

    assert fresh.similar_to_id is None
    assert old.number not in {one.ticket.number for one in around(session, fresh.number, by=city.dispatcher).similar}


def test_a_sealed_ticket_is_never_shown_as_similar(session: Session, city: City, now: datetime) -> None:
    listed(session, city, now, COLD, secrecy=Secrecy.SEALED)
    fresh = listed(session, city, now, ALSO_COLD, phone="13912345678")

    assert similar_to(session, matter_of(fresh), by=city.dispatcher, leave_out=fresh.id) == []


def test_the_same_person_again_is_a_repeat_and_waits_for_a_person(session: Session, city: City, now: datetime) -> None:
    earlier = city.answered(now - timedelta(days=3), text=COLD)
    session.flush()
    again = listed(session, city, now, ALSO_COLD)

    found = around(session, again.number, by=city.dispatcher)

    assert again.repeat_of_id == earlier.id
    assert "repeat" in flags_of(again)
    assert "repeat" not in flags_of(earlier)
    assert [one.ticket.number for one in found.repeats] == [earlier.number]
    assert found.repeats[0].answer == REPLY_TEXT


def test_what_else_the_person_said_before_stands_beside_the_ticket(session: Session, city: City, now: datetime) -> None:
    lamp = listed(session, city, now - timedelta(days=200), "门前的路灯不亮，晚上看不见路。")
    listed(session, city, now - timedelta(days=1), "门前的路面塌了一个很深的坑。", phone="13912345678")
    ticket = listed(session, city, now, COLD)

    found = around(session, ticket.number, by=city.dispatcher)

    assert [one.number for one in found.earlier] == [lamp.number]
    assert found.repeats == []


def test_a_repeat_is_sent_to_a_unit_only_with_what_is_new(session: Session, city: City, now: datetime) -> None:
    city.answered(now - timedelta(days=3), text=COLD)
    session.flush()
    again = listed(session, city, now, ALSO_COLD)
    send = partial(
        dispatch_ticket, session, again.id, unit_id=city.heating.id, by=city.dispatcher, office=OFFICE, now=now
    )

    with pytest.raises(RepeatWithoutFact):
        send()
    send(new_fact="修好后两天又不热")

    assert again.state is State.DISPATCHED
    line = session.scalars(select(HistoryLine).where(HistoryLine.ticket_id == again.id)).all()[-1]
    assert line.particulars["new_fact"] == "修好后两天又不热"


def test_what_was_new_is_said_once(session: Session, city: City, now: datetime) -> None:
    city.answered(now - timedelta(days=3), text=COLD)
    session.flush()
    again = listed(session, city, now, ALSO_COLD)
    send = partial(
        dispatch_ticket, session, again.id, unit_id=city.heating.id, by=city.dispatcher, office=OFFICE, now=now
    )
    send(new_fact="修好后两天又不热")
    recall_ticket(session, again.id, by=city.dispatcher, office=OFFICE, now=now)

    send()

    assert again.state is State.DISPATCHED


def test_a_ticket_without_a_place_is_compared_by_topic(session: Session, city: City, now: datetime) -> None:
    no_place = {"place_id": None, "no_place_reason": "说不清"}
    first = listed(session, city, now, COLD, **no_place)
    second = listed(session, city, now, COLD, phone="13912345678", **no_place)

    assert second.similar_to_id == first.id


@given(st.text(max_size=80), st.text(max_size=80))
def test_likeness_is_a_share_and_the_same_both_ways(one: str, other: str) -> None:
    first, second = pairs_of(one), pairs_of(other)

    assert 0.0 <= likeness(first, second) <= 1.0
    assert likeness(first, second) == likeness(second, first)
    assert likeness(first, first) == (1.0 if first else 0.0)


def test_shared_words_are_stretches_of_both() -> None:
    assert shared_words(COLD, ALSO_COLD)[0] == "南湖小区五号楼"
    assert shared_words(COLD, "无关") == []
