"""拆成两单: two things said in one breath become two tickets of one citizen, with one citizen clock."""

from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import Invalid
from staff.rules import SYSTEM
from tests.tickets.making import OFFICE, City
from tickets.actions.catalogue import add_catalogue_line
from tickets.actions.claims import claim_ticket
from tickets.actions.dividing import divide_ticket
from tickets.errors import ClaimedByOther, MoveRefused, RoleRefused, VersionConflict
from tickets.kinds import Urgency
from tickets.model import HistoryLine
from tickets.queries.similar import likes_of
from tickets.rules import State

COLD = "南湖小区三号楼暖气不热，室内只有十四度，已经三天了。"
HOLE = "另外小区门口的路上有一个大坑，晚上没有灯，请尽快修补。"


@pytest.fixture
def city(session: Session) -> City:
    return City(session)


def test_the_second_matter_has_its_words_its_topic_and_the_clock_of_the_first(
    session: Session, city: City, now: datetime
) -> None:
    first, later = city.listed(now, text=COLD + HOLE), now + timedelta(hours=2)

    second = divide_ticket(
        session, first.number, title="小区门口路面大坑", spans=[(len(COLD), len(COLD + HOLE))],
        topic_id=city.road_topic.id, by=city.dispatcher, office=OFFICE, now=later,
    )  # fmt: skip

    assert (second.state, second.text, second.topic_id) == (State.REGISTERED, HOLE, city.road_topic.id)
    assert (second.phone_hash, second.place_id) == (first.phone_hash, first.place_id)
    assert (second.registered_at, second.citizen_due_at) == (first.registered_at, first.citizen_due_at)
    assert second.step_due_at is not None
    assert second.step_due_at > later
    assert (first.state, first.text) == (State.TO_DISPATCH, COLD + HOLE)
    session.flush()
    lines = session.scalars(select(HistoryLine).where(HistoryLine.action.in_(["divide", "divided_from"])))
    assert [(line.ticket_id, line.particulars) for line in lines] == [
        (first.id, {"second": second.number, "title": "小区门口路面大坑"}),
        (second.id, {"first": first.number}),
    ]


def test_the_second_matter_is_as_urgent_as_its_own_line_says_and_its_history_says_why(
    session: Session, city: City, now: datetime
) -> None:
    add_catalogue_line(
        session,
        topic_id=city.road_topic.id,
        place_id=city.chaoyang.id,
        unit_id=city.roads.id,
        urgency=Urgency.URGENT,
    )
    ticket = city.listed(now)

    second = divide_ticket(
        session,
        ticket.id,
        title="路面破损",
        spans=[],
        topic_id=city.road_topic.id,
        by=city.dispatcher,
        office=OFFICE,
        now=now,
    )

    assert (ticket.urgency, second.urgency) == (Urgency.NORMAL, Urgency.URGENT)
    acts = session.scalars(select(HistoryLine.action).filter_by(ticket_id=second.id).order_by(HistoryLine.id)).all()
    assert acts[-1] == "urgency_raised"


def test_what_was_said_in_one_breath_is_no_repeat(session: Session, city: City, now: datetime) -> None:
    first = city.listed(now, text=COLD + HOLE)

    second = divide_ticket(
        session, first.number, title="路面大坑", spans=[], topic_id=None, by=city.dispatcher, office=OFFICE, now=now
    )
    session.flush()

    assert likes_of(session, second.id, by=SYSTEM).repeat_of_id is None


def test_a_stretch_that_is_too_short_or_outside_and_a_missing_title_are_refused(
    session: Session, city: City, now: datetime
) -> None:
    ticket = city.listed(now)
    divide = partial(divide_ticket, session, ticket.number, topic_id=None, by=city.dispatcher, office=OFFICE, now=now)

    for title, spans, code in (
        ("标题", [(0, 3)], "text_too_short"),
        ("标题", [(0, 5000)], "beyond_text"),
        ("", [], "title_missing"),
        ("长" * 31, [], "title_too_long"),
    ):
        with pytest.raises(Invalid) as refused:
            divide(title=title, spans=spans)
        assert [fault[1] for fault in refused.value.faults] == [code]


def test_only_a_dispatcher_divides_what_waits_and_nobody_elses_claim(
    session: Session, city: City, now: datetime
) -> None:
    waiting, sent = city.listed(now), city.dispatched(now, phone="13812345679")
    divide = partial(divide_ticket, session, title="另一件事", spans=[], topic_id=None, office=OFFICE, now=now)

    with pytest.raises(MoveRefused, match="不能拆成两单"):
        divide(sent.number, by=city.dispatcher)
    with pytest.raises(RoleRefused):
        divide(waiting.number, by=city.agent)
    with pytest.raises(VersionConflict):
        divide(waiting.number, by=city.dispatcher, version=waiting.version - 1)
    claim_ticket(session, waiting.number, by=city.supervisor, now=now)
    with pytest.raises(ClaimedByOther):
        divide(waiting.number, by=city.dispatcher)
