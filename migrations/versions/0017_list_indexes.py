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
    "ix_tickets_state_citizen_due_at_id": ["state", "citizen_due_at", "id"],
    "ix_tickets_urgency_id": ["urgency", "id"],
    "ix_tickets_registered_by_id_id": ["registered_by_id", "id"],
    "ix_tickets_unit_id_id": ["unit_id", "id"],
    "ix_tickets_unit_id_needs_repair_id": ["unit_id", "needs_repair", "id"],
    "ix_tickets_unit_id_answered_at": ["unit_id", "answered_at"],
    "ix_tickets_topic_id_state_id": ["topic_id", "state", "id"],
    "ix_tickets_topic_id_citizen_due_at_id": ["topic_id", "citizen_due_at", "id"],
}
#: what SQLite shall believe of a city with a million tickets: rows, then rows for each value of the columns from the
#: left.  Without that it takes a list's longest way; to count would lock the file for seconds, and to count a part of
#: them misleads.  (sqlite.org/optoverview.html: stable plans from statistics of one's own.)
SIZES = {
    "sqlite_autoindex_tickets_1": "1000000 1",
    "ix_tickets_call_id": "1000000 2",
    "ix_tickets_citizen_due_at": "1000000 1",
    "ix_tickets_closed_at": "1000000 2",
    "ix_tickets_drawn": "15000 1",
    "ix_tickets_owing": "17000 1 1",
    "ix_tickets_parent_id": "1000000 10",
    "ix_tickets_phone_hash": "1000000 4",
    "ix_tickets_place_id": "1000000 1000",
    "ix_tickets_registered_at": "1000000 1",
    "ix_tickets_registered_by_id_id": "1000000 32000 1",
    "ix_tickets_repair": "3000 1",
    "ix_tickets_state_citizen_due_at_id": "1000000 110000 1 1",
    "ix_tickets_state_id": "1000000 110000 1",
    "ix_tickets_state_step_due_at_id": "1000000 110000 1 1",
    "ix_tickets_topic_id_citizen_due_at_id": "1000000 25000 1 1",
    "ix_tickets_topic_id_id": "1000000 25000 1",
    "ix_tickets_topic_id_state_id": "1000000 25000 2800 1",
    "ix_tickets_unit_id_answered_at": "1000000 16000 2",
    "ix_tickets_unit_id_id": "1000000 16000 1",
    "ix_tickets_unit_id_needs_repair_id": "1000000 16000 60 1",
    "ix_tickets_unit_id_state_unit_due_at_id": "1000000 16000 2400 2 1",
    "ix_tickets_urgency_id": "1000000 333000 1",
    "ix_tickets_waits_for_calendar": "1000000 1000",
    "ix_tickets_working_unit_id_state_unit_due_at_id": "1000000 16000 2400 2 1",
}
#: the same of who held them
HELD = {
    "ix_holdings_unit_id_ticket_id": "1000000 16000 1",
    "ix_holdings_ticket_id": "1000000 1",
    "ix_holdings_dispatched_by_id_dispatched_at": "1000000 30000 1",
}


def upgrade() -> None:
    for name, (columns, on_sqlite, on_postgresql) in PARTIAL.items():
        op.create_index(
            name, "tickets", columns, sqlite_where=sa.text(on_sqlite), postgresql_where=sa.text(on_postgresql)
        )
    for name, columns in PLAIN.items():
        op.create_index(name, "tickets", columns)
    if op.get_bind().dialect.name == "sqlite":
        op.execute("ANALYZE")
        _forget_sizes()
        told = sa.table("sqlite_stat1", sa.column("tbl"), sa.column("idx"), sa.column("stat"))
        for table, sizes in (("tickets", SIZES), ("holdings", HELD), ("units", {"ix_units_path": "300 1"})):
            op.bulk_insert(told, [{"tbl": table, "idx": name, "stat": stat} for name, stat in sizes.items()])


def _forget_sizes() -> None:
    op.execute("DELETE FROM sqlite_stat1")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _forget_sizes()
    for name in (*PARTIAL, *PLAIN):
        op.drop_index(name, "tickets")
