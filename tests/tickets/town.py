"""A city on a database of its own, with its jobs: what leaves it, and what comes back."""

from sqlalchemy import select

from app.kinds import import_all_jobs
from core.database import Database
from core.jobs.runner import drain
from sms.model import Message
from sms.office import SmsOffice
from tests.sms.desk import Desk, MovableClock
from tests.tickets.making import OFFICE
from tickets.model import Ending
from tickets.settings import TicketOffice

import_all_jobs()


class Town:
    """Works when it is told to; SMS go to a console."""

    def __init__(self, database: Database, clock: MovableClock) -> None:
        self.database, self.clock = database, clock
        self.desk = Desk(database, clock)

    def work(self) -> None:
        drain(self.database, {SmsOffice: self.desk.office, TicketOffice: OFFICE})

    def ending(self, ending_id: int) -> Ending:
        found: Ending = self.database.read(lambda session: session.get_one(Ending, ending_id))
        return found

    def messages(self, template: str) -> list[str]:
        sent = select(Message.text).where(Message.template == template)
        return self.database.read(lambda session: list(session.scalars(sent)))
