"""承诺事项: what a unit promised by a day is followed until it says that it is done, and the citizen hears of it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core.errors import Invalid
from core.events import announced
from core.jobs.model import JobRow
from tests.tickets.making import OFFICE, City, reply_form
from tests.tickets.test_inbox_tabs import tabs_with
from tickets.actions.correcting import correct_ticket
from tickets.actions.ending import archive_ticket, close_ticket, fail_audit, pass_audit, rework_ticket
from tickets.actions.handling import reply_ticket, sign_ticket
from tickets.actions.helping import ask_help, report_part
from tickets.actions.merging import answer_children, merge_ticket
from tickets.actions.promising import fulfil_children, fulfil_promise
from tickets.actions.side_paths import Course
from tickets.actions.withdrawing import Word, withdraw_part
from tickets.errors import MoveRefused, RoleRefused
from tickets.events import PromiseFulfilled
from tickets.guard_errors import NothingPromised, NotTheLead, PromiseOpen
from tickets.kinds import CloseReason, ReplyResult, Secrecy
from tickets.model import Ticket
from tickets.model.ticket import PROMISED
from tickets.queries.citizen import citizen_page
from tickets.queries.inbox import Tab
from tickets.queries.lists import DueFilter, Filters, list_tickets
from tickets.rules import State

DAY = date(2026, 10, 20)
#: 24:00 of that day in Shanghai
ENDS = datetime(2026, 10, 20, 16, 0, tzinfo=UTC)
DONE = "楼内管网已经全部更换，供热恢复正常。"


@pytest.fixture
def city(session: Session) -> City:
    return City(session)


def unsolved(
    city: City, now: datetime, *, ticket: Ticket | None = None, result: ReplyResult = ReplyResult.NEEDS_TIME
) -> Ticket:
    ticket = ticket or city.signed(now)
    form = reply_form(result=result, measures="更换楼内管网", finish_on=DAY)
    return reply_ticket(city.session, ticket.id, form, by=city.officer, office=OFFICE, now=now)


def promised(city: City, now: datetime, *, ticket: Ticket | None = None) -> Ticket:
    ticket = unsolved(city, now, ticket=ticket)
    return pass_audit(city.session, ticket.id, by=city.auditor, office=OFFICE, now=now)


def closed(city: City, now: datetime) -> Ticket:
    ticket = promised(city, now)
    return close_ticket(city.session, ticket.id, by=city.callback, office=OFFICE, now=now, reason=CloseReason.CALLBACK)


def fulfil(city: City, ticket: Ticket, now: datetime) -> Ticket:
    return fulfil_promise(city.session, ticket.id, text=DONE, by=city.officer, office=OFFICE, now=now)


def jobs(session: Session, kind: str) -> list[JobRow]:
    return list(session.scalars(select(JobRow).where(JobRow.kind == kind).order_by(JobRow.id)))


@pytest.mark.parametrize("result", [ReplyResult.PARTLY, ReplyResult.NEEDS_TIME])
def test_a_promise_counts_from_the_audit_on_and_ends_with_its_day(
    session: Session, city: City, now: datetime, result: ReplyResult
) -> None:
    ticket = unsolved(city, now, result=result)
    assert ticket.promise_due_at is None

    pass_audit(session, ticket.id, by=city.auditor, office=OFFICE, now=now)

    assert ticket.promise_due_at == ENDS


def test_an_answer_that_is_sent_back_or_says_that_it_is_solved_promises_nothing(
    session: Session, city: City, now: datetime
) -> None:
    back = fail_audit(session, unsolved(city, now).id, by=city.auditor, now=now, note="请写明措施")
    late = reply_form(finish_on=DAY)  # somebody chose another result after picking a day
    solved = reply_ticket(session, city.signed(now).id, late, by=city.officer, office=OFFICE, now=now)
    pass_audit(session, solved.id, by=city.auditor, office=OFFICE, now=now)

    assert (back.promise_due_at, solved.promise_due_at) == (None, None)


def test_nobody_promises_a_day_that_is_over(session: Session, city: City, now: datetime) -> None:
    ticket = city.signed(now)
    form = reply_form(result=ReplyResult.NEEDS_TIME, measures="更换", finish_on=date(2026, 10, 12))

    with pytest.raises(Invalid) as refused:
        reply_ticket(session, ticket.id, form, by=city.officer, office=OFFICE, now=now)

    assert [(place[-1], code) for place, code, _ in refused.value.faults] == [("finish_on", "finish_on_in_the_past")]


@pytest.mark.parametrize("make", [promised, closed])
def test_the_unit_says_in_words_that_it_is_done_and_the_citizen_reads_them(
    session: Session, city: City, now: datetime, make: object
) -> None:
    ticket = make(city, now)  # type: ignore[operator]
    state, version = ticket.state, ticket.version
    session.flush()
    assert "承诺 10-20 24:00 前办妥" in citizen_page(session, ticket.id).sentence

    fulfil(city, ticket, now + timedelta(days=3))

    page = citizen_page(session, ticket.id)
    assert (ticket.state, ticket.version, ticket.promise_due_at) == (state, version + 1, None)
    assert page.steps[-1].words == f"市供热公司承诺的事项已办妥：{DONE}"
    assert page.steps[-1].at == now + timedelta(days=3)
    assert "承诺" not in page.sentence


def test_it_is_said_once_in_words_and_by_the_unit_that_promised(session: Session, city: City, now: datetime) -> None:
    ticket = promised(city, now)

    with pytest.raises(Invalid) as refused:
        fulfil_promise(session, ticket.id, text="好了", by=city.officer, office=OFFICE, now=now)
    assert [(place[-1], code) for place, code, _ in refused.value.faults] == [("text", "done_too_short")]
    with pytest.raises(RoleRefused):
        fulfil_promise(session, ticket.id, text=DONE, by=city.supervisor, office=OFFICE, now=now)
    fulfil(city, ticket, now)
    with pytest.raises(NothingPromised):
        fulfil(city, ticket, now)
    with pytest.raises(MoveRefused):
        fulfil(city, city.signed(now), now)


def test_a_unit_that_helped_leaves_it_to_the_one_that_leads(session: Session, city: City, now: datetime) -> None:
    ticket = city.signed(now)
    ask_help(session, ticket.id, unit_id=city.roads.id, task="配合开挖", by=city.dispatcher, now=now)
    report_part(session, ticket.id, result="路面已经开挖并恢复。", by=city.roads_officer, now=now)
    promised(city, now, ticket=ticket)

    with pytest.raises(NotTheLead):
        fulfil_promise(session, ticket.id, text=DONE, by=city.roads_officer, office=OFFICE, now=now)


def test_what_is_done_anew_is_promised_anew(session: Session, city: City, now: datetime) -> None:
    ticket = promised(city, now)

    rework_ticket(session, ticket.id, by=city.callback, office=OFFICE, now=now, reason="群众不认可")

    assert ticket.promise_due_at is None


def test_a_closed_ticket_is_kept_until_the_promise_is(session: Session, city: City, now: datetime) -> None:
    ticket = closed(city, now)
    assert jobs(session, "tickets.archive_when_due") == []
    with pytest.raises(PromiseOpen):
        archive_ticket(session, ticket.id, ended_at=now, now=now + timedelta(days=60))

    later = now + timedelta(days=60)
    fulfil(city, ticket, later)

    (timer,) = jobs(session, "tickets.archive_when_due")
    assert timer.due_at > later
    archive_ticket(session, ticket.id, ended_at=now, now=timer.due_at)
    assert ticket.state is State.ARCHIVED


def test_the_unit_finds_it_in_a_tab_and_the_hotline_by_how_far_off_the_day_is(
    session: Session, city: City, now: datetime
) -> None:
    ticket = closed(city, now)

    def found(due: DueFilter, at: datetime) -> bool:
        listed = list_tickets(session, Filters(due=due), by=city.supervisor, phone_key=b"k", now=at)
        return ticket in listed.tickets

    assert tabs_with(city, ticket, city.heating.id, city.officer, now) == {Tab.DONE, Tab.PROMISED}
    for at, soon, over in ((now, False, False), (ENDS - timedelta(days=2), True, False), (ENDS, True, True)):
        assert (found(DueFilter.PROMISE_SOON, at), found(DueFilter.PROMISE_OVER, at)) == (soon, over)
    fulfil(city, ticket, now)
    assert tabs_with(city, ticket, city.heating.id, city.officer, now) == {Tab.DONE}
    assert not found(DueFilter.PROMISE_OVER, ENDS)


def test_many_callers_hear_of_one_promise_and_of_its_end(session: Session, city: City, now: datetime) -> None:
    parent, child, other = city.signed(now), city.listed(now), city.listed(now)
    for one in (child, other):
        merge_ticket(session, one.id, parent=parent.id, by=city.dispatcher, now=now)
    promised(city, now, ticket=parent)
    answer_children(session, parent.id, office=OFFICE, now=now)
    assert child.promise_due_at == ENDS
    rework_ticket(session, other.id, by=city.callback, office=OFFICE, now=now, reason="没有解决")
    promised(city, now, ticket=sign_ticket(session, other.id, by=city.officer, now=now))

    fulfil(city, parent, now)
    assert PromiseFulfilled(parent.id) in announced(session)
    while fulfil_children(session, parent.id, office=OFFICE, now=now):
        pass

    session.flush()
    assert citizen_page(session, child.id).steps[-1].words.endswith(DONE)
    assert [one.promise_due_at for one in (child, other)] == [None, ENDS]


def test_the_others_are_owed_the_promise_though_the_first_caller_has_gone(
    session: Session, city: City, now: datetime
) -> None:
    parent, child = city.signed(now), city.listed(now)
    merge_ticket(session, child.id, parent=parent.id, by=city.dispatcher, now=now)
    withdraw_part(session, parent.id, Word("已自行解决"), course=Course(city.agent, OFFICE, now))
    promised(city, now, ticket=parent)

    answer_children(session, parent.id, office=OFFICE, now=now)

    assert (parent.promise_due_at, child.promise_due_at) == (None, ENDS)


def test_who_is_answered_after_the_promise_was_kept_is_promised_nothing(
    session: Session, city: City, now: datetime
) -> None:
    parent, child = city.signed(now), city.listed(now)
    merge_ticket(session, child.id, parent=parent.id, by=city.dispatcher, now=now)
    promised(city, now, ticket=parent)
    fulfil(city, parent, now + timedelta(hours=1))

    answer_children(session, parent.id, office=OFFICE, now=now + timedelta(hours=2))

    assert child.promise_due_at is None


def test_a_unit_that_a_secret_ticket_accuses_owes_it_nothing_any_more(
    session: Session, city: City, now: datetime
) -> None:
    ticket = promised(city, now)
    changes = {"secrecy": Secrecy.FROM_ACCUSED, "accused_unit_id": city.heating.id}

    correct_ticket(session, ticket.id, changes, version=ticket.version, by=city.supervisor, office=OFFICE, now=now)

    assert ticket.promise_due_at is None


def test_the_index_of_promises_holds_them_alone(session: Session) -> None:
    if session.get_bind().dialect.name != "sqlite":
        return  # PostgreSQL writes the condition in words of its own
    made = session.scalar(text("SELECT sql FROM sqlite_master WHERE name = 'ix_tickets_promised'"))

    assert made is not None
    assert made.endswith(f"WHERE {PROMISED}")
