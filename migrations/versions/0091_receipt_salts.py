"""Receipt codes are hashed with a salt of their own; that of a citizen's words can be erased with them."""

import sqlalchemy as sa
from alembic import op

from core.model import UtcDateTime

revision = "0091"
down_revision = "0072"

_WORDS = sa.table("rating_words", sa.column("salt", sa.LargeBinary))


def upgrade() -> None:
    with op.batch_alter_table("rating_words") as table:
        table.add_column(sa.Column("receipt_salt", sa.LargeBinary(16)))
        table.add_column(sa.Column("erased_at", UtcDateTime()))
        table.alter_column("salt", existing_type=sa.LargeBinary(16), nullable=True)


def downgrade() -> None:
    op.execute(_WORDS.update().where(_WORDS.c.salt.is_(None)).values(salt=b""))
    with op.batch_alter_table("rating_words") as table:
        table.alter_column("salt", existing_type=sa.LargeBinary(16), nullable=False)
        table.drop_column("erased_at")
        table.drop_column("receipt_salt")
