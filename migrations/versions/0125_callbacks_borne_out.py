"""Which call bears out what was written down of a callback."""

import sqlalchemy as sa
from alembic import op

from core.model import Id

revision = "0125"
down_revision = "0122"

TABLE = "callback_attempts"


def upgrade() -> None:
    op.add_column(TABLE, sa.Column("is_proven", sa.Boolean))
    op.add_column(TABLE, sa.Column("bridge_id", Id))
    op.add_column(TABLE, sa.Column("call_id", Id))
    op.create_index("ix_callback_attempts_at", TABLE, ["at"])


def downgrade() -> None:
    op.drop_index("ix_callback_attempts_at", TABLE)
    for column in ("call_id", "bridge_id", "is_proven"):
        op.drop_column(TABLE, column)
