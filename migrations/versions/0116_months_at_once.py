"""On PostgreSQL months are added up once for each statement: a row at a time costs more than all other counting."""

from alembic import op

revision = "0116"
down_revision = "0115"

MONTH = "CAST(date_trunc('month', day - 25) AS date) + 25"
PLACE = "kind, scope, day, owner_id, part"
CHANGED = {
    "insert": ("REFERENCING NEW TABLE AS added", f"SELECT {PLACE}, n FROM added"),
    "update": (
        "REFERENCING OLD TABLE AS before NEW TABLE AS added",
        f"SELECT {PLACE}, n FROM added UNION ALL SELECT {PLACE}, -n FROM before",
    ),
}
ROWS = {"insert": ("INSERT", "new.n"), "update": ("UPDATE OF n", "new.n - old.n")}


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for verb, (tables, changed) in CHANGED.items():
        _drop(verb)
        op.execute(
            f"CREATE FUNCTION add_up_by_{verb}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"INSERT INTO month_counts ({PLACE}, n) SELECT kind, scope, {MONTH}, owner_id, part, SUM(n) "
            f"FROM ({changed}) AS changed GROUP BY 1, 2, 3, 4, 5 "
            f"ON CONFLICT ({PLACE}) DO UPDATE SET n = month_counts.n + excluded.n; RETURN NULL; END $$"
        )
        op.execute(
            f"CREATE TRIGGER day_counts_added_up_by_{verb} AFTER {verb.upper()} ON day_counts {tables} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION add_up_by_{verb}()"
        )


def _drop(verb: str) -> None:
    op.execute(f"DROP TRIGGER day_counts_added_up_by_{verb} ON day_counts")
    op.execute(f"DROP FUNCTION add_up_by_{verb}()")


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    month = MONTH.replace("day", "new.day")
    for verb, (when, n) in ROWS.items():
        _drop(verb)
        op.execute(
            f"CREATE FUNCTION add_up_by_{verb}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"INSERT INTO month_counts ({PLACE}, n) "
            f"VALUES (new.kind, new.scope, {month}, new.owner_id, new.part, {n}) "
            f"ON CONFLICT ({PLACE}) DO UPDATE SET n = month_counts.n + excluded.n; RETURN NULL; END $$"
        )
        op.execute(
            f"CREATE TRIGGER day_counts_added_up_by_{verb} AFTER {when} ON day_counts "
            f"FOR EACH ROW EXECUTE FUNCTION add_up_by_{verb}()"
        )
