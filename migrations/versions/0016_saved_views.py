"""Views of the ticket list that a person keeps, and the columns a person chose."""

import sqlalchemy as sa
from alembic import op

from core.model import Id, Json

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "saved_views",
        sa.Column("id", Id, primary_key=True),
        sa.Column("person_id", Id, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("name", sa.String(20), nullable=False),
        sa.Column("query", sa.String(1000), nullable=False),
        sa.UniqueConstraint("person_id", "name"),
    )
    op.create_table(
        "chosen_columns",
        sa.Column("person_id", Id, sa.ForeignKey("people.id"), primary_key=True, autoincrement=False),
        sa.Column("columns", Json, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("chosen_columns")
    op.drop_table("saved_views")
