"""Looks into the mailbox, one process at a time: fetch, read in the child, take in one transaction, put away.

Killed anywhere, nothing is lost and nothing comes twice: a mail is put away only after it was taken, and one that was
taken and not put away is known by its key.
"""

import threading
import uuid
from collections import Counter
from dataclasses import replace

import structlog
from sqlalchemy.orm import Session

from core.computer import Computer, ComputerBusy
from core.database import Database, Lane
from core.errors import HotlineError, Unavailable
from core.leases import give_up_lease, take_lease
from tickets.mail.errors import MailboxNotReached, MailNotReadable
from tickets.mail.mailbox import Mailbox, Opened, Waiting
from tickets.mail.reading import Reading, read_heads, read_mail
from tickets.mail.rules import MailRead, Mark
from tickets.mail.settings import MailOffice
from tickets.mail.taking import Desk, Fetched, is_taken, note_look, take_mail
from tickets.photos.errors import PhotosNotKept
from tickets.photos.files import incoming_path
from tickets.photos.settings import PhotoOffice
from tickets.settings import TicketOffice

log = structlog.get_logger(__name__)

LEASE = "read mails"
#: with nine photos of many millions of pixels
READING_S = 60.0
#: a look at a full mailbox renews its lease with each mail
LEASE_S = 180.0
#: so often a mail is read that breaks its reader; then its heads must do, and a person looks at it
READ_TRIES = 3


class Postman:
    """A thread per process; of all processes only the holder of the lease looks."""

    def __init__(
        self, database: Database, computer: Computer, mail: MailOffice, photos: PhotoOffice, office: TicketOffice
    ) -> None:
        self._database, self._computer = database, computer
        self._mail, self._photos, self._office = mail, photos, office
        self._holder = uuid.uuid4().hex
        self._broke: Counter[str] = Counter()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="hotline-postman", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Let the mail at hand be taken, and the next process in."""
        self._stop.set()
        self._thread.join()
        try:
            now = self._database.clock.now()
            self._database.write(give_up_lease, LEASE, holder=self._holder, now=now, lane=Lane.JOBS)
        except HotlineError as error:
            log.warning("mailbox lease not given up", reason=error.code)

    def _work(self) -> None:
        while True:
            try:
                self.look()
            except HotlineError as error:
                log.warning("mails not read", reason=error.code)
            except Exception:
                log.exception("mails not read")
            if self._stop.wait(self._mail.settings.every_s):
                return

    def look(self) -> int:
        """Take everything that waits; how many mails.  A mailbox that is away is noted, and asked again."""
        mailbox = self._mail.mailbox
        if mailbox is None or not self._database.write(self._leased, lane=Lane.JOBS):
            return 0
        try:
            with mailbox.opened() as opened:
                taken = self._take_all(mailbox, opened)
        except MailboxNotReached as error:
            log.warning("mailbox not reached", reason=str(error))
            self._note(mailbox, failure=str(error))
            return 0
        self._note(mailbox, failure="")
        return taken

    def _leased(self, session: Session) -> bool:
        now = self._database.clock.now()
        return take_lease(session, LEASE, holder=self._holder, for_s=LEASE_S, now=now) is not None

    def _note(self, mailbox: Mailbox, *, failure: str) -> None:
        now = self._database.clock.now()
        self._database.write(note_look, mailbox.name, now=now, failure=failure, lane=Lane.JOBS)

    def _take_all(self, mailbox: Mailbox, opened: Opened) -> int:
        """A mail that cannot be taken now holds up no other."""
        taken = 0
        for waiting in opened.waiting():
            if self._stop.is_set() or not self._database.write(self._leased, lane=Lane.JOBS):
                break
            try:
                if not self._database.read(is_taken, mailbox.name, waiting.key):
                    self._take(mailbox, opened, waiting)
                    taken += 1
            except Unavailable as error:
                if isinstance(error, MailboxNotReached):
                    raise
                log.warning("mail not taken yet", key=waiting.key, reason=error.code)
                continue
            opened.put_away(waiting.key)
        return taken

    def _take(self, mailbox: Mailbox, opened: Opened, waiting: Waiting) -> None:
        is_too_large = waiting.size_bytes > self._mail.settings.mail_mib << 20
        fetched = Fetched(mailbox.name, waiting.key, waiting.size_bytes, is_too_large)
        read = self._heads(opened, waiting.key) if is_too_large else self._whole(opened, waiting.key)
        now = self._database.clock.now()
        desk = Desk(self._mail.settings, self._office, now)
        mail = self._database.write(_taken, fetched, read, desk, lane=Lane.JOBS)
        log.info("mail taken", mail_id=mail[0], outcome=mail[1])

    @property
    def _reading(self) -> Reading:
        photos = self._photos
        return Reading(photos.folder, photos.limits, photos.settings.most_files, self._mail.key)

    def _heads(self, opened: Opened, key: str) -> MailRead:
        return self._computer.run(read_heads, opened.heads(key), self._reading, timeout_s=READING_S)

    def _whole(self, opened: Opened, key: str) -> MailRead:
        path = incoming_path(self._photos.folder)
        try:
            path.write_bytes(opened.fetch(key))
            return self._computer.run(read_mail, path, self._reading, timeout_s=READING_S)
        except (MailboxNotReached, ComputerBusy, PhotosNotKept):
            raise
        except Exception as error:
            log.exception("mail not readable", key=key)
            self._broke[key] += 1
            if self._broke[key] < READ_TRIES:
                raise MailNotReadable from error
            return replace(self._heads(opened, key), marks=frozenset({Mark.UNREADABLE}))
        finally:
            path.unlink(missing_ok=True)


def _taken(session: Session, fetched: Fetched, read: MailRead, desk: Desk) -> tuple[int, str]:
    mail = take_mail(session, fetched, read, desk)
    return mail.id, mail.outcome.value
