"""Kept counts by statistical month beside those by day, and triggers that add to them: a year is twelve sums."""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

from core.model import Id

revision = "0052"
down_revision = "0047"

#: the 26th with which the statistical month of a day begins
MONTH = {
    "sqlite": "date({0}, '-25 days', 'start of month', '+25 days')",
    "postgresql": "CAST(date_trunc('month', {0} - 25) AS date) + 25",
}
PLACE = "kind, scope, day, owner_id, part"


def upgrade() -> None:
    """The triggers first: on PostgreSQL they hold off whoever would count meanwhile."""
    dialect = op.get_bind().dialect.name
    op.create_table(
        "month_counts",
        sa.Column("kind", sa.String(40), primary_key=True),
        sa.Column("scope", sa.String(40), primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("owner_id", Id, primary_key=True, autoincrement=False),
        sa.Column("part", sa.String(40), primary_key=True),
        sa.Column("n", sa.Integer, nullable=False),
    )
    for statement in _triggers(dialect):
        op.execute(statement)
    month = MONTH[dialect].format("day")
    op.execute(
        f"INSERT INTO month_counts SELECT kind, scope, {month}, owner_id, part, SUM(n) FROM day_counts "
        "GROUP BY 1, 2, 3, 4, 5"
    )
    columns = ["scope", "owner_id", "kind", "day", "part", "n"]
    op.create_index("ix_month_counts_scope_owner_id_kind_day_part_n", "month_counts", columns)


def _triggers(dialect: str) -> Iterator[str]:
    """Whoever adds to a day adds to its month."""
    row = f"new.kind, new.scope, {MONTH[dialect].format('new.day')}, new.owner_id, new.part"
    adding = (
        f"INSERT INTO month_counts ({PLACE}, n) VALUES ({row}, {{n}}) "
        f"ON CONFLICT ({PLACE}) DO UPDATE SET n = month_counts.n + excluded.n"
    )
    for verb, when, n in (("insert", "INSERT", "new.n"), ("update", "UPDATE OF n", "new.n - old.n")):
        head = f"CREATE TRIGGER day_counts_added_up_by_{verb} AFTER {when} ON day_counts FOR EACH ROW"
        if dialect == "sqlite":
            yield f"{head} BEGIN {adding.format(n=n)}; END"
            continue
        yield (
            f"CREATE FUNCTION add_up_by_{verb}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"{adding.format(n=n)}; RETURN NULL; END $$"
        )
        yield f"{head} EXECUTE FUNCTION add_up_by_{verb}()"


def downgrade() -> None:
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for verb in ("insert", "update"):
        op.execute(f"DROP TRIGGER day_counts_added_up_by_{verb}" + (" ON day_counts" if is_postgresql else ""))
        if is_postgresql:
            op.execute(f"DROP FUNCTION add_up_by_{verb}()")
    op.drop_table("month_counts")
