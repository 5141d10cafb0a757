"""数据上报: records for the provincial exchange, their story, how far the tables were read, the field map."""

import sqlalchemy as sa
from alembic import op

from core.model import Id, Json, UtcDateTime

revision = "0105"
down_revision = "0082"


def upgrade() -> None:
    _queue()
    op.create_table(
        "submission_lines",
        sa.Column("id", Id, primary_key=True),
        sa.Column("submission_id", Id, sa.ForeignKey("submissions.id"), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("what", sa.String(40), nullable=False),
        sa.Column("why", sa.String(40), nullable=False),
        sa.Column("words", sa.String(400), nullable=False),
        sa.Column("actor_label", sa.String(80), nullable=False),
    )
    op.create_index("ix_submission_lines_submission_id", "submission_lines", ["submission_id"])
    op.create_index("ix_submission_lines_at", "submission_lines", ["at"])
    op.create_table(
        "submission_marks",
        sa.Column("stream", sa.String(40), primary_key=True),
        sa.Column("begins_after", Id, nullable=False),
        sa.Column("read_to", Id, nullable=False),
    )
    op.create_table(
        "submission_fields",
        sa.Column("position", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("cells", Json, nullable=False),
    )


def _queue() -> None:
    op.create_table(
        "submissions",
        sa.Column("id", Id, primary_key=True),
        sa.Column("number", sa.String(40), nullable=False, unique=True),
        sa.Column("stream", sa.String(40), nullable=False),
        sa.Column("subject_id", Id, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("order_key", sa.String(40), nullable=False),
        sa.Column("ticket_id", Id, sa.ForeignKey("tickets.id")),
        sa.Column("serial", sa.String(60), nullable=False),
        sa.Column("happened_at", UtcDateTime(), nullable=False),
        sa.Column("queued_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("first_tried_at", UtcDateTime()),
        sa.Column("sent_at", UtcDateTime()),
        sa.Column("accepted_at", UtcDateTime()),
        sa.Column("receipt", sa.String(80), nullable=False),
        sa.Column("why", sa.String(40), nullable=False),
        sa.Column("words", sa.String(400), nullable=False),
        sa.Column("faults", Json, nullable=False),
        sa.Column("body", sa.Text()),
        sa.Column("body_hash", sa.String(64), nullable=False),
        sa.Column("shown", Json, nullable=False),
        sa.Column("is_complete", sa.Boolean()),
        sa.Column("is_first_pass", sa.Boolean()),
        sa.UniqueConstraint("stream", "subject_id"),
    )
    op.create_index("ix_submissions_state_due_at_id", "submissions", ["state", "due_at", "id"])
    op.create_index("ix_submissions_order_key_id", "submissions", ["order_key", "id"])
    for column in ("ticket_id", "serial", "happened_at"):
        op.create_index(f"ix_submissions_{column}", "submissions", [column])


def downgrade() -> None:
    for table in ("submission_fields", "submission_marks", "submission_lines", "submissions"):
        op.drop_table(table)
