"""When the last wrong phone was typed for a matter of a hall; it closes that way for a day and not for good."""

import sqlalchemy as sa
from alembic import op

from core.model import UtcDateTime

revision = "0139"
down_revision = "0140"


def upgrade() -> None:
    op.add_column("counter_matters", sa.Column("wrong_tail_at", UtcDateTime()))


def downgrade() -> None:
    op.drop_column("counter_matters", "wrong_tail_at")
