"""Indexes that answer narrowed lists without reading the tickets; the sealed tickets, and those that accuse."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0022"

#: as tickets.model.ticket says it: SQLite uses a partial index only for a condition in the very same words
OWING = (
    "state IN ('registered', 'to_dispatch', 'dispatched', 'return_review', 'arbitration', 'in_progress', "
    "'replied', 'rework', 'parked', 'merged')"
)
SEALED = "secrecy = 'sealed'"
#: name, columns, condition, and what SQLite shall believe of its size (see 0017)
Index = tuple[str, list[str], str | None, str]
BEFORE: tuple[Index, ...] = (
    ("ix_tickets_urgency_id", ["urgency", "id"], None, "1000000 333000 1"),
    ("ix_tickets_unit_id_id", ["unit_id", "id"], None, "1000000 16000 1"),
    ("ix_tickets_owing", ["citizen_due_at", "id"], OWING, "17000 1 1"),
)
AFTER: tuple[Index, ...] = (
    ("ix_tickets_urgency_id_type", ["urgency", "id", "type"], None, "1000000 333000 1 1"),
    ("ix_tickets_unit_id_id_type_urgency", ["unit_id", "id", "type", "urgency"], None, "1000000 16000 1 1 1"),
    ("ix_tickets_owing", ["citizen_due_at", "id", "type", "state"], OWING, "17000 1 1 1 1"),
    ("ix_tickets_sealed", ["id"], SEALED, "10000 1"),
    ("ix_tickets_accused", ["accused_unit_id"], "accused_unit_id IS NOT NULL", "10000 50"),
)


def upgrade() -> None:
    _exchange(BEFORE, AFTER)


def downgrade() -> None:
    _exchange(AFTER, BEFORE)


def _exchange(old: tuple[Index, ...], new: tuple[Index, ...]) -> None:
    for name, *_ in old:
        op.drop_index(name, "tickets")  # SQLite forgets its size with it
    for name, columns, where, _ in new:
        condition = None if where is None else sa.text(where)
        op.create_index(name, "tickets", columns, sqlite_where=condition, postgresql_where=condition)
    if op.get_bind().dialect.name == "sqlite":
        told = sa.table("sqlite_stat1", sa.column("tbl"), sa.column("idx"), sa.column("stat"))
        op.bulk_insert(told, [{"tbl": "tickets", "idx": name, "stat": size} for name, *_, size in new])
