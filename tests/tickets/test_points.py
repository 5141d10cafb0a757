"""What is asked of a topic is asked at registration, kept with the ticket, and told no further than the text is."""

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from core.errors import Invalid
from staff.rules import CITIZEN, Actor
from tests.tickets.making import OFFICE, City
from tickets.actions.correcting import correct_ticket
from tickets.actions.dividing import divide_ticket
from tickets.actions.registration import open_draft, open_own_draft, register_draft
from tickets.actions.wordings import set_guide
from tickets.kinds import Secrecy, Source
from tickets.model import Ticket, TopicGuide
from tickets.points import UNKNOWN, Point, Question, QuestionKind
from tickets.queries.page import history_of, ticket_page
from tickets.queries.search import text_to_index
from tickets.queries.wordings import guide_of
from tickets.redaction import HIDDEN
from web.history_views import HistoryView
from web.print_views import sheet_of
from web.ticket_privacy import Revealed
from web.ticket_views import TicketView

EXTENT = Question(name="影响范围", kind=QuestionKind.CHOICE, choices=["一栋", "整个小区"], is_required=True)
HOMES = Question(name="影响几户", kind=QuestionKind.NUMBER)
SINCE = Question(name="从哪天起", kind=QuestionKind.DATE)
WHERE = Question(name="具体位置")


@pytest.fixture
def city(session: Session, now: datetime) -> City:
    city = City(session)
    asked = [EXTENT, HOMES, SINCE, WHERE]
    set_guide(session, city.topic.id, questions=asked, script="", by=city.supervisor, now=now)
    return city


def at_the_desk(city: City, now: datetime, **changes: object) -> Ticket:
    draft = open_own_draft(city.session, call_id=None, by=city.agent, now=now)
    form = city.form(**changes)
    return register_draft(city.session, draft.id, form=form, version=None, by=city.agent, office=OFFICE, now=now)


def points(**said: str) -> list[Point]:
    return [Point(name=name, value=value) for name, value in said.items()]


def kept(ticket: Ticket) -> dict[str, str]:
    return {point["name"]: point["value"] for point in ticket.points}


def faults(error: pytest.ExceptionInfo[Invalid]) -> list[tuple[object, str]]:
    return [(loc[-1], code) for loc, code, _ in error.value.faults]


def shown(session: Session, ticket: Ticket, by: Actor, now: datetime) -> TicketView:
    page = ticket_page(session, ticket.number, by=by, profile=OFFICE.profile, now=now)
    return TicketView.of(page, by=by)


def test_what_was_said_is_kept_under_its_name_in_the_order_of_the_questions(city: City, now: datetime) -> None:
    said = points(影响范围="一栋", 影响几户="36", 从哪天起="2026-10-12", 具体位置="")
    ticket = city.registered(now, points=said)

    assert list(kept(ticket).items()) == [("影响范围", "一栋"), ("影响几户", "36"), ("从哪天起", "2026-10-12")]


def test_what_must_be_asked_is_missed_with_every_other_fault_at_once(city: City, now: datetime) -> None:
    with pytest.raises(Invalid) as error:
        at_the_desk(city, now, title="长" * 31, points=points(影响几户="很多", 从哪天起="2026-02-30"))

    assert faults(error) == [
        ("title", "title_too_long"),
        ("影响几户", "point_malformed"),
        ("从哪天起", "point_malformed"),
        ("影响范围", "point_missing"),
    ]


def test_a_choice_is_one_of_those_offered_and_a_caller_need_not_know(city: City, now: datetime) -> None:
    with pytest.raises(Invalid) as error:
        city.registered(now, points=points(影响范围="全城"))
    assert faults(error) == [("影响范围", "point_malformed")]

    unsure = dict.fromkeys(("影响范围", "影响几户", "从哪天起"), UNKNOWN)
    assert kept(city.registered(now, points=points(**unsure))) == unsure


def test_what_must_be_asked_is_asked_at_the_desk_alone(session: Session, city: City, now: datetime) -> None:
    with pytest.raises(Invalid) as error:
        at_the_desk(city, now)
    assert faults(error) == [("影响范围", "point_missing")]

    by_citizen = open_draft(session, call_id=None, person_id=None, now=now)
    ticket = register_draft(
        session, by_citizen.id, form=city.form(), version=None, by=CITIZEN, office=OFFICE, now=now, source=Source.WEB
    )
    assert ticket.points == []


def test_what_was_said_to_another_topic_s_question_is_kept(city: City, now: datetime) -> None:
    ticket = city.registered(now, topic_id=city.road_topic.id, points=points(影响几户="三十来户"))

    assert kept(ticket) == {"影响几户": "三十来户"}


