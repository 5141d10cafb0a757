"""Who asks the citizen for what is missing, what was added, and callers who take their own part of a matter back."""

import sqlalchemy as sa
from alembic import op

from core.model import Id, UtcDateTime

revision = "0045"
down_revision = "0048"

#: what waits for completion already, asked of the agents as it was then
_WAITING = """
INSERT INTO ticket_completions (ticket_id, asks, state, question, asked_at, asked_by, ended_by, supplement)
SELECT id, 'agent', 'open', missing, changed_at, '', '', '' FROM tickets WHERE state = 'registered' AND missing <> ''
"""
_POINTED = """
UPDATE tickets SET completion_id = (SELECT MAX(id) FROM ticket_completions WHERE ticket_id = tickets.id)
WHERE state = 'registered' AND missing <> ''
"""


def upgrade() -> None:
    op.create_table(
        "ticket_completions",
        sa.Column("id", Id, primary_key=True),
        sa.Column("ticket_id", Id, sa.ForeignKey("tickets.id"), nullable=False),
        sa.Column("asks", sa.String(40), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("question", sa.String(200), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("asked_by", sa.String(80), nullable=False),
        sa.Column("ended_at", UtcDateTime()),
        sa.Column("ended_by", sa.String(80), nullable=False),
        sa.Column("supplement", sa.Text, nullable=False),
    )
    op.create_index("ix_ticket_completions_ticket_id", "ticket_completions", ["ticket_id"])
    op.create_index("ix_ticket_completions_state_asks", "ticket_completions", ["state", "asks"])
    op.add_column("tickets", sa.Column("completion_id", Id))
    op.add_column("tickets", sa.Column("caller_withdrew_at", UtcDateTime()))
    op.execute(_WAITING)
    op.execute(_POINTED)


def downgrade() -> None:
    op.drop_column("tickets", "caller_withdrew_at")
    op.drop_column("tickets", "completion_id")
    op.drop_table("ticket_completions")
