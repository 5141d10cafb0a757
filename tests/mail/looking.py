"""A process that looks into a folder of mails and says a line for each: to be killed by a test."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.database import Database, DatabaseSettings
from tests.mail.writing import mail_office
from tests.notices.desk import EmptyComputer
from tests.sms.desk import MovableClock
from tests.tickets.making import OFFICE
from tickets.mail.mailbox import FolderMailbox
from tickets.mail.postman import LEASE_S, Postman
from tickets.photos.settings import PhotoOffice, PhotoSettings


class Telling(FolderMailbox):
    """Says when it is asked for a mail."""

    def fetch(self, key: str) -> bytes:
        print(key, flush=True)  # noqa: T201
        return super().fetch(key)


def look(url: str, folder: Path) -> None:
    """Each process later than the one before: the lease of the dead is over."""
    started = datetime(2026, 10, 13, 1, 0, tzinfo=UTC)
    later = len(list((folder / "runs").glob("*"))) + 1
    (folder / "runs").mkdir(exist_ok=True)
    (folder / "runs" / str(later)).touch()
    clock = MovableClock(started + later * timedelta(seconds=2 * LEASE_S))
    with Database(DatabaseSettings(url=url), clock=clock) as database:
        mailbox = Telling(folder / "mails")
        photos = PhotoOffice(PhotoSettings(), folder / "photos")
        print("at work", flush=True)  # noqa: T201
        Postman(database, EmptyComputer(), mail_office(mailbox, per_sender=1000), photos, OFFICE).look()


if __name__ == "__main__":
    look(sys.argv[1], Path(sys.argv[2]))
