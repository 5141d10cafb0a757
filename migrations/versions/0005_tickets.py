"""The first tables of tickets/, and the profile demo-jilin."""

import sqlalchemy as sa
from alembic import op

from core.model import Id, Json, UtcDateTime

revision = "0005"
down_revision = "0004"

TABLES = (
    "office_hours",
    "places",
    "profile_limits",
    "ticket_number_days",
    "topics",
    "catalogue_lines",
    "topic_records",
    "tickets",
    "call_summaries",
    "drafts",
    "holdings",
    "suggestions",
    "ticket_claims",
    "ticket_history",
    "replies",
)

#: the limits of Jilin were not found; these are assumed, and every row says so
SOURCE = "演示口径，假定值，非吉林省规定"
#: step, type, urgency, class, amount, measure
LIMITS = (
    ("dispatch", None, None, None, 0, "days"),
    ("dispatch", None, None, "utility", 2, "hours"),
    ("dispatch", None, "urgent", None, 1, "hours"),
    ("dispatch", None, "critical", None, 1, "hours"),
    ("sign", None, None, None, 4, "office_hours"),
    ("sign", None, "urgent", None, 30, "minutes"),
    ("sign", None, "critical", None, 30, "minutes"),
    ("return", None, None, None, 24, "hours"),
    ("result", None, None, None, 5, "working_days"),
    ("result", "consult", None, None, 1, "working_days"),
    ("result", "complaint", None, None, 7, "working_days"),
    ("result", "report", None, None, 7, "working_days"),
    ("result", None, None, "complex", 15, "working_days"),
    ("result", None, "urgent", None, 24, "hours"),
    ("result", None, "critical", None, 24, "hours"),
    ("first_action", None, "urgent", None, 2, "hours"),
    ("first_action", None, "critical", None, 2, "hours"),
    ("extension", None, None, None, 10, "working_days"),
    ("audit", None, None, None, 1, "working_days"),
    ("callback", None, None, None, 1, "working_days"),
    ("rework", None, None, None, 3, "working_days"),
    ("rating", None, None, None, 7, "days"),
    ("archive", None, None, None, 30, "days"),
)
#: minutes after midnight, Shanghai: 08:30-11:30 and 13:30-17:00
OFFICE_HOURS = ((510, 690), (810, 1020))


def upgrade() -> None:
    """Every table after the ones that it points at; then the rows of the shipped profile."""
    _create_office_hours()
    _create_places()
    _create_profile_limits()
    _create_ticket_number_days()
    _create_topics()
    _create_catalogue_lines()
    _create_topic_records()
    _create_tickets()
    _create_call_summaries()
    _create_drafts()
    _create_holdings()
    _create_suggestions()
    _create_ticket_claims()
    _create_ticket_history()
    _create_replies()
    _fill_profile()


