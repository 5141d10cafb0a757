"""Of which work below a notice tells: its unit, its inner date and whether it is still wanted hang on that."""

import sqlalchemy as sa
from alembic import op

from core.model import Id

revision = "0061"
down_revision = "0066"


def upgrade() -> None:
    with op.batch_alter_table("unit_notices") as table:
        table.add_column(
            sa.Column(
                "inner_id", Id, sa.ForeignKey("inner_holdings.id", name="fk_unit_notices_inner_id_inner_holdings")
            )
        )


def downgrade() -> None:
    with op.batch_alter_table("unit_notices") as table:
        table.drop_column("inner_id")
