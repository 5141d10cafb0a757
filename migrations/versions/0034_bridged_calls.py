"""Calls that staff make to citizens through the hotline."""

import sqlalchemy as sa
from alembic import op

from core.model import Id, UtcDateTime

revision = "0034"
down_revision = "0031"


def upgrade() -> None:
    op.create_table(
        "bridged_calls",
        sa.Column("id", Id, primary_key=True),
        sa.Column("node", sa.String(40), nullable=False),
        sa.Column("about_id", Id, nullable=False),
        sa.Column("person_id", Id, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("person_label", sa.String(80), nullable=False),
        sa.Column("own_channel", sa.String(80), nullable=False),
        sa.Column("own_shown", sa.String(40), nullable=False),
        sa.Column("citizen_channel", sa.String(80), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("result", sa.String(40)),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("taken_at", UtcDateTime()),
        sa.Column("own_answered_at", UtcDateTime()),
        sa.Column("citizen_answered_at", UtcDateTime()),
        sa.Column("ended_at", UtcDateTime()),
        sa.Column("talk_s", sa.Integer()),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_index("ix_bridged_calls_node_state", "bridged_calls", ["node", "state"])
    op.create_index("ix_bridged_calls_about_id", "bridged_calls", ["about_id"])
    op.create_index("ix_bridged_calls_person_id_state", "bridged_calls", ["person_id", "state"])


def downgrade() -> None:
    op.drop_table("bridged_calls")
