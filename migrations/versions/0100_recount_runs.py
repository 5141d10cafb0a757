"""What the independent recount of a period found."""

import sqlalchemy as sa
from alembic import op

from core.model import Id, Json, UtcDateTime

revision = "0100"
down_revision = "0087"


def upgrade() -> None:
    op.create_table(
        "recount_runs",
        sa.Column("id", Id, primary_key=True),
        sa.Column("first", sa.Date, nullable=False),
        sa.Column("last", sa.Date, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("differences", sa.Integer, nullable=False),
        sa.Column("named", Json, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("recount_runs")
