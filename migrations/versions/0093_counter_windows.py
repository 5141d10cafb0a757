"""Windows of government halls, with the numbers of their QR links and device keys."""

import sqlalchemy as sa
from alembic import op

from core.model import Id, UtcDateTime

revision = "0093"
down_revision = "0084"


def upgrade() -> None:
    op.create_table(
        "counter_windows",
        sa.Column("id", Id, primary_key=True),
        sa.Column("platform_id", Id, sa.ForeignKey("platforms.id"), nullable=False),
        sa.Column("unit_id", Id, sa.ForeignKey("units.id"), nullable=False, index=True),
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("link_no", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("device_no", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("device_seen_at", UtcDateTime()),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.UniqueConstraint("platform_id", "number", name="uq_counter_windows_platform_id_number"),
    )


def downgrade() -> None:
    op.drop_table("counter_windows")
