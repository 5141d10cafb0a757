"""The first tables of telephony/: calls and what happened to them, seats, gaps, how far queue_log was read."""

import sqlalchemy as sa
from alembic import op

from core.model import Id, Json, UtcDateTime

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Seats before calls: a call points at the seat that answered."""
    _create_seats()
    _create_calls()
    _create_call_events()
    _create_seat_history()
    _create_keeping()


def _create_seats() -> None:
    op.create_table(
        "seats",
        sa.Column("id", Id, primary_key=True),
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("node", sa.String(40), nullable=False),
        sa.Column("interface", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("queue", sa.String(80), nullable=False),
        sa.Column("person_id", Id, sa.ForeignKey("people.id")),
        sa.Column("presence", sa.String(40), nullable=False),
        sa.Column("phase", sa.String(40), nullable=False),
        sa.Column("reason", sa.String(40)),
        sa.Column("state_since", UtcDateTime, nullable=False),
        sa.Column("wrap_up_until", UtcDateTime),
        sa.Column("extended", sa.Integer, nullable=False),
        sa.Column("call_id", Id),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("wanted", sa.Integer, nullable=False),
        sa.Column("pushed", sa.Integer, nullable=False),
        sa.Column("push_error", sa.String(60)),
        sa.UniqueConstraint("number"),
        sa.UniqueConstraint("person_id"),
        sa.UniqueConstraint("node", "interface"),
    )


def _create_calls() -> None:
    op.create_table(
        "calls",
        sa.Column("id", Id, primary_key=True),
        sa.Column("node", sa.String(40), nullable=False),
        sa.Column("uid", sa.String(60), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("caller", sa.String(40)),
        sa.Column("dialled", sa.String(40)),
        sa.Column("line", sa.String(40)),
        sa.Column("queue", sa.String(80)),
        sa.Column("channel", sa.String(120)),
        sa.Column("seat_channel", sa.String(120)),
        sa.Column("began_at", UtcDateTime, nullable=False),
        *[
            sa.Column(name, UtcDateTime)
            for name in ("arrived_at", "greeted_at", "queued_at", "answered_at", "released_at", "ended_at")
        ],
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("result", sa.String(40)),
        sa.Column("ended_by", sa.String(40)),
        sa.Column("waited_s", sa.Double),
        sa.Column("talk_s", sa.Double),
        sa.Column("hold_s", sa.Double),
        sa.Column("is_held", sa.Boolean, nullable=False),
        sa.Column("ring_attempts", sa.Integer, nullable=False),
        sa.Column("answered_seat", sa.String(80)),
        sa.Column("ringing_seat", sa.String(80)),
        sa.Column("seat_id", Id, sa.ForeignKey("seats.id")),
        sa.Column("person_id", Id, sa.ForeignKey("people.id")),
        sa.Column("recording", sa.String(200)),
        sa.Column("rating", sa.String(40), nullable=False),
        sa.Column("rating_key", sa.Integer),
        sa.UniqueConstraint("node", "uid"),
    )
    op.create_index("ix_calls_caller", "calls", ["caller"])
    op.create_index("ix_calls_began_at_id", "calls", ["began_at", "id"])
    op.create_index("ix_calls_state_began_at", "calls", ["state", "began_at"])
    op.create_index("ix_calls_person_id_began_at", "calls", ["person_id", "began_at"])


def _create_call_events() -> None:
    op.create_table(
        "call_events",
        sa.Column("id", Id, primary_key=True),
        sa.Column("node", sa.String(40), nullable=False),
        sa.Column("uid", sa.String(60), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("mark", sa.String(160), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("detail", Json, nullable=False),
        sa.Column("stored_at", UtcDateTime, nullable=False),
        sa.UniqueConstraint("node", "uid", "kind", "mark"),
    )


def _create_seat_history() -> None:
    op.create_table(
        "seat_states",
        sa.Column("id", Id, primary_key=True),
        sa.Column("seat_id", Id, sa.ForeignKey("seats.id"), nullable=False),
        sa.Column("person_id", Id, sa.ForeignKey("people.id")),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("reason", sa.String(40)),
        sa.Column("call_id", Id, sa.ForeignKey("calls.id")),
        sa.Column("note", sa.String(200)),
        sa.Column("at", UtcDateTime, nullable=False),
    )
    op.create_index("ix_seat_states_seat_id_at", "seat_states", ["seat_id", "at"])
    op.create_table(
        "seat_commands",
        sa.Column("id", Id, primary_key=True),
        sa.Column("node", sa.String(40), nullable=False),
        sa.Column("seat_id", Id, sa.ForeignKey("seats.id"), nullable=False),
        sa.Column("call_id", Id, sa.ForeignKey("calls.id"), nullable=False),
        sa.Column("person_id", Id, sa.ForeignKey("people.id")),
        sa.Column("verb", sa.String(40), nullable=False),
        sa.Column("channel", sa.String(120), nullable=False),
        sa.Column("asked_at", UtcDateTime, nullable=False),
        sa.Column("taken_at", UtcDateTime),
        sa.Column("done_at", UtcDateTime),
        sa.Column("error", sa.String(60)),
    )
    op.create_index("ix_seat_commands_node_taken_at", "seat_commands", ["node", "taken_at"])


def _create_keeping() -> None:
    op.create_table(
        "call_gaps",
        sa.Column("id", Id, primary_key=True),
        sa.Column("node", sa.String(40), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("note", sa.String(200)),
        sa.Column("started_at", UtcDateTime, nullable=False),
        sa.Column("ended_at", UtcDateTime, nullable=False),
        sa.Column("missed", sa.Integer),
        sa.Column("repaired_at", UtcDateTime),
    )
    op.create_index("ix_call_gaps_node_repaired_at", "call_gaps", ["node", "repaired_at"])
    op.create_table(
        "queue_log_positions",
        sa.Column("node", sa.String(40), primary_key=True),
        sa.Column("inode", Id, nullable=False),
        sa.Column("offset", Id, nullable=False),
        sa.Column("read_at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "call_layers",
        sa.Column("node", sa.String(40), primary_key=True),
        sa.Column("alive_at", UtcDateTime, nullable=False),
        sa.Column("link_state", sa.String(20), nullable=False),
        sa.Column("link_error", sa.String(60)),
    )


def downgrade() -> None:
    """What points at others goes first."""
    for table in (
        "call_layers",
        "queue_log_positions",
        "call_gaps",
        "seat_commands",
        "seat_states",
        "call_events",
        "calls",
        "seats",
    ):
        op.drop_table(table)
