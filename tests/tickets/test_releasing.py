"""审签: where a unit asks for it, a second person lets its reply go; the clock runs on."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import Invalid
from staff.rules import SYSTEM, Actor, Role
from tests.tickets.making import OFFICE, City, reply_form
from tickets.actions.ending import fail_audit
from tickets.actions.handling import reply_ticket
from tickets.actions.releasing import release_reply, send_reply_back, submit_reply
from tickets.clocks import local_day
from tickets.errors import TicketNotFound, VersionConflict
from tickets.guard_errors import NoReplyWaits, NotOwnUnit, OwnRelease, ReleaseNeeded, ReleaseNotNeeded, ReplyWaits
from tickets.kinds import ReplyResult
from tickets.model import HistoryLine, Reply, Ticket
from tickets.queries.inbox import Tab, inbox_head
from tickets.queries.page import ticket_page
from tickets.rules import Action, State


@pytest.fixture
def city(session: Session) -> City:
    city = City(session)
    city.heating.needs_release = True
    return city


@pytest.fixture
def leader(city: City) -> Actor:
    return city.person("heating-2", Role.UNIT_OFFICER, unit=city.heating)


@pytest.fixture
def ticket(session: Session, city: City, now: datetime) -> Ticket:
    """Handed in for a release by the first officer."""
    signed = city.signed(now)
    return submit_reply(session, signed.id, reply_form(signer="写的人"), by=city.officer, now=now)


def offered(session: Session, ticket: Ticket, by: Actor, now: datetime) -> dict[Action, str | None]:
    page = ticket_page(session, ticket.number, by=by, profile=OFFICE.profile, now=now)
    answers = {Action.REPLY, Action.SUBMIT_REPLY, Action.RELEASE_REPLY, Action.SEND_REPLY_BACK}
    return {offer.action: offer.reason for offer in page.offers if offer.action in answers}


def test_a_second_person_lets_the_reply_go_and_stands_in_the_history(
    session: Session, city: City, ticket: Ticket, leader: Actor, now: datetime
) -> None:
    due, later = ticket.unit_due_at, now + timedelta(hours=3)

    release_reply(session, ticket.id, by=leader, office=OFFICE, now=later, note="同意")

    reply = session.get_one(Reply, ticket.reply_id)
    assert (ticket.state, ticket.unit_due_at, ticket.waits_for_release) == (State.REPLIED, due, False)
    assert (reply.author_id, reply.signer, reply.replied_at) == (city.officer.person_id, leader.name, later)
    line = session.scalars(select(HistoryLine).where(HistoryLine.action == "release_reply")).one()
    assert (line.actor_label, line.reason) == (leader.label, "同意")
    assert line.particulars["written_by"] == city.officer.label


def test_while_it_waits_nothing_has_been_answered_and_the_unit_finds_it_to_read(
    session: Session, city: City, ticket: Ticket, now: datetime
) -> None:
    session.flush()
    head = inbox_head(session, unit_id=city.heating.id, by=SYSTEM, now=now)

    assert (ticket.state, ticket.reply_id, ticket.answered_at) == (State.IN_PROGRESS, None, None)
    assert {tab for tab, n in head.tabs.items() if n} == {Tab.TO_AUDIT}
    assert session.scalars(select(Reply)).all() == []


def test_a_day_that_has_passed_while_the_reply_waited_is_promised_by_nobody(
    session: Session, city: City, leader: Actor, now: datetime
) -> None:
    promise = reply_form(result=ReplyResult.NEEDS_TIME, measures="更换管网", finish_on=local_day(now))
    waiting = submit_reply(session, city.signed(now).id, promise, by=city.officer, now=now)

    with pytest.raises(Invalid) as refused:
        release_reply(session, waiting.id, by=leader, office=OFFICE, now=now + timedelta(days=1))

    assert [code for _, code, _ in refused.value.faults] == ["finish_on_in_the_past"]


def test_nobody_releases_the_own_reply_nor_another_units(
    session: Session, city: City, ticket: Ticket, now: datetime
) -> None:
    with pytest.raises(OwnRelease):
        release_reply(session, ticket.id, by=city.officer, office=OFFICE, now=now)
    with pytest.raises((NotOwnUnit, TicketNotFound)):
        release_reply(session, ticket.id, by=city.roads_officer, office=OFFICE, now=now)

    assert ticket.state is State.IN_PROGRESS


def test_the_page_offers_to_each_what_is_theirs(
    session: Session, city: City, ticket: Ticket, leader: Actor, now: datetime
) -> None:
    session.flush()

    assert offered(session, ticket, leader, now) == {Action.RELEASE_REPLY: None, Action.SEND_REPLY_BACK: None}
    own = offered(session, ticket, city.officer, now)
    assert own == {Action.RELEASE_REPLY: "须由本单位另一人审签", Action.SEND_REPLY_BACK: None}


def test_what_was_sent_back_is_kept_for_its_writer_and_handed_in_again(
    session: Session, city: City, ticket: Ticket, leader: Actor, now: datetime
) -> None:
    send_reply_back(session, ticket.id, reason="请写明何时修好", by=leader, now=now)
    session.flush()
    page = ticket_page(session, ticket.number, by=city.officer, profile=OFFICE.profile, now=now)

    assert page.waiting_reply is not None
    assert page.waiting_reply.form["text"] == reply_form().text
    assert page.sent_back is not None
    assert (page.sent_back.actor_label, page.sent_back.reason) == (leader.label, "请写明何时修好")
    assert offered(session, ticket, city.officer, now) == {Action.SUBMIT_REPLY: None}
    with pytest.raises(NoReplyWaits):
        release_reply(session, ticket.id, by=leader, office=OFFICE, now=now)
    submit_reply(session, ticket.id, reply_form(internal_note="已补"), by=city.officer, now=now)
    release_reply(session, ticket.id, by=leader, office=OFFICE, now=now)
    assert session.get_one(Reply, ticket.reply_id).internal_note == "已补"


def test_what_waits_is_no_business_of_the_hotline(session: Session, city: City, ticket: Ticket, now: datetime) -> None:
    session.flush()

    page = ticket_page(session, ticket.number, by=city.supervisor, profile=OFFICE.profile, now=now)

    assert page.waiting_reply is None


def test_there_is_one_way_to_answer_at_a_time(
    session: Session, city: City, ticket: Ticket, leader: Actor, now: datetime
) -> None:
    with pytest.raises(ReleaseNeeded):
        reply_ticket(session, ticket.id, reply_form(), by=leader, office=OFFICE, now=now)
    with pytest.raises(ReplyWaits):
        submit_reply(session, ticket.id, reply_form(), by=leader, now=now)
    with pytest.raises(VersionConflict):
        release_reply(session, ticket.id, by=leader, office=OFFICE, now=now, version=ticket.version - 1)


def test_a_unit_without_the_switch_answers_as_before(session: Session, city: City, now: datetime) -> None:
    city.heating.needs_release = False
    ticket = city.signed(now)

    with pytest.raises(ReleaseNotNeeded):
        submit_reply(session, ticket.id, reply_form(), by=city.officer, now=now)
    reply_ticket(session, ticket.id, reply_form(), by=city.officer, office=OFFICE, now=now)

    assert ticket.state is State.REPLIED


def test_a_reply_that_the_auditor_sent_back_is_released_anew(
    session: Session, city: City, ticket: Ticket, leader: Actor, now: datetime
) -> None:
    release_reply(session, ticket.id, by=leader, office=OFFICE, now=now)
    fail_audit(session, ticket.id, by=city.auditor, now=now, note="不清")
    session.flush()

    assert offered(session, ticket, city.officer, now) == {Action.SUBMIT_REPLY: None}
