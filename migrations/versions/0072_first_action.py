"""首次处置: until when a unit must have taken a first step on what it holds, why then, and when it did."""

import sqlalchemy as sa
from alembic import op

from core.model import UtcDateTime

revision = "0072"
down_revision = "0071"

#: what units did before this release, as far as the history says; the limit itself comes with the next change of clocks
ACTED = """
    UPDATE holdings SET first_acted_at = (
        SELECT MIN(line.at) FROM ticket_history AS line JOIN units ON units.id = line.actor_unit_id
        WHERE line.ticket_id = holdings.ticket_id AND line.at >= holdings.dispatched_at AND units.kind <> 'hotline'
        AND line.action IN ('interim', 'visit', 'return', 'ask_completion', 'ask_extension', 'ask_parking',
        'ask_termination', 'report_up', 'submit_reply', 'reply')
    )
    WHERE ended_at IS NULL AND ticket_id IN (
        SELECT id FROM tickets WHERE urgency <> 'normal'
        AND state IN ('dispatched', 'in_progress', 'return_review', 'replied', 'parked')
    )
"""


def upgrade() -> None:
    op.add_column("holdings", sa.Column("first_due_at", UtcDateTime))
    op.add_column("holdings", sa.Column("first_why", sa.String(400), nullable=False, server_default=""))
    op.add_column("holdings", sa.Column("first_acted_at", UtcDateTime))
    op.execute(ACTED)


def downgrade() -> None:
    for name in ("first_acted_at", "first_why", "first_due_at"):
        op.drop_column("holdings", name)
