"""Kept counts of what was said: by channel and level, by the moment of rating, solved or not, responded to or not."""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

from core.model import Id

revision = "0115"
down_revision = "0106"

NAMES = {"handling": "handled", "direct": "direct"}
DAY = {
    "sqlite": "date(substr({0}, 1, 19), '+8 hours')",
    "postgresql": "CAST({0} AT TIME ZONE 'Asia/Shanghai' AS date)",
}
RATINGS = "ticket_id, invitation_id, subject, level, is_current, recorded_at"
#: what a rating says besides, and how the citizen was reached before the reply
SOURCES = (
    ("ratings", f"{RATINGS}, channel, is_solved"),
    ("replies", "contact"),
    ("matter_classes", "rework_no, matter_class, decided_at, is_current"),
)
NEW = SOURCES[1:]
WERE = (("ratings", RATINGS),)


def upgrade() -> None:
    """The triggers first: on PostgreSQL they hold off whoever would write while the rows are counted."""
    dialect = op.get_bind().dialect.name
    _drop(dialect, WERE, ("update",))
    for statement in _triggers(dialect, SOURCES):
        op.execute(statement)
    for name in NAMES.values():
        op.add_column("counted_tickets", sa.Column(f"{name}_said_on", sa.Date))
        op.add_column("counted_tickets", sa.Column(f"{name}_channel", sa.String(40)))
        op.add_column("counted_tickets", sa.Column(f"{name}_solved", sa.Boolean))
        op.add_column("counted_tickets", sa.Column(f"{name}_every", Id))
    op.add_column("counted_tickets", sa.Column("handled_class", sa.String(40)))
    op.add_column("counted_tickets", sa.Column("is_responded", sa.Boolean, nullable=False, server_default=sa.false()))
    _fill_tickets(DAY[dialect].format("r.recorded_at"))
    for subject, name in NAMES.items():
        for kind, day in ((f"{subject}_said", f"{name}_on"), (f"{subject}_rated", f"{name}_said_on")):
            _fill_counts(kind, day, name)
        _fill_rates(f"{subject}_said", f"{name}_on", name)


def _fill_tickets(day: str) -> None:
    """As indicators.counts.facts has it, in SQL; of those that wait to be counted again it is said then."""
    for subject, name in NAMES.items():
        last = (
            "SELECT r.id FROM ratings AS r JOIN invitations AS i ON i.id = r.invitation_id "
            f"WHERE r.ticket_id = counted_tickets.ticket_id AND r.is_current AND r.subject = '{subject}' "
            "ORDER BY i.rework_no DESC LIMIT 1"
        )
        every = (
            "SELECT CAST(SUM(CASE r.level WHEN 1 THEN 1 WHEN 2 THEN 100 WHEN 3 THEN 10000 WHEN 4 THEN 1000000 "
            "ELSE 100000000 END) AS bigint) FROM ratings AS r "
            f"WHERE r.ticket_id = counted_tickets.ticket_id AND r.is_current AND r.subject = '{subject}'"
        )
        op.execute(
            f"UPDATE counted_tickets SET ({name}_said_on, {name}_level, {name}_channel, {name}_solved) = "
            f"(SELECT {day}, r.level, r.channel, r.is_solved FROM ratings AS r WHERE r.id = ({last})), "
            f"{name}_every = ({every}) "
            f"WHERE EXISTS (SELECT 1 FROM ratings AS r WHERE r.id = ({last})) "
            "AND ticket_id NOT IN (SELECT ticket_id FROM stale_tickets)"
        )
    op.execute(
        "UPDATE counted_tickets SET handled_class = (SELECT c.matter_class FROM matter_classes AS c "
        "JOIN invitations AS i ON i.ticket_id = c.ticket_id AND i.rework_no = c.rework_no AND i.subject = 'handling' "
        "WHERE c.ticket_id = counted_tickets.ticket_id AND c.is_current AND c.rework_no = "
        "(SELECT MAX(l.rework_no) FROM invitations AS l JOIN ratings AS r ON r.invitation_id = l.id "
        "WHERE l.ticket_id = c.ticket_id AND r.is_current AND r.subject = 'handling') "
        "AND c.decided_at < (SELECT MIN(r.recorded_at) FROM ratings AS r WHERE r.invitation_id = i.id) LIMIT 1) "
        "WHERE handled_said_on IS NOT NULL AND ticket_id IN (SELECT ticket_id FROM matter_classes)"
    )
    op.execute(
        "UPDATE counted_tickets SET is_responded = true WHERE is_in_time AND "
        "(SELECT r.contact FROM replies AS r WHERE r.ticket_id = counted_tickets.ticket_id ORDER BY r.id DESC LIMIT 1) "
        "<> 'none'"
    )


