"""Why a citizen was not satisfied, beside the rating."""

import sqlalchemy as sa
from alembic import op

from core.model import Id

revision = "0096"
down_revision = "0099"


def upgrade() -> None:
    op.create_table(
        "rating_reasons",
        sa.Column("rating_id", Id, sa.ForeignKey("ratings.id"), primary_key=True, autoincrement=False),
        sa.Column("reason", sa.String(40), primary_key=True),
    )


def downgrade() -> None:
    op.drop_table("rating_reasons")
