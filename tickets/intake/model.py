"""What is stored about what citizens send in themselves."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.model import Id, Model
from sms.model import Message
from tickets.model import Draft, Ticket


class IntakeForm(Model):
    """A web form from its first photo, or from its sending, on; `key` makes it one ticket however often it comes.

    Forgotten after some days; what was typed is never here.
    """

    __tablename__ = "intake_forms"
    __table_args__ = (
        Index("ix_intake_forms_address_begun_at", "address", "begun_at"),
        Index("ix_intake_forms_phone_hash_sent_at", "phone_hash", "sent_at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(32), unique=True)
    address: Mapped[str] = mapped_column(String(60))
    begun_at: Mapped[datetime]
    phone_hash: Mapped[str] = mapped_column(String(64), default="")
    sent_at: Mapped[datetime | None]
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey(Ticket.id))


class MaterialCode(Model):
    """材料码: opens the page on which the citizen adds photos to one draft or ticket, with the end of their number."""

    __tablename__ = "material_codes"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(String(6), unique=True)
    #: keyed hash of the phone's last four digits
    tail_hash: Mapped[str] = mapped_column(String(16))
    draft_id: Mapped[int | None] = mapped_column(ForeignKey(Draft.id), index=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey(Ticket.id), index=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey(Message.id))
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(80))
    expires_at: Mapped[datetime]
    uses: Mapped[int] = mapped_column(default=0)
    wrong_tails: Mapped[int] = mapped_column(default=0)
    #: a newer code took its place
    closed_at: Mapped[datetime | None]
