"""What gateways need: the numbers of a long message's parts, and how the connection to each stands."""

import sqlalchemy as sa
from alembic import op

from core.model import Id, UtcDateTime

revision = "0087"
down_revision = "0102"


def upgrade() -> None:
    op.create_table(
        "sms_message_parts",
        sa.Column("id", Id, primary_key=True),
        sa.Column("message_id", Id, sa.ForeignKey("sms_messages.id"), nullable=False, index=True),
        sa.Column("provider", sa.String(40), nullable=False),
        sa.Column("provider_id", sa.String(64), nullable=False),
        sa.UniqueConstraint("provider", "provider_id"),
    )
    op.create_table(
        "sms_gateway_links",
        sa.Column("provider", sa.String(40), primary_key=True),
        sa.Column("is_up", sa.Boolean(), nullable=False),
        sa.Column("since", UtcDateTime),
        sa.Column("error", sa.String(200), nullable=False),
        sa.Column("seen_at", UtcDateTime, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("sms_gateway_links")
    op.drop_table("sms_message_parts")
