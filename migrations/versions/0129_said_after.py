"""What a citizen wrote after they had rated waits for a person."""

import sqlalchemy as sa
from alembic import op

from core.model import UtcDateTime

revision = "0129"
down_revision = "0128"

WAITS = sa.text("said_after_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("invitations", sa.Column("said_after_at", UtcDateTime()))
    op.create_index(
        "ix_invitations_said_after_at", "invitations", ["said_after_at"], sqlite_where=WAITS, postgresql_where=WAITS
    )


def downgrade() -> None:
    op.drop_index("ix_invitations_said_after_at", "invitations")
    op.drop_column("invitations", "said_after_at")
