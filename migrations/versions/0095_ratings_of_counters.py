"""A rating may be of a hall's matter or window, and says whether a verified number gave it."""

import sqlalchemy as sa
from alembic import op

from core.model import Id

revision = "0095"
down_revision = "0094"


def upgrade() -> None:
    """Plain columns without foreign keys: `ratings` is referenced itself, and SQLite cannot add a key in place."""
    op.add_column("ratings", sa.Column("matter_id", Id))
    op.add_column("ratings", sa.Column("window_id", Id))
    op.add_column("ratings", sa.Column("is_real_name", sa.Boolean()))
    op.create_index("ix_ratings_matter_id", "ratings", ["matter_id"])
    op.create_index("ix_ratings_window_id_recorded_at", "ratings", ["window_id", "recorded_at"])


def downgrade() -> None:
    op.drop_index("ix_ratings_window_id_recorded_at", "ratings")
    op.drop_index("ix_ratings_matter_id", "ratings")
    op.drop_column("ratings", "is_real_name")
    op.drop_column("ratings", "window_id")
    op.drop_column("ratings", "matter_id")
