"""Kept counts of what was said about calls and about matters at windows, and triggers that name what has changed."""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

from core.model import Id

revision = "0117"
down_revision = "0116"

DAY = {
    "sqlite": "date(substr({0}, 1, 19), '+8 hours')",
    "postgresql": "CAST({0} AT TIME ZONE 'Asia/Shanghai' AS date)",
}
#: table, the column with the id of what is counted, its subject, and the columns that matter
SOURCES = (
    ("calls", "id", "agent", "ended_at, result, person_id"),
    ("counter_matters", "id", "counter", "done_at, unit_id, asked_at"),
    ("ratings", "call_id", "agent", "call_id, subject, level, is_current, recorded_at, channel"),
    ("ratings", "matter_id", "counter", "matter_id, subject, level, is_current, recorded_at, channel"),
)
VERBS = ("insert", "update", "delete")
KINDS = ("agent_said", "agent_rated", "counter_said", "counter_rated")


def upgrade() -> None:
    """The triggers first: on PostgreSQL they hold off whoever would write while the rows are counted."""
    dialect = op.get_bind().dialect.name
    op.create_table(
        "stale_answers",
        sa.Column("id", Id, primary_key=True),
        sa.Column("subject", sa.String(40), nullable=False),
        sa.Column("matter_id", Id, nullable=False),
    )
    op.create_table(
        "counted_answers",
        sa.Column("subject", sa.String(40), primary_key=True),
        sa.Column("matter_id", Id, primary_key=True, autoincrement=False),
        sa.Column("owner_id", Id, nullable=False),
        sa.Column("day", sa.Date),
        sa.Column("level", sa.Integer),
        sa.Column("channel", sa.String(40)),
        sa.Column("said_on", sa.Date),
        sa.Column("is_asked", sa.Boolean, nullable=False),
    )
    for statement in _triggers(dialect):
        op.execute(statement)
    _fill_answers(DAY[dialect].format)
    for subject, scope in (("agent", "person"), ("counter", "unit")):
        _fill(subject, scope, "said", "day", "'silent'", "level IS NULL")
        _fill(subject, scope, "said", "day", "'asked'", "is_asked")
        _fill(subject, scope, "said", "day", "channel || '.' || level", "level IS NOT NULL")
        _fill(subject, scope, "rated", "said_on", "channel || '.' || level", "level IS NOT NULL")


def _fill_answers(day) -> None:  # type: ignore[no-untyped-def]
    """As indicators.counts.alone has it."""
    op.execute(
        f"INSERT INTO counted_answers SELECT 'agent', c.id, COALESCE(c.person_id, 0), {day('c.ended_at')}, r.level, "
        f"r.channel, {day('r.recorded_at')}, true FROM calls AS c LEFT JOIN ratings AS r ON r.call_id = c.id "
        "AND r.is_current AND r.subject = 'agent' WHERE c.result = 'answered'"
    )
    op.execute(
        "INSERT INTO counted_answers SELECT 'counter', m.id, m.unit_id, "
        f"CASE WHEN m.done_at IS NOT NULL THEN {day('m.done_at')} ELSE {day('r.recorded_at')} END, r.level, r.channel, "
        f"{day('r.recorded_at')}, m.asked_at IS NOT NULL OR r.id IS NOT NULL FROM counter_matters AS m "
        "LEFT JOIN ratings AS r ON r.matter_id = m.id AND r.is_current AND r.subject = 'counter' "
        "WHERE m.done_at IS NOT NULL OR r.id IS NOT NULL"
    )


def _fill(subject: str, scope: str, kind: str, day: str, part: str, condition: str) -> None:
    for kept, owner in (("all", "0"), (scope, "owner_id")):
        op.execute(
            "INSERT INTO day_counts (kind, scope, day, owner_id, part, n) SELECT "
            f"'{subject}_{kind}', '{kept}', day, owner_id, part, SUM(n) "
            f"FROM (SELECT {day} AS day, {owner} AS owner_id, {part} AS part, 1 AS n FROM counted_answers "
            f"WHERE subject = '{subject}' AND {day} IS NOT NULL AND {condition}) AS said GROUP BY day, owner_id, part"
        )


def _triggers(dialect: str) -> Iterator[str]:
    for table, column, subject, columns in SOURCES:
        for verb in VERBS:
            when = f"UPDATE OF {columns}" if verb == "update" else verb.upper()
            row = "old" if verb == "delete" else "new"
            name = f"{table}_{subject}_doubted_by_{verb}"
            head = f"CREATE TRIGGER {name} AFTER {when} ON {table} FOR EACH ROW"
            marks = f"INSERT INTO stale_answers (subject, matter_id) VALUES ('{subject}', {row}.{column})"
            if dialect == "sqlite":
                yield f"{head} WHEN {row}.{column} IS NOT NULL BEGIN {marks}; END"
                continue
            yield (
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {marks}; RETURN NULL; END $$"
            )
            yield f"{head} WHEN ({row}.{column} IS NOT NULL) EXECUTE FUNCTION {name}()"


def downgrade() -> None:
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for table, _, subject, _ in SOURCES:
        for verb in VERBS:
            name = f"{table}_{subject}_doubted_by_{verb}"
            op.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if is_postgresql else ""))
            if is_postgresql:
                op.execute(f"DROP FUNCTION {name}()")
    kinds = ", ".join(f"'{kind}'" for kind in KINDS)
    for table in ("day_counts", "month_counts"):
        op.execute(f"DELETE FROM {table} WHERE kind IN ({kinds})")
    for table in ("counted_answers", "stale_answers"):
        op.drop_table(table)
