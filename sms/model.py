"""What is stored about SMS: messages, hand-overs, approvals of templates, reports, replies, opt-outs."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from core.masking import mask_phone
from core.model import Id, Json, Model
from sms.replies import Outcome
from sms.rules import ApprovalState, Delivery, HandOverState, MessageState, NotSent, Settled
from sms.settings import ProviderName


class Message(Model):
    """One SMS to one phone; `open_phone` repeats `phone_hash` while an answer may come; unique: one request a phone."""

    __tablename__ = "sms_messages"
    __table_args__ = (
        Index("ix_sms_messages_phone_hash_created_at", "phone_hash", "created_at"),
        Index("ix_sms_messages_state_created_at", "state", "created_at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    phone: Mapped[str] = mapped_column(String(20))
    phone_hash: Mapped[str] = mapped_column(String(64))
    template: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text)
    #: what stands in its template; None for messages of an older release
    variables: Mapped[dict[str, str] | None] = mapped_column(Json)
    parts: Mapped[int]
    expects_reply: Mapped[bool]
    may_wait: Mapped[bool]
    is_for_staff: Mapped[bool] = mapped_column(default=False, server_default=false())
    is_asked_for: Mapped[bool] = mapped_column(default=False, server_default=false())
    state: Mapped[MessageState]
    reason: Mapped[NotSent | None]
    open_phone: Mapped[str | None] = mapped_column(String(64), unique=True)
    provider: Mapped[ProviderName | None]
    provider_id: Mapped[str | None] = mapped_column(String(64), index=True)
    error_code: Mapped[str | None] = mapped_column(String(40))
    attempt: Mapped[int] = mapped_column(default=0)
    asked: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    not_before: Mapped[datetime]
    not_after: Mapped[datetime | None]
    handed_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    replied_at: Mapped[datetime | None]
    open_until: Mapped[datetime | None]

    @property
    def masked_phone(self) -> str:
        return mask_phone(self.phone)


class HandOver(Model):
    """A message in the hands of one provider, written before the provider hears of it; `n` counts from 1.

    `was_unknown` stays true when the outcome is known after all; `settled` then says how, and for a person by whom.
    """

    __tablename__ = "sms_hand_overs"
    __table_args__ = (UniqueConstraint("message_id", "n"), Index("ix_sms_hand_overs_provider_id", "provider", "id"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("sms_messages.id"))
    n: Mapped[int]
    provider: Mapped[ProviderName]
    state: Mapped[HandOverState]
    error_code: Mapped[str | None] = mapped_column(String(80))
    parts: Mapped[int]
    price_li: Mapped[int]
    was_unknown: Mapped[bool] = mapped_column(default=False, server_default=false())
    settled: Mapped[Settled | None]
    settled_by: Mapped[str | None] = mapped_column(String(80))
    settled_reason: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(index=True)
    answered_at: Mapped[datetime | None]


class MessagePart(Model):
    """One part of a long message, as a gateway numbers and reports it; a message of one part has none."""

    __tablename__ = "sms_message_parts"
    __table_args__ = (UniqueConstraint("provider", "provider_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("sms_messages.id"), index=True)
    provider: Mapped[ProviderName]
    provider_id: Mapped[str] = mapped_column(String(64))


class TemplateApproval(Model):
    """One line of what a provider has said of a template; never changed, the newest counts for its wording.

    `provider_template_id`: of clouds, under which the line holds; `digest`: of the wording that was judged.
    """

    __tablename__ = "sms_template_approvals"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    template: Mapped[str] = mapped_column(String(40))
    provider: Mapped[ProviderName]
    provider_template_id: Mapped[str] = mapped_column(String(40))
    state: Mapped[ApprovalState]
    reason: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    said_by: Mapped[str] = mapped_column(String(80))
    said_at: Mapped[datetime]


class GatewayLink(Model):
    """How the connection to a gateway stood at `seen_at`, in the process that keeps it; `since` when it is up."""

    __tablename__ = "sms_gateway_links"

    provider: Mapped[ProviderName] = mapped_column(primary_key=True)
    is_up: Mapped[bool]
    since: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(String(200))
    seen_at: Mapped[datetime]


class DeliveryReport(Model):
    """What a provider said; one row however often it was pushed.  `message_id` is None until matched."""

    __tablename__ = "sms_delivery_reports"
    __table_args__ = (UniqueConstraint("provider", "provider_id", "delivery"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    provider: Mapped[ProviderName]
    provider_id: Mapped[str] = mapped_column(String(64))
    delivery: Mapped[Delivery]
    error_code: Mapped[str | None] = mapped_column(String(40))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("sms_messages.id"), index=True)
    received_at: Mapped[datetime]


class Reply(Model):
    """What came back, and what it was taken to mean.  `message_id` is None for a phone we had not asked."""

    __tablename__ = "sms_replies"
    __table_args__ = (UniqueConstraint("provider", "provider_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("sms_messages.id"), index=True)
    phone_hash: Mapped[str] = mapped_column(String(64), index=True)
    masked_phone: Mapped[str] = mapped_column(String(20))
    provider: Mapped[ProviderName]
    provider_id: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Text)
    outcome: Mapped[Outcome]
    level: Mapped[int | None]
    comment: Mapped[str | None] = mapped_column(Text)
    received_at: Mapped[datetime]


class OptOut(Model):
    """A phone that asked for no more messages (TD)."""

    __tablename__ = "sms_opt_outs"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    phone_hash: Mapped[str] = mapped_column(String(64), unique=True)
    reply_id: Mapped[int] = mapped_column(ForeignKey("sms_replies.id"))
    opted_out_at: Mapped[datetime]
