"""Indexes by which the filters of the ticket list are read at a million tickets."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

#: as tickets.model.ticket says it: SQLite uses a partial index only for a condition in the very same words
OWING = (
    "state IN ('registered', 'to_dispatch', 'dispatched', 'return_review', 'arbitration', 'in_progress', "
    "'replied', 'rework', 'parked', 'merged')"
)
PARTIAL = {
    "ix_tickets_owing": (["citizen_due_at", "id"], OWING, OWING),
    "ix_tickets_repair": (["id"], "needs_repair IS 1", "needs_repair IS true"),
    "ix_tickets_drawn": (["id"], "is_drawn_for_check IS 1", "is_drawn_for_check IS true"),
}
PLAIN = {
    "ix_tickets_urgency_id": ["urgency", "id"],
    "ix_tickets_registered_by_id_id": ["registered_by_id", "id"],
    "ix_tickets_unit_id_id": ["unit_id", "id"],
    "ix_tickets_topic_id_citizen_due_at_id": ["topic_id", "citizen_due_at", "id"],
}


def upgrade() -> None:
    for name, (columns, on_sqlite, on_postgresql) in PARTIAL.items():
        op.create_index(
            name, "tickets", columns, sqlite_where=sa.text(on_sqlite), postgresql_where=sa.text(on_postgresql)
        )
    for name, columns in PLAIN.items():
        op.create_index(name, "tickets", columns)


def downgrade() -> None:
    for name in (*PARTIAL, *PLAIN):
        op.drop_index(name, "tickets")
