"""The first tables of evaluation/: invitations, ratings, and the ledger, which refuses change."""

import sqlalchemy as sa
from alembic import op

from core.migrate import protect
from core.model import Id, UtcDateTime

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Invitations first: messages and ratings point at them."""
    op.create_table(
        "invitations",
        sa.Column("id", Id, primary_key=True),
        sa.Column("subject", sa.String(40), nullable=False),
        sa.Column("ticket_id", Id, sa.ForeignKey("tickets.id"), nullable=False),
        sa.Column("rework_no", sa.Integer(), nullable=False),
        sa.Column("unit_id", Id, sa.ForeignKey("units.id")),
        sa.Column("topic_id", Id, sa.ForeignKey("topics.id")),
        sa.Column("phone_hash", sa.String(64), nullable=False),
        sa.Column("tail_hash", sa.String(64), nullable=False),
        sa.Column("code", sa.String(8), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("reason", sa.String(40)),
        sa.Column("invited_at", UtcDateTime, nullable=False),
        sa.Column("delivered_at", UtcDateTime),
        sa.Column("closed_at", UtcDateTime),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.Column("wrong_tails", sa.Integer(), nullable=False),
        sa.Column("unclear_replies", sa.Integer(), nullable=False),
        sa.UniqueConstraint("code"),
        sa.UniqueConstraint("ticket_id", "rework_no"),
    )
    op.create_index("ix_invitations_state_invited_at", "invitations", ["state", "invited_at"])
    op.create_index("ix_invitations_unit_id_invited_at", "invitations", ["unit_id", "invited_at"])
    op.create_table(
        "invitation_messages",
        sa.Column("message_id", Id, sa.ForeignKey("sms_messages.id"), primary_key=True, autoincrement=False),
        sa.Column("invitation_id", Id, sa.ForeignKey("invitations.id"), nullable=False),
    )
    op.create_index("ix_invitation_messages_invitation_id", "invitation_messages", ["invitation_id"])
    _create_ratings()
    _create_ledger()


def _create_ratings() -> None:
    op.create_table(
        "ratings",
        sa.Column("id", Id, primary_key=True),
        sa.Column("subject", sa.String(40), nullable=False),
        sa.Column("invitation_id", Id, sa.ForeignKey("invitations.id")),
        sa.Column("ticket_id", Id, sa.ForeignKey("tickets.id")),
        sa.Column("call_id", Id),
        sa.Column("unit_id", Id, sa.ForeignKey("units.id")),
        sa.Column("person_id", Id, sa.ForeignKey("people.id")),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("is_solved", sa.Boolean()),
        sa.Column("source", sa.String(60), nullable=False),
        sa.Column("corrects_id", Id, sa.ForeignKey("ratings.id")),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("receipt", sa.String(20), nullable=False),
        sa.Column("recorded_at", UtcDateTime, nullable=False),
        sa.UniqueConstraint("source"),
        sa.UniqueConstraint("receipt"),
    )
    for column in ("invitation_id", "ticket_id", "call_id", "person_id"):
        op.create_index(f"ix_ratings_{column}", "ratings", [column])
    op.create_index("ix_ratings_subject_recorded_at", "ratings", ["subject", "recorded_at"])
    op.create_index("ix_ratings_unit_id_recorded_at", "ratings", ["unit_id", "recorded_at"])
    op.create_table(
        "rating_words",
        sa.Column("rating_id", Id, sa.ForeignKey("ratings.id"), primary_key=True, autoincrement=False),
        sa.Column("words", sa.Text()),
        sa.Column("salt", sa.LargeBinary(16), nullable=False),
    )


def _create_ledger() -> None:
    op.create_table(
        "ledger_entries",
        sa.Column("id", Id, primary_key=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
    )
    op.create_table(
        "ledger_seals",
        sa.Column("seq", Id, primary_key=True, autoincrement=False),
        sa.Column("row_id", Id, nullable=False),
        sa.Column("algorithm", sa.String(20), nullable=False),
        sa.Column("previous_hash", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("sealed_at", UtcDateTime, nullable=False),
        sa.UniqueConstraint("row_id"),
    )
    protect("ledger_entries")
    protect("ledger_seals")


def downgrade() -> None:
    for table in (
        "ledger_seals",
        "ledger_entries",
        "rating_words",
        "ratings",
        "invitation_messages",
        "invitations",
    ):
        op.drop_table(table)
