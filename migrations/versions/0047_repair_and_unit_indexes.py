"""Indexes for what waits for repair the longest, and for a unit's tickets that ended without being closed."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0044"

#: name → columns, the condition on SQLite and on PostgreSQL, and what SQLite shall believe of its size (see 0017)
REPAIR = ("needs_repair IS 1", "needs_repair IS true")
ENDED_OTHERWISE = "close_reason IS NULL AND state = 'archived'"
INDEXES = {
    "ix_tickets_repair_changed_at": (["changed_at", "id"], *REPAIR, "3000 1 1"),
    "ix_tickets_unit_id_ended_otherwise": (
        ["unit_id", "close_reason", "state"],  # the last two: SQLite reads the ticket for a column it does not find
        ENDED_OTHERWISE,
        ENDED_OTHERWISE,
        "100000 1600 1600 1600",
    ),
}


def upgrade() -> None:
    told = sa.table("sqlite_stat1", sa.column("tbl"), sa.column("idx"), sa.column("stat"))
    for name, (columns, on_sqlite, on_postgresql, size) in INDEXES.items():
        op.create_index(
            name, "tickets", columns, sqlite_where=sa.text(on_sqlite), postgresql_where=sa.text(on_postgresql)
        )
        if op.get_bind().dialect.name == "sqlite":
            op.execute(told.insert().values(tbl="tickets", idx=name, stat=size))


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(name, "tickets")
