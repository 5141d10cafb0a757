"""The first tables of staff/: units, people, roles, log-ins and failed log-ins."""

import sqlalchemy as sa
from alembic import op

from core.model import Id, UtcDateTime

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Units and people first: log-ins point at them."""
    op.create_table(
        "units",
        sa.Column("id", Id, primary_key=True),
        sa.Column("parent_id", Id, sa.ForeignKey("units.id")),
        sa.Column("path", sa.String(200), nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("short_name", sa.String(30), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("office_hours", sa.String(40), nullable=False),
        sa.Column("duty_phone", sa.String(20), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.UniqueConstraint("code"),
    )
    op.create_index("ix_units_parent_id", "units", ["parent_id"])
    op.create_index("ix_units_path", "units", ["path"])
    op.create_table(
        "people",
        sa.Column("id", Id, primary_key=True),
        sa.Column("unit_id", Id, sa.ForeignKey("units.id"), nullable=False),
        sa.Column("account", sa.String(40), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("staff_number", sa.String(20), nullable=False),
        sa.Column("desk_phone", sa.String(20), nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.UniqueConstraint("account"),
        sa.UniqueConstraint("staff_number"),
    )
    op.create_index("ix_people_unit_id", "people", ["unit_id"])
    op.create_table(
        "person_roles",
        sa.Column("person_id", Id, sa.ForeignKey("people.id"), primary_key=True),
        sa.Column("role", sa.String(40), primary_key=True),
    )
    _create_log_ins()


def _create_log_ins() -> None:
    op.create_table(
        "log_in_sessions",
        sa.Column("id", Id, primary_key=True),
        sa.Column("person_id", Id, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("csrf_token", sa.String(64), nullable=False),
        sa.Column("address", sa.String(60), nullable=False),
        sa.Column("began_at", UtcDateTime, nullable=False),
        sa.Column("used_at", UtcDateTime, nullable=False),
        sa.Column("ended_at", UtcDateTime),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_index("ix_log_in_sessions_person_id", "log_in_sessions", ["person_id"])
    op.create_table(
        "log_in_failures",
        sa.Column("id", Id, primary_key=True),
        sa.Column("account", sa.String(40), nullable=False),
        sa.Column("address", sa.String(60), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
    )
    op.create_index("ix_log_in_failures_address_at", "log_in_failures", ["address", "at"])
    op.create_index("ix_log_in_failures_account_at", "log_in_failures", ["account", "at"])


def downgrade() -> None:
    """Take everything away again, log-ins first."""
    for table in ("log_in_failures", "log_in_sessions", "person_roles", "people", "units"):
        op.drop_table(table)
