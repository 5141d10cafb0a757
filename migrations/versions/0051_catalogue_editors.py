"""Who made each version of a line of the dispatch catalogue."""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0049"


def upgrade() -> None:
    op.add_column("catalogue_lines", sa.Column("changed_by", sa.String(80), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("catalogue_lines", "changed_by")
