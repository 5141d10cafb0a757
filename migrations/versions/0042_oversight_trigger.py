"""A paper of the ladder says for which reason of the statutes it was issued."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"


def upgrade() -> None:
    op.add_column("oversights", sa.Column("trigger", sa.String(40)))


def downgrade() -> None:
    op.drop_column("oversights", "trigger")
