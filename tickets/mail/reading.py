"""Reads a mail: its heads, its words in whatever encoding, its photos.  Runs in the child process; no database."""

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import parseaddr
from pathlib import Path

from tickets.mail.answer_ids import answer_ids_in
from tickets.mail.markup import text_of_html
from tickets.mail.quoting import newly_said
from tickets.mail.rules import (
    ADDRESS_MOST,
    KEPT_MOST,
    NAME_MOST,
    OWN_HEADER,
    SUBJECT_MOST,
    MailRead,
    Mark,
    is_automatic_subject,
    is_robot,
    one_line,
    visible,
)
from tickets.photos.errors import PhotoRefused
from tickets.photos.files import incoming_path
from tickets.photos.pictures import keep_picture
from tickets.photos.rules import Picture, PictureLimits, image_kind

#: beyond these a mail is no letter
PARTS_MOST = 300
#: pictures inside the text that are smaller are signs and signatures
_ORNAMENT_BYTES = 8 << 10
#: declared as the small set, written in the large one
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "cp936": "gb18030", "gb_2312-80": "gb18030", "big5": "big5hkscs"}
_LATIN = {"us-ascii", "ascii", "iso-8859-1", "latin-1", "latin1", "unknown-8bit", "default", ""}
_FORWARD = re.compile(r"^\s*(fw|fwd|转发|轉發|轉寄)\s*[:：]", re.I)


@dataclass(frozen=True)
class Reading:
    """What a mail is read with: where its photos go, how many of them, and the key of our own answers' names."""

    folder: Path
    limits: PictureLimits
    most_photos: int
    key: bytes


@dataclass
class _Found:
    """What the parts of a mail hold."""

    plain: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    left_out: int = 0


def read_mail(path: Path, how: Reading) -> MailRead:
    """Raises PhotosNotKept."""
    content = path.read_bytes()
    try:
        message = email.message_from_bytes(content)
        found = _searched(message, how)
    except (RecursionError, LookupError, ValueError, TypeError, AssertionError):  # the parser's own, for broken mails
        return _unreadable(content, how)
    said, whole = _words(found, is_forward=bool(_FORWARD.match(_head(message, "Subject"))))
    return _with_heads(message, content, said, whole, found, how, frozenset())


def read_heads(content: bytes, how: Reading) -> MailRead:
    """Of a mail that is too large to be fetched."""
    return _with_heads(BytesHeaderParser().parsebytes(content), content, "", "", _Found(), how, frozenset())


def _unreadable(content: bytes, how: Reading) -> MailRead:
    heads = BytesHeaderParser().parsebytes(content[: 1 << 16])
    whole = visible(decoded(content[:KEPT_MOST], None))
    return _with_heads(heads, content, whole, whole, _Found(), how, frozenset({Mark.UNREADABLE}))


def _with_heads(
    message: Message, content: bytes, said: str, whole: str, found: _Found, how: Reading, marks: frozenset[Mark]
) -> MailRead:
    name, address = parseaddr(_raw(message, "From"))
    return MailRead(
        message_id=one_line(_raw(message, "Message-ID"), 300),
        sender=one_line(address, ADDRESS_MOST).lower(),
        sender_name=one_line(header_text(name), NAME_MOST),
        subject=one_line(_head(message, "Subject"), SUBJECT_MOST),
        text=said[:KEPT_MOST],
        whole=whole[:KEPT_MOST],
        marks=marks | _marks(message, address),
        answer_ids=answer_ids_in(_named(message, content), how.key),
        pictures=tuple(found.pictures),
        left_out=found.left_out,
    )


def _named(message: Message, content: bytes) -> str:
    """Where the names of our answers may stand: for a bounce in what came back, else in what is answered."""
    if message.get_content_type() == "multipart/report":
        return content.decode("latin-1")
    return f"{_raw(message, 'In-Reply-To')} {_raw(message, 'References')}"


# --- heads ------------------------------------------------------------------------------------------------------------


def _raw(message: Message, name: str) -> str:
    """As it came; a second one of the same name is not looked at."""
    return next((str(value) for key, value in message.raw_items() if key.lower() == name.lower()), "")


def _head(message: Message, name: str) -> str:
    return header_text(_raw(message, name))


def header_text(raw: str) -> str:
    """RFC 2047, and the bare GBK or UTF-8 bytes that mail programs write as well."""
    if any("\udc80" <= char <= "\udcff" for char in raw):
        return decoded(raw.encode("utf-8", "surrogateescape"), None)
    try:
        pieces = decode_header(raw)
    except (HeaderParseError, ValueError, AssertionError):
        return raw
    return "".join(
        piece if isinstance(piece, str) else decoded(piece, charset) if charset else piece.decode("latin-1")
        for piece, charset in pieces
    )


