"""The first tables of sms/: messages, delivery reports, replies, opt-outs."""

import sqlalchemy as sa
from alembic import op

from core.model import Id, UtcDateTime

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Messages first: reports and replies point at them."""
    op.create_table(
        "sms_messages",
        sa.Column("id", Id, primary_key=True),
        sa.Column("phone", sa.String(20), nullable=False),
        sa.Column("phone_hash", sa.String(64), nullable=False),
        sa.Column("template", sa.String(40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("expects_reply", sa.Boolean(), nullable=False),
        sa.Column("may_wait", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("reason", sa.String(40)),
        sa.Column("open_phone", sa.String(64)),
        sa.Column("provider", sa.String(40)),
        sa.Column("provider_id", sa.String(64)),
        sa.Column("error_code", sa.String(40)),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("not_before", UtcDateTime, nullable=False),
        sa.Column("handed_at", UtcDateTime),
        sa.Column("submitted_at", UtcDateTime),
        sa.Column("delivered_at", UtcDateTime),
        sa.Column("failed_at", UtcDateTime),
        sa.Column("replied_at", UtcDateTime),
        sa.Column("open_until", UtcDateTime),
        sa.UniqueConstraint("open_phone"),
    )
    op.create_index("ix_sms_messages_provider_id", "sms_messages", ["provider_id"])
    op.create_index("ix_sms_messages_phone_hash_created_at", "sms_messages", ["phone_hash", "created_at"])
    op.create_index("ix_sms_messages_state_created_at", "sms_messages", ["state", "created_at"])
    _create_delivery_reports()
    _create_replies()


def _create_delivery_reports() -> None:
    op.create_table(
        "sms_delivery_reports",
        sa.Column("id", Id, primary_key=True),
        sa.Column("provider", sa.String(40), nullable=False),
        sa.Column("provider_id", sa.String(64), nullable=False),
        sa.Column("delivery", sa.String(40), nullable=False),
        sa.Column("error_code", sa.String(40)),
        sa.Column("message_id", Id, sa.ForeignKey("sms_messages.id")),
        sa.Column("received_at", UtcDateTime, nullable=False),
        sa.UniqueConstraint("provider", "provider_id", "delivery"),
    )
    op.create_index("ix_sms_delivery_reports_message_id", "sms_delivery_reports", ["message_id"])


def _create_replies() -> None:
    op.create_table(
        "sms_replies",
        sa.Column("id", Id, primary_key=True),
        sa.Column("message_id", Id, sa.ForeignKey("sms_messages.id")),
        sa.Column("phone_hash", sa.String(64), nullable=False),
        sa.Column("masked_phone", sa.String(20), nullable=False),
        sa.Column("provider", sa.String(40), nullable=False),
        sa.Column("provider_id", sa.String(64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(40), nullable=False),
        sa.Column("level", sa.Integer()),
        sa.Column("comment", sa.Text()),
        sa.Column("received_at", UtcDateTime, nullable=False),
        sa.UniqueConstraint("provider", "provider_id"),
    )
    op.create_index("ix_sms_replies_message_id", "sms_replies", ["message_id"])
    op.create_index("ix_sms_replies_phone_hash", "sms_replies", ["phone_hash"])
    op.create_table(
        "sms_opt_outs",
        sa.Column("id", Id, primary_key=True),
        sa.Column("phone_hash", sa.String(64), nullable=False),
        sa.Column("reply_id", Id, sa.ForeignKey("sms_replies.id"), nullable=False),
        sa.Column("opted_out_at", UtcDateTime, nullable=False),
        sa.UniqueConstraint("phone_hash"),
    )


def downgrade() -> None:
    for table in ("sms_opt_outs", "sms_replies", "sms_delivery_reports", "sms_messages"):
        op.drop_table(table)
