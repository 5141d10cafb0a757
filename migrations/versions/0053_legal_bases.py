"""The city's own list of legal bases, on which a unit may found a return."""

import sqlalchemy as sa
from alembic import op

from core.model import Id, UtcDateTime

revision = "0053"
down_revision = "0051"


def upgrade() -> None:
    op.create_table(
        "legal_bases",
        sa.Column("id", Id, primary_key=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("began_at", UtcDateTime(), nullable=False),
        sa.Column("made_by", sa.String(80), nullable=False),
        sa.Column("retired_at", UtcDateTime()),
        sa.Column("retired_by", sa.String(80), nullable=False),
    )
    op.create_index("ix_legal_bases_retired_at_kind", "legal_bases", ["retired_at", "kind"])


def downgrade() -> None:
    op.drop_table("legal_bases")
