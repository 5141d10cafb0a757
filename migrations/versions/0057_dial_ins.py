"""Staff who dial in from outside: their telephones and PINs, and each try."""

import sqlalchemy as sa
from alembic import op

from core.model import Id, UtcDateTime

revision = "0057"
down_revision = "0054"


def upgrade() -> None:
    op.create_table(
        "dial_in_pins",
        sa.Column("person_id", Id, sa.ForeignKey("people.id"), primary_key=True),
        sa.Column("phone", sa.String(20), nullable=False, unique=True),
        sa.Column("pin_hash", sa.String(200), nullable=False),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
    )
    op.create_table(
        "dial_ins",
        sa.Column("id", Id, primary_key=True),
        sa.Column("node", sa.String(40), nullable=False),
        sa.Column("channel", sa.String(80), nullable=False),
        sa.Column("caller", sa.String(20), nullable=False),
        sa.Column("person_id", Id, sa.ForeignKey("people.id")),
        sa.Column("ticket", sa.String(20), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("verdict", sa.String(40)),
        sa.Column("bridge_id", Id, sa.ForeignKey("bridged_calls.id")),
        sa.Column("heard_at", UtcDateTime(), nullable=False),
        sa.Column("judged_at", UtcDateTime()),
    )
    op.create_index("ix_dial_ins_node_state", "dial_ins", ["node", "state"])
    op.create_index("ix_dial_ins_caller_heard_at", "dial_ins", ["caller", "heard_at"])
    op.create_index("ix_dial_ins_person_id_heard_at", "dial_ins", ["person_id", "heard_at"])


def downgrade() -> None:
    op.drop_table("dial_ins")
    op.drop_table("dial_in_pins")
