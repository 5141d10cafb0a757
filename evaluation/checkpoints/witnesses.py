"""Who keeps a checkpoint outside this house: a folder on another machine, a mailbox, somebody's server."""

import os
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Protocol

from tickets.notices.carriers import CarrierNotReached, MailCarrier, Outgoing, WebhookCarrier


@dataclass(frozen=True)
class Published:
    """A checkpoint on its way out; `name` is the same whenever it is handed over, and so may be the file's."""

    checkpoint_id: int
    name: str
    note: str
    at: datetime


class Witness(Protocol):
    """Somebody who keeps checkpoints; handed the same one twice, they have it once or twice, which harms nobody."""

    def keep(self, published: Published) -> None:
        """Raises CarrierNotReached, CarrierUnsure, CarrierRefused."""
        ...


class FolderWitness:
    """A folder that another machine mounts or fetches from; each checkpoint is a file of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, published: Published) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            half = self._folder / f".{published.name}.{os.getpid()}"
            half.write_text(published.note, encoding="utf-8")
            half.replace(self._folder / f"{published.name}.txt")
        except OSError as error:
            raise CarrierNotReached from error


class MailWitness:
    """A mailbox; the checkpoint is the whole text."""

    def __init__(self, address: str, carrier: MailCarrier, *, sender: str) -> None:
        self._address, self._carrier, self._sender = address, carrier, sender

    def keep(self, published: Published) -> None:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = self._sender, self._address, f"12345 检查点 {published.name}"
        mail["Date"] = format_datetime(published.at)
        mail["Message-ID"] = f"<checkpoint-{published.name}@{self._sender.rpartition('@')[2]}>"
        mail.set_content(published.note)
        self._carrier.hand_over(mail)


class WebhookWitness:
    """A server that takes signed JSON (see WebhookCarrier); `id` and `text` are the checkpoint's."""

    def __init__(self, address: str, carrier: WebhookCarrier) -> None:
        self._address, self._carrier = address, carrier

    def keep(self, published: Published) -> None:
        outgoing = Outgoing(published.checkpoint_id, self._address, published.note, 1, published.at)
        self._carrier.send(outgoing)
