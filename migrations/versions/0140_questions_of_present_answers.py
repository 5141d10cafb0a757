"""未邀 is told of the question about the present answer, and of answers at once beside those of units."""

import sqlalchemy as sa
from alembic import op

revision = "0140"
down_revision = "0136"

#: tickets with a question that is not about their present answer: what was counted of these may be another's
ASKED_BEFORE = (
    "SELECT DISTINCT t.id FROM tickets AS t JOIN invitations AS i ON i.ticket_id = t.id AND i.subject <> 'repair' "
    "WHERE CASE WHEN t.close_reason IS NOT NULL THEN i.subject = 'handling' AND i.rework_no = t.rework_no "
    "ELSE i.subject = 'direct' AND COALESCE(i.invited_at >= t.answered_at, false) END = false"
)
#: kept by ticket; calls and matters at windows count as they did
OF_TICKETS = "kind NOT LIKE 'agent%' AND kind NOT LIKE 'counter%'"


def upgrade() -> None:
    """What was counted stood for both; where it may not hold, it is counted anew."""
    state = sa.Column("direct_invitation", sa.String(40))
    is_delivered = sa.Column("direct_delivered", sa.Boolean, nullable=False, server_default=sa.false())
    for column in (state, is_delivered):
        op.add_column("counted_tickets", column)
    op.execute("UPDATE counted_tickets SET direct_invitation = invitation, direct_delivered = is_delivered")
    op.execute(f"INSERT INTO stale_tickets (ticket_id) {ASKED_BEFORE}")


def downgrade() -> None:
    """Where an answer at once was counted by a question of its own, all are counted anew: one column holds one."""
    differs = "COALESCE(direct_invitation, '') <> COALESCE(invitation, '') OR direct_delivered <> is_delivered"
    query = f"SELECT COUNT(*) FROM counted_tickets WHERE direct_on IS NOT NULL AND ({differs})"
    if op.get_bind().execute(sa.text(query)).scalar():
        for table in ("day_counts", "month_counts"):
            op.execute(f"DELETE FROM {table} WHERE {OF_TICKETS}")
        for table in ("counted_tickets", "stale_tickets"):
            op.execute(f"DELETE FROM {table}")
        op.execute("INSERT INTO stale_tickets (ticket_id) SELECT id FROM tickets")
    else:
        op.execute(f"INSERT INTO stale_tickets (ticket_id) {ASKED_BEFORE}")
    for name in ("direct_delivered", "direct_invitation"):
        op.drop_column("counted_tickets", name)
