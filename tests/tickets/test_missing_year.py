"""What ends past the loaded calendar has no due time and no timer until its year is imported; nothing is guessed."""

from datetime import date, datetime

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from core.calendar import SHANGHAI, Year, import_year
from core.jobs.model import JobRow
from tests.tickets.making import OFFICE, City, reply_form
from tickets.actions.correcting import correct_ticket
from tickets.actions.dispatching import dispatch_ticket, recall_ticket
from tickets.actions.due_times import compute_due_times
from tickets.actions.ending import close_ticket, pass_audit
from tickets.actions.handling import reply_ticket
from tickets.actions.side_paths import Course, answer_ticket
from tickets.kinds import CloseReason, Measure, Step
from tickets.model import Holding, Limit, Ticket
from tickets.rules import State

WINDOW, ARCHIVE = "tickets.close_at_window_end", "tickets.archive_when_due"


def at(day: str, hour: int = 0) -> datetime:
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), SHANGHAI).replace(hour=hour)


#: everything up to the reply lies within 2026
EARLY, LAST_DAY = at("2026-12-21", 10), at("2026-12-31", 10)


@pytest.fixture
def city(session: Session) -> City:
    return City(session)


def count_in_working_days(session: Session, step: Step, amount: int) -> None:
    limit = update(Limit).where(Limit.profile == OFFICE.profile, Limit.step == step)
    session.execute(limit.values(amount=amount, measure=Measure.WORKING_DAYS))


def answered(session: Session, city: City, when: datetime) -> Ticket:
    ticket = city.replied(EARLY)
    return pass_audit(session, ticket.id, by=city.auditor, office=OFFICE, now=when)


def closed(session: Session, city: City, when: datetime) -> Ticket:
    ticket = answered(session, city, EARLY)
    return close_ticket(session, ticket.id, by=city.callback, office=OFFICE, now=when, reason=CloseReason.CALLBACK)


def timers(session: Session, kind: str) -> list[datetime]:
    session.flush()
    return list(session.scalars(select(JobRow.due_at).where(JobRow.kind == kind)))


def load_2027(session: Session, ticket: Ticket) -> None:
    session.flush()
    now = at("2027-01-01", 9)
    assert ticket.waits_for_calendar is not None
    import_year(session, Year(2027, "演示用，非国务院通知", frozenset({date(2027, 1, 1)}), frozenset()), now=now)
    assert compute_due_times(session, [ticket.id], office=OFFICE, now=now) == 1
    session.flush()
    assert ticket.waits_for_calendar is None


def test_an_audit_past_the_calendar_has_no_due_time_until_the_year_comes(session: Session, city: City) -> None:
    ticket = city.signed(EARLY)

    reply_ticket(session, ticket.id, reply_form(), by=city.officer, office=OFFICE, now=LAST_DAY)

    assert (ticket.step_due_at, ticket.waits_for_calendar) == (None, 2027)
    load_2027(session, ticket)
    assert ticket.step_due_at == at("2027-01-05")


def test_what_is_corrected_while_it_waits_does_not_move_the_beginning(session: Session, city: City) -> None:
    ticket = city.signed(EARLY)
    reply_ticket(session, ticket.id, reply_form(), by=city.officer, office=OFFICE, now=at("2026-12-31", 10))

    correct_ticket(
        session, ticket.id, {"title": "改"}, version=ticket.version, by=city.dispatcher, office=OFFICE,
        now=at("2027-01-04", 10),
    )  # fmt: skip

    load_2027(session, ticket)
    assert ticket.step_due_at == at("2027-01-05")


def test_a_callback_past_the_calendar_has_no_due_time_until_the_year_comes(session: Session, city: City) -> None:
    ticket = answered(session, city, LAST_DAY)

    assert (ticket.step_due_at, ticket.waits_for_calendar) == (None, 2027)
    load_2027(session, ticket)
    assert ticket.step_due_at == at("2027-01-05")


