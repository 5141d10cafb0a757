"""Counts of tickets by day that figures are read from, the tickets that changed since, and triggers that name them."""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

from core.model import Id

revision = "0031"
down_revision = "0035"

#: what figures of tickets are made of: table, the column with the ticket's id, and the columns that matter
SOURCES = (
    (
        "tickets",
        "id",
        "state, unit_id, topic_id, registered_at, citizen_due_at, answered_at, closed_at, close_reason",
    ),
    ("ratings", "ticket_id", "ticket_id, invitation_id, subject, level, is_current, recorded_at"),
    ("invitations", "ticket_id", "ticket_id, rework_no, state, delivered_at"),
)
VERBS = ("insert", "update", "delete")
OPEN = (
    "'registered', 'to_dispatch', 'dispatched', 'return_review', 'arbitration', 'in_progress', 'replied', "
    "'to_callback', 'rework', 'parked', 'merged'"
)
#: a day in Shanghai; the moment 24:00 is of the day that ends with it
DAY = {
    "sqlite": "date(substr({0}, 1, 19), '+8 hours')",
    "postgresql": "CAST({0} AT TIME ZONE 'Asia/Shanghai' AS date)",
}
DUE_DAY = {
    "sqlite": (
        "CASE WHEN substr({0}, 12) = '16:00:00.000000' THEN date(substr({0}, 1, 10)) "
        "ELSE date(substr({0}, 1, 19), '+8 hours') END"
    ),
    "postgresql": "CAST(({0} - interval '1 microsecond') AT TIME ZONE 'Asia/Shanghai' AS date)",
}


def upgrade() -> None:
    """The triggers first: on PostgreSQL they hold off whoever would write while the rows are counted."""
    dialect = op.get_bind().dialect.name
    _create_tables()
    for statement in _triggers(dialect):
        op.execute(statement)
    _fill_tickets(dialect)
    _fill_counts()


