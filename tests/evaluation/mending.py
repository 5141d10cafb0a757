"""A city whose citizens are not satisfied, with the table of reactions that the server runs, for tests."""

import itertools
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kinds import import_all_jobs
from app.reactions import REACTIONS
from core.database import Database
from core.jobs.runner import drain
from evaluation.actions.answering import Answer, record_answer
from evaluation.office import EvaluationOffice
from evaluation.queries import invitations_of
from evaluation.repairs.actions.contacting import note_try
from evaluation.repairs.forms import AppealForm, ContactForm, DecisionForm, TryForm, WordsForm
from evaluation.repairs.model import Repair, RepairLine
from evaluation.repairs.queries import lines_of, repairs_of
from evaluation.repairs.rules import Act, Ground
from evaluation.rules import Channel, Level
from sms.office import SmsOffice
from staff.duty import set_contact
from staff.rules import Actor
from telephony.bridges.model import BridgedCall
from telephony.bridges.rules import BridgeResult, BridgeState
from telephony.duty_phone import ConsoleDutyPhone
from tests.evaluation import city as evaluation_city
from tests.sms.desk import MovableClock
from tests.tickets import making
from tickets.actions.side_paths import Course, answer_ticket
from tickets.kinds import ContactMade
from tickets.model import Ticket
from tickets.notices.carriers import ConsoleCarrier
from tickets.notices.model import UnitNotice
from tickets.notices.settings import NoticeOffice, NoticeSettings
from tickets.settings import TicketOffice

WORDS = "已派维修班组上门，暖气已恢复正常，并向群众致歉。"
DIRECT_ANSWER = "供暖期为十月二十日至次年四月六日，您所在小区已经供暖。"
_answers = itertools.count(1)


class Town(evaluation_city.City):
    """`officer` is of the unit that was rated; `ticket_id` is the ticket whose citizen answers."""

    def __init__(self, database: Database, clock: MovableClock) -> None:
        super().__init__(database, clock)
        self.town: making.City = database.write(making.City)
        self.notices_office = NoticeOffice(
            NoticeSettings(), "demo-jilin", self.office.sms, ConsoleCarrier(), ConsoleCarrier(), ConsoleDutyPhone()
        )
        self.other_services: dict[type, Any] = {}
        database.write(set_contact, self.town.heating.id, phone="15404310009", email="", webhook="")

    @property
    def officer(self) -> Actor:
        return self.town.officer

    def answered(self, **changes: object) -> int:
        """A ticket whose answer has passed the audit and whose citizen has been asked."""

        def answer(session: Session) -> int:
            return making.City.session_of(session, self.town).answered(self.clock.now(), **changes).id

        ticket_id = self.database.write(answer)
        self.wait(minutes=5)
        return ticket_id

    def at_once(self, **changes: object) -> int:
        """A ticket that the agent answered without any unit, and whose citizen has been asked."""

        def answer(session: Session) -> int:
            ticket = making.City.session_of(session, self.town).registered(self.clock.now(), **changes)
            course = Course(self.town.agent, making.OFFICE, self.clock.now())
            return answer_ticket(session, ticket.id, answer=DIRECT_ANSWER, article="", course=course).id

        ticket_id = self.database.write(answer)
        self.wait(minutes=5)
        return ticket_id

    def rate(self, ticket_id: int, level: int, channel: Channel = Channel.PAGE, source: str = "") -> None:
        """The citizen answers the newest question about the handling."""
        invited = self.database.read(invitations_of, ticket_id)[-1]
        said = Answer(Level(level), channel, source or f"{channel}:{next(_answers)}")
        self.database.write(record_answer, invited.id, said, now=self.clock.now())
        self.work()

    def badly_rated(self, level: int = 1, **changes: object) -> str:
        """The number of the repair."""
        ticket_id = self.answered(**changes)
        self.rate(ticket_id, level)
        return self.repairs(ticket_id)[-1].number

    def repairs(self, ticket_id: int) -> list[Repair]:
        return list(self.database.read(repairs_of, ticket_id))

    def repair(self, number: str) -> Repair:
        def found(session: Session) -> Repair:
            return session.scalars(select(Repair).filter_by(number=number)).one()

        return self.database.read(found)

    def lines(self, number: str) -> list[RepairLine]:
        return list(self.database.read(lines_of, self.repair(number).id))

    def acts(self, number: str) -> list[Act]:
        return [line.act for line in self.lines(number)]

    def ticket_of(self, number: str) -> Ticket:
        found: Ticket = self.database.read(Session.get_one, Ticket, self.repair(number).ticket_id)
        return found

    def act(self, step: Callable[..., Any], *args: Any, by: Actor | None = None, **kwargs: Any) -> None:
        """Something that a person does, by default the unit's officer, and what follows from it."""
        self.database.write(step, *args, by=by or self.officer, now=self.clock.now(), **kwargs)
        self.work()

    def try_again(self, number: str, *, at: datetime | None = None) -> None:
        """The unit writes down that it reached nobody, by default now."""
        self.act(note_try, number, a_try(at or self.clock.now()), profile="demo-jilin")

    def call(self, number: str, *, talk_s: int | None = 120, by: Actor | None = None) -> datetime:
        """The unit calls the citizen through the hotline."""
        repair, who, at = self.repair(number), by or self.officer, self.clock.now()
        result = BridgeResult.TALKED if talk_s else BridgeResult.NO_ANSWER
        made = BridgedCall(
            node="a", about_id=repair.ticket_id, person_id=who.person_id, person_label=who.label,
            own_channel="PJSIP/801", own_shown="分机 801", citizen_channel="", state=BridgeState.ENDED, result=result,
            asked_at=at, citizen_answered_at=at if talk_s else None, ended_at=at, talk_s=talk_s,
        )  # fmt: skip
        self.database.write(lambda session: session.add(made))
        return at

    def notices(self) -> list[UnitNotice]:
        return self.database.read(lambda session: list(session.scalars(select(UnitNotice).order_by(UnitNotice.id))))

    def wait(self, **span: float) -> None:
        self.clock.move_on(timedelta(**span))
        self.work()

    def services(self) -> dict[type, Any]:
        return {
            SmsOffice: self.office.sms,
            EvaluationOffice: self.office,
            TicketOffice: making.OFFICE,
            NoticeOffice: self.notices_office,
            **self.other_services,
        }

    def work(self) -> None:
        drain(self.database, self.services())


def make_town(open_database: Callable[..., Database], clock: MovableClock) -> Town:
    """Nobody suggests topics here."""
    import_all_jobs()
    wanted = {event: rows for event, rows in REACTIONS.items() if event.__name__ != "TicketRegistered"}
    return Town(open_database(clock=clock, reactions=wanted), clock)


def contact(way: ContactMade = ContactMade.CALL) -> ContactForm:
    return ContactForm(way=way, words="群众说暖气修后又不热了，要求重新检查。")


def a_try(at: datetime) -> TryForm:
    return TryForm(way=ContactMade.CALL, tried_at=at, words="无人接听")


def words() -> WordsForm:
    return WordsForm(words=WORDS)


def appeal(ground: Ground = Ground.MISTAKEN) -> AppealForm:
    return AppealForm(ground=ground, evidence="群众在回访电话中说按错了数字，其实很满意，录音可查。")


def decision() -> DecisionForm:
    return DecisionForm(reason="已调听回访录音，与申诉所述相符。")
