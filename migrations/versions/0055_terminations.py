"""Why tickets are terminated, and how far each citizen has been told."""

import sqlalchemy as sa
from alembic import op

from core.model import Id, UtcDateTime

revision = "0055"
down_revision = "0057"


def upgrade() -> None:
    op.create_table(
        "terminations",
        sa.Column("id", Id, primary_key=True),
        sa.Column("ticket_id", Id, sa.ForeignKey("tickets.id"), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("channel", sa.String(100), nullable=False),
        sa.Column("object_until", sa.Date(), nullable=False),
        sa.Column("told", sa.String(40), nullable=False),
        sa.Column("why_not_sms", sa.String(80), nullable=False),
        sa.Column("message_id", Id, sa.ForeignKey("sms_messages.id")),
        sa.Column("told_at", UtcDateTime()),
        sa.Column("told_by", sa.String(80), nullable=False),
    )
    op.create_index("ix_terminations_ticket_id", "terminations", ["ticket_id"])
    op.create_index("ix_terminations_message_id", "terminations", ["message_id"])
    op.create_index("ix_terminations_told_ticket_id", "terminations", ["told", "ticket_id"])
    op.add_column("ticket_requests", sa.Column("termination_reason", sa.String(40)))
    op.add_column("ticket_requests", sa.Column("channel", sa.String(100), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("ticket_requests", "channel")
    op.drop_column("ticket_requests", "termination_reason")
    op.drop_table("terminations")
