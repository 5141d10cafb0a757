"""The postman on a real mail server and on the folder that stands for one: nothing lost, nothing twice, also killed."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError
from sqlalchemy import select

from app.offices import make_mailbox
from app.readiness import mailbox_dependency, stored_dependencies
from app.settings import Settings
from core.database import Database
from core.secrets import Secrets
from tests.mail import dovecot
from tests.mail.writing import TEXT, mail, mail_office
from tests.needs import needs
from tests.notices.desk import EmptyComputer
from tests.photos.making import photo
from tests.sms.desk import MovableClock
from tests.tickets.making import OFFICE, City
from tickets.mail.errors import MailboxNotReached
from tickets.mail.mailbox import FolderMailbox, ImapMailbox, Mailbox, Opened
from tickets.mail.model import Mail
from tickets.mail.postman import Postman
from tickets.mail.rules import MailOutcome
from tickets.mail.settings import ImapSettings, MailOffice
from tickets.model import Ticket
from tickets.photos.settings import PhotoOffice, PhotoSettings


class Box:
    """A mailbox, and the ways in which others use it."""

    def __init__(self, mailbox: Mailbox, deliver: Callable[..., None], count: Callable[[str], int]) -> None:
        self.mailbox, self.deliver, self._count = mailbox, deliver, count

    @property
    def waiting(self) -> int:
        return self._count("INBOX")

    @property
    def done(self) -> int:
        return self._count("Hotline")


def folder_box(folder: Path) -> Box:
    def deliver(*mails: bytes) -> None:
        (folder / "new").mkdir(parents=True, exist_ok=True)
        for content in mails:
            (folder / "new" / f"{len(list(folder.rglob('*.eml'))):03}.eml").write_bytes(content)

    def count(name: str) -> int:
        return len(list((folder / {"INBOX": "new", "Hotline": "done"}[name]).glob("*.eml")))

    return Box(FolderMailbox(folder), deliver, count)


def imap_box(server: dovecot.Dovecot, *, port: int = 0, is_tls: bool = True) -> ImapMailbox:
    return ImapMailbox(
        "localhost", port or server.port, user=dovecot.USER, password=dovecot.PASSWORD, is_tls=is_tls,
        is_starttls=not is_tls, ca_file=server.ca_file, folder="INBOX", done_folder="Hotline", timeout_s=10,
    )  # fmt: skip


@pytest.fixture(scope="session")
def mail_server() -> Iterator[dovecot.Dovecot]:
    needs("dovecot")
    folder = Path(tempfile.mkdtemp(prefix="hotline-mail-"))  # not pytest's, which only root may enter
    try:
        with dovecot.running(folder) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["folder", "imap"])
def box(request: pytest.FixtureRequest, tmp_path: Path) -> Box:
    if request.param == "folder":
        return folder_box(tmp_path / "mails")
    server: dovecot.Dovecot = request.getfixturevalue("mail_server")
    server.empty()
    return Box(imap_box(server), server.deliver, server.count)


class Round:
    """Looks into the mailbox as the server does."""

    def __init__(self, database: Database, clock: MovableClock, folder: Path) -> None:
        self.database, self._clock, self._folder = database, clock, folder
        database.write(City)

    def look(self, office: MailOffice) -> int:
        self._clock.move_on(timedelta(minutes=5))  # whoever looked before has lost the lease
        photos = PhotoOffice(PhotoSettings(), self._folder)
        return Postman(self.database, EmptyComputer(), office, photos, OFFICE).look()

    @property
    def texts(self) -> list[str]:
        found = select(Ticket.text).order_by(Ticket.id)
        return self.database.read(lambda session: list(session.scalars(found)))

    @property
    def outcomes(self) -> list[MailOutcome]:
        return self.database.read(lambda session: list(session.scalars(select(Mail.outcome).order_by(Mail.id))))


@pytest.fixture
def round_(open_database: Callable[..., Database], now: datetime, tmp_path: Path) -> Round:
    clock = MovableClock(now)
    return Round(open_database(clock=clock), clock, tmp_path / "photos")


def test_mails_are_taken_in_order_and_put_away(box: Box, round_: Round) -> None:
    texts = [f"{TEXT}第 {n} 封。" for n in range(3)]
    box.deliver(*(mail(text, subject="", message_id=f"<{n}@m.example>") for n, text in enumerate(texts)))

    assert round_.look(mail_office(box.mailbox)) == 3
    assert round_.texts == texts
    assert (box.waiting, box.done) == (0, 3)
    assert round_.look(mail_office(box.mailbox)) == 0


class Forgetful:
    """A mailbox whose line is cut before anything can be put away."""

    def __init__(self, mailbox: Mailbox) -> None:
        self.name, self._mailbox = mailbox.name, mailbox

    @contextmanager
    def opened(self) -> Iterator["ForgetfulOpened"]:
        with self._mailbox.opened() as opened:
            yield ForgetfulOpened(opened)


class ForgetfulOpened:
    def __init__(self, opened: Opened) -> None:
        self.waiting, self.fetch, self.heads = opened.waiting, opened.fetch, opened.heads

    def put_away(self, key: str) -> None:
        raise MailboxNotReached(reason=f"cut at {key}")


def test_one_that_was_taken_and_not_put_away_is_put_away_and_not_taken_again(box: Box, round_: Round) -> None:
    box.deliver(mail(photos=(photo(),)))
    round_.look(mail_office(Forgetful(box.mailbox)))
    assert (len(round_.texts), box.waiting) == (1, 1)

    assert round_.look(mail_office(box.mailbox)) == 0

    assert (len(round_.texts), box.waiting, box.done) == (1, 0, 1)


KILLED = 10


def test_killed_while_it_takes_mails_nothing_is_lost_and_nothing_comes_twice(
    round_: Round, database_url: str, tmp_path: Path
) -> None:
    box = folder_box(tmp_path / "mails")
    box.deliver(*(mail(f"{TEXT}第 {n} 封。", message_id=f"<{n}@m.example>") for n in range(KILLED)))
    tries = 0
    while box.waiting and tries < KILLED:
        looking = subprocess.Popen(
            [sys.executable, "-m", "tests.mail.looking", database_url, str(tmp_path)], stdout=subprocess.PIPE
        )
        assert looking.stdout is not None
        looking.stdout.readline()  # at work
        for _ in range(4):
            looking.stdout.readline()  # one mail after the other
        looking.kill()
        looking.communicate()
        tries += 1

    texts = round_.texts
    assert (len(texts), len(set(texts)), box.done) == (KILLED, KILLED, KILLED)
    assert tries > 1


def test_a_huge_mail_is_not_fetched_and_its_writer_is_told(box: Box, round_: Round) -> None:
    box.deliver(mail("太大" * (1 << 19), subject="照片很多"))

    round_.look(mail_office(box.mailbox, mail_mib=1))

    assert (round_.outcomes, round_.texts, box.waiting) == ([MailOutcome.TOO_LARGE], [], 0)


def test_bytes_that_are_no_mail_hold_up_nothing(box: Box, round_: Round) -> None:
    box.deliver(b"\xff\xfe\x00garbage", mail())

    round_.look(mail_office(box.mailbox))

    assert (len(round_.texts), box.waiting) == (1, 0)


def test_starttls_and_a_server_that_cannot_move(mail_server: dovecot.Dovecot, round_: Round) -> None:
    mail_server.empty()
    mail_server.deliver(mail())
    box = imap_box(mail_server, port=mail_server.starttls_port, is_tls=False)
    with box.opened() as opened:
        opened._can = frozenset({"UIDPLUS"})
        [waiting] = opened.waiting()
        opened.put_away(waiting.key)

    assert (mail_server.count(), mail_server.count("Hotline")) == (0, 1)


def test_a_certificate_that_nobody_trusts_is_refused_and_the_state_says_so(
    mail_server: dovecot.Dovecot, round_: Round, tmp_path: Path
) -> None:
    imap = {"host": "localhost", "port": mail_server.port, "user": dovecot.USER}
    told = {"mail": {"mailbox": "imap", "imap": imap}, "data_folder": tmp_path, "database": round_.database.settings}
    settings = Settings.model_validate(told)
    (tmp_path / "secrets").mkdir(mode=0o700)
    secret = tmp_path / "secrets" / "mailbox.secret"
    secret.write_text(f"text:{dovecot.PASSWORD}")
    secret.chmod(0o600)

    [asked] = mailbox_dependency(settings)
    assert (asked.is_ready, "CERTIFICATE_VERIFY_FAILED" in asked.detail) == (False, True)

    round_.look(mail_office(make_mailbox(settings, _secrets(tmp_path))))
    stored = {one.name: one for one in stored_dependencies(settings, round_.database)}
    assert (stored["mails"].is_ready, "邮箱无法连接" in stored["mails"].detail) == (False, True)

    trusting = settings.model_copy(
        update={"mail": settings.mail.model_copy(update={"imap": ImapSettings(**imap, ca_file=mail_server.ca_file)})}
    )
    [asked] = mailbox_dependency(trusting)
    assert asked.is_ready, asked.detail
    round_.look(mail_office(make_mailbox(trusting, _secrets(tmp_path))))


def _secrets(folder: Path) -> Secrets:
    return Secrets(folder / "secrets", {})


def test_without_tls_only_on_this_machine() -> None:
    assert ImapSettings(host="127.0.0.1", is_tls=False).host == "127.0.0.1"
    with pytest.raises(ValidationError, match="without TLS only on this machine"):
        ImapSettings(host="mail.city.example", is_tls=False)
