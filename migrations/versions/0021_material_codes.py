"""Material codes, and messages that a citizen waits for."""

import sqlalchemy as sa
from alembic import op

from core.model import Id, UtcDateTime

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.add_column("sms_messages", sa.Column("is_asked_for", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "material_codes",
        sa.Column("id", Id, primary_key=True),
        sa.Column("code", sa.String(6), nullable=False, unique=True),
        sa.Column("tail_hash", sa.String(16), nullable=False),
        sa.Column("draft_id", Id, sa.ForeignKey("drafts.id")),
        sa.Column("ticket_id", Id, sa.ForeignKey("tickets.id")),
        sa.Column("message_id", Id, sa.ForeignKey("sms_messages.id")),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by", sa.String(80), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("wrong_tails", sa.Integer(), nullable=False),
        sa.Column("closed_at", UtcDateTime()),
    )
    op.create_index("ix_material_codes_draft_id", "material_codes", ["draft_id"])
    op.create_index("ix_material_codes_ticket_id", "material_codes", ["ticket_id"])


def downgrade() -> None:
    op.drop_table("material_codes")
    op.drop_column("sms_messages", "is_asked_for")
