"""What is stored about mails: what came, what became of it, what was written back."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.model import Id, Model
from tickets.mail.rules import AnswerKind, AnswerState, HeldReason, MailOutcome
from tickets.model import Ticket


class MailboxState(Model):
    """How the last look into a mailbox went; its row is locked while a mail is taken."""

    __tablename__ = "mailbox_states"

    name: Mapped[str] = mapped_column(String(300), primary_key=True)
    looked_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    failure: Mapped[str] = mapped_column(String(200), default="")


class Mail(Model):
    """One mail.  `key` is its name in the mailbox, `digest` its content: both make it one, however often it is read.

    Its words are kept only as long as they stand nowhere else.
    """

    __tablename__ = "mails"
    __table_args__ = (
        UniqueConstraint("mailbox", "key"),
        Index("ix_mails_outcome_id", "outcome", "id"),
        Index("ix_mails_sender_taken_at", "sender", "taken_at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    mailbox: Mapped[str] = mapped_column(String(300))
    key: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64), index=True)
    #: the same words of the same sender, whatever the mail is called
    words_digest: Mapped[str] = mapped_column(String(64), index=True)
    sender: Mapped[str] = mapped_column(String(200))
    sender_name: Mapped[str] = mapped_column(String(80), default="")
    subject: Mapped[str] = mapped_column(String(200), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    size_bytes: Mapped[int] = mapped_column(default=0)
    left_out: Mapped[int] = mapped_column(default=0)
    outcome: Mapped[MailOutcome]
    held_reason: Mapped[HeldReason | None]
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey(Ticket.id), index=True)
    taken_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]
    handled_by: Mapped[str] = mapped_column(String(80), default="")
    handled_reason: Mapped[str] = mapped_column(String(100), default="", server_default="")


class MailAnswer(Model):
    """One mail back to a citizen, written when it is sent; `key` makes it once."""

    __tablename__ = "mail_answers"
    __table_args__ = (Index("ix_mail_answers_state_id", "state", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    mail_id: Mapped[int] = mapped_column(ForeignKey("mails.id"), index=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey(Ticket.id), index=True)
    kind: Mapped[AnswerKind]
    state: Mapped[AnswerState] = mapped_column(default=AnswerState.WAITING)
    attempt: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime]
    handed_at: Mapped[datetime | None]
    failure: Mapped[str] = mapped_column(String(200), default="")
