"""Mails as citizens' programs write them, and what ours has to read them with."""

import base64
from email import policy
from email.message import EmailMessage
from pathlib import Path

from tests.photos.making import LIMITS
from tests.tickets.making import OFFICE
from tickets.mail.mailbox import Mailbox
from tickets.mail.post import ConsolePost
from tickets.mail.reading import Reading, read_mail
from tickets.mail.rules import MailRead
from tickets.mail.settings import MailOffice, MailSettings

OURS = "12345@city.example"
SENDER = "zhang@mail.example"
TEXT = "南湖小区三号楼楼道堆放杂物，占用消防通道，已经三天了。"
KEY = OFFICE.phone_key


def mail_office(mailbox: Mailbox | None = None, **limits: int) -> MailOffice:
    settings = MailSettings.model_validate({"address": OURS, **limits})
    return MailOffice(settings, mailbox, ConsolePost(), KEY, "https://12345.example")


def reading(folder: Path) -> Reading:
    return Reading(folder, LIMITS, 3, KEY)


def mail(
    text: str = TEXT,
    *,
    subject: str = "投诉楼道堆物",
    sender: str = f"张三 <{SENDER}>",
    html: str = "",
    photos: tuple[bytes, ...] = (),
    message_id: str = "<1@mail.example>",
    **heads: str,
) -> bytes:
    """A plain one in UTF-8; heads are named with underscores."""
    made = EmailMessage(policy=policy.SMTP)
    made["From"], made["To"], made["Subject"], made["Message-ID"] = sender, OURS, subject, message_id
    for name, value in heads.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    if html:
        made.add_alternative(html, subtype="html")
    for n, photo in enumerate(photos):
        made.add_attachment(photo, maintype="application", subtype="octet-stream", filename=f"照片{n}.exe")
    return made.as_bytes()


def raw_mail(
    body: bytes, *, content_type: str, encoding: str = "8bit", subject: bytes = b"=?UTF-8?B?5oqV6K+J?="
) -> bytes:
    """Byte by byte, as programs write that know no better."""
    heads = (
        b"From: <zhang@mail.example>", b"To: <12345@city.example>", b"Subject: " + subject,
        b"Message-ID: <raw@mail.example>", b"MIME-Version: 1.0", b"Content-Type: " + content_type.encode(),
        b"Content-Transfer-Encoding: " + encoding.encode(),
    )  # fmt: skip
    return b"\r\n".join([*heads, b"", body])


def encoded_word(text: str, charset: str) -> bytes:
    """As RFC 2047 says, with the name of the small set that old programs put before the large one."""
    return b"=?" + charset.encode() + b"?B?" + base64.b64encode(text.encode("gb18030")) + b"?="


def read(content: bytes, folder: Path) -> MailRead:
    path = folder / "mail.eml"
    path.write_bytes(content)
    return read_mail(path, reading(folder))
