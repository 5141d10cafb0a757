"""Matters of government halls, and what each said before it was corrected."""

import sqlalchemy as sa
from alembic import op

from core.migrate import protect
from core.model import Id, Json, UtcDateTime

revision = "0094"
down_revision = "0093"

_INDEXES = (
    ("done_at", "unit_id"),
    ("unit_id", "done_at"),
    ("platform_id", "window_number", "changed_at"),
    ("platform_id", "number_tail"),
)


def upgrade() -> None:
    op.create_table(
        "counter_matters",
        sa.Column("id", Id, primary_key=True),
        sa.Column("platform_id", Id, sa.ForeignKey("platforms.id"), nullable=False),
        sa.Column("number", sa.String(60), nullable=False),
        sa.Column("number_tail", sa.String(6), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("item_code", sa.String(60), nullable=False),
        sa.Column("item_name", sa.String(120), nullable=False),
        sa.Column("stage", sa.String(40), nullable=False),
        sa.Column("unit_id", Id, sa.ForeignKey("units.id"), nullable=False),
        sa.Column("window_number", sa.String(20), nullable=False),
        sa.Column("staff_number", sa.String(40), nullable=False),
        sa.Column("applied_at", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime()),
        sa.Column("user_kind", sa.String(40), nullable=False),
        sa.Column("phone_hash", sa.String(64), nullable=False),
        sa.Column("tail_hash", sa.String(16), nullable=False),
        sa.Column("phone_masked", sa.String(20), nullable=False),
        sa.Column("wrong_tails", sa.Integer(), nullable=False),
        sa.Column("asked_at", UtcDateTime()),
        sa.Column("registered_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.UniqueConstraint("platform_id", "number", name="uq_counter_matters_platform_id_number"),
    )
    for columns in _INDEXES:
        op.create_index(f"ix_counter_matters_{'_'.join(columns)}", "counter_matters", list(columns))
    op.create_table(
        "counter_matter_changes",
        sa.Column("id", Id, primary_key=True),
        sa.Column("matter_id", Id, sa.ForeignKey("counter_matters.id"), nullable=False, index=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("before", Json, nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
    )
    protect("counter_matter_changes")


def downgrade() -> None:
    op.drop_table("counter_matter_changes")
    op.drop_table("counter_matters")
