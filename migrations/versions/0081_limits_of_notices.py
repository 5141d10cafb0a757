"""A notice may tell of a limit that is not one of its ticket."""

import sqlalchemy as sa
from alembic import op

from core.model import UtcDateTime

revision = "0081"
down_revision = "0080"


def upgrade() -> None:
    op.add_column("unit_notices", sa.Column("due_at", UtcDateTime))


def downgrade() -> None:
    op.drop_column("unit_notices", "due_at")
