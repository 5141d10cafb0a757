"""The main path: from registration to the archive, with both clocks and every line of the history."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.events import announced
from core.jobs.model import JobRow
from tests.tickets.making import OFFICE, City, reply_form
from tickets.actions.ending import (
    archive_ticket,
    close_ticket,
    close_waiting,
    fail_audit,
    note_rating,
    pass_audit,
)
from tickets.actions.handling import reply_ticket
from tickets.events import TicketAnswered, TicketClosed
from tickets.kinds import CloseReason
from tickets.model import HistoryLine, Ticket
from tickets.rules import State


@pytest.fixture
def city(session: Session) -> City:
    return City(session)


def actions_of(session: Session, ticket: Ticket) -> list[str]:
    session.flush()
    lines = select(HistoryLine.action).where(HistoryLine.ticket_id == ticket.id).order_by(HistoryLine.id)
    return list(session.scalars(lines))


def test_a_satisfied_citizen_closes_the_ticket(session: Session, city: City, now: datetime) -> None:
    ticket = city.answered(now)

    note_rating(session, ticket.id, level=5, rework_no=0, office=OFFICE, now=now + timedelta(hours=1))

    assert ticket.state is State.CLOSED
    assert ticket.close_reason is CloseReason.RATED
    assert actions_of(session, ticket) == [
        "register", "list", "dispatch", "sign", "reply", "pass_audit", "close",
    ]  # fmt: skip
    assert {type(event) for event in announced(session)} >= {TicketAnswered, TicketClosed}


def test_the_clocks_start_at_registration_and_at_dispatch(city: City, now: datetime) -> None:
    ticket = city.dispatched(now)

    assert ticket.citizen_due_at == datetime(2026, 10, 20, 16, tzinfo=UTC)
    assert ticket.unit_due_at == datetime(2026, 10, 20, 16, tzinfo=UTC)
    assert ticket.citizen_due_why == (
        "求助（一般）答复时限 5 个工作日：10-13 起算，当日不计；"
        "跳过 10-17（周六）至 10-18（周日）休息日；至 10-20 24:00 止"
    )


def test_silence_closes_at_the_end_of_the_window_and_leaves_no_rating(
    session: Session, city: City, now: datetime
) -> None:
    ticket = city.answered(now)
    session.flush()
    due = session.scalars(select(JobRow).where(JobRow.kind == "tickets.close_at_window_end")).one()

    close_waiting(session, ticket.id, rework_no=0, office=OFFICE, now=due.due_at, reason=CloseReason.WINDOW_END)

    assert due.due_at == datetime(2026, 10, 20, 16, tzinfo=UTC)
    assert ticket.close_reason is CloseReason.WINDOW_END
    assert ticket.rating_level is None


def test_a_bad_rating_waits_for_a_person_even_past_the_window(session: Session, city: City, now: datetime) -> None:
    ticket = city.answered(now)

    note_rating(session, ticket.id, level=2, rework_no=0, office=OFFICE, now=now)
    late = now + timedelta(days=8)
    close_waiting(session, ticket.id, rework_no=0, office=OFFICE, now=late, reason=CloseReason.WINDOW_END)

    assert ticket.state is State.TO_CALLBACK
    assert ticket.needs_repair


def test_a_failed_audit_goes_back_to_the_unit_which_answers_again(session: Session, city: City, now: datetime) -> None:
    ticket = city.replied(now)

    failed = fail_audit(session, ticket.id, by=city.auditor, now=now, note="没有写明更换时间")
    assert failed.reply_id is not None
    reply_ticket(session, ticket.id, reply_form(), by=city.officer, office=OFFICE, now=now)
    pass_audit(session, ticket.id, by=city.auditor, office=OFFICE, now=now)

    assert ticket.state is State.TO_CALLBACK


def test_a_closed_ticket_is_archived_after_its_time_unless_it_lives_on(
    session: Session, city: City, now: datetime
) -> None:
    ticket = city.answered(now)
    close_ticket(session, ticket.id, by=city.callback, office=OFFICE, now=now, reason=CloseReason.CALLBACK)

    archive_ticket(session, ticket.id, ended_at=now - timedelta(days=1), now=now + timedelta(days=31))
    assert ticket.archived_at is None
    archive_ticket(session, ticket.id, ended_at=now, now=now + timedelta(days=31))

    assert ticket.state is State.ARCHIVED
    assert ticket.archived_at == now + timedelta(days=31)