def _fill_counts(kind: str, day: str, name: str) -> None:
    """By channel and level, and what was said before a later round's answer."""
    said = f"{name}_channel || '.' || {name}_level"
    _fill(kind, day, said, "1", f"{name}_said_on IS NOT NULL")
    if name == "handled":
        _fill(kind, day, f"'classed.' || handled_class || '.' || {said}", "1", "handled_class IS NOT NULL")
    for level in range(1, 6):
        before = f"({name}_every / {100 ** (level - 1)} % 100 - CASE WHEN {name}_level = {level} THEN 1 ELSE 0 END)"
        _fill(kind, day, f"'again.' || {name}_channel || '.{level}'", before, f"{before} > 0")


def _fill_rates(kind: str, day: str, name: str) -> None:
    _fill(kind, day, "'responded'", "1", "is_responded")
    _fill(kind, day, f"CASE WHEN {name}_solved THEN 'solved' ELSE 'unsolved' END", "1", f"{name}_solved IS NOT NULL")


def _fill(kind: str, day: str, part: str, n: str, condition: str) -> None:
    for scope, owner in (("all", "0"), ("unit", "unit_id")):
        op.execute(
            f"INSERT INTO day_counts (kind, scope, day, owner_id, part, n) SELECT '{kind}', '{scope}', day, owner_id, "
            f"part, SUM(n) FROM (SELECT {day} AS day, {owner} AS owner_id, {part} AS part, {n} AS n "
            f"FROM counted_tickets WHERE {day} IS NOT NULL AND {condition}) AS said GROUP BY day, owner_id, part"
        )


def _triggers(dialect: str, sources: tuple[tuple[str, str], ...]) -> Iterator[str]:
    """Whoever changes what a figure is made of leaves the ticket's id; all but ratings are new among them."""
    for table, columns in sources:
        for verb in ("insert", "update", "delete") if table != "ratings" else ("update",):
            when = f"UPDATE OF {columns}" if verb == "update" else verb.upper()
            row = "old" if verb == "delete" else "new"
            head = f"CREATE TRIGGER {table}_doubted_by_{verb} AFTER {when} ON {table} FOR EACH ROW"
            if dialect == "postgresql":
                yield f"{head} EXECUTE FUNCTION doubt_{row}_ticket_id()"
                continue
            yield (
                f"{head} WHEN {row}.ticket_id IS NOT NULL "
                f"BEGIN INSERT INTO stale_tickets (ticket_id) VALUES ({row}.ticket_id); END"
            )


def _drop(dialect: str, sources: tuple[tuple[str, str], ...], verbs: tuple[str, ...]) -> None:
    for table, _ in sources:
        for verb in verbs:
            op.execute(f"DROP TRIGGER {table}_doubted_by_{verb}" + (f" ON {table}" if dialect == "postgresql" else ""))


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    _drop(dialect, (("ratings", ""),), ("update",))
    _drop(dialect, NEW, ("insert", "update", "delete"))
    for statement in _triggers(dialect, WERE):
        op.execute(statement)
    for table in ("day_counts", "month_counts"):
        op.execute(f"DELETE FROM {table} WHERE kind LIKE '%\\_said' ESCAPE '\\' OR kind LIKE '%\\_rated' ESCAPE '\\'")
    for name in NAMES.values():
        op.execute(f"UPDATE counted_tickets SET {name}_level = NULL WHERE {name}_on IS NULL")
    op.drop_column("counted_tickets", "is_responded")
    op.drop_column("counted_tickets", "handled_class")
    for name in NAMES.values():
        for part in ("every", "solved", "channel", "said_on"):
            op.drop_column("counted_tickets", f"{name}_{part}")
