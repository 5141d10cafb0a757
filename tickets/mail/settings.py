"""The mailbox that citizens write to: section [mail] of config.toml."""

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from pydantic import Field, model_validator
from sqlalchemy.orm import Session

from core.settings import Section
from tickets.mail.mailbox import Mailbox
from tickets.mail.post import Post


class MailboxName(StrEnum):
    OFF = "off"
    FOLDER = "folder"
    IMAP = "imap"


class ImapSettings(Section):
    """The mail server; its password is the secret `mailbox`, never a setting."""

    host: str = Field("127.0.0.1", description="Mail server (IMAP).")
    port: int = Field(993, ge=1, le=65535, description="Its port.")
    is_tls: bool = Field(True, description="Speak TLS from the beginning (port 993).")
    is_starttls: bool = Field(False, description="Change to TLS after the greeting (port 143).")
    ca_file: Path | None = Field(None, description="Certificates to trust, when the house signs its own.")
    user: str = Field("", description="Account to log in with.")
    folder: str = Field("INBOX", pattern=r"^[\x20-\x7e]+$", description="Folder that is read.")
    done_folder: str = Field("Hotline", pattern=r"^[\x20-\x7e]+$", description="Where mails go once they are taken.")
    timeout_s: float = Field(20.0, gt=0, le=120, description="Longest wait for the mail server, in seconds.")

    @model_validator(mode="after")
    def _one_kind_of_tls(self) -> "ImapSettings":
        if self.is_tls and self.is_starttls:
            raise ValueError("mail.imap: is_tls or is_starttls, not both")
        if not (self.is_tls or self.is_starttls or _is_loopback(self.host)):
            raise ValueError("mail.imap: without TLS only on this machine")
        if self.folder == self.done_folder:
            raise ValueError("mail.imap: folder and done_folder must differ")
        return self


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class MailSettings(Section):
    """E-mail from citizens, and what is written back."""

    mailbox: MailboxName = Field(
        MailboxName.OFF, description="off, imap, or folder (.eml files put into mails/new of the data folder)."
    )
    is_answering: bool = Field(
        False, description="Answers leave by the server of [notices.mail]; else they stand in a file."
    )
    address: str = Field("hotline@12345.example", description="Address that citizens write to and get answers from.")
    every_s: float = Field(30.0, ge=1, le=3600, description="Seconds between two looks into the mailbox.")
    mail_mib: int = Field(25, ge=1, le=200, description="Largest mail, in MiB; beyond it only its heads are read.")
    per_sender: int = Field(10, ge=1, le=1000, description="Tickets by one address a day; further mails wait.")
    answers_per_sender: int = Field(20, ge=1, le=1000, description="Answers to one address within a day.")
    link_days: int = Field(90, ge=1, le=400, description="Days for which the link in an answer opens the status page.")
    imap: ImapSettings = Field(ImapSettings(), description="The mailbox.")


#: the address at which a ticket's citizen rates the answer; empty while nothing is asked
RatingAddress = Callable[[Session, int, datetime], str]


def _nothing_asked(_session: Session, _ticket_id: int, _now: datetime) -> str:
    return ""


@dataclass(frozen=True)
class MailOffice:
    """What mails are read and answered with, one per process; `mailbox` None: nothing is read.

    `rating_address` is that of evaluation/, of which tickets/ knows nothing.
    """

    settings: MailSettings
    mailbox: Mailbox | None
    post: Post
    key: bytes
    base_url: str
    rating_address: RatingAddress = _nothing_asked

    @property
    def domain(self) -> str:
        return self.settings.address.rpartition("@")[2]
