"""A ticket whose answer has been audited, and everything that asks its citizen, for tests."""

import itertools
from datetime import date, datetime

from sqlalchemy.orm import Session

import evaluation.jobs
import sms.jobs
from core.database import Database
from core.events import Reaction, Reactions
from core.jobs.runner import drain
from evaluation.actions.inviting import invite_citizen
from evaluation.model import Invitation, Rating
from evaluation.office import EvaluationOffice
from evaluation.queries import invitation, ratings_of
from evaluation.settings import EvaluationSettings
from sms.events import SmsDelivered, SmsFailed, SmsReplied
from sms.inbox import record_reply
from sms.model import Message
from sms.office import SmsOffice
from sms.providers.provider import Inbound, Provider
from sms.queries import newest_messages
from sms.settings import ProviderName
from staff.model import Unit
from staff.rules import UnitKind
from telephony.model import Call
from telephony.rules import CallResult, CallState, RatingState
from tests.sms.desk import PHONE, PHONE_KEY, Desk, MovableClock
from tickets.kinds import Secrecy, Source, TicketType, Urgency
from tickets.model import Ticket
from tickets.numbers import number_of
from tickets.rules import State

LINK_KEY = b"another key that only tests use"
_numbers = itertools.count(1)
assert evaluation.jobs.__doc__
assert sms.jobs.__doc__


def _of_message(event: object) -> dict[str, object]:
    return {"message_id": event.message_id}  # type: ignore[attr-defined]


#: the rows of app/reactions.py that concern evaluation/
REACTIONS: Reactions = {
    SmsReplied: [
        Reaction("evaluation.record_reply", lambda event: {**_of_message(event), "reply_id": event.reply_id}),
    ],
    SmsDelivered: [Reaction("evaluation.note_delivered", _of_message)],
    SmsFailed: [Reaction("evaluation.hand_to_person", lambda event: {**_of_message(event), "reason": event.reason})],
}


def make_unit(session: Session, name: str = "朝阳区住建局") -> Unit:
    n = next(_numbers)
    unit = Unit(
        path=f"/{n}/", code=f"unit-{n}", name=name, short_name=name[:6], kind=UnitKind.CITY_DEPARTMENT, office_hours=""
    )
    session.add(unit)
    session.flush()
    return unit


def make_ticket(
    session: Session,
    *,
    now: datetime,
    phone: str = PHONE,
    state: State = State.TO_CALLBACK,
    unit_id: int | None = None,
    secrecy: Secrecy = Secrecy.NONE,
    closed_at: datetime | None = None,
) -> Ticket:
    ticket = Ticket(
        number=number_of(date(2026, 10, 13), next(_numbers)),
        state=state,
        type=TicketType.COMPLAINT,
        urgency=Urgency.NORMAL,
        secrecy=secrecy,
        source=Source.PHONE,
        title="小区停水",
        text="三天没有水了",
        phone=phone,
        unit_id=unit_id or make_unit(session).id,
        registered_at=now,
        changed_at=now,
        closed_at=closed_at,
    )
    session.add(ticket)
    session.flush()
    return ticket


def make_call(
    session: Session,
    *,
    now: datetime,
    result: CallResult | None = CallResult.ANSWERED,
    waited_s: float | None = 8.0,
    queued: bool = True,
) -> Call:
    call = Call(
        node="main",
        uid=f"uid-{next(_numbers)}",
        version=1,
        began_at=now,
        queued_at=now if queued else None,
        answered_at=now if result is CallResult.ANSWERED else None,
        ended_at=now if result else None,
        state=CallState.ENDED if result else CallState.WAITING,
        result=result,
        waited_s=waited_s,
        is_held=False,
        ring_attempts=1,
        rating=RatingState.NOT_ASKED,
    )
    session.add(call)
    session.flush()
    return call


class City:
    """A desk that also asks citizens; `phone` is the citizen's."""

    def __init__(self, database: Database, clock: MovableClock, provider: Provider | None = None) -> None:
        self.desk = Desk(database, clock, provider)
        self.database = database
        self.clock = clock
        self.office = EvaluationOffice(EvaluationSettings(), self.desk.office, LINK_KEY)

    def invite(self, ticket_id: int) -> int:
        """Ask the citizen, send what is to be sent, and give the invitation's id."""
        invited = self.database.write(
            lambda session: (
                invite_citizen(
                    session, ticket_id, office=self.office.sms, settings=self.office.settings, now=self.clock.now()
                ).id
            )
        )
        self.work()
        return invited

    def ticket(self, **matters: object) -> int:
        made = {"now": self.clock.now(), **matters}
        return self.database.write(lambda session: make_ticket(session, **made).id)  # type: ignore[arg-type]

    def work(self) -> None:
        drain(self.database, {SmsOffice: self.office.sms, EvaluationOffice: self.office})

    def write(self, text: str, phone: str = PHONE) -> None:
        """The citizen writes an SMS."""
        inbound = Inbound(ProviderName.CONSOLE, f"in-{next(_numbers)}", phone, text)

        def keep(session: Session) -> None:
            record_reply(session, inbound, phone_key=PHONE_KEY, now=self.clock.now())

        self.database.write(keep)
        self.work()

    def invitation(self, invitation_id: int) -> Invitation:
        return self.database.read(invitation, invitation_id)

    def ratings(self, ticket_id: int) -> list[Rating]:
        return list(self.database.read(ratings_of, ticket_id))

    def levels(self, ticket_id: int) -> list[tuple[int, bool]]:
        """(level, counts) of each answer, oldest first."""
        return [(rating.level, rating.is_current) for rating in self.ratings(ticket_id)]

    def sent(self) -> list[Message]:
        """Every message, oldest first."""
        return list(reversed(self.database.read(newest_messages)))
