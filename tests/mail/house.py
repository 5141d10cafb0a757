"""A house that citizens write to: a city, its post, and mails that were read without a child process."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

import tickets.jobs
import tickets.mail.jobs  # noqa: F401  so that job rows find their functions
from core.computer import Computer
from core.database import Database
from core.jobs.runner import drain
from tests.mail.writing import mail, mail_office, read
from tests.notices.desk import EmptyComputer
from tests.sms.desk import MovableClock
from tests.tickets.making import OFFICE, City
from tickets.mail.model import Mail, MailAnswer
from tickets.mail.post import ConsolePost
from tickets.mail.settings import MailOffice
from tickets.mail.taking import Desk, Fetched, take_mail
from tickets.model import HistoryLine, Ticket
from tickets.photos.model import Photo
from tickets.settings import TicketOffice


class House:
    """Takes mails, and answers them to `post`."""

    def __init__(self, database: Database, clock: MovableClock, folder: Path, **limits: Any) -> None:
        self.database, self.clock, self._folder = database, clock, folder
        self.city: City = database.write(City)
        self.office = mail_office(**limits)
        self.post: ConsolePost = self.office.post  # type: ignore[assignment]
        self._n = 0

    @property
    def desk(self) -> Desk:
        return Desk(self.office.settings, OFFICE, self.clock.now())

    def take(self, content: bytes | None = None, *, key: str = "", is_too_large: bool = False, **written: Any) -> Mail:
        """What came of a mail; each has a name of its own unless it is given."""
        self._n += 1
        written.setdefault("message_id", f"<{self._n}@mail.example>")
        content = content if content is not None else mail(**written)
        found = read(content, self._folder)
        fetched = Fetched("box", key or f"1:{self._n}", len(content), is_too_large)
        taken = self.database.write(take_mail, fetched, found, self.desk)
        self.clock.move_on(timedelta(minutes=1))
        return taken

    def work(self) -> None:
        drain(self.database, {MailOffice: self.office, TicketOffice: OFFICE, Computer: EmptyComputer()})

    def said(self) -> list[str]:
        """The subjects of what was sent since the last time."""
        self.work()
        subjects = [str(sent["Subject"]) for sent in self.post.taken]
        self.post.taken.clear()
        return subjects

    def every(self, kind: type[Any]) -> list[Any]:
        return self.database.read(lambda session: list(session.scalars(select(kind).order_by(kind.id))))

    @property
    def tickets(self) -> list[Ticket]:
        return self.every(Ticket)

    @property
    def mails(self) -> list[Mail]:
        return self.every(Mail)

    @property
    def answers(self) -> list[MailAnswer]:
        return self.every(MailAnswer)

    @property
    def photos(self) -> list[Photo]:
        return self.every(Photo)

    @property
    def history(self) -> list[HistoryLine]:
        return self.every(HistoryLine)
