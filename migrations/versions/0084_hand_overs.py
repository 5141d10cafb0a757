"""Each hand-over of a message to a provider is a row: to whom, what came of it, what it costs."""

import sqlalchemy as sa
from alembic import op

from core.model import Id, UtcDateTime

revision = "0084"
down_revision = "0089"


def upgrade() -> None:
    op.create_table(
        "sms_hand_overs",
        sa.Column("id", Id, primary_key=True),
        sa.Column("message_id", Id, sa.ForeignKey("sms_messages.id"), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("provider", sa.String(40), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("error_code", sa.String(80)),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("price_li", sa.Integer(), nullable=False),
        sa.Column("was_unknown", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("settled", sa.String(40)),
        sa.Column("settled_by", sa.String(80)),
        sa.Column("settled_reason", sa.Text()),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("answered_at", UtcDateTime),
        sa.UniqueConstraint("message_id", "n"),
    )
    op.create_index("ix_sms_hand_overs_provider_id", "sms_hand_overs", ["provider", "id"])
    op.create_index("ix_sms_hand_overs_at", "sms_hand_overs", ["at"])
    _tell_the_past()


def _tell_the_past() -> None:
    """Every message that was handed over before had one hand-over; what it cost is not known."""
    op.execute(
        """
        INSERT INTO sms_hand_overs (message_id, n, provider, state, error_code, parts, price_li, was_unknown, at,
                                    answered_at)
        SELECT id, 1, provider,
               CASE WHEN provider_id IS NOT NULL THEN 'accepted' WHEN state IN ('handing', 'unknown') THEN state
                    WHEN state = 'failed' THEN 'rejected' ELSE 'accepted' END,
               CASE WHEN provider_id IS NULL THEN error_code END, parts, 0, state = 'unknown', handed_at,
               COALESCE(submitted_at, failed_at)
        FROM sms_messages WHERE provider IS NOT NULL AND handed_at IS NOT NULL
        """
    )


def downgrade() -> None:
    op.drop_table("sms_hand_overs")
