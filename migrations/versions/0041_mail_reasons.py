"""Why a person put a mail aside."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    op.add_column("mails", sa.Column("handled_reason", sa.String(100), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("mails", "handled_reason")
