"""核验评价: how often somebody typed another level for a receipt that was given out at a window."""

import sqlalchemy as sa
from alembic import op

revision = "0121"
down_revision = "0120"


def upgrade() -> None:
    op.add_column("rating_words", sa.Column("wrong_levels", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("rating_words", "wrong_levels")
