"""The pile that a ticket belongs to, and the earlier ticket that it repeats."""

import sqlalchemy as sa
from alembic import op

from core.model import Id

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("tickets", sa.Column("similar_to_id", Id))
    op.add_column("tickets", sa.Column("repeat_of_id", Id))
    op.create_index("ix_tickets_similar_to_id", "tickets", ["similar_to_id"])


def downgrade() -> None:
    op.drop_index("ix_tickets_similar_to_id", "tickets")
    for name in ("repeat_of_id", "similar_to_id"):
        op.drop_column("tickets", name)
