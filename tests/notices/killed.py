"""A worker at night whose ways out of the house write down what they took, so that it can be killed and counted."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import configure_mappers

from app.kinds import import_all_jobs
from app.reactions import REACTIONS
from core.database import Database, DatabaseSettings
from core.jobs.runner import drain
from sms.providers.console import ConsoleProvider
from sms.providers.provider import Accepted, Rejected, TurnedAway
from sms.providers.provider import Outgoing as OutgoingSms
from staff.rules import Actor
from telephony.duty_phone import ConsoleDutyPhone, RingOutcome
from tests.notices.desk import services
from tests.sms.desk import MovableClock
from tests.system.struck import Fate
from tests.tickets.making import OFFICE
from tickets.actions.dispatching import dispatch_ticket
from tickets.actions.registration import register_ticket
from tickets.actions.side_paths import Course, End, terminate_ticket
from tickets.forms import TicketForm
from tickets.kinds import Source
from tickets.notices.carriers import ConsoleCarrier, Outgoing
from tickets.notices.settings import NoticeSettings

import_all_jobs()
configure_mappers()  # once, before any process is forked


class Sms(ConsoleProvider):
    """Its process may die when it is asked, before it takes anything."""

    def __init__(self, path: Path, fate: Fate) -> None:
        super().__init__(path)
        self._fate = fate

    def send(self, outgoing: OutgoingSms) -> Accepted | Rejected | TurnedAway:
        self._fate.reached("asking")
        return super().send(outgoing)


class Carrier(ConsoleCarrier):
    """The same."""

    def __init__(self, path: Path, fate: Fate) -> None:
        super().__init__(path)
        self._fate = fate

    def send(self, outgoing: Outgoing) -> None:
        self._fate.reached("asking")
        super().send(outgoing)


class Phone(ConsoleDutyPhone):
    """The same."""

    def __init__(self, path: Path, fate: Fate) -> None:
        super().__init__(path)
        self._fate = fate

    def ring(self, ring_id: int, phone: str) -> RingOutcome:
        self._fate.reached("asking")
        return super().ring(ring_id, phone)


def work_through(fate: Fate, url: str, folder: Path, moment: datetime) -> None:
    """Do all that is due at that moment, and what follows from it within seconds."""
    clock = MovableClock(moment)
    with opened(url, clock) as database:
        ways = (
            Sms(folder / "sms.jsonl", fate),
            Carrier(folder / "robot.jsonl", fate),
            Carrier(folder / "mail.jsonl", fate),
            Phone(folder / "phone.jsonl", fate),
        )
        at_hand = services(*ways, NoticeSettings(), ask_after_s=1, ask_times=1)
        for _ in range(3):
            drain(database, at_hand)
            clock.move_on(timedelta(seconds=2))


def send_out(_fate: Fate, url: str, ticket_id: int, moment: datetime, sent: dict[str, Any]) -> None:
    """A dispatcher's act, in a server that may not live to see it through."""
    with opened(url, MovableClock(moment)) as database:
        database.write(dispatch_ticket, ticket_id, office=OFFICE, now=moment, **sent)


def take_in(_fate: Fate, url: str, form: TicketForm, by: Actor, moment: datetime) -> None:
    """An agent's act, in such a server."""
    with opened(url, MovableClock(moment)) as database:
        database.write(register_ticket, form, source=Source.PHONE, by=by, office=OFFICE, now=moment)


def end_matter(_fate: Fate, url: str, ticket_id: int, end: End, by: Actor, moment: datetime) -> None:
    """A supervisor's act, in such a server."""
    with opened(url, MovableClock(moment)) as database:
        database.write(terminate_ticket, ticket_id, end, course=Course(by, OFFICE, moment))


def opened(url: str, clock: MovableClock) -> Database:
    return Database(DatabaseSettings(url=url), reactions=REACTIONS, clock=clock)


def taken(folder: Path, way: str) -> list[dict[str, Any]]:
    """What left by this way, by whichever process."""
    path = folder / f"{way}.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [json.loads(line) for line in lines if line]