def test_a_rating_window_past_the_calendar_does_not_end_at_once(session: Session, city: City) -> None:
    count_in_working_days(session, Step.RATING, 5)

    ticket = answered(session, city, at("2026-12-28", 10))

    assert ticket.step_due_at == at("2026-12-30")
    assert ticket.waits_for_calendar == 2027
    assert timers(session, WINDOW) == []
    load_2027(session, ticket)
    assert timers(session, WINDOW) == [at("2027-01-06")]


def test_an_archive_past_the_calendar_does_not_happen_at_once(session: Session, city: City) -> None:
    count_in_working_days(session, Step.ARCHIVE, 20)

    ticket = closed(session, city, at("2026-12-28", 10))

    assert ticket.waits_for_calendar == 2027
    assert timers(session, ARCHIVE) == []
    load_2027(session, ticket)
    assert timers(session, ARCHIVE) == [at("2027-01-27")]
    assert (ticket.state, ticket.step_due_at) == (State.CLOSED, None)


def test_what_was_answered_on_the_spot_waits_for_its_year_as_well(session: Session, city: City) -> None:
    count_in_working_days(session, Step.ARCHIVE, 20)
    ticket = city.registered(EARLY)

    answer_ticket(
        session, ticket.id, answer="已经当场答复清楚了，请放心。", article="", course=Course(city.agent, OFFICE, EARLY)
    )

    assert timers(session, ARCHIVE) == []
    load_2027(session, ticket)
    assert timers(session, ARCHIVE) == [at("2027-01-20")]


def test_a_city_without_a_limit_has_no_timer(session: Session, city: City) -> None:
    none_set = delete(Limit).where(Limit.profile == OFFICE.profile, Limit.step.in_([Step.RATING, Step.ARCHIVE]))
    session.execute(none_set)

    ticket = closed(session, city, EARLY)

    assert ticket.waits_for_calendar is None
    assert timers(session, WINDOW) == timers(session, ARCHIVE) == []


def test_a_ticket_listed_again_past_the_calendar_waits_for_the_year(session: Session, city: City) -> None:
    count_in_working_days(session, Step.DISPATCH, 1)
    ticket = city.dispatched(EARLY)

    recall_ticket(session, ticket.id, by=city.dispatcher, office=OFFICE, now=LAST_DAY, reason="派错单位")

    assert (ticket.step_due_at, ticket.waits_for_calendar) == (None, 2027)
    load_2027(session, ticket)
    assert ticket.step_due_at == at("2027-01-05")


def test_a_dispatch_taken_back_waits_for_no_year_any_more(session: Session, city: City) -> None:
    ticket = city.dispatched(EARLY)
    recall_ticket(session, ticket.id, by=city.dispatcher, office=OFFICE, now=EARLY, reason="派错单位")
    dispatch_ticket(session, ticket.id, unit_id=city.heating.id, by=city.dispatcher, office=OFFICE, now=LAST_DAY)
    assert (ticket.waits_for_calendar, ticket.unit_due_at) == (2027, None)
    assert ticket.citizen_due_at is not None

    recall_ticket(session, ticket.id, by=city.dispatcher, office=OFFICE, now=LAST_DAY, reason="又派错单位")

    assert ticket.waits_for_calendar is None


def test_a_window_for_returning_past_the_calendar_is_computed_with_the_rest(session: Session, city: City) -> None:
    count_in_working_days(session, Step.RETURN, 2)
    count_in_working_days(session, Step.RESULT, 1)
    ticket = city.listed(EARLY)

    dispatch_ticket(
        session, ticket.id, unit_id=city.heating.id, by=city.dispatcher, office=OFFICE, now=at("2026-12-30", 10)
    )

    assert ticket.waits_for_calendar == 2027
    load_2027(session, ticket)
    assert _return_until(session, ticket) == at("2027-01-05")


def _return_until(session: Session, ticket: Ticket) -> datetime | None:
    return session.get_one(Holding, ticket.holding_id).return_until
