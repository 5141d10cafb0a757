"""Requests, pauses, helpers, units below, and the ladder of supervision."""

import sqlalchemy as sa
from alembic import op

from core.model import Id, UtcDateTime

revision = "0010"
down_revision = "0009"

TABLES = ("ticket_requests", "ticket_pauses", "helper_parts", "inner_holdings", "paper_years", "oversights")
#: 通报 after five more working days; the rest is assumed
CIRCULAR = ("circular", 5, "working_days", "某市督办规则 [S15]，演示口径")
ADDED = (
    "step_began_at", "oversight", "has_request", "child_count", "open_parts", "inner_state", "inner_id",
    "working_unit_id",
)  # fmt: skip


def upgrade() -> None:
    _create_requests()
    _create_pauses()
    _create_helper_parts()
    _create_inner_holdings()
    _create_paper_years()
    _create_oversights()
    _add_to_tickets()
    _fill_profile()


def downgrade() -> None:
    op.execute("DELETE FROM profile_limits WHERE step = 'circular'")
    op.drop_index("ix_tickets_working_unit_id_state_unit_due_at_id", "tickets")
    for name in ADDED:
        op.drop_column("tickets", name)
    for table in reversed(TABLES):
        op.drop_table(table)


def _fill_profile() -> None:
    names = ("profile", "step", "amount", "measure", "source")
    limits = sa.table("profile_limits", *(sa.column(name) for name in names))
    op.bulk_insert(limits, [dict(zip(names, ("demo-jilin", *CIRCULAR), strict=True))])


def _add_to_tickets() -> None:
    """Whoever works on it now; until today that was always the unit that holds it."""
    op.add_column("tickets", sa.Column("working_unit_id", Id))
    op.add_column("tickets", sa.Column("inner_id", Id))
    op.add_column("tickets", sa.Column("inner_state", sa.String(40)))
    op.add_column("tickets", sa.Column("child_count", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("tickets", sa.Column("open_parts", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("tickets", sa.Column("has_request", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("tickets", sa.Column("oversight", sa.String(40)))
    op.add_column("tickets", sa.Column("step_began_at", UtcDateTime()))
    op.execute("UPDATE tickets SET working_unit_id = unit_id WHERE unit_id IS NOT NULL")
    op.create_index(
        "ix_tickets_working_unit_id_state_unit_due_at_id", "tickets", ["working_unit_id", "state", "unit_due_at", "id"]
    )


def _create_requests() -> None:
    op.create_table(
        "ticket_requests",
        sa.Column("id", Id, primary_key=True),
        sa.Column("ticket_id", Id, sa.ForeignKey("tickets.id"), nullable=False),
        sa.Column("holding_id", Id, sa.ForeignKey("holdings.id"), nullable=False),
        sa.Column("unit_id", Id, sa.ForeignKey("units.id"), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("asked_by", sa.String(80), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("until_on", sa.Date()),
        sa.Column("extra", sa.Integer(), nullable=False),
        sa.Column("told_by", sa.String(40)),
        sa.Column("told_note", sa.String(400), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("review_on", sa.Date()),
        sa.Column("decided_at", UtcDateTime()),
        sa.Column("decided_by", sa.String(80), nullable=False),
        sa.Column("decision_note", sa.Text(), nullable=False),
    )
    op.create_index("ix_ticket_requests_ticket_id", "ticket_requests", ["ticket_id"])
    op.create_index("ix_ticket_requests_holding_id", "ticket_requests", ["holding_id"])
    op.create_index("ix_ticket_requests_state_asked_at", "ticket_requests", ["state", "asked_at"])


def _create_pauses() -> None:
    op.create_table(
        "ticket_pauses",
        sa.Column("id", Id, primary_key=True),
        sa.Column("ticket_id", Id, sa.ForeignKey("tickets.id"), nullable=False),
        sa.Column("began_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime()),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=False),
    )
    op.create_index("ix_ticket_pauses_ticket_id", "ticket_pauses", ["ticket_id"])


def _create_helper_parts() -> None:
    op.create_table(
        "helper_parts",
        sa.Column("id", Id, primary_key=True),
        sa.Column("ticket_id", Id, sa.ForeignKey("tickets.id"), nullable=False),
        sa.Column("unit_id", Id, sa.ForeignKey("units.id"), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("asked_by", sa.String(80), nullable=False),
        sa.Column("due_at", UtcDateTime()),
        sa.Column("ended_at", UtcDateTime()),
        sa.Column("ended_by", sa.String(80), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
    )
    op.create_index("ix_helper_parts_ticket_id", "helper_parts", ["ticket_id"])
    op.create_index("ix_helper_parts_unit_id_state", "helper_parts", ["unit_id", "state"])


def _create_inner_holdings() -> None:
    op.create_table(
        "inner_holdings",
        sa.Column("id", Id, primary_key=True),
        sa.Column("ticket_id", Id, sa.ForeignKey("tickets.id"), nullable=False),
        sa.Column("holding_id", Id, sa.ForeignKey("holdings.id"), nullable=False),
        sa.Column("parent_id", Id, sa.ForeignKey("inner_holdings.id")),
        sa.Column("from_unit_id", Id, sa.ForeignKey("units.id"), nullable=False),
        sa.Column("unit_id", Id, sa.ForeignKey("units.id"), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.Column("sent_by", sa.String(80), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("signed_at", UtcDateTime()),
        sa.Column("handler", sa.String(40), nullable=False),
        sa.Column("reported_at", UtcDateTime()),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("ended_at", UtcDateTime()),
    )
    op.create_index("ix_inner_holdings_ticket_id", "inner_holdings", ["ticket_id"])
    op.create_index("ix_inner_holdings_holding_id", "inner_holdings", ["holding_id"])
    op.create_index("ix_inner_holdings_unit_id_state", "inner_holdings", ["unit_id", "state"])
    op.create_index("ix_inner_holdings_from_unit_id_state", "inner_holdings", ["from_unit_id", "state"])


def _create_paper_years() -> None:
    op.create_table(
        "paper_years",
        sa.Column("kind", sa.String(40), primary_key=True),
        sa.Column("year", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("running", sa.Integer(), nullable=False),
    )


def _create_oversights() -> None:
    op.create_table(
        "oversights",
        sa.Column("id", Id, primary_key=True),
        sa.Column("ticket_id", Id, sa.ForeignKey("tickets.id"), nullable=False),
        sa.Column("holding_id", Id, sa.ForeignKey("holdings.id"), nullable=False),
        sa.Column("unit_id", Id, sa.ForeignKey("units.id"), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("running", sa.Integer(), nullable=False),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.Column("issued_by", sa.String(80), nullable=False),
        sa.Column("is_by_rule", sa.Boolean(), nullable=False),
        sa.Column("leader", sa.String(40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("answer_by", UtcDateTime()),
        sa.Column("received_at", UtcDateTime()),
        sa.Column("received_by", sa.String(80), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.UniqueConstraint("kind", "year", "running"),
    )
    op.create_index("ix_oversights_ticket_id", "oversights", ["ticket_id"])
    op.create_index("ix_oversights_holding_id", "oversights", ["holding_id"])
    op.create_index("ix_oversights_unit_id_received_at", "oversights", ["unit_id", "received_at"])
