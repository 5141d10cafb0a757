"""差评整改: repairs with their limits, their lines, which refuse change, and the appeals of units."""

import sqlalchemy as sa
from alembic import op

from core.migrate import protect
from core.model import Id, Json, UtcDateTime

revision = "0080"
down_revision = "0092"

SOURCE = "演示口径，假定值，非吉林省规定；联系参照安阳条例，整改参照德州办法"
LIMITS = (("repair_contact", 1, "working_days"), ("repair_fix", 5, "working_days"))


def upgrade() -> None:
    _create_repairs()
    _create_lines()
    _create_appeals()
    names = ("step", "amount", "measure")
    limits = sa.table("profile_limits", *(sa.column(name) for name in ("profile", *names, "source")))
    op.bulk_insert(limits, [dict(zip(names, row, strict=True), profile="demo-jilin", source=SOURCE) for row in LIMITS])


def downgrade() -> None:
    op.execute("DELETE FROM profile_limits WHERE step IN ('repair_contact', 'repair_fix')")
    for table in ("repair_appeals", "repair_lines", "repairs"):
        op.drop_table(table)


def _create_repairs() -> None:
    op.create_table(
        "repairs",
        sa.Column("id", Id, primary_key=True),
        sa.Column("number", sa.String(20), nullable=False, unique=True),
        sa.Column("ticket_id", Id, sa.ForeignKey("tickets.id"), nullable=False),
        sa.Column("invitation_id", Id, sa.ForeignKey("invitations.id"), nullable=False, unique=True),
        sa.Column("rating_id", Id, sa.ForeignKey("ratings.id"), nullable=False),
        sa.Column("unit_id", Id, sa.ForeignKey("units.id"), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("is_real_name", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("outcome", sa.String(40)),
        sa.Column("opened_at", UtcDateTime, nullable=False),
        sa.Column("contact_due_at", UtcDateTime),
        sa.Column("contact_why", sa.String(400), nullable=False),
        sa.Column("fix_due_at", UtcDateTime),
        sa.Column("fix_why", sa.String(400), nullable=False),
        sa.Column("booked_on", sa.Date()),
        sa.Column("waits_for_calendar", sa.Integer()),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("contacted_at", UtcDateTime),
        sa.Column("contact_way", sa.String(40)),
        sa.Column("done_at", UtcDateTime),
        sa.Column("second_invitation_id", Id, sa.ForeignKey("invitations.id"), unique=True),
        sa.Column("second_level", sa.Integer()),
        sa.Column("closed_at", UtcDateTime),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_index("ix_repairs_ticket_id", "repairs", ["ticket_id"])
    op.create_index("ix_repairs_opened_at", "repairs", ["opened_at"])
    op.create_index("ix_repairs_state_opened_at_id", "repairs", ["state", "opened_at", "id"])
    op.create_index("ix_repairs_unit_id_state_opened_at_id", "repairs", ["unit_id", "state", "opened_at", "id"])


def _create_lines() -> None:
    op.create_table(
        "repair_lines",
        sa.Column("id", Id, primary_key=True),
        sa.Column("repair_id", Id, sa.ForeignKey("repairs.id"), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("act", sa.String(40), nullable=False),
        sa.Column("from_state", sa.String(40)),
        sa.Column("to_state", sa.String(40), nullable=False),
        sa.Column("actor_id", Id, sa.ForeignKey("people.id")),
        sa.Column("actor_label", sa.String(80), nullable=False),
        sa.Column("actor_unit_id", Id, sa.ForeignKey("units.id")),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("particulars", Json, nullable=False),
    )
    op.create_index("ix_repair_lines_repair_id", "repair_lines", ["repair_id"])
    protect("repair_lines")


def _create_appeals() -> None:
    op.create_table(
        "repair_appeals",
        sa.Column("id", Id, primary_key=True),
        sa.Column("repair_id", Id, sa.ForeignKey("repairs.id"), nullable=False),
        sa.Column("rating_id", Id, sa.ForeignKey("ratings.id"), nullable=False),
        sa.Column("unit_id", Id, sa.ForeignKey("units.id"), nullable=False),
        sa.Column("ground", sa.String(40), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("asked_at", UtcDateTime, nullable=False),
        sa.Column("asked_by", sa.String(80), nullable=False),
        sa.Column("is_upheld", sa.Boolean()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("salt", sa.LargeBinary(16), nullable=False),
        sa.Column("decided_at", UtcDateTime),
        sa.Column("decided_by", sa.String(80), nullable=False),
        sa.Column("decided_unit_id", Id, sa.ForeignKey("units.id")),
        sa.Column("entry_id", Id, sa.ForeignKey("ledger_entries.id")),
    )
    op.create_index("ix_repair_appeals_repair_id", "repair_appeals", ["repair_id"])
    op.create_index("ix_repair_appeals_decided_at", "repair_appeals", ["decided_at"])
