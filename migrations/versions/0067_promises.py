"""What units have promised with their answers and not done yet; answers of before this release are not asked after."""

import sqlalchemy as sa
from alembic import op

from core.model import UtcDateTime

revision = "0067"
down_revision = "0061"

#: as tickets.model.ticket says it
PROMISED = "promise_due_at IS NOT NULL"
#: name → columns, and what SQLite shall believe of its size (see 0017)
INDEXES = {
    "ix_tickets_promised": (["promise_due_at", "id"], "5000 100 1"),
    "ix_tickets_unit_id_promised": (["unit_id", "promise_due_at", "id"], "5000 80 2 1"),
}


def upgrade() -> None:
    op.add_column("tickets", sa.Column("promise_due_at", UtcDateTime()))
    told = sa.table("sqlite_stat1", sa.column("tbl"), sa.column("idx"), sa.column("stat"))
    for name, (columns, size) in INDEXES.items():
        condition = sa.text(PROMISED)
        op.create_index(name, "tickets", columns, sqlite_where=condition, postgresql_where=condition)
        if op.get_bind().dialect.name == "sqlite":
            op.execute(told.insert().values(tbl="tickets", idx=name, stat=size))


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(name, "tickets")
    op.drop_column("tickets", "promise_due_at")