def _create_tables() -> None:
    op.create_table("stale_tickets", sa.Column("id", Id, primary_key=True), sa.Column("ticket_id", Id, nullable=False))
    op.create_table(
        "counted_tickets",
        sa.Column("ticket_id", Id, primary_key=True, autoincrement=False),
        sa.Column("unit_id", Id, nullable=False),
        sa.Column("topic_id", Id, nullable=False),
        sa.Column("registered_on", sa.Date),
        sa.Column("standing", sa.String(40)),
        sa.Column("due_on", sa.Date),
        sa.Column("is_in_time", sa.Boolean, nullable=False),
        sa.Column("handled_on", sa.Date),
        sa.Column("handled_level", sa.Integer),
        sa.Column("direct_on", sa.Date),
        sa.Column("direct_level", sa.Integer),
        sa.Column("invitation", sa.String(40)),
        sa.Column("is_delivered", sa.Boolean, nullable=False),
    )
    op.create_table(
        "day_counts",
        sa.Column("kind", sa.String(40), primary_key=True),
        sa.Column("scope", sa.String(40), primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("owner_id", Id, primary_key=True, autoincrement=False),
        sa.Column("part", sa.String(40), primary_key=True),
        sa.Column("n", sa.Integer, nullable=False),
    )


def _fill_tickets(dialect: str) -> None:
    """As indicators.counts.facts has it, in SQL: a million in one go."""
    day, due_day = DAY[dialect].format, DUE_DAY[dialect].format
    at_once = "(t.close_reason IS NULL AND t.answered_at IS NOT NULL AND t.state IN ('answered', 'archived'))"
    rated = " ".join(
        f"LEFT JOIN ratings AS {name} ON {name}.id = (SELECT r.id FROM ratings AS r JOIN invitations AS i "
        f"ON i.id = r.invitation_id WHERE r.ticket_id = t.id AND r.is_current AND r.subject = '{name}' "
        "ORDER BY i.rework_no DESC LIMIT 1)"
        for name in ("handling", "direct")
    )
    op.execute(
        "INSERT INTO counted_tickets SELECT t.id, COALESCE(t.unit_id, 0), COALESCE(t.topic_id, 0), "
        f"CASE WHEN t.state NOT IN ('draft', 'void') THEN {day('t.registered_at')} END, {_standing()}, "
        f"CASE WHEN t.state IN ({OPEN}) OR t.close_reason IS NOT NULL THEN {due_day('t.citizen_due_at')} END, "
        "COALESCE(t.answered_at < t.citizen_due_at, false), "
        f"CASE WHEN t.close_reason IS NOT NULL THEN {day('t.closed_at')} ELSE {day('handling.recorded_at')} END, "
        "handling.level, "
        f"CASE WHEN {at_once} THEN {day('t.closed_at')} ELSE {day('direct.recorded_at')} END, direct.level, "
        "(SELECT i.state FROM invitations AS i WHERE i.ticket_id = t.id ORDER BY i.id DESC LIMIT 1), "
        "EXISTS (SELECT 1 FROM invitations AS i WHERE i.ticket_id = t.id AND i.delivered_at IS NOT NULL) "
        f"FROM tickets AS t {rated}"
    )
    op.execute("UPDATE counted_tickets SET handled_level = NULL WHERE handled_on IS NULL AND handled_level IS NOT NULL")
    op.execute("UPDATE counted_tickets SET direct_level = NULL WHERE direct_on IS NULL AND direct_level IS NOT NULL")
    for column in ("unit_id", "handled_on", "direct_on"):
        op.create_index(f"ix_counted_tickets_topic_id_{column}", "counted_tickets", ["topic_id", column])


def _standing() -> str:
    """Where a registered ticket stands, an archived one where it was before."""
    named = "'merged', 'rejected', 'terminated', 'parked', 'transferred', 'withdrawn'"

    def of(state: str) -> str:
        return (
            f"CASE WHEN {state} IN ('closed', 'answered') THEN 'closed' WHEN {state} IN ({named}) THEN {state} "
            "ELSE 'open' END"
        )

    before = (
        "(SELECT h.from_state FROM ticket_history AS h WHERE h.ticket_id = t.id AND h.to_state = 'archived' "
        "ORDER BY h.id DESC LIMIT 1)"
    )
    return (
        "CASE WHEN t.state IN ('draft', 'void') THEN NULL "
        "WHEN t.state = 'archived' AND (t.close_reason IS NOT NULL OR t.answered_at IS NOT NULL) THEN 'closed' "
        f"WHEN t.state = 'archived' THEN {of(before)} ELSE {of('t.state')} END"
    )


def _fill_counts() -> None:
    for kind, day, part, condition in _parts():
        for scope, owner in (("unit", "unit_id"), ("topic", "topic_id")):
            op.execute(
                f"INSERT INTO day_counts SELECT '{kind}', '{scope}', {day}, {owner}, {part}, COUNT(*) "
                f"FROM counted_tickets WHERE {day} IS NOT NULL AND {condition} GROUP BY 3, 4, 5"
            )
    op.execute(
        "INSERT INTO day_counts SELECT kind, 'all', day, 0, part, SUM(n) FROM day_counts WHERE scope = 'unit' "
        "GROUP BY kind, day, part"
    )
    columns = ["scope", "owner_id", "kind", "day", "part", "n"]
    op.create_index("ix_day_counts_scope_owner_id_kind_day_part_n", "day_counts", columns)


def _parts() -> Iterator[tuple[str, str, str, str]]:
    """(kind, column with the day, part, condition), as indicators.counts.rules.cells has them."""
    yield "standing", "registered_on", "standing", "standing IS NOT NULL"
    yield "due", "due_on", "CASE WHEN is_in_time THEN 'in_time' ELSE 'late' END", "true"
    for kind, day, level in (("handling", "handled_on", "handled_level"), ("direct", "direct_on", "direct_level")):
        said = f"CASE WHEN {level} IS NULL THEN 'silent' WHEN {level} >= 3 THEN 'satisfied' ELSE 'dissatisfied' END"
        yield kind, day, said, "true"
        yield kind, day, "COALESCE(invitation, 'not_invited')", "true"
        yield kind, day, "'delivered'", "is_delivered"


def _triggers(dialect: str) -> Iterator[str]:
    """Whoever changes what a figure is made of leaves the ticket's id."""
    if dialect == "postgresql":
        for column, row in (("id", "NEW"), ("id", "OLD"), ("ticket_id", "NEW"), ("ticket_id", "OLD")):
            yield (
                f"CREATE FUNCTION doubt_{row.lower()}_{column}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"INSERT INTO stale_tickets (ticket_id) SELECT {row}.{column} WHERE {row}.{column} IS NOT NULL; "
                "RETURN NULL; END $$"
            )
    for table, column, columns in SOURCES:
        for verb in VERBS:
            when = f"UPDATE OF {columns}" if verb == "update" else verb.upper()
            row = "old" if verb == "delete" else "new"
            head = f"CREATE TRIGGER {table}_doubted_by_{verb} AFTER {when} ON {table} FOR EACH ROW "
            if dialect == "postgresql":
                yield f"{head} EXECUTE FUNCTION doubt_{row}_{column}()"
                continue
            yield (
                f"{head} WHEN {row}.{column} IS NOT NULL "
                f"BEGIN INSERT INTO stale_tickets (ticket_id) VALUES ({row}.{column}); END"
            )


def downgrade() -> None:
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for table, *_ in SOURCES:
        for verb in VERBS:
            op.execute(f"DROP TRIGGER {table}_doubted_by_{verb}" + (f" ON {table}" if is_postgresql else ""))
    if is_postgresql:
        for name in ("new_id", "old_id", "new_ticket_id", "old_ticket_id"):
            op.execute(f"DROP FUNCTION doubt_{name}()")
    for table in ("day_counts", "counted_tickets", "stale_tickets"):
        op.drop_table(table)
