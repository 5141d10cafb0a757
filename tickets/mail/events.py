"""What happens to mails."""

from dataclasses import dataclass

from core.events import Event


@dataclass(frozen=True)
class MailChanged(Event):
    """A mail came, was handled, or an answer to it has gone on."""

    mail_id: int
