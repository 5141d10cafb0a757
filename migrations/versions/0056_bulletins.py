"""通知公告: what is published to units, and their receipts."""

import sqlalchemy as sa
from alembic import op

from core.model import Id, UtcDateTime

revision = "0056"
down_revision = "0055"


def upgrade() -> None:
    op.create_table(
        "bulletins",
        sa.Column("id", Id, primary_key=True),
        sa.Column("title", sa.String(60), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("audience", sa.String(100), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("receive_by", sa.Date()),
        sa.Column("published_at", UtcDateTime(), nullable=False),
        sa.Column("published_by", sa.String(80), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime()),
        sa.Column("withdrawn_by", sa.String(80), nullable=False),
        sa.Column("withdraw_reason", sa.String(200), nullable=False),
    )
    op.create_index("ix_bulletins_valid_until", "bulletins", ["valid_until"])
    op.create_table(
        "bulletin_receipts",
        sa.Column("id", Id, primary_key=True),
        sa.Column("bulletin_id", Id, sa.ForeignKey("bulletins.id"), nullable=False),
        sa.Column("unit_id", Id, sa.ForeignKey("units.id"), nullable=False),
        sa.Column("received_at", UtcDateTime()),
        sa.Column("received_by", sa.String(80), nullable=False),
        sa.UniqueConstraint("bulletin_id", "unit_id"),
    )
    op.create_index("ix_bulletin_receipts_unit_id_received_at", "bulletin_receipts", ["unit_id", "received_at"])


def downgrade() -> None:
    op.drop_table("bulletin_receipts")
    op.drop_table("bulletins")
