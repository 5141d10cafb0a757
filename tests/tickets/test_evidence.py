"""已电话联系 without a call is 未证实, and with one it says when and how long."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from staff.rules import Actor
from telephony.bridges.model import BridgedCall
from telephony.bridges.rules import BridgeResult, BridgeState
from tests.tickets.making import OFFICE, City, reply_form
from tickets.actions.handling import reply_ticket
from tickets.actions.requests import ask_for
from tickets.forms import RequestForm
from tickets.kinds import ContactMade, RequestKind, ToldBy
from tickets.model import Ticket, TicketRequest
from tickets.queries.evidence import proof_of_call
from tickets.queries.page import ticket_page


@pytest.fixture
def city(session: Session) -> City:
    return City(session)


def call_citizen(
    session: Session,
    ticket: Ticket,
    by: Actor,
    at: datetime,
    *,
    talk_s: int | None = 161,
    result: BridgeResult = BridgeResult.TALKED,
) -> None:
    call = BridgedCall(
        node="a", about_id=ticket.id, person_id=by.person_id, person_label=by.label, own_channel="PJSIP/801",
        own_shown="分机 801", citizen_channel="", state=BridgeState.ENDED, result=result, asked_at=at,
        citizen_answered_at=at if talk_s else None, ended_at=at, talk_s=talk_s,
    )  # fmt: skip
    session.add(call)
    session.flush()


def proof(session: Session, city: City, ticket: Ticket, at: datetime, **changes: object) -> tuple[int | None, int]:
    """How long the call that proves the answer's claim took, and how many calls were looked at."""
    reply_ticket(session, ticket.id, reply_form(**changes), by=city.officer, office=OFFICE, now=at)
    session.flush()
    page = ticket_page(session, ticket.number, by=city.supervisor, profile=OFFICE.profile, now=at)
    found = page.evidence[page.replies[0].id]
    return (found.proof.talk_s if found.proof else None), len(found.looked_at)


def test_a_claim_to_have_called_without_a_call_is_not_borne_out(session: Session, city: City, now: datetime) -> None:
    ticket = city.signed(now)

    assert proof(session, city, ticket, now + timedelta(hours=2)) == (None, 0)


def test_a_call_of_the_unit_bears_it_out(session: Session, city: City, now: datetime) -> None:
    ticket = city.signed(now)
    call_citizen(session, ticket, city.officer, now + timedelta(hours=1))

    assert proof(session, city, ticket, now + timedelta(hours=2)) == (161, 1)


@pytest.mark.parametrize(
    ("talk_s", "result"), [(None, BridgeResult.NO_ANSWER), (9, BridgeResult.TALKED), (None, BridgeResult.UNKNOWN)]
)
def test_a_call_that_nobody_took_or_too_short_a_one_does_not(
    session: Session, city: City, now: datetime, talk_s: int | None, result: BridgeResult
) -> None:
    ticket = city.signed(now)
    call_citizen(session, ticket, city.officer, now + timedelta(hours=1), talk_s=talk_s, result=result)

    assert proof(session, city, ticket, now + timedelta(hours=2)) == (None, 1)


def test_neither_does_a_call_by_others_or_before_the_unit_had_it(session: Session, city: City, now: datetime) -> None:
    ticket = city.signed(now)
    call_citizen(session, ticket, city.officer, now - timedelta(minutes=1))
    call_citizen(session, ticket, city.agent, now + timedelta(hours=1))

    assert proof(session, city, ticket, now + timedelta(hours=2)) == (None, 0)


def test_what_claims_no_contact_is_not_looked_at(session: Session, city: City, now: datetime) -> None:
    ticket = city.signed(now)
    form = reply_form(contact=ContactMade.NONE, contact_note="号码已停机")
    reply_ticket(session, ticket.id, form, by=city.officer, office=OFFICE, now=now)
    session.flush()

    page = ticket_page(session, ticket.number, by=city.supervisor, profile=OFFICE.profile, now=now)

    assert page.evidence == {}


def asked_for_more(city: City, ticket: Ticket, told_by: ToldBy, at: datetime) -> TicketRequest:
    form = RequestForm(
        kind=RequestKind.EXTENSION, reason="管网改造需要更多时间", until_on=date(2026, 10, 23), told_by=told_by,
        told_note="已告知，群众同意",
    )  # fmt: skip
    asked = ask_for(city.session, ticket.id, form, by=city.officer, office=OFFICE, now=at)
    city.session.flush()
    return city.session.scalars(select(TicketRequest).where(TicketRequest.ticket_id == asked.id)).one()


@pytest.mark.parametrize(("minutes", "talk_s"), [(60, 161), (180, None)])
def test_whoever_decides_on_more_time_sees_whether_a_call_bears_out_that_the_citizen_was_told(
    session: Session, city: City, now: datetime, minutes: int, talk_s: int | None
) -> None:
    """A call that came after the request told nobody before it."""
    ticket = city.signed(now)
    call_citizen(session, ticket, city.officer, now + timedelta(minutes=minutes))
    asked = asked_for_more(city, ticket, ToldBy.CALL, now + timedelta(hours=2))

    page = ticket_page(session, ticket.number, by=city.supervisor, profile=OFFICE.profile, now=now)

    proof = page.told_evidence[asked.id].proof
    assert (proof.talk_s if proof else None) == talk_s


def test_of_an_sms_that_the_unit_sent_by_itself_nothing_can_be_said(
    session: Session, city: City, now: datetime
) -> None:
    ticket = city.signed(now)
    asked_for_more(city, ticket, ToldBy.SMS, now + timedelta(hours=2))

    page = ticket_page(session, ticket.number, by=city.supervisor, profile=OFFICE.profile, now=now)

    assert page.told_evidence == {}


def test_whoever_writes_the_answer_sees_beforehand_whether_a_call_will_bear_it_out(
    session: Session, city: City, now: datetime
) -> None:
    later = now + timedelta(hours=2)
    ticket, listed = city.signed(now), city.listed(now)
    call_citizen(session, ticket, city.agent, now + timedelta(hours=1))
    call_citizen(session, listed, city.agent, now + timedelta(hours=1))
    assert [proof_of_call(session, one, now=later) for one in (ticket, listed)] == [None, None]

    call_citizen(session, ticket, city.officer, now + timedelta(hours=1), talk_s=75)

    found = proof_of_call(session, ticket, now=later)
    assert found is not None
    assert (found.by, found.talk_s) == (city.officer.label, 75)
