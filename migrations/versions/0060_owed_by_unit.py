"""Owed tickets with their unit: what a district answers for is counted without reading the tickets."""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0058"

#: as tickets.model.ticket says it: SQLite uses a partial index only for a condition in the very same words
OWING = (
    "state IN ('registered', 'to_dispatch', 'dispatched', 'return_review', 'arbitration', 'in_progress', "
    "'replied', 'rework', 'parked', 'merged')"
)
NAME = "ix_tickets_owing"
BEFORE = ["citizen_due_at", "id", "type", "state"]
AFTER = [*BEFORE, "unit_id"]


def upgrade() -> None:
    _exchange(AFTER, "17000 1 1 1 1 1")


def downgrade() -> None:
    _exchange(BEFORE, "17000 1 1 1 1")


def _exchange(columns: list[str], believed: str) -> None:
    """`believed`: what SQLite shall believe of its size (see 0017)."""
    op.drop_index(NAME, "tickets")  # SQLite forgets its size with it
    op.create_index(NAME, "tickets", columns, sqlite_where=sa.text(OWING), postgresql_where=sa.text(OWING))
    if op.get_bind().dialect.name == "sqlite":
        told = sa.table("sqlite_stat1", sa.column("tbl"), sa.column("idx"), sa.column("stat"))
        op.bulk_insert(told, [{"tbl": "tickets", "idx": NAME, "stat": believed}])
