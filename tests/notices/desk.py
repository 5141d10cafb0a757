"""A night in a city for tests: its twins, its clock, its tickets, and what each twin was given."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.computer import Computer
from core.database import Database
from core.jobs.runner import drain
from evaluation.office import EvaluationOffice
from evaluation.settings import EvaluationSettings
from nlp.classifier import Suggestions
from nlp.serving import suggest
from sms.office import SmsOffice
from sms.providers.console import ConsoleProvider
from sms.providers.provider import Provider
from staff.duty import ShiftForm, add_shift, set_contact
from staff.rules import Actor, DutyRank, Role
from telephony.duty_phone import ConsoleDutyPhone, DutyPhone
from tests.sms.desk import MovableClock, make_office
from tests.tickets.making import OFFICE, City
from tickets.actions.dispatching import dispatch_ticket
from tickets.actions.suggesting import NO_MODEL
from tickets.kinds import Urgency
from tickets.model import HistoryLine, Ticket
from tickets.notices.carriers import Carrier, ConsoleCarrier
from tickets.notices.model import UnitNotice
from tickets.notices.settings import NoticeOffice, NoticeSettings
from tickets.settings import TicketOffice

#: numbers that no operator has given out
DUTY, DEPUTY, LEADER, STANDING = "15404310001", "15404310002", "15404310003", "15404310009"
ROBOT = "https://robot.example/hook"
MAIL = "duty@heating.example"
ADMINISTRATOR = Actor(None, "管理员", "ADM", frozenset({Role.ADMINISTRATOR}), None)


class EmptyComputer(Computer):
    """A classifier that knows nothing, so that dispatchers decide; all else is computed here."""

    def run(self, function: Callable[..., Any], /, *args: Any, **limits: Any) -> Any:
        return Suggestions(NO_MODEL) if function is suggest else function(*args)


def services(
    sms: Provider, robot: Carrier, mail: Carrier, phone: DutyPhone, chosen: NoticeSettings, **of_sms: object
) -> dict[type, Any]:
    """What jobs of the night are handed."""
    sms_office = make_office(sms, **of_sms)
    return {
        NoticeOffice: NoticeOffice(chosen, "demo-jilin", sms_office, robot, mail, phone),
        SmsOffice: sms_office,
        EvaluationOffice: EvaluationOffice(EvaluationSettings(), sms_office, OFFICE.phone_key),
        TicketOffice: OFFICE,
        Computer: EmptyComputer(),
    }


class NightDesk:
    """A database, a clock, a city and the four ways out of the house."""

    def __init__(self, database: Database, clock: MovableClock, **settings: object) -> None:
        self.database, self.clock = database, clock
        self.sms = ConsoleProvider()
        self.robot, self.mail, self.phone = ConsoleCarrier(), ConsoleCarrier(), ConsoleDutyPhone()
        chosen = NoticeSettings.model_validate(settings)
        self.services = services(self.sms, self.robot, self.mail, self.phone, chosen)
        self.office: NoticeOffice = self.services[NoticeOffice]
        self.city: City = database.write(City)

    def now(self) -> datetime:
        return self.clock.now()

    def contact(self, *, phone: str = "", email: str = "", webhook: str = "") -> None:
        """The standing contact of the heating company."""
        unit_id = self.city.heating.id
        self.database.write(set_contact, unit_id, phone=phone, email=email, webhook=webhook)

    def roster(self, **phones: str) -> None:
        """Who has the night, by rank, from an hour ago for twelve hours."""
        begins = self.now() - timedelta(hours=1)
        for rank, phone in phones.items():
            form = ShiftForm(f"值班{rank}", phone, DutyRank(rank), begins, begins + timedelta(hours=12))
            self.database.write(add_shift, self.city.heating.id, form, by=ADMINISTRATOR, now=self.now())

    def act(self, step: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Something that a person does, in a transaction of its own."""
        return self.database.write(step, *args, **kwargs)

    def dispatched(self, urgency: Urgency = Urgency.NORMAL, **changes: object) -> int:
        """A ticket that the heating company has been sent just now."""

        def send(session: Session) -> int:
            city = City.session_of(session, self.city)
            return city.dispatched(self.now(), urgency=urgency, **changes).id

        return self.database.write(send)

    def dispatched_to(self, unit_id: int, **changes: object) -> int:
        """A ticket that this unit has been sent just now, against the catalogue."""

        def send(session: Session) -> int:
            city = City.session_of(session, self.city)
            ticket = city.listed(self.now(), **changes)
            by, now = city.dispatcher, self.now()
            dispatch_ticket(session, ticket.id, unit_id=unit_id, by=by, office=OFFICE, now=now, reason="属地")
            return ticket.id

        return self.database.write(send)

    def wait(self, **span: float) -> None:
        """Let time pass, then run what has fallen due."""
        self.clock.move_on(timedelta(**span))
        self.work()

    def work(self) -> None:
        drain(self.database, self.services)

    def texts(self) -> list[str]:
        """What left as SMS."""
        return [text for _, _, text in self.sms.accepted]

    def rung(self) -> list[str]:
        return [phone for _, phone in self.phone.rung]

    def notices(self) -> list[UnitNotice]:
        return self.database.read(lambda session: list(session.scalars(select(UnitNotice).order_by(UnitNotice.id))))

    def ticket(self, ticket_id: int) -> Ticket:
        found: Ticket = self.database.read(Session.get_one, Ticket, ticket_id)
        return found

    def history(self, ticket_id: int, action: str) -> list[HistoryLine]:
        def lines(session: Session) -> list[HistoryLine]:
            found = select(HistoryLine).where(HistoryLine.ticket_id == ticket_id, HistoryLine.action == action)
            return list(session.scalars(found.order_by(HistoryLine.id)))

        return self.database.read(lines)
