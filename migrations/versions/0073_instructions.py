"""A leader's instruction may come before any unit has the ticket; it goes to whoever gets it."""

import sqlalchemy as sa
from alembic import op

revision = "0073"
down_revision = "0069"


def upgrade() -> None:
    with op.batch_alter_table("oversights") as table:
        table.alter_column("holding_id", existing_type=sa.BigInteger(), nullable=True)
        table.alter_column("unit_id", existing_type=sa.BigInteger(), nullable=True)


def downgrade() -> None:
    op.execute("DELETE FROM oversights WHERE unit_id IS NULL")
    with op.batch_alter_table("oversights") as table:
        table.alter_column("unit_id", existing_type=sa.BigInteger(), nullable=False)
        table.alter_column("holding_id", existing_type=sa.BigInteger(), nullable=False)
