"""Web forms that citizens send in."""

import sqlalchemy as sa
from alembic import op

from core.model import Id, UtcDateTime

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.create_table(
        "intake_forms",
        sa.Column("id", Id, primary_key=True),
        sa.Column("key", sa.String(32), nullable=False, unique=True),
        sa.Column("address", sa.String(60), nullable=False),
        sa.Column("begun_at", UtcDateTime(), nullable=False),
        sa.Column("phone_hash", sa.String(64), nullable=False),
        sa.Column("sent_at", UtcDateTime()),
        sa.Column("ticket_id", Id, sa.ForeignKey("tickets.id")),
    )
    op.create_index("ix_intake_forms_address_begun_at", "intake_forms", ["address", "begun_at"])
    op.create_index("ix_intake_forms_phone_hash_sent_at", "intake_forms", ["phone_hash", "sent_at"])


def downgrade() -> None:
    op.drop_table("intake_forms")