def decoded(content: bytes, charset: str | None) -> str:
    """By its declared character set, else by the one that fits; never an error."""
    name = (charset or "").strip().strip("\"'").lower()
    wanted = [] if name in _LATIN else [_WIDER.get(name, name)]
    for known in (*wanted, "utf-8", "gb18030"):
        try:
            return content.decode(known)
        except (LookupError, ValueError):
            continue
    try:
        return content.decode((wanted or ["utf-8"])[0], "replace")
    except (LookupError, ValueError):
        return content.decode("utf-8", "replace")


def _marks(message: Message, address: str) -> frozenset[Mark]:
    rules = (
        (Mark.OWN, bool(_raw(message, OWN_HEADER))),
        (Mark.BOUNCE, _is_bounce(message, address)),
        (Mark.AUTOMATIC, _is_automatic(message, address)),
        (Mark.SPAM, _is_spam(message)),
    )
    return frozenset(mark for mark, holds in rules if holds)


def _is_bounce(message: Message, address: str) -> bool:
    is_report = message.get_content_type() == "multipart/report"
    return is_report or address.lower().startswith("mailer-daemon@") or bool(_raw(message, "X-Failed-Recipients"))


def _is_automatic(message: Message, address: str) -> bool:
    """RFC 3834, and what went before it."""
    submitted = _raw(message, "Auto-Submitted").split(";")[0].strip().lower()
    precedence = _raw(message, "Precedence").strip().lower()
    told = any(_raw(message, name) for name in ("X-Autoreply", "X-Autorespond", "List-Id", "List-Unsubscribe"))
    is_empty_path = _raw(message, "Return-Path").strip() == "<>"
    return (
        submitted not in {"", "no"}
        or precedence in {"bulk", "junk", "list", "auto_reply"}
        or told
        or is_empty_path
        or is_robot(address)
        or is_automatic_subject(_head(message, "Subject"))
    )


def _is_spam(message: Message) -> bool:
    """What the house's own mail server thinks of it."""
    is_flagged = _raw(message, "X-Spam-Flag").strip().lower() == "yes"
    is_scored = _raw(message, "X-Spam-Status").strip().lower().startswith("yes")
    return is_flagged or is_scored or "dmarc=fail" in _raw(message, "Authentication-Results").lower()


# --- parts ------------------------------------------------------------------------------------------------------------


def _searched(message: Message, how: Reading) -> _Found:
    found = _Found()
    for part in _parts(message):
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes):
            continue
        if part.get_content_maintype() == "text" and part.get_content_disposition() != "attachment":
            words = visible(decoded(content, _charset(part)))
            (found.html if part.get_content_subtype() == "html" else found.plain).append(words)
        elif part.get_content_type() not in {"text/calendar", "message/delivery-status"}:
            _take_file(part, content, found, how)
    return found


def _parts(message: Message) -> Iterator[Message]:
    """Leaves only; mails inside the mail are opened as well."""
    for n, part in enumerate(message.walk()):
        if n >= PARTS_MOST:
            return
        if not part.is_multipart():
            yield part


def _charset(part: Message) -> str | None:
    try:
        return part.get_content_charset()
    except (LookupError, ValueError, TypeError):
        return None


def _take_file(part: Message, content: bytes, found: _Found, how: Reading) -> None:
    """A photo goes through the judge of all photos; anything else is counted and not kept."""
    is_inside = bool(_raw(part, "Content-ID")) and part.get_content_disposition() != "attachment"
    if is_inside and (len(content) < _ORNAMENT_BYTES or image_kind(content) is None):
        return
    if not content or len(found.pictures) >= how.most_photos:
        found.left_out += 1
        return
    path = incoming_path(how.folder)
    try:
        path.write_bytes(content[: how.limits.file_bytes + 1])
        found.pictures.append(keep_picture(path, how.folder, how.limits))
    except PhotoRefused:
        found.left_out += 1
    finally:
        path.unlink(missing_ok=True)


def _words(found: _Found, *, is_forward: bool) -> tuple[str, str]:
    """What is new, and everything; plain text goes before HTML, as both say the same."""
    plain = "\n".join(found.plain).strip()
    if plain:
        return newly_said(plain, is_forward=is_forward), plain
    pairs = [text_of_html(html) for html in found.html]
    said, whole = ("\n".join(pair[n] for pair in pairs).strip() for n in (0, 1))
    chosen = whole if is_forward or not said else said
    return newly_said(chosen, is_forward=is_forward), whole
