"""A city's SMS for tests: its office, its citizens, and how a day goes by."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import Clock
from core.database import Database
from core.jobs.runner import drain
from sms.actions.queueing import queue_message, withdraw_message
from sms.inbox import record_reply
from sms.model import HandOver, Message
from sms.office import SmsOffice
from sms.providers.console import ConsoleProvider, Fault
from sms.providers.provider import Accepted, Inbound, Outgoing, Provider, Rejected, TurnedAway
from sms.queries import message as sms_message
from sms.settings import ProviderName, SmsSettings
from sms.templates import RATING, Template

PHONE_KEY = b"a key that only tests use"
PHONE = "13800001234"
OTHER_PHONE = "13900005678"


class MovableClock(Clock):
    """Time that tests move by hand."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def move_on(self, step: timedelta) -> None:
        self._now += step

    def move_to(self, moment: datetime) -> None:
        self._now = moment


class InterruptedProvider(ConsoleProvider):
    """While it is being asked, something else happens."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__()
        self.misbehave(*faults)
        self.meanwhile: Callable[[], object] = lambda: None

    def send(self, outgoing: Outgoing) -> Accepted | Rejected | TurnedAway:
        self.meanwhile()
        return super().send(outgoing)


def make_office(provider: Provider, **settings: object) -> SmsOffice:
    chosen = SmsSettings.model_validate(settings)
    return SmsOffice(chosen, PHONE_KEY, {provider.name: provider, ProviderName.CONSOLE: provider})


class Desk:
    """A database, a clock and a provider, and the few things tests do with them."""

    def __init__(self, database: Database, clock: MovableClock, provider: Provider | None = None, **settings: object):
        self.console = ConsoleProvider()
        self.provider = provider or self.console
        self.database = database
        self.clock = clock
        self.office = make_office(self.provider, **settings)

    def queue(
        self,
        phone: str = PHONE,
        template: Template = RATING,
        *,
        may_wait: bool = True,
        not_after: datetime | None = None,
        **values: str,
    ) -> int:
        """Queue a message and give its id."""
        chosen = values or {"ticket": "3821", "code": "K7M2QX"}
        when = {"now": self.clock.now(), "may_wait": may_wait, "not_after": not_after}

        def queue(session: Session) -> int:
            return queue_message(session, phone, template, chosen, office=self.office, **when).id  # type: ignore[arg-type]

        return self.database.write(queue)

    def withdraw(self, message_id: int) -> None:
        """Its question is over."""
        self.database.write(withdraw_message, message_id, now=self.clock.now())

    def work(self) -> int:
        """Run everything that is due now."""
        return drain(self.database, {SmsOffice: self.office})

    def wait(self, step: timedelta) -> None:
        """Let time pass and run what falls due."""
        self.clock.move_on(step)
        self.work()

    def message(self, message_id: int) -> Message:
        return self.database.read(sms_message, message_id)

    def hand_overs(self, message_id: int) -> Sequence[HandOver]:
        """To whom it was handed, in order."""
        query = select(HandOver).where(HandOver.message_id == message_id).order_by(HandOver.n)
        return self.database.read(lambda session: session.scalars(query).all())

    def reply(self, text: str, phone: str = PHONE, provider_id: str | None = None) -> int | None:
        """A citizen writes; gives the reply's id, or None if it was known."""
        inbound = Inbound(ProviderName.CONSOLE, provider_id or f"in-{phone}-{text}-{self.clock.now()}", phone, text)

        def keep(session: object) -> int | None:
            kept = record_reply(session, inbound, phone_key=PHONE_KEY, now=self.clock.now())  # type: ignore[arg-type]
            return kept.id if kept else None

        return self.database.write(keep)
