"""From the audited answer to the closed ticket, through the table of reactions that the server runs."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kinds import import_all_jobs
from app.reactions import REACTIONS
from core.chain import seal
from core.database import Database
from core.events import announce
from core.jobs.runner import drain
from evaluation.actions.answering import Answer, record_answer
from evaluation.actions.ending import void_invitations
from evaluation.errors import InvitationVoided
from evaluation.ledger import LEDGER_CHAIN, verify_ledger
from evaluation.model import Invitation, LedgerEntry
from evaluation.office import EvaluationOffice
from evaluation.queries import invitations_of
from evaluation.rules import Channel, InvitationState, Level, Reason, Subject
from indicators.answers import answers
from indicators.periods import Period, shanghai_day
from indicators.recount import recount
from indicators.satisfaction import Slice
from sms.inbox import record_reply
from sms.office import SmsOffice
from sms.providers.provider import Inbound
from sms.rules import MessageState
from sms.settings import ProviderName
from telephony.events import AgentRated
from tests.evaluation import city as evaluation_city
from tests.evaluation.city import make_call
from tests.sms.desk import PHONE_KEY, MovableClock
from tests.tickets import making
from tickets.actions.ending import pass_audit, rework_ticket
from tickets.actions.handling import reply_ticket, sign_ticket
from tickets.kinds import CloseReason
from tickets.model import Ticket
from tickets.rules import State
from tickets.settings import TicketOffice

PHONE = "13812345678"


class Way(evaluation_city.City):
    """A whole city: tickets are answered by tests/tickets' people, asked about by evaluation's."""

    town: making.City

    def answered_ticket(self) -> int:
        def answer(session: Session) -> int:
            self.town = making.City(session)
            return self.town.answered(self.clock.now()).id

        return self.database.write(answer)

    def rework(self, ticket_id: int) -> None:
        """A person sends it back to its unit."""
        by, now = self.town.callback, self.clock.now()
        self.database.write(rework_ticket, ticket_id, by=by, office=making.OFFICE, now=now, reason="没有修好")
        self.work()

    def answer_again(self, ticket_id: int) -> None:
        """The unit signs and answers, and the answer passes the audit."""
        town, now = self.town, self.clock.now()

        def answer(session: Session) -> None:
            sign_ticket(session, ticket_id, by=town.officer, now=now)
            reply_ticket(session, ticket_id, making.reply_form(), by=town.officer, office=making.OFFICE, now=now)
            pass_audit(session, ticket_id, by=town.auditor, office=making.OFFICE, now=now)

        self.database.write(answer)
        self.work()

    def ledger_kinds(self, invitation_id: int) -> list[str]:
        """What the ledger says of an invitation, oldest first."""

        def read(session: Session) -> list[str]:
            lines = session.scalars(select(LedgerEntry).order_by(LedgerEntry.id))
            return [line.kind.value for line in lines if json.loads(line.body)["invitation"] == invitation_id]

        return self.database.read(read)

    def invitations(self, ticket_id: int) -> list[Invitation]:
        return list(self.database.read(invitations_of, ticket_id))

    def work(self) -> None:
        services = {
            SmsOffice: self.office.sms,
            EvaluationOffice: self.office,
            TicketOffice: making.OFFICE,
        }
        drain(self.database, services)

    def found(self, ticket_id: int) -> Ticket:
        return self.database.read(_ticket, ticket_id)


def _ticket(session: Session, ticket_id: int) -> Ticket:
    return session.get_one(Ticket, ticket_id)


@pytest.fixture
def way(open_database: Callable[..., Database], clock: MovableClock) -> Way:
    import_all_jobs()
    wanted = {event: rows for event, rows in REACTIONS.items() if event.__name__ != "TicketRegistered"}
    return Way(open_database(clock=clock, reactions=wanted), clock)


def test_a_satisfied_reply_closes_the_ticket_and_stands_in_ledger_and_figure(way: Way) -> None:
    ticket = way.answered_ticket()
    way.work()
    way.clock.move_on(timedelta(minutes=5))

    way.write("满意,谢谢", phone=PHONE)

    closed = way.found(ticket)
    assert (closed.state, closed.close_reason, closed.rating_level) == (State.CLOSED, CloseReason.RATED, 4)
    way.database.write(seal, LEDGER_CHAIN, now=way.clock.now())
    assert way.database.read(verify_ledger, now=way.clock.now()).sealed == 2
    period = Period(shanghai_day(way.clock.now()), shanghai_day(way.clock.now()))
    counted = way.database.read(answers, Slice(period))
    assert (counted.closed, counted.answered, counted.satisfied) == (1, 1, 1)
    assert way.database.read(recount, period) == []


def test_a_bad_reply_keeps_the_ticket_for_a_person_and_counts_at_once(way: Way) -> None:
    ticket = way.answered_ticket()
    way.work()
    way.clock.move_on(timedelta(minutes=5))

    way.write("1 根本没来修", phone=PHONE)

    kept = way.found(ticket)
    assert (kept.state, kept.needs_repair, kept.rating_level) == (State.TO_CALLBACK, True, 1)
    period = Period(shanghai_day(way.clock.now()), shanghai_day(way.clock.now()))
    assert way.database.read(answers, Slice(period)).satisfied == 0
    assert way.database.read(answers, Slice(period)).answered == 1


def test_a_correction_of_the_answer_before_a_rework_leaves_the_rework_alone(way: Way) -> None:
    ticket = way.answered_ticket()
    way.work()
    way.write("1", phone=PHONE)
    way.rework(ticket)

    way.write("5", phone=PHONE)
    reworked = way.found(ticket)
    assert (reworked.state, reworked.rating_level) == (State.DISPATCHED, None)

    way.answer_again(ticket)
    said = Answer(Level.SATISFIED, Channel.PAGE, "page:first round")
    way.database.write(record_answer, way.invitations(ticket)[0].id, said, now=way.clock.now())
    way.work()

    waiting = way.found(ticket)
    assert (waiting.state, waiting.rating_level) == (State.TO_CALLBACK, None)
    assert way.levels(ticket) == [(1, False), (5, False), (4, True)]


def test_a_question_about_an_answer_that_is_done_again_is_voided_and_frees_its_phone(way: Way) -> None:
    ticket = way.answered_ticket()
    way.work()
    first = way.invitations(ticket)[0].id
    other = way.invite(way.ticket(phone=PHONE))
    assert way.sent()[1].state is MessageState.WAITING

    way.rework(ticket)

    voided = way.invitation(first)
    assert (voided.state, voided.reason, voided.closed_at) == (
        InvitationState.VOIDED,
        Reason.REWORKED,
        way.clock.now(),
    )
    assert way.sent()[1].state is MessageState.SUBMITTED
    way.write("5", phone=PHONE)
    assert way.invitation(other).state is InvitationState.ANSWERED
    assert way.ledger_kinds(first) == ["invitation", "voiding"]


def test_a_late_answer_to_a_voided_question_is_refused_and_says_why(way: Way) -> None:
    ticket = way.answered_ticket()
    way.work()
    way.rework(ticket)

    way.write("5", phone=PHONE)
    said = Answer(Level.SATISFIED, Channel.PAGE, "page:late")
    with pytest.raises(InvitationVoided, match="再次邀请您评价"):
        way.database.write(record_answer, way.invitations(ticket)[0].id, said, now=way.clock.now())

    assert way.levels(ticket) == []
    assert way.found(ticket).state is State.DISPATCHED


def test_a_voided_question_is_no_silence_when_its_window_is_over(way: Way) -> None:
    ticket = way.answered_ticket()
    way.work()
    way.rework(ticket)

    way.clock.move_on(timedelta(days=10))
    way.work()

    first = way.invitations(ticket)[0]
    assert first.state is InvitationState.VOIDED
    assert way.ledger_kinds(first.id) == ["invitation", "voiding"]


def test_an_sms_that_came_in_before_the_rework_counts_though_it_is_read_after_it(way: Way) -> None:
    ticket = way.answered_ticket()
    way.work()
    first = way.invitations(ticket)[0].id
    inbound = Inbound(ProviderName.CONSOLE, "in-early", PHONE, "2 没人来")
    way.database.write(record_reply, inbound, phone_key=PHONE_KEY, now=way.clock.now())
    way.clock.move_on(timedelta(minutes=1))
    way.database.write(void_invitations, ticket, rework_no=1, now=way.clock.now())

    way.work()

    assert way.invitation(first).state is InvitationState.ANSWERED
    assert way.levels(ticket) == [(2, True)]


def test_the_citizen_is_asked_anew_about_what_was_done_again(way: Way) -> None:
    ticket = way.answered_ticket()
    way.work()
    way.rework(ticket)
    way.clock.move_on(timedelta(days=1))

    way.answer_again(ticket)
    way.write("5", phone=PHONE)

    assert [one.state for one in way.invitations(ticket)] == [InvitationState.VOIDED, InvitationState.ANSWERED]
    assert way.found(ticket).state is State.CLOSED


def test_a_rework_before_the_question_was_written_asks_nothing_about_the_first_answer(way: Way) -> None:
    ticket = way.answered_ticket()
    way.rework(ticket)
    assert way.invitations(ticket) == []

    way.answer_again(ticket)

    assert [one.rework_no for one in way.invitations(ticket)] == [1]


def test_silence_closes_the_ticket_and_is_not_satisfaction(way: Way) -> None:
    ticket = way.answered_ticket()
    way.work()

    for _ in range(10):
        way.clock.move_on(timedelta(days=1))
        way.work()

    closed = way.found(ticket)
    assert (closed.state, closed.close_reason) == (State.CLOSED, CloseReason.WINDOW_END)
    first = shanghai_day(way.clock.now() - timedelta(days=12))
    counted = way.database.read(answers, Slice(Period(first, shanghai_day(way.clock.now()))))
    assert (counted.closed, counted.answered, counted.rate) == (1, 0, None)


def test_the_key_after_the_call_is_a_rating_of_the_agent_and_closes_nothing(way: Way) -> None:

    def press(session: Session) -> int:
        call = make_call(session, now=way.clock.now())
        announce(session, AgentRated(call.id, 5))
        return call.id

    way.database.write(press)
    way.work()

    period = Period(shanghai_day(way.clock.now()), shanghai_day(way.clock.now()))

    assert way.database.read(answers, Slice(period, Subject.AGENT)).satisfied == 1
    assert way.database.read(answers, Slice(period)).closed == 0