def test_what_was_asked_later_is_put_down_and_stands_in_the_trail(session: Session, city: City, now: datetime) -> None:
    ticket = city.listed(now, topic_id=None)
    changes = {"topic_id": city.topic.id, "points": points(影响范围="一栋", 具体位置="3号楼")}
    correct_ticket(session, ticket.number, changes, version=ticket.version, by=city.dispatcher, office=OFFICE, now=now)

    assert kept(ticket) == {"影响范围": "一栋", "具体位置": "3号楼"}
    line = history_of(session, ticket.number, by=city.dispatcher)[-1]
    assert line.particulars["before"]["points"] == ""
    assert line.particulars["after"]["points"] == "影响范围：一栋；具体位置：3号楼"

    correct_ticket(
        session,
        ticket.number,
        {"points": points(影响范围="", 影响几户="3")},
        version=ticket.version,
        by=city.dispatcher,
        office=OFFICE,
        now=now,
    )
    assert kept(ticket) == {"具体位置": "3号楼", "影响几户": "3"}

    with pytest.raises(Invalid) as error:
        correct_ticket(
            session,
            ticket.number,
            {"points": points(影响几户="许多")},
            version=ticket.version,
            by=city.dispatcher,
            office=OFFICE,
            now=now,
        )
    assert error.value.faults[0][:2] == (("body", "points", "影响几户"), "point_malformed")


def test_the_second_of_a_divided_ticket_knows_what_was_said(session: Session, city: City, now: datetime) -> None:
    ticket = city.listed(now, points=points(影响范围="一栋"))
    second = divide_ticket(
        session, ticket.id, title="另一件", spans=[], topic_id=None, by=city.dispatcher, office=OFFICE, now=now
    )

    assert second.points == ticket.points


def test_points_are_told_as_the_text_is_on_the_page_on_paper_and_to_the_search(
    session: Session, city: City, now: datetime
) -> None:
    said = points(影响范围="一栋", 具体位置="张三家，电话13812345678")
    ticket = city.dispatched(now, secrecy=Secrecy.FROM_ACCUSED, points=said)

    page = shown(session, ticket, city.officer, now)
    hidden = f"{HIDDEN}家，电话138****5678"
    assert [point.value for point in page.points] == ["一栋", hidden]
    assert sheet_of(page, "热线").points == f"影响范围：一栋；具体位置：{hidden}"
    assert hidden in text_to_index(session, ticket.id)
    assert "张三" not in text_to_index(session, ticket.id)


def test_whoever_reveals_the_caller_reads_what_was_said_as_it_was_said(
    session: Session, city: City, now: datetime
) -> None:
    ticket = city.registered(now, points=points(具体位置="找张师傅 13912345678"))

    assert "13912345678" not in shown(session, ticket, city.agent, now).points[0].value
    assert Revealed.of(ticket, "").points == points(具体位置="找张师傅 13912345678")


def test_a_unit_does_not_read_in_the_trail_what_it_may_not_read_on_the_page(
    session: Session, city: City, now: datetime
) -> None:
    ticket = city.dispatched(now, secrecy=Secrecy.FROM_ACCUSED, points=points(影响范围="一栋"))
    changes = {"points": points(影响范围="一栋", 具体位置="张三家")}
    correct_ticket(session, ticket.number, changes, version=ticket.version, by=city.dispatcher, office=OFFICE, now=now)

    line = history_of(session, ticket.number, by=city.officer)[-1]
    assert HistoryView.of(line, unit="", by=city.officer).particulars["after"] == {"points": None}
    assert HistoryView.of(line, unit="", by=city.dispatcher).particulars["after"] == {
        "points": "影响范围：一栋；具体位置：张三家"
    }


def test_questions_from_before_they_had_kinds_are_asked_as_plain_words(
    session: Session, city: City, now: datetime
) -> None:
    session.add(TopicGuide(topic_id=city.road_topic.id, questions=["路段"], script="", changed_at=now, changed_by="甲"))
    session.flush()

    assert guide_of(session, city.road_topic.id).questions == [Question(name="路段")]


def test_questions_that_nobody_could_answer_are_refused_by_name(session: Session, city: City, now: datetime) -> None:
    asked = [
        WHERE,
        Question(name="具体位置", kind=QuestionKind.CHOICE, choices=["楼上"]),
        Question(name="几户", kind=QuestionKind.NUMBER, choices=["1", "2"]),
    ]
    with pytest.raises(Invalid) as error:
        set_guide(session, city.topic.id, questions=asked, script="", by=city.supervisor, now=now)

    assert [(loc[1:], code) for loc, code, _ in error.value.faults] == [
        (("questions", 0, "name"), "question_twice"),
        (("questions", 1, "name"), "question_twice"),
        (("questions", 1, "choices"), "choices_missing"),
        (("questions", 2, "choices"), "choices_unasked"),
    ]
