"""Keys of the page that a person has moved."""

import sqlalchemy as sa
from alembic import op

from core.model import Id, Json

revision = "0058"
down_revision = "0056"


def upgrade() -> None:
    op.create_table(
        "own_keys",
        sa.Column("person_id", Id, sa.ForeignKey("people.id"), primary_key=True, autoincrement=False),
        sa.Column("keys", Json, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("own_keys")
