"""不外传: a photo may be hidden from the units, as words are."""

import sqlalchemy as sa
from alembic import op

revision = "0071"
down_revision = "0073"


def upgrade() -> None:
    op.add_column("photos", sa.Column("is_hidden", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("photos", "is_hidden")
