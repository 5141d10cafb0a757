"""The unit that asks for what is missing, and keeps the ticket meanwhile."""

import sqlalchemy as sa
from alembic import op

from core.model import Id

revision = "0054"
down_revision = "0053"


def upgrade() -> None:
    with op.batch_alter_table("ticket_completions") as table:
        table.add_column(
            sa.Column("unit_id", Id, sa.ForeignKey("units.id", name="fk_ticket_completions_unit_id_units"))
        )


def downgrade() -> None:
    with op.batch_alter_table("ticket_completions") as table:
        table.drop_column("unit_id")
