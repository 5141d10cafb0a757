"""From where codes were tried that opened nothing, while such tries are counted."""

import sqlalchemy as sa
from alembic import op

from core.model import Id, UtcDateTime

revision = "0128"
down_revision = "0127"


def upgrade() -> None:
    op.create_table(
        "code_tries",
        sa.Column("id", Id, primary_key=True),
        sa.Column("address", sa.String(60), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
    )
    op.create_index("ix_code_tries_address_at", "code_tries", ["address", "at"])
    op.create_index("ix_code_tries_at", "code_tries", ["at"])


def downgrade() -> None:
    op.drop_table("code_tries")
