"""Of which answers given at once nobody was asked, and that it was so by rule: those from before are the first."""

import sqlalchemy as sa
from alembic import op

from core.model import Id, UtcDateTime

revision = "0131"
down_revision = "0130"

#: until now no city asked about them
BEFORE = """
INSERT INTO unasked_answers (ticket_id, answered_at, noted_at)
SELECT id, answered_at, answered_at FROM tickets
WHERE close_reason IS NULL AND answered_at IS NOT NULL AND state IN ('answered', 'archived')
"""


def upgrade() -> None:
    op.create_table(
        "unasked_answers",
        sa.Column("id", Id, primary_key=True),
        sa.Column("ticket_id", Id, nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=False),
        sa.Column("noted_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_unasked_answers_ticket_id_tickets"),
        sa.UniqueConstraint("ticket_id", "answered_at", name="uq_unasked_answers_ticket_id_answered_at"),
    )
    op.execute(BEFORE)


def downgrade() -> None:
    op.drop_table("unasked_answers")
