"""A rating counts for the unit that was rated: kept counts name it beside the unit that holds the ticket."""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

from core.model import Id

revision = "0133"
down_revision = "0135"

NAMES = {"handling": "handled", "direct": "direct"}
#: of tickets; since a question about an earlier round says nothing of the present one, its number is new among them
WERE = "state, unit_id, topic_id, registered_at, citizen_due_at, answered_at, closed_at, close_reason"
COLUMNS = f"{WERE}, rework_no"
#: partial indexes: columns, condition
PARTIAL = {
    "ix_counted_tickets_handled_moved": (["handled_unit_id", "handled_on"], "handled_unit_id <> unit_id"),
    "ix_counted_tickets_direct_moved": (["direct_unit_id", "direct_on"], "direct_unit_id <> unit_id"),
    "ix_counted_tickets_handled_elsewhere": (["topic_id"], "handled_elsewhere IS NOT NULL"),
    "ix_counted_tickets_direct_elsewhere": (["topic_id"], "direct_elsewhere IS NOT NULL"),
}
#: kept by ticket; calls and matters at windows count for whom they did
OF_TICKETS = "kind NOT LIKE 'agent%' AND kind NOT LIKE 'counter%'"


def upgrade() -> None:
    """What was counted stands for the ticket's unit; where another one was rated or asked about, it is counted anew."""
    dialect = op.get_bind().dialect.name
    for statement in _trigger(dialect, COLUMNS):
        op.execute(statement)
    for name in NAMES.values():
        op.add_column("counted_tickets", sa.Column(f"{name}_unit_id", Id, nullable=False, server_default="0"))
        op.add_column("counted_tickets", sa.Column(f"{name}_elsewhere", sa.Text))
    op.execute("UPDATE counted_tickets SET handled_unit_id = unit_id, direct_unit_id = unit_id")
    op.drop_index("ix_counted_tickets_topic_id_unit_id", "counted_tickets")
    op.create_index("ix_counted_tickets_topic_id_handled_unit_id", "counted_tickets", ["topic_id", "handled_unit_id"])
    for index, (columns, condition) in PARTIAL.items():
        where = sa.text(condition)
        op.create_index(index, "counted_tickets", columns, sqlite_where=where, postgresql_where=where)
    op.execute(f"INSERT INTO stale_tickets (ticket_id) {_of_another()}")


def _of_another() -> str:
    """Tickets with a rating, or a question about the present round, of another unit than the one that holds it."""
    subjects = ", ".join(f"'{subject}'" for subject in NAMES)
    return (
        "SELECT t.id FROM tickets AS t JOIN ratings AS r ON r.ticket_id = t.id "
        f"WHERE r.is_current AND r.subject IN ({subjects}) AND COALESCE(r.unit_id, 0) <> COALESCE(t.unit_id, 0) "
        "UNION SELECT t.id FROM tickets AS t JOIN invitations AS i ON i.ticket_id = t.id "
        f"AND i.rework_no = t.rework_no WHERE i.subject IN ({subjects}) AND i.unit_id <> COALESCE(t.unit_id, 0)"
    )


def _trigger(dialect: str, columns: str) -> Iterator[str]:
    """Whoever changes what a figure is made of leaves the ticket's id."""
    name = "tickets_doubted_by_update"
    head = f"CREATE TRIGGER {name} AFTER UPDATE OF {columns} ON tickets FOR EACH ROW"
    if dialect == "postgresql":
        yield f"DROP TRIGGER {name} ON tickets"
        yield f"{head} EXECUTE FUNCTION doubt_new_id()"
        return
    yield f"DROP TRIGGER {name}"
    yield f"{head} WHEN new.id IS NOT NULL BEGIN INSERT INTO stale_tickets (ticket_id) VALUES (new.id); END"


def downgrade() -> None:
    """Where a ticket counts for another unit than its own, all are counted anew: the sums no longer say whose."""
    bind = op.get_bind()
    moved = "handled_unit_id <> unit_id OR direct_unit_id <> unit_id OR handled_elsewhere IS NOT NULL"
    query = f"SELECT COUNT(*) FROM counted_tickets WHERE {moved} OR direct_elsewhere IS NOT NULL"
    if bind.execute(sa.text(query)).scalar():
        for table in ("day_counts", "month_counts"):
            op.execute(f"DELETE FROM {table} WHERE {OF_TICKETS}")
        for table in ("counted_tickets", "stale_tickets"):
            op.execute(f"DELETE FROM {table}")
        op.execute("INSERT INTO stale_tickets (ticket_id) SELECT id FROM tickets")
    for index in PARTIAL:
        op.drop_index(index, "counted_tickets")
    op.drop_index("ix_counted_tickets_topic_id_handled_unit_id", "counted_tickets")
    op.create_index("ix_counted_tickets_topic_id_unit_id", "counted_tickets", ["topic_id", "unit_id"])
    for name in NAMES.values():
        op.drop_column("counted_tickets", f"{name}_elsewhere")
        op.drop_column("counted_tickets", f"{name}_unit_id")
    for statement in _trigger(bind.dialect.name, WERE):
        op.execute(statement)
