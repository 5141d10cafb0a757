"""群体事件: one matter, many callers; each keeps a number, an answer and a rating, and hears what is known at once."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import Invalid
from core.events import announced
from staff.rules import SYSTEM
from tests.tickets.making import OFFICE, City, reply_form
from tickets.actions.ending import pass_audit
from tickets.actions.handling import reply_ticket
from tickets.actions.incidents import Declared, declare_incident, end_incident, reword_incident
from tickets.actions.merging import answer_children, merge_ticket
from tickets.errors import IncidentEnded, IncidentNotFound, MergeRefused, RoleRefused, VersionConflict
from tickets.events import IncidentChanged, TicketAnswered
from tickets.incidents import IncidentForm, said
from tickets.kinds import ContactMade, Secrecy
from tickets.model import HistoryLine, Reply, Ticket
from tickets.queries.incidents import incident_of, incidents, incidents_like, is_late
from tickets.rules import State
from tickets.similar import Matter

BURST = "南湖大路供水主管爆裂，路面积水，整片小区停水。"


@pytest.fixture
def city(session: Session) -> City:
    return City(session)


def form(now: datetime, **changes: object) -> IncidentForm:
    filled: dict[str, object] = {
        "name": "南湖大路供水主管爆裂",
        "words": "供水公司正在抢修",
        "expected_at": now + timedelta(hours=5),
    }
    return IncidentForm.model_validate(filled | changes)


def burst(city: City, now: datetime, phone: str) -> Ticket:
    return city.listed(now, text=BURST, phone=phone, title="停水")


def declared(session: Session, city: City, now: datetime, *others: Ticket, **changes: object) -> Declared:
    parent = burst(city, now, "13800000001")
    numbers = [one.number for one in others]
    return declare_incident(session, parent.id, numbers, form(now, **changes), by=city.dispatcher, now=now)


def typed(city: City, now: datetime, text: str, **changes: object) -> Matter:
    known = {"place_id": city.nanhu.id, "place_text": "", "topic_id": None} | changes
    return Matter(text, at=now, **known)  # type: ignore[arg-type]


def test_one_incident_many_callers_each_told_by_an_answer_of_their_own(
    session: Session, city: City, now: datetime
) -> None:
    others = [burst(city, now, f"1390000000{n}") for n in range(3)]
    parent = city.signed(now, text=BURST)

    made = declare_incident(session, parent.id, [one.number for one in others], form(now), by=city.dispatcher, now=now)
    reply_ticket(session, parent.id, reply_form(), by=city.officer, office=OFFICE, now=now)
    pass_audit(session, parent.id, by=city.auditor, office=OFFICE, now=now)

    assert [one.refused for one in made.outcomes] == [None, None, None]
    assert parent.child_count == 3
    assert answer_children(session, parent.id, office=OFFICE, now=now) == 3
    for child in others:
        own = session.get_one(Reply, child.reply_id)
        assert (own.ticket_id, own.contact) == (child.id, ContactMade.NONE)
        assert TicketAnswered(child.id) in announced(session)
    assert len({parent.number, *(child.number for child in others)}) == 4


def test_what_cannot_go_under_it_is_named_and_keeps_nothing_back(session: Session, city: City, now: datetime) -> None:
    good, held, sealed = burst(city, now, "13900000001"), city.signed(now), city.listed(now, secrecy=Secrecy.SEALED)

    made = declared(session, city, now, good, held, sealed)

    assert [one.refused.code if one.refused else "" for one in made.outcomes] == ["", "move_refused", "merge_refused"]
    assert good.state is State.MERGED
    number = session.get_one(Ticket, made.incident.ticket_id).number
    assert IncidentChanged(made.incident.id, number) in announced(session)


def test_it_says_what_is_known_and_when_it_will_be_over(now: datetime) -> None:
    at = now + timedelta(hours=5)

    assert (
        said("主管爆裂", "正在抢修。", at, now=now)
        == "您反映的情况热线已知晓：主管爆裂。正在抢修。预计 10-13 14:00 恢复。"
    )
    assert "新的时间正在核实" in said("主管爆裂", "正在抢修", at, now=at)
    assert "恢复时间未定" in said("主管爆裂", "正在抢修", None, now=now)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "爆"}, "name"),
        ({"words": ""}, "words"),
        ({"words": "请联系王工 13800000000 了解进度"}, "words"),
        ({"expected_at": datetime.fromisoformat("2026-10-13T08:59:00+08:00")}, "expected_at"),
        ({"expected_at": datetime.fromisoformat("2027-10-13T08:59:00+08:00")}, "expected_at"),
    ],
)
def test_a_form_with_a_fault_is_refused_at_its_field(
    session: Session, city: City, now: datetime, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        declared(session, city, now, **changes)

    assert [loc[-1] for loc, _, _ in refused.value.faults] == [field]


def test_only_what_owes_an_answer_and_is_no_secret_is_an_incident(session: Session, city: City, now: datetime) -> None:
    child, parent = burst(city, now, "13900000001"), burst(city, now, "13900000002")
    merge_ticket(session, child.id, parent=parent.id, by=city.dispatcher, now=now)
    secret = city.listed(now, secrecy=Secrecy.FROM_ACCUSED)

    for ticket in (city.answered(now), child, secret):
        with pytest.raises(MergeRefused):
            declare_incident(session, ticket.id, [], form(now), by=city.dispatcher, now=now)


def test_it_is_where_its_ticket_is_unless_somebody_says_otherwise(session: Session, city: City, now: datetime) -> None:
    assert declared(session, city, now).incident.place_id == city.nanhu.id
    assert declared(session, city, now, place_id=city.chaoyang.id).incident.place_id == city.chaoyang.id
    assert declared(session, city, now, is_whole_city=True).incident.place_id is None

    nowhere = city.listed(now, place_id=None, place_text="南湖大路")
    with pytest.raises(Invalid):
        declare_incident(session, nowhere.id, [], form(now), by=city.dispatcher, now=now)


def test_an_agent_declares_nothing(session: Session, city: City, now: datetime) -> None:
    ticket = burst(city, now, "13900000001")

    with pytest.raises(RoleRefused):
        declare_incident(session, ticket.id, [], form(now), by=city.agent, now=now)


def test_whoever_calls_from_there_is_offered_it_after_a_few_words(session: Session, city: City, now: datetime) -> None:
    made = declared(session, city, now, burst(city, now, "13900000001"), place_id=city.chaoyang.id)

    def offered(text: str, **changes: object) -> list[int]:
        found = incidents_like(session, typed(city, now, text, **changes), by=city.agent)
        return [one.incident.id for one in found]

    assert offered("我家停水了，整片小区都停水") == [made.incident.id]
    assert offered("整片小区停水", place_id=None, place_text="朝阳区南湖") == [made.incident.id]
    assert offered("楼上装修噪音扰民，晚上睡不着") == []
    assert offered("整个小区停水了", place_id=None, place_text="二道区") == []


def test_nobody_is_offered_what_is_answered_or_closed(session: Session, city: City, now: datetime) -> None:
    wish = typed(city, now, BURST)
    closed = declared(session, city, now)
    end_incident(session, closed.incident.ticket_id, by=city.dispatcher, now=now)
    parent = city.signed(now, text=BURST)
    declare_incident(session, parent.id, [], form(now), by=city.dispatcher, now=now)
    assert len(incidents_like(session, wish, by=city.agent)) == 1

    reply_ticket(session, parent.id, reply_form(), by=city.officer, office=OFFICE, now=now)
    pass_audit(session, parent.id, by=city.auditor, office=OFFICE, now=now)

    assert incidents_like(session, wish, by=city.agent) == []
    assert [one.ticket_id for one in incidents(session, by=city.dispatcher)] == [parent.id]
    assert [one.id for one in incidents(session, by=city.dispatcher, is_ended=True)] == [closed.incident.id]


def test_two_who_word_it_at_once_lose_nothing(session: Session, city: City, now: datetime) -> None:
    made = declared(session, city, now)
    key, version = made.incident.ticket_id, made.incident.version
    reword_incident(session, key, form(now, words="水压已开始恢复"), version=version, by=city.dispatcher, now=now)

    with pytest.raises(VersionConflict) as conflict:
        reword_incident(session, key, form(now, words="夜里才能修好"), version=version, by=city.supervisor, now=now)

    both: Any = conflict.value.more
    assert (both["current"]["words"], both["yours"]["words"]) == ("水压已开始恢复", "夜里才能修好")
    lines = select(HistoryLine.action, HistoryLine.is_internal).where(HistoryLine.ticket_id == key)
    assert [tuple(line) for line in session.execute(lines.order_by(HistoryLine.id))][-2:] == [
        ("declare_incident", True),
        ("reword_incident", True),
    ]


def test_an_incident_stays_where_its_callers_find_it_until_it_is_closed(
    session: Session, city: City, now: datetime
) -> None:
    made, other = declared(session, city, now), burst(city, now, "13900000001")
    with pytest.raises(MergeRefused, match="群体事件"):
        merge_ticket(session, made.incident.ticket_id, parent=other.id, by=city.dispatcher, now=now)

    end_incident(session, made.incident.ticket_id, note="水已通", by=city.dispatcher, now=now)
    merge_ticket(session, made.incident.ticket_id, parent=other.id, by=city.dispatcher, now=now)

    assert other.child_count == 1
    with pytest.raises(IncidentEnded):
        end_incident(session, made.incident.ticket_id, by=city.dispatcher, now=now)


def test_one_that_was_closed_too_early_is_declared_again(session: Session, city: City, now: datetime) -> None:
    made = declared(session, city, now)
    end_incident(session, made.incident.ticket_id, by=city.dispatcher, now=now)

    again = declare_incident(
        session, made.incident.ticket_id, [], form(now, words="又停水了，正在查"), by=city.dispatcher, now=now
    )

    assert (again.incident.id, again.incident.ended_at) == (made.incident.id, None)


def test_what_is_no_incident_is_not_found(session: Session, city: City, now: datetime) -> None:
    ticket = burst(city, now, "13900000001")

    with pytest.raises(IncidentNotFound):
        incident_of(session, ticket.number, by=SYSTEM)
    with pytest.raises(IncidentNotFound):
        end_incident(session, ticket.id, by=city.dispatcher, now=now)


def test_when_its_time_has_passed_somebody_should_find_out(session: Session, city: City, now: datetime) -> None:
    incident = declared(session, city, now).incident

    assert not is_late(incident, now)
    assert is_late(incident, now + timedelta(hours=5))
