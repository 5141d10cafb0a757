"""What a hall said otherwise of a matter than before, where that moves its rating; nothing of changes from before."""

import sqlalchemy as sa
from alembic import op

revision = "0142"
down_revision = "0141"


def upgrade() -> None:
    op.add_column(
        "counter_matter_changes", sa.Column("rewritten", sa.String(60), nullable=False, server_default=sa.text("''"))
    )
    op.create_index("ix_counter_matter_changes_changed_at", "counter_matter_changes", ["changed_at"])


def downgrade() -> None:
    op.drop_index("ix_counter_matter_changes_changed_at", "counter_matter_changes")
    op.drop_column("counter_matter_changes", "rewritten")
