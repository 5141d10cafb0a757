"""What the system sends by itself: some drawn by lot, checked by a person, and counted even when taken back."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import migrate
from core.calendar import SHANGHAI
from core.database import Database
from indicators.periods import Period
from indicators.queries import show
from indicators.recount import recount
from nlp.classifier import Suggestion, Suggestions
from staff.rules import Role
from tests.tickets.making import OFFICE, City
from tickets.actions.automatic import check_dispatch, is_drawn
from tickets.actions.catalogue import record_topic
from tickets.actions.dispatching import recall_ticket
from tickets.actions.recusing import recuse
from tickets.actions.suggesting import record_suggestion
from tickets.errors import CheckedByOther, NotDrawn, RoleRefused
from tickets.model import AutomaticDispatch, HistoryLine, Ticket
from tickets.queries.sent import Checking, automatic_head, sent_automatically, sent_by
from tickets.rules import State
from tickets.settings import TicketOffice

MODEL = "test-model"
EVERY_ONE = TicketOffice(OFFICE.phone_key, check_percent=100)
NONE = TicketOffice(OFFICE.phone_key, check_percent=0)


@pytest.fixture
def city(session: Session, now: datetime) -> City:
    city = City(session)
    give_record(session, city, now)
    return city


def give_record(session: Session, city: City, now: datetime) -> None:
    before = now - timedelta(days=1)
    record_topic(session, topic_id=city.topic.id, model_name=MODEL, n=300, wrong=3, threshold=0.9, now=before)


def sent_by_system(session: Session, city: City, now: datetime, *, office: TicketOffice = EVERY_ONE) -> Ticket:
    ticket = city.registered(now)
    said = Suggestions(MODEL, (Suggestion("T1.1", ("城乡建设", "供暖", "供暖不热"), 0.97, ()),))
    record_suggestion(session, ticket.id, said, office=office, now=now)
    session.flush()
    return ticket


def test_about_five_per_cent_are_drawn_and_always_the_same_ones() -> None:
    numbers = [f"2610130{number:05d}" for number in range(10_000)]

    drawn = [number for number in numbers if is_drawn(number, 5)]

    assert 400 < len(drawn) < 600
    assert drawn == [number for number in numbers if is_drawn(number, 5)]
    assert not any(is_drawn(number, 0) for number in numbers)
    assert all(is_drawn(number, 100) for number in numbers)


def test_a_drawn_dispatch_is_judged_by_a_person_who_may_correct_the_word(
    session: Session, city: City, now: datetime
) -> None:
    ticket = sent_by_system(session, city, now)

    with pytest.raises(RoleRefused):
        check_dispatch(session, ticket.id, is_right=False, by=city.officer, now=now)
    check_dispatch(session, ticket.id, is_right=False, by=city.dispatcher, now=now)
    check_dispatch(session, ticket.id, is_right=True, by=city.dispatcher, now=now + timedelta(minutes=1))

    session.flush()
    lines = session.scalars(select(HistoryLine).where(HistoryLine.action == "checked").order_by(HistoryLine.id))
    assert [(line.reason, line.actor_label) for line in lines] == [
        ("抽检：派单错误", city.dispatcher.label),
        ("抽检：派单正确", city.dispatcher.label),
    ]
    assert ticket.is_auto_dispatched
    with pytest.raises(CheckedByOther, match=city.dispatcher.name):
        check_dispatch(session, ticket.id, is_right=False, by=city.supervisor, now=now)


def test_what_was_not_drawn_is_not_checked(session: Session, city: City, now: datetime) -> None:
    ticket = sent_by_system(session, city, now, office=NONE)

    with pytest.raises(NotDrawn):
        check_dispatch(session, ticket.id, is_right=True, by=city.dispatcher, now=now)


def test_a_drawn_dispatch_that_is_taken_back_stays_in_the_sample(session: Session, city: City, now: datetime) -> None:
    ticket = sent_by_system(session, city, now)

    recall_ticket(session, ticket.id, by=city.dispatcher, office=OFFICE, now=now, reason="实为物业问题")

    assert (ticket.state, ticket.unit_id, ticket.is_auto_dispatched) == (State.TO_DISPATCH, None, False)
    owed = sent_automatically(session, by=city.dispatcher, now=now, checking=Checking.OWED)
    assert [(row.ticket.number, row.holding.end_action) for row in owed.rows] == [(ticket.number, "recall")]
    check_dispatch(session, ticket.id, is_right=False, by=city.dispatcher, now=now)
    session.flush()
    assert figure(session, now)["numerator"] == 1


def figure(session: Session, now: datetime) -> dict[str, object]:
    day = now.astimezone(SHANGHAI).date()
    return show(session, "auto_dispatch_error", day, day)


def test_the_error_figure_counts_what_was_checked_with_its_interval(
    session: Session, city: City, now: datetime
) -> None:
    for at in range(4):
        ticket = sent_by_system(session, city, now + timedelta(minutes=at))
        if at < 3:
            check_dispatch(session, ticket.id, is_right=at > 0, by=city.dispatcher, now=now)
    sent_by_system(session, city, now, office=NONE)
    session.flush()

    shown = figure(session, now)

    assert {name: shown[name] for name in ("rate", "numerator", "n", "drawn", "sent")} == {
        "rate": 0.3333, "numerator": 1, "n": 3, "drawn": 4, "sent": 5,
    }  # fmt: skip
    assert shown["wilson95"] == [0.0615, 0.7923]
    day = now.astimezone(SHANGHAI).date()
    assert recount(session, Period(day, day)) == []


def test_before_the_first_check_there_is_no_rate(session: Session, city: City, now: datetime) -> None:
    sent_by_system(session, city, now)

    shown = figure(session, now)

    assert (shown["rate"], shown["n"], shown["wilson95"]) == (None, 0, None)


def test_the_tab_shows_one_day_and_keeps_what_is_still_owed(session: Session, city: City, now: datetime) -> None:
    old = sent_by_system(session, city, now)
    later = now + timedelta(hours=25)
    new = sent_by_system(session, city, later, office=NONE)

    lately = sent_automatically(session, by=city.dispatcher, now=later)
    owed = sent_automatically(session, by=city.dispatcher, now=later, checking=Checking.OWED)

    assert [row.ticket.number for row in lately.rows] == [new.number]
    assert [row.ticket.number for row in owed.rows] == [old.number]
    assert automatic_head(session, now=later).owed == 1


def test_pages_follow_each_other_and_who_stepped_aside_sees_nothing(
    session: Session, city: City, now: datetime
) -> None:
    numbers = [sent_by_system(session, city, now).number for _ in range(3)]
    other = city.person("aside", Role.DISPATCHER)

    first = sent_automatically(session, by=city.dispatcher, now=now, limit=2)
    second = sent_automatically(session, by=city.dispatcher, now=now, limit=2, after=first.next)
    recuse(session, numbers[0], person_id=other.person_id or 0, by=city.supervisor, now=now, reason="近亲属")

    assert [row.ticket.number for row in (*first.rows, *second.rows)] == numbers[::-1]
    assert (first.n, second.next) == (3, None)
    assert len(sent_automatically(session, by=other, now=now).rows) == 2


def test_ones_own_dispatches_of_today_are_listed_once_each(session: Session, city: City, now: datetime) -> None:
    kept, undone = city.dispatched(now), city.dispatched(now, phone="13812345679")

    recall_ticket(session, undone.id, by=city.dispatcher, office=OFFICE, now=now)

    mine = sent_by(session, by=city.dispatcher, now=now, after=None, limit=10)
    assert [row.ticket.number for row in mine.rows] == [kept.number]
    assert sent_by(session, by=city.supervisor, now=now, after=None, limit=10).rows == []


def test_the_migration_reads_earlier_automatic_dispatches_from_the_history(database: Database, now: datetime) -> None:
    with Session(database.writing) as session, session.begin():
        city = City(session)
        give_record(session, city, now)
        checked, open_one = (sent_by_system(session, city, now + timedelta(minutes=at)) for at in range(2))
        check_dispatch(session, checked.id, is_right=False, by=city.dispatcher, now=now + timedelta(hours=1))
        recall_ticket(session, open_one.id, by=city.dispatcher, office=OFFICE, now=now + timedelta(minutes=1))
    before = stored(database)

    migrate.downgrade(database.writing, "0030")
    migrate.upgrade(database.writing)

    assert len(before) == 2
    assert stored(database) == before


def stored(database: Database) -> list[tuple[object, ...]]:
    """But for the ids and the model's name, which the history does not hold."""
    kept = AutomaticDispatch
    columns = (kept.ticket_id, kept.holding_id, kept.unit_id, kept.topic_id, kept.sent_at, kept.reason)
    words = (kept.is_drawn, kept.is_right, kept.checked_at, kept.checked_by, kept.checked_by_id)
    with Session(database.writing) as session:
        return [tuple(row) for row in session.execute(select(*columns, *words).order_by(kept.ticket_id))]
