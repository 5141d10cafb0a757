"""The first tables of core/: jobs, leases, calendar years, the audit log and its seals."""

import sqlalchemy as sa
from alembic import op

from core.migrate import protect
from core.model import Id, Json, UtcDateTime

revision = "0001"
down_revision = None

REFUSE_CHANGE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(REFUSE_CHANGE)
    _create_jobs()
    op.create_table(
        "leases",
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("holder", sa.String(100), nullable=False),
        sa.Column("token", sa.BigInteger(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_leases"),
    )
    op.create_table(
        "calendar_years",
        sa.Column("id", Id, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("holidays", Json, nullable=False),
        sa.Column("make_up_days", Json, nullable=False),
        sa.Column("imported_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_calendar_years"),
        sa.UniqueConstraint("year", "version", name="uq_calendar_years_year_version"),
    )
    _create_audit_log()


def _create_jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", Id, nullable=False),
        sa.Column("kind", sa.String(100), nullable=False),
        sa.Column("arguments", Json, nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("idempotency_key", sa.String(200)),
        sa.Column("order_key", sa.String(200)),
        sa.Column("lease_until", UtcDateTime()),
        sa.Column("lease_token", sa.String(32)),
        sa.Column("published_until", UtcDateTime()),
        sa.Column("done_at", UtcDateTime()),
        sa.Column("dead_at", UtcDateTime()),
        sa.Column("last_error", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
        sa.UniqueConstraint("idempotency_key", name="uq_jobs_idempotency_key"),
    )
    is_open = "done_at IS NULL AND dead_at IS NULL"
    for name, columns, where in (
        ("ix_jobs_due", ["due_at", "id"], is_open),
        ("ix_jobs_order", ["order_key", "id"], is_open),
        ("ix_jobs_dead", ["dead_at"], "dead_at IS NOT NULL"),
        ("ix_jobs_done", ["done_at"], "done_at IS NOT NULL"),
    ):
        op.create_index(name, "jobs", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _create_audit_log() -> None:
    op.create_table(
        "audit_rows",
        sa.Column("id", Id, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("person_id", Id),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("object_kind", sa.String(40), nullable=False),
        sa.Column("object_id", sa.String(64), nullable=False),
        sa.Column("purpose", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_rows"),
    )
    op.create_index("ix_audit_rows_object", "audit_rows", ["object_kind", "object_id", "id"])
    op.create_index("ix_audit_rows_person", "audit_rows", ["person_id", "id"])
    op.create_table(
        "audit_seals",
        sa.Column("seq", Id, nullable=False, autoincrement=False),
        sa.Column("row_id", Id, nullable=False),
        sa.Column("algorithm", sa.String(20), nullable=False),
        sa.Column("previous_hash", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("sealed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_audit_seals"),
        sa.UniqueConstraint("row_id", name="uq_audit_seals_row_id"),
    )
    protect("audit_rows")
    protect("audit_seals")


def downgrade() -> None:
    for table in ("audit_seals", "audit_rows", "calendar_years", "leases", "jobs"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change()")
