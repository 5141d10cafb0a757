"""Duty rosters of units, and the notices that tell a unit of its tickets."""

import sqlalchemy as sa
from alembic import op

from core.model import Id, UtcDateTime

revision = "0018"
down_revision = "0017"

SOURCE = "演示口径，假定值，非吉林省规定"
#: after how long an unsigned urgent ticket rings the next duty phone; how long before its end a unit is warned
LIMITS = (
    ("ring", "urgent", 10, "minutes"),
    ("ring", "critical", 10, "minutes"),
    ("warn", None, 24, "hours"),
)


def upgrade() -> None:
    for name, length in (("duty_email", 100), ("duty_webhook", 300)):
        op.add_column("units", sa.Column(name, sa.String(length), nullable=False, server_default=""))
    op.add_column("sms_messages", sa.Column("is_for_staff", sa.Boolean(), nullable=False, server_default=sa.false()))
    _create_shifts()
    _create_notices()
    limits = sa.table(
        "profile_limits",
        *(sa.column(name) for name in ("profile", "step", "urgency", "amount", "measure", "source")),
    )
    names = ("step", "urgency", "amount", "measure")
    op.bulk_insert(limits, [dict(zip(names, row, strict=True), profile="demo-jilin", source=SOURCE) for row in LIMITS])


def downgrade() -> None:
    op.execute("DELETE FROM profile_limits WHERE step IN ('ring', 'warn')")
    op.drop_table("unit_notices")
    op.drop_table("duty_shifts")
    op.drop_column("sms_messages", "is_for_staff")
    for name in ("duty_webhook", "duty_email"):
        op.drop_column("units", name)


def _create_shifts() -> None:
    op.create_table(
        "duty_shifts",
        sa.Column("id", Id, primary_key=True),
        sa.Column("unit_id", Id, sa.ForeignKey("units.id"), nullable=False),
        sa.Column("person_id", Id, sa.ForeignKey("people.id")),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("phone", sa.String(20), nullable=False),
        sa.Column("rank", sa.String(40), nullable=False),
        sa.Column("begins_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("changed_by", sa.String(80), nullable=False),
    )
    op.create_index("ix_duty_shifts_unit_id_ends_at", "duty_shifts", ["unit_id", "ends_at"])


def _create_notices() -> None:
    op.create_table(
        "unit_notices",
        sa.Column("id", Id, primary_key=True),
        sa.Column("key", sa.String(120), nullable=False, unique=True),
        sa.Column("unit_id", Id, sa.ForeignKey("units.id"), nullable=False),
        sa.Column("ticket_id", Id, sa.ForeignKey("tickets.id"), nullable=False),
        sa.Column("holding_id", Id, sa.ForeignKey("holdings.id"), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("way", sa.String(40), nullable=False),
        sa.Column("rank", sa.String(40)),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("not_before", UtcDateTime(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("joined_into_id", Id, sa.ForeignKey("unit_notices.id")),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(200), nullable=False),
        sa.Column("told", sa.String(100), nullable=False),
        sa.Column("message_id", Id, sa.ForeignKey("sms_messages.id")),
        sa.Column("outcome", sa.String(40)),
        sa.Column("error", sa.String(200), nullable=False),
        sa.Column("handed_at", UtcDateTime()),
        sa.Column("done_at", UtcDateTime()),
    )
    op.create_index("ix_unit_notices_ticket_id", "unit_notices", ["ticket_id"])
    op.create_index("ix_unit_notices_message_id", "unit_notices", ["message_id"])
    op.create_index("ix_unit_notices_joined_into_id", "unit_notices", ["joined_into_id"])
    op.create_index("ix_unit_notices_unit_id_way_state", "unit_notices", ["unit_id", "way", "state"])
    op.create_index("ix_unit_notices_state_id", "unit_notices", ["state", "id"])
