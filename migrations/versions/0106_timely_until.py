"""Until when a record is to have arrived to count as timely."""

import sqlalchemy as sa
from alembic import op

from core.model import UtcDateTime

revision = "0106"
down_revision = "0105"


def upgrade() -> None:
    op.add_column("submissions", sa.Column("timely_until", UtcDateTime()))


def downgrade() -> None:
    op.drop_column("submissions", "timely_until")
