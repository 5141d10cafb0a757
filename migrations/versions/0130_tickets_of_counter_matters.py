"""The ticket that a bad rating at a window opened."""

import sqlalchemy as sa
from alembic import op

from core.model import Id

revision = "0130"
down_revision = "0133"


def upgrade() -> None:
    op.add_column("counter_matters", sa.Column("ticket_id", Id))
    op.create_index("ix_counter_matters_ticket_id", "counter_matters", ["ticket_id"])


def downgrade() -> None:
    op.drop_index("ix_counter_matters_ticket_id", "counter_matters")
    op.drop_column("counter_matters", "ticket_id")