def downgrade() -> None:
    """Take everything away again, the last one first."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _fill_profile() -> None:
    limits = sa.table(
        "profile_limits",
        *(
            sa.column(name)
            for name in ("profile", "step", "type", "urgency", "limit_class", "amount", "measure", "source")
        ),
    )
    names = ("step", "type", "urgency", "limit_class", "amount", "measure")
    rows = [dict(zip(names, row, strict=True), profile="demo-jilin", source=SOURCE) for row in LIMITS]
    op.bulk_insert(limits, rows)
    hours = sa.table("office_hours", *(sa.column(name) for name in ("profile", "opens", "closes")))
    op.bulk_insert(
        hours, [{"profile": "demo-jilin", "opens": opens, "closes": closes} for opens, closes in OFFICE_HOURS]
    )


def _create_office_hours() -> None:
    op.create_table(
        "office_hours",
        sa.Column("id", Id, primary_key=True),
        sa.Column("profile", sa.String(40), nullable=False),
        sa.Column("opens", sa.Integer(), nullable=False),
        sa.Column("closes", sa.Integer(), nullable=False),
    )
    op.create_index("ix_office_hours_profile", "office_hours", ["profile"])


def _create_places() -> None:
    op.create_table(
        "places",
        sa.Column("id", Id, primary_key=True),
        sa.Column("parent_id", Id, sa.ForeignKey("places.id")),
        sa.Column("path", sa.String(200), nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("full_name", sa.String(200), nullable=False),
        sa.UniqueConstraint("code"),
    )
    op.create_index("ix_places_name", "places", ["name"])
    op.create_index("ix_places_parent_id", "places", ["parent_id"])
    op.create_index("ix_places_path", "places", ["path"])


def _create_profile_limits() -> None:
    op.create_table(
        "profile_limits",
        sa.Column("id", Id, primary_key=True),
        sa.Column("profile", sa.String(40), nullable=False),
        sa.Column("step", sa.String(40), nullable=False),
        sa.Column("type", sa.String(40)),
        sa.Column("urgency", sa.String(40)),
        sa.Column("limit_class", sa.String(40)),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("measure", sa.String(40), nullable=False),
        sa.Column("source", sa.String(100), nullable=False),
    )
    op.create_index("ix_profile_limits_profile", "profile_limits", ["profile"])


def _create_ticket_number_days() -> None:
    op.create_table(
        "ticket_number_days",
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("running", sa.Integer(), nullable=False),
    )


def _create_topics() -> None:
    op.create_table(
        "topics",
        sa.Column("id", Id, primary_key=True),
        sa.Column("parent_id", Id, sa.ForeignKey("topics.id")),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("full_name", sa.String(140), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("limit_class", sa.String(40), nullable=False),
        sa.Column("may_auto_dispatch", sa.Boolean(), nullable=False),
        sa.UniqueConstraint("code"),
    )
    op.create_index("ix_topics_parent_id", "topics", ["parent_id"])


def _create_catalogue_lines() -> None:
    op.create_table(
        "catalogue_lines",
        sa.Column("id", Id, primary_key=True),
        sa.Column("topic_id", Id, sa.ForeignKey("topics.id"), nullable=False),
        sa.Column("place_id", Id, sa.ForeignKey("places.id")),
        sa.Column("unit_id", Id, sa.ForeignKey("units.id"), nullable=False),
        sa.Column("urgency", sa.String(40)),
        sa.Column("basis", sa.String(100), nullable=False),
        sa.Column("retired_at", UtcDateTime),
    )
    op.create_index("ix_catalogue_lines_topic_id_place_id", "catalogue_lines", ["topic_id", "place_id"])


def _create_topic_records() -> None:
    op.create_table(
        "topic_records",
        sa.Column("id", Id, primary_key=True),
        sa.Column("topic_id", Id, sa.ForeignKey("topics.id"), nullable=False),
        sa.Column("model_name", sa.String(60), nullable=False),
        sa.Column("measured_at", UtcDateTime, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("threshold", sa.Double(), nullable=False),
    )
    op.create_index("ix_topic_records_topic_id", "topic_records", ["topic_id"])


def _create_tickets() -> None:
    op.create_table(
        "tickets",
        sa.Column("id", Id, primary_key=True),
        sa.Column("number", sa.String(12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("type", sa.String(40), nullable=False),
        sa.Column("urgency", sa.String(40), nullable=False),
        sa.Column("secrecy", sa.String(40), nullable=False),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("outside_number", sa.String(60), nullable=False),
        sa.Column("title", sa.String(60), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("topic_id", Id, sa.ForeignKey("topics.id")),
        sa.Column("place_id", Id, sa.ForeignKey("places.id")),
        sa.Column("place_text", sa.String(200), nullable=False),
        sa.Column("accused", sa.String(100), nullable=False),
        sa.Column("happened_text", sa.String(60), nullable=False),
        sa.Column("people_count", sa.Integer(), nullable=False),
        sa.Column("representative", sa.String(40), nullable=False),
        sa.Column("limit_class", sa.String(40), nullable=False),
        sa.Column("caller_name", sa.String(40), nullable=False),
        sa.Column("caller_salutation", sa.String(40), nullable=False),
        sa.Column("caller_kind", sa.String(40), nullable=False),
        sa.Column("company_name", sa.String(100), nullable=False),
        sa.Column("phone", sa.String(20), nullable=False),
        sa.Column("phone_kind", sa.String(40), nullable=False),
        sa.Column("phone_hash", sa.String(64), nullable=False),
        sa.Column("contact_time", sa.String(40), nullable=False),
        sa.Column("reply_way", sa.String(40), nullable=False),
        sa.Column("call_id", Id),
        sa.Column("registered_by_id", Id, sa.ForeignKey("people.id")),
        sa.Column("parent_id", Id, sa.ForeignKey("tickets.id")),
        sa.Column("unit_id", Id, sa.ForeignKey("units.id")),
        sa.Column("holding_id", Id),
        sa.Column("reply_id", Id),
        sa.Column("is_ruled", sa.Boolean(), nullable=False),
        sa.Column("return_count", sa.Integer(), nullable=False),
        sa.Column("rework_no", sa.Integer(), nullable=False),
        sa.Column("urged_count", sa.Integer(), nullable=False),
        sa.Column("is_auto_dispatched", sa.Boolean(), nullable=False),
        sa.Column("is_drawn_for_check", sa.Boolean(), nullable=False),
        sa.Column("is_uncertain", sa.Boolean(), nullable=False),
        sa.Column("is_returned", sa.Boolean(), nullable=False),
        sa.Column("missing", sa.String(200), nullable=False),
        sa.Column("needs_repair", sa.Boolean(), nullable=False),
        sa.Column("rating_level", sa.Integer()),
        sa.Column("registered_at", UtcDateTime, nullable=False),
        sa.Column("step_due_at", UtcDateTime),
        sa.Column("citizen_due_at", UtcDateTime),
        sa.Column("citizen_due_why", sa.String(400), nullable=False),
        sa.Column("unit_due_at", UtcDateTime),
        sa.Column("waits_for_calendar", sa.Integer()),
        sa.Column("answered_at", UtcDateTime),
        sa.Column("closed_at", UtcDateTime),
        sa.Column("close_reason", sa.String(40)),
        sa.Column("archived_at", UtcDateTime),
        sa.Column("changed_at", UtcDateTime, nullable=False),
        sa.UniqueConstraint("number"),
    )
    op.create_index("ix_tickets_call_id", "tickets", ["call_id"])
    op.create_index("ix_tickets_closed_at", "tickets", ["closed_at"])
    op.create_index("ix_tickets_citizen_due_at", "tickets", ["citizen_due_at"])
    op.create_index("ix_tickets_parent_id", "tickets", ["parent_id"])
    op.create_index("ix_tickets_phone_hash", "tickets", ["phone_hash"])
    op.create_index("ix_tickets_place_id", "tickets", ["place_id"])
    op.create_index("ix_tickets_registered_at", "tickets", ["registered_at"])
    op.create_index("ix_tickets_state_id", "tickets", ["state", "id"])
    op.create_index("ix_tickets_state_step_due_at_id", "tickets", ["state", "step_due_at", "id"])
    op.create_index("ix_tickets_topic_id_id", "tickets", ["topic_id", "id"])
    op.create_index("ix_tickets_unit_id_state_unit_due_at_id", "tickets", ["unit_id", "state", "unit_due_at", "id"])
    op.create_index("ix_tickets_waits_for_calendar", "tickets", ["waits_for_calendar"])


def _create_call_summaries() -> None:
    op.create_table(
        "call_summaries",
        sa.Column("id", Id, primary_key=True),
        sa.Column("call_id", Id, nullable=False),
        sa.Column("outcome", sa.String(40), nullable=False),
        sa.Column("ticket_id", Id, sa.ForeignKey("tickets.id")),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("article", sa.String(100), nullable=False),
        sa.Column("reject_reason", sa.String(40)),
        sa.Column("channel_told", sa.String(100), nullable=False),
        sa.Column("void_reason", sa.String(40)),
        sa.Column("person_id", Id, sa.ForeignKey("people.id")),
        sa.Column("recorded_at", UtcDateTime, nullable=False),
        sa.Column("earlier", Json, nullable=False),
        sa.UniqueConstraint("call_id"),
    )


def _create_drafts() -> None:
    op.create_table(
        "drafts",
        sa.Column("id", Id, primary_key=True),
        sa.Column("person_id", Id, sa.ForeignKey("people.id")),
        sa.Column("call_id", Id),
        sa.Column("matter_no", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("form", Json, nullable=False),
        sa.Column("opened_at", UtcDateTime, nullable=False),
        sa.Column("saved_at", UtcDateTime, nullable=False),
        sa.Column("ticket_id", Id, sa.ForeignKey("tickets.id")),
        sa.Column("void_reason", sa.String(40)),
        sa.UniqueConstraint("call_id", "matter_no"),
    )
    op.create_index("ix_drafts_person_id_state", "drafts", ["person_id", "state"])


def _create_holdings() -> None:
    op.create_table(
        "holdings",
        sa.Column("id", Id, primary_key=True),
        sa.Column("ticket_id", Id, sa.ForeignKey("tickets.id"), nullable=False),
        sa.Column("unit_id", Id, sa.ForeignKey("units.id"), nullable=False),
        sa.Column("rework_no", sa.Integer(), nullable=False),
        sa.Column("dispatched_at", UtcDateTime, nullable=False),
        sa.Column("dispatched_by", sa.String(80), nullable=False),
        sa.Column("dispatched_by_id", Id),
        sa.Column("sign_due_at", UtcDateTime),
        sa.Column("return_until", UtcDateTime),
        sa.Column("due_at", UtcDateTime),
        sa.Column("due_why", sa.String(400), nullable=False),
        sa.Column("signed_at", UtcDateTime),
        sa.Column("handler", sa.String(40), nullable=False),
        sa.Column("ended_at", UtcDateTime),
        sa.Column("end_action", sa.String(40), nullable=False),
    )
    op.create_index("ix_holdings_dispatched_by_id_dispatched_at", "holdings", ["dispatched_by_id", "dispatched_at"])
    op.create_index("ix_holdings_ticket_id", "holdings", ["ticket_id"])
    op.create_index("ix_holdings_unit_id_ticket_id", "holdings", ["unit_id", "ticket_id"])


def _create_suggestions() -> None:
    op.create_table(
        "suggestions",
        sa.Column("id", Id, primary_key=True),
        sa.Column("ticket_id", Id, sa.ForeignKey("tickets.id"), nullable=False),
        sa.Column("made_at", UtcDateTime, nullable=False),
        sa.Column("model_name", sa.String(60), nullable=False),
        sa.Column("topics", Json, nullable=False),
        sa.Column("unit_id", Id, sa.ForeignKey("units.id")),
        sa.Column("verdict", sa.String(40), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
    )
    op.create_index("ix_suggestions_ticket_id", "suggestions", ["ticket_id"])


def _create_ticket_claims() -> None:
    op.create_table(
        "ticket_claims",
        sa.Column("id", Id, primary_key=True),
        sa.Column("ticket_id", Id, sa.ForeignKey("tickets.id"), nullable=False),
        sa.Column("person_id", Id, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("person_name", sa.String(40), nullable=False),
        sa.Column("until", UtcDateTime, nullable=False),
        sa.UniqueConstraint("ticket_id"),
    )
    op.create_index("ix_ticket_claims_person_id", "ticket_claims", ["person_id"])


def _create_ticket_history() -> None:
    op.create_table(
        "ticket_history",
        sa.Column("id", Id, primary_key=True),
        sa.Column("ticket_id", Id, sa.ForeignKey("tickets.id"), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("from_state", sa.String(40)),
        sa.Column("to_state", sa.String(40)),
        sa.Column("actor_id", Id),
        sa.Column("actor_label", sa.String(80), nullable=False),
        sa.Column("actor_unit_id", Id),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("particulars", Json, nullable=False),
        sa.Column("is_internal", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_index("ix_ticket_history_ticket_id", "ticket_history", ["ticket_id"])


def _create_replies() -> None:
    op.create_table(
        "replies",
        sa.Column("id", Id, primary_key=True),
        sa.Column("ticket_id", Id, sa.ForeignKey("tickets.id"), nullable=False),
        sa.Column("holding_id", Id, sa.ForeignKey("holdings.id"), nullable=False),
        sa.Column("unit_id", Id, sa.ForeignKey("units.id"), nullable=False),
        sa.Column("author_id", Id, sa.ForeignKey("people.id")),
        sa.Column("author_label", sa.String(80), nullable=False),
        sa.Column("replied_at", UtcDateTime, nullable=False),
        sa.Column("result", sa.String(40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("internal_note", sa.Text(), nullable=False),
        sa.Column("basis", sa.String(400), nullable=False),
        sa.Column("measures", sa.Text(), nullable=False),
        sa.Column("finish_on", sa.Date()),
        sa.Column("contact", sa.String(40), nullable=False),
        sa.Column("contact_note", sa.String(400), nullable=False),
        sa.Column("handler", sa.String(40), nullable=False),
        sa.Column("signer", sa.String(40), nullable=False),
        sa.Column("audited_at", UtcDateTime),
        sa.Column("auditor_label", sa.String(80), nullable=False),
        sa.Column("audit_passed", sa.Boolean()),
        sa.Column("audit_note", sa.Text(), nullable=False),
    )
    op.create_index("ix_replies_ticket_id", "replies", ["ticket_id"])
