"""答复草稿: found again by colleagues, never written over, gone once it is sent, never another unit's."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.database import Database
from staff.rules import Actor, Role
from tests.tickets.making import OFFICE, REPLY_TEXT, City, reply_form
from tickets.actions.dispatching import dispatch_ticket
from tickets.actions.ending import fail_audit
from tickets.actions.handling import approve_return, refuse_return, reply_ticket, return_ticket, sign_ticket
from tickets.actions.releasing import send_reply_back, submit_reply
from tickets.actions.reply_drafts import save_reply_draft
from tickets.errors import MoveRefused, RoleRefused, TicketNotFound, VersionConflict
from tickets.forms import BegunReply
from tickets.guard_errors import NotOwnUnit, ReplyWaits
from tickets.model import ReplyDraft, Ticket
from tickets.queries.page import ticket_page
from tickets.queries.reply_drafts import reply_draft

BEGUN = BegunReply(text="您好，已派人上门")


@pytest.fixture
def city(session: Session) -> City:
    return City(session)


@pytest.fixture
def colleague(city: City) -> Actor:
    return city.person("heating-2", Role.UNIT_OFFICER, unit=city.heating)


@pytest.fixture
def ticket(city: City, now: datetime) -> Ticket:
    return city.signed(now)


def drafts(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(ReplyDraft)) or 0


def test_a_colleague_finds_it_with_whose_it_is_and_writes_on(
    session: Session, city: City, ticket: Ticket, colleague: Actor, now: datetime
) -> None:
    save_reply_draft(session, ticket.number, BEGUN, version=0, by=city.officer, now=now)

    found = reply_draft(session, ticket.number, by=colleague)
    assert found is not None
    assert (found.form, found.author_label, found.saved_at) == ({"text": BEGUN.text}, city.officer.label, now)
    longer = BegunReply(text=BEGUN.text + "，循环泵坏了")
    saved = save_reply_draft(session, ticket.number, longer, version=found.version, by=colleague, now=now)
    assert (saved.version, saved.author_label, drafts(session)) == (2, colleague.label, 1)


def test_what_is_typed_leaves_the_ticket_as_it_is(session: Session, city: City, ticket: Ticket, now: datetime) -> None:
    version = ticket.version

    save_reply_draft(session, ticket.number, BEGUN, version=0, by=city.officer, now=now)

    assert ticket.version == version


def test_too_short_and_too_long_words_are_kept_as_well(
    session: Session, city: City, ticket: Ticket, now: datetime
) -> None:
    saved = save_reply_draft(session, ticket.number, BegunReply(text="长" * 900), version=0, by=city.officer, now=now)

    assert len(saved.form["text"]) == 900


def test_two_at_one_draft_see_both_texts_and_neither_is_written_over(
    session: Session, city: City, ticket: Ticket, colleague: Actor, now: datetime
) -> None:
    save_reply_draft(session, ticket.number, BEGUN, version=0, by=city.officer, now=now)

    with pytest.raises(VersionConflict) as refused:
        save_reply_draft(session, ticket.number, BegunReply(text="另一种写法"), version=0, by=colleague, now=now)

    assert refused.value.more == {"version": 1, "current": {"text": BEGUN.text}, "yours": {"text": "另一种写法"}}
    kept = reply_draft(session, ticket.number, by=colleague)
    assert kept is not None
    assert kept.form == {"text": BEGUN.text}


def test_the_same_words_sent_twice_are_no_conflict(session: Session, city: City, ticket: Ticket, now: datetime) -> None:
    save_reply_draft(session, ticket.number, BEGUN, version=0, by=city.officer, now=now)

    again = save_reply_draft(session, ticket.number, BEGUN, version=0, by=city.officer, now=now)

    assert again.version == 1


def test_it_is_gone_once_the_reply_is_sent_and_does_not_come_back(
    session: Session, city: City, ticket: Ticket, now: datetime
) -> None:
    save_reply_draft(session, ticket.number, BEGUN, version=0, by=city.officer, now=now)

    reply_ticket(session, ticket.id, reply_form(), by=city.officer, office=OFFICE, now=now)

    assert drafts(session) == 0
    with pytest.raises(MoveRefused):
        save_reply_draft(session, ticket.number, BEGUN, version=1, by=city.officer, now=now)
    fail_audit(session, ticket.id, by=city.auditor, now=now, note="没有写什么时候修好")
    assert reply_draft(session, ticket.number, by=city.officer) is None


def test_what_is_handed_in_for_a_release_is_no_draft_any_more_until_it_comes_back(
    session: Session, city: City, ticket: Ticket, colleague: Actor, now: datetime
) -> None:
    city.heating.needs_release = True
    save_reply_draft(session, ticket.number, BEGUN, version=0, by=city.officer, now=now)

    submit_reply(session, ticket.id, reply_form(), by=city.officer, now=now)

    assert drafts(session) == 0
    with pytest.raises(ReplyWaits):
        save_reply_draft(session, ticket.number, BEGUN, version=1, by=city.officer, now=now)
    send_reply_back(session, ticket.id, reason="请写明何时修好", by=colleague, now=now)
    session.flush()
    page = ticket_page(session, ticket.number, by=city.officer, profile=OFFICE.profile, now=now)
    assert page.waiting_reply is not None
    assert page.waiting_reply.form["text"] == REPLY_TEXT
    save_reply_draft(session, ticket.number, BEGUN, version=0, by=city.officer, now=now)
    assert drafts(session) == 1


def test_the_next_unit_never_sees_what_the_one_before_typed(
    session: Session, city: City, ticket: Ticket, now: datetime
) -> None:
    save_reply_draft(session, ticket.number, BEGUN, version=0, by=city.officer, now=now)
    return_ticket(session, ticket.id, city.return_form(), by=city.officer, now=now)

    approve_return(session, ticket.id, by=city.dispatcher, office=OFFICE, now=now)
    later = now + timedelta(hours=1)
    dispatch_ticket(
        session, ticket.id, unit_id=city.roads.id, by=city.dispatcher, office=OFFICE, now=later, reason="改派"
    )
    sign_ticket(session, ticket.id, by=city.roads_officer, now=later)

    assert reply_draft(session, ticket.number, by=city.roads_officer) is None
    assert reply_draft(session, ticket.number, by=city.officer) is None
    with pytest.raises(NotOwnUnit):
        save_reply_draft(session, ticket.number, BEGUN, version=1, by=city.officer, now=later)
    mine = save_reply_draft(session, ticket.number, BEGUN, version=0, by=city.roads_officer, now=later)
    assert mine.version == 1


def test_a_refused_return_costs_the_unit_no_word(session: Session, city: City, ticket: Ticket, now: datetime) -> None:
    save_reply_draft(session, ticket.number, BEGUN, version=0, by=city.officer, now=now)

    return_ticket(session, ticket.id, city.return_form(), by=city.officer, now=now)
    refuse_return(session, ticket.id, by=city.dispatcher, now=now, reason="属于该单位")

    kept = reply_draft(session, ticket.number, by=city.officer)
    assert kept is not None
    assert kept.form == {"text": BEGUN.text}


def test_nobody_outside_the_unit_reads_or_writes_it(
    session: Session, city: City, ticket: Ticket, now: datetime
) -> None:
    save_reply_draft(session, ticket.number, BEGUN, version=0, by=city.officer, now=now)

    assert reply_draft(session, ticket.number, by=city.supervisor) is None
    with pytest.raises(RoleRefused):
        save_reply_draft(session, ticket.number, BEGUN, version=1, by=city.supervisor, now=now)
    with pytest.raises(TicketNotFound):
        reply_draft(session, ticket.number, by=city.roads_officer)
    with pytest.raises(TicketNotFound):
        save_reply_draft(session, ticket.number, BEGUN, version=1, by=city.roads_officer, now=now)


def test_of_two_first_words_at_once_one_is_kept_and_the_other_is_told(
    open_database: Callable[..., Database], now: datetime
) -> None:
    database = open_database()

    def found(session: Session) -> tuple[str, Actor, Actor]:
        city = City(session)
        number = city.signed(now).number
        return number, city.officer, city.person("heating-2", Role.UNIT_OFFICER, unit=city.heating)

    number, first, second = database.write(found)
    save = partial(save_reply_draft, key=number, version=0, now=now)
    database.write(lambda session: save(session, form=BEGUN, by=first).version)

    with pytest.raises(VersionConflict):
        database.write(lambda session: save(session, form=BegunReply(text="别的"), by=second).version)

    assert database.read(drafts) == 1
