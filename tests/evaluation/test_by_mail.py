"""Whoever wrote by mail is asked by mail as well: one link for each answer, none once nothing is asked any more."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from app.kinds import import_all_jobs
from app.reactions import REACTIONS
from core.computer import Computer
from core.database import Database
from core.jobs.runner import drain
from evaluation.actions.answering import Answer, record_answer
from evaluation.by_mail import rating_address
from evaluation.events import MailWriterInvited
from evaluation.links import read_link
from evaluation.model import Invitation
from evaluation.office import EvaluationOffice
from evaluation.rules import Channel, InvitationState, Level, Reason
from evaluation.settings import EvaluationSettings
from sms.office import SmsOffice
from sms.providers.console import ConsoleProvider
from tests.mail.house import House
from tests.notices.desk import EmptyComputer
from tests.sms.desk import MovableClock, make_office
from tests.tickets.making import OFFICE, reply_form
from tickets.actions.dispatching import dispatch_ticket
from tickets.actions.ending import pass_audit
from tickets.actions.handling import reply_ticket, sign_ticket
from tickets.events import MailTicketMoved, TicketAnswered, TicketRegistered
from tickets.kinds import Secrecy
from tickets.mail.rules import AnswerKind, AnswerState
from tickets.mail.settings import MailOffice
from tickets.model import Ticket
from tickets.notices.carriers import CarrierNotReached
from tickets.settings import TicketOffice

LINK_KEY = b"a key that only these tests use"
WANTED = (TicketRegistered, TicketAnswered, MailTicketMoved, MailWriterInvited)


class Asking(House):
    """A house that is written to, whose units answer, and which asks."""

    def __init__(self, database: Database, clock: MovableClock, folder: Path) -> None:
        super().__init__(database, clock, folder)
        address = partial(rating_address, base_url="https://12345.example", key=LINK_KEY)
        plain = self.office
        self.office = MailOffice(plain.settings, None, self.post, plain.key, plain.base_url, address)
        self.sms = make_office(ConsoleProvider())

    def work(self) -> None:
        asking = EvaluationOffice(EvaluationSettings(), self.sms, LINK_KEY)
        services = {MailOffice: self.office, TicketOffice: OFFICE, Computer: EmptyComputer(), SmsOffice: self.sms}
        drain(self.database, {**services, EvaluationOffice: asking})

    def answered(self, *, secrecy: Secrecy = Secrecy.NONE) -> None:
        """A mail, its ticket, its answer, and the audit that passed it."""
        self.take()
        self.work()
        self.post.taken.clear()
        [ticket] = self.tickets
        city, now = self.city, self.clock.now()

        def handle(session: Session) -> None:
            session.get_one(Ticket, ticket.id).secrecy = secrecy
            dispatch_ticket(session, ticket.id, unit_id=city.heating.id, by=city.dispatcher, office=OFFICE, now=now)
            sign_ticket(session, ticket.id, by=city.officer, now=now)
            reply_ticket(session, ticket.id, reply_form(), by=city.officer, office=OFFICE, now=now)
            pass_audit(session, ticket.id, by=city.auditor, office=OFFICE, now=now)

        self.database.write(handle)

    def links(self) -> list[str]:
        """The rating links of the mails that were sent since."""
        self.work()
        letters = [str(sent.get_content()) for sent in self.post.taken]
        self.post.taken.clear()
        return [link for letter in letters for link in re.findall(r"https://12345\.example/r/(\S+)", letter)]

    @property
    def invitation(self) -> Invitation:
        only: Invitation = self.every(Invitation)[0]
        return only

    def rate(self, now: datetime) -> None:
        answer = Answer(Level.SATISFIED, Channel.PAGE, source="page:1:1")
        self.database.write(record_answer, self.invitation.id, answer, now=now)


@pytest.fixture
def asking(open_database: Callable[..., Database], now: datetime, tmp_path: Path) -> Asking:
    import_all_jobs()
    clock = MovableClock(now)
    wanted = {event: REACTIONS[event] for event in WANTED}
    return Asking(open_database(reactions=wanted, clock=clock), clock, tmp_path)


def test_who_wrote_by_mail_without_a_phone_gets_the_link_and_may_rate_by_it(asking: Asking) -> None:
    asking.answered()

    [link] = asking.links()

    asked, now = asking.invitation, asking.clock.now()
    assert (asked.state, asked.reason) == (InvitationState.TO_CALL, Reason.NO_PHONE)
    assert read_link(link, now=now, key=LINK_KEY) == asked.id
    asking.rate(now)
    assert asking.invitation.state is InvitationState.ANSWERED
    assert asking.links() == []


def test_a_question_that_is_answered_before_its_mail_leaves_is_not_asked(asking: Asking) -> None:
    asking.answered()
    asking.post.will(CarrierNotReached(), CarrierNotReached())
    assert asking.links() == []

    asking.rate(asking.clock.now())
    asking.clock.move_on(timedelta(minutes=5))

    assert asking.links() == []
    assert [answer.state for answer in asking.answers if answer.kind is AnswerKind.RATING] == [AnswerState.MOOT]


def test_a_sealed_matter_is_asked_about_by_a_person_only(asking: Asking) -> None:
    asking.answered(secrecy=Secrecy.SEALED)

    assert asking.links() == []
    assert asking.invitation.reason is Reason.NO_PHONE
