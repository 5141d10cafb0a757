"""Citizens are told of rejections and transfers as of terminations; those of before this release were told by hand."""

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision = "0068"


def upgrade() -> None:
    with op.batch_alter_table("terminations") as table:
        table.add_column(sa.Column("action", sa.String(40), nullable=False, server_default="terminate"))
        table.alter_column("reason", existing_type=sa.String(40), nullable=True)
        table.alter_column("object_until", existing_type=sa.Date(), nullable=True)


def downgrade() -> None:
    op.execute("DELETE FROM terminations WHERE action <> 'terminate'")
    with op.batch_alter_table("terminations") as table:
        table.alter_column("object_until", existing_type=sa.Date(), nullable=False)
        table.alter_column("reason", existing_type=sa.String(40), nullable=False)
        table.drop_column("action")
