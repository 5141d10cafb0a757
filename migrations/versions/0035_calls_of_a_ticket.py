"""The calls about a ticket are found along an index: its page tells them."""

from alembic import op

revision = "0035"
down_revision = "0042"

INDEX = "ix_call_summaries_ticket_id"


def upgrade() -> None:
    op.create_index(INDEX, "call_summaries", ["ticket_id"])


def downgrade() -> None:
    op.drop_index(INDEX, "call_summaries")
