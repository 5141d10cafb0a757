"""Where mails come from: an IMAP mailbox over TLS, or a folder of files as its twin."""

import contextlib
import imaplib
import re
import ssl
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from tickets.mail.errors import MailboxNotReached

#: of a mail that is too large
HEADS_MOST = 1 << 18
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


@dataclass(frozen=True)
class Waiting:
    """A mail in the mailbox; `key` names it there for good, `size_bytes` is what the server says."""

    key: str
    size_bytes: int


class Opened(Protocol):
    """A mailbox that is open."""

    def waiting(self) -> Sequence[Waiting]:
        """Every mail that was not put away, oldest first."""
        ...

    def fetch(self, key: str) -> bytes:
        """The whole mail, which stays where it is.  Raises MailboxNotReached."""
        ...

    def heads(self, key: str) -> bytes:
        """Only its heads."""
        ...

    def put_away(self, key: str) -> None:
        """It was taken: out of the way, and never destroyed.  May be done twice."""
        ...


class Mailbox(Protocol):
    """Where mails lie."""

    #: stands before every key
    name: str

    def opened(self) -> AbstractContextManager[Opened]:
        """Raises MailboxNotReached, also in between."""
        ...


class FolderMailbox:
    """Files named *.eml in `new`; taken ones move to `done`.  For the demo, and for mail servers that write files."""

    def __init__(self, folder: Path) -> None:
        self.name = "folder"
        self._new, self._done = folder / "new", folder / "done"

    @contextmanager
    def opened(self) -> Iterator["FolderMailbox"]:
        try:
            for folder in (self._new, self._done):
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            yield self
        except OSError as error:
            raise MailboxNotReached(reason=error.strerror or "文件夹不可用") from error

    def waiting(self) -> Sequence[Waiting]:
        files = sorted(self._new.glob("*.eml"), key=lambda path: (path.stat().st_mtime_ns, path.name))
        return [Waiting(path.name, path.stat().st_size) for path in files]

    def fetch(self, key: str) -> bytes:
        return (self._new / key).read_bytes()

    def heads(self, key: str) -> bytes:
        with (self._new / key).open("rb") as file:
            return _heads_of(file.read(HEADS_MOST))

    def put_away(self, key: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            (self._new / key).replace(self._done / key)


def _heads_of(content: bytes) -> bytes:
    return re.split(rb"\r?\n\r?\n", content, maxsplit=1)[0] + b"\r\n\r\n"


class ImapMailbox:
    """One mailbox of a mail server; a connection is opened for each look."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        user: str,
        password: str,
        is_tls: bool,
        is_starttls: bool,
        ca_file: Path | None,
        folder: str,
        done_folder: str,
        timeout_s: float,
    ) -> None:
        self.name = f"{user}@{host}/{folder}"
        self._host, self._port, self._timeout_s = host, port, timeout_s
        self._user, self._password = user, password
        self._is_tls, self._is_starttls, self._ca_file = is_tls, is_starttls, ca_file
        self._folder, self._done_folder = folder, done_folder

    @contextmanager
    def opened(self) -> Iterator["_OpenImap"]:
        server: imaplib.IMAP4 | None = None
        try:
            server = self._connected()
            yield self._selected(server)
        except (OSError, imaplib.IMAP4.error) as error:
            raise MailboxNotReached(reason=_reason(error)) from error
        finally:
            if server is not None:
                with contextlib.suppress(OSError, imaplib.IMAP4.error):
                    server.logout()

    def _connected(self) -> imaplib.IMAP4:
        if self._is_tls:
            context = ssl.create_default_context(cafile=self._ca_file)
            server: imaplib.IMAP4 = imaplib.IMAP4_SSL(
                self._host, self._port, ssl_context=context, timeout=self._timeout_s
            )
        else:
            server = imaplib.IMAP4(self._host, self._port, timeout=self._timeout_s)
        if self._is_starttls:
            server.starttls(ssl.create_default_context(cafile=self._ca_file))
        server.login(self._user, self._password)
        return server

    def _selected(self, server: imaplib.IMAP4) -> "_OpenImap":
        _good(server.select(_quoted(self._folder)))
        _, validity = server.response("UIDVALIDITY")
        if not validity or not validity[0]:
            raise imaplib.IMAP4.error("no UIDVALIDITY")
        return _OpenImap(server, validity[0].decode(), self._done_folder)


class _OpenImap:
    """Keys are UIDVALIDITY and UID: a UID means the same mail only as long as the other number stays."""

    def __init__(self, server: imaplib.IMAP4, validity: str, done_folder: str) -> None:
        self._server, self._validity, self._done = server, validity, _quoted(done_folder)
        self._is_done_there = False
        # some say what they can only to those who have logged in
        [can] = _good(server.capability())
        self._can = frozenset(can.decode("ascii", "replace").upper().split())

    def waiting(self) -> Sequence[Waiting]:
        [found] = _good(self._server.uid("SEARCH", "UNDELETED"))
        return [Waiting(f"{self._validity}:{uid.decode()}", self._size(uid.decode())) for uid in (found or b"").split()]

    def _size(self, uid: str) -> int:
        answer = _good(self._server.uid("FETCH", uid, "(RFC822.SIZE)"))
        sizes = [_SIZE.search(line if isinstance(line, bytes) else line[0]) for line in answer if line]
        return next((int(size[1]) for size in sizes if size), 0)

    def fetch(self, key: str) -> bytes:
        return self._literal(key, "(BODY.PEEK[])")

    def heads(self, key: str) -> bytes:
        return self._literal(key, "(BODY.PEEK[HEADER])")[:HEADS_MOST]

    def _literal(self, key: str, wanted: str) -> bytes:
        answer = _good(self._server.uid("FETCH", _uid(key), wanted))
        content = next((piece[1] for piece in answer if isinstance(piece, tuple)), None)
        if content is None:
            raise imaplib.IMAP4.error("the mail is gone")
        return bytes(content)

    def put_away(self, key: str) -> None:
        """Moved where the server can; else copied and marked deleted, as RFC 6851 says that it comes to the same."""
        self._make_done_folder()
        uid = _uid(key)
        if "MOVE" in self._can:
            _good(self._server.uid("MOVE", uid, self._done))
            return
        _good(self._server.uid("COPY", uid, self._done))
        _good(self._server.uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen \Deleted)"))
        if "UIDPLUS" in self._can:
            _good(self._server.uid("EXPUNGE", uid))

    def _make_done_folder(self) -> None:
        """It may be there already, which the server says as an error."""
        if not self._is_done_there:
            self._server.create(self._done)
            self._is_done_there = True


def _uid(key: str) -> str:
    return key.partition(":")[2]


def _quoted(folder: str) -> str:
    escaped = folder.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _good(answer: tuple[str, list[Any]]) -> list[Any]:
    status, lines = answer
    if status != "OK":
        raise imaplib.IMAP4.error(lines[0] if lines else status)
    return lines


def _reason(error: Exception) -> str:
    """What the server or the system says; bytes that a server sent are read as they come."""
    said = error.args[-1] if error.args else ""
    return (said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said) or type(error).__name__)[:150]
