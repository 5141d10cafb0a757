"""What a unit does with several tickets of its inbox at once, and the papers that wait for its receipt."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from staff.rules import SYSTEM
from tests.tickets.making import OFFICE, City
from tickets.actions.bulk import BulkAct, BulkWish, do_to_all, preview_for_all
from tickets.actions.dispatching import dispatch_ticket, recall_ticket
from tickets.actions.handling import sign_ticket
from tickets.actions.oversight import issue_paper, receive_papers
from tickets.actions.papers import Paper
from tickets.actions.sending_down import INNER_SHARE
from tickets.actions.side_paths import Course
from tickets.kinds import InnerState, OversightKind
from tickets.model import Holding, Ticket
from tickets.queries.inbox import Tab, inbox_head, inbox_list, papers_without_receipt
from tickets.rules import State
from web.ticket_rows import TicketRow, flags_of


def led_by_district(city: City, now: datetime) -> Ticket:
    """A ticket that the district has signed."""
    ticket = city.listed(now)
    dispatch_ticket(
        city.session, ticket.id, unit_id=city.district.id, by=city.dispatcher, office=OFFICE, now=now, reason="属地"
    )
    return sign_ticket(city.session, ticket.id, by=city.district_officer, now=now)


def test_a_district_sends_several_down_at_once_and_each_gets_an_inner_date_of_its_own(
    session: Session, now: datetime
) -> None:
    city = City(session)
    sooner, later = led_by_district(city, now), led_by_district(city, now + timedelta(hours=5))
    foreign = city.signed(now)
    sent_at = now + timedelta(hours=6)

    numbers = [sooner.number, foreign.number, later.number]
    wish = BulkWish(BulkAct.SEND_DOWN, "请三日内入户", unit_id=city.street.id)
    course = Course(city.district_officer, OFFICE, sent_at)

    said = preview_for_all(session, numbers, wish, course=course)
    outcomes = do_to_all(session, numbers, wish, course=course)

    assert [one.refused is None for one in outcomes] == [True, False, True]
    assert [str(one.refused) for one in said] == [str(one.refused) for one in outcomes]
    assert {sooner.inner_state, later.inner_state} == {InnerState.SENT}
    below = inbox_list(session, unit_id=city.street.id, by=city.street_officer, tab=Tab.TO_SIGN, now=now).below
    for ticket in (sooner, later):
        assert ticket.unit_due_at is not None
        assert below[ticket.id].due_at == sent_at + (ticket.unit_due_at - sent_at) * INNER_SHARE


def test_several_are_signed_for_with_their_handler_and_what_is_refused_is_said_before(
    session: Session, now: datetime
) -> None:
    city = City(session)
    waiting, signed, foreign = city.dispatched(now), city.signed(now), city.listed(now)
    numbers = [waiting.number, signed.number, foreign.number]
    wish, course = BulkWish(BulkAct.SIGN, "赵六"), Course(city.officer, OFFICE, now)

    said = preview_for_all(session, numbers, wish, course=course)
    session.refresh(waiting)
    before = waiting.state
    outcomes = do_to_all(session, numbers, wish, course=course)

    assert [one.refused is None for one in outcomes] == [True, False, False]
    assert [str(one.refused) for one in said] == [str(one.refused) for one in outcomes]
    assert (before, waiting.state) == (State.DISPATCHED, State.IN_PROGRESS)
    assert session.get_one(Holding, waiting.holding_id).handler == "赵六"


def test_a_paper_waits_in_the_inbox_until_the_unit_signs_for_it(session: Session, now: datetime) -> None:
    city = City(session)
    ticket = city.signed(now)
    paper = issue_paper(session, ticket.id, Paper(OversightKind.ORDER, "请速办"), by=city.escalation, now=now)

    assert papers_without_receipt(session, unit_id=city.heating.id) == [(paper, ticket)]
    assert inbox_head(session, unit_id=city.heating.id, by=SYSTEM, now=now).papers == 1
    assert "overseen" in flags_of(ticket)
    assert TicketRow.of(ticket).oversight is OversightKind.ORDER

    receive_papers(session, ticket.id, answer="收到", by=city.officer, now=now)

    assert papers_without_receipt(session, unit_id=city.heating.id) == []
    assert inbox_head(session, unit_id=city.heating.id, by=SYSTEM, now=now).papers == 0


def test_a_unit_that_lost_the_ticket_signs_for_nothing_any_more(session: Session, now: datetime) -> None:
    city = City(session)
    ticket = city.dispatched(now)
    issue_paper(session, ticket.id, Paper(OversightKind.ORDER, "请速签收"), by=city.escalation, now=now)

    recall_ticket(session, ticket.id, by=city.dispatcher, office=OFFICE, now=now)

    assert papers_without_receipt(session, unit_id=city.heating.id) == []
    assert inbox_head(session, unit_id=city.heating.id, by=SYSTEM, now=now).papers == 0
