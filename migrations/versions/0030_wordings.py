"""What to ask and say of a topic, and saved replies."""

import sqlalchemy as sa
from alembic import op

from core.model import Id, Json, UtcDateTime

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    op.create_table(
        "topic_guides",
        sa.Column("topic_id", Id, sa.ForeignKey("topics.id"), primary_key=True, autoincrement=False),
        sa.Column("questions", Json, nullable=False),
        sa.Column("script", sa.Text, nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("changed_by", sa.String(80), nullable=False),
    )
    op.create_table(
        "saved_replies",
        sa.Column("id", Id, primary_key=True),
        sa.Column("unit_id", Id, sa.ForeignKey("units.id"), nullable=False),
        sa.Column("person_id", Id, sa.ForeignKey("people.id")),
        sa.Column("topic_id", Id, sa.ForeignKey("topics.id")),
        sa.Column("name", sa.String(30), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
    )
    op.create_index("ix_saved_replies_unit_id_name", "saved_replies", ["unit_id", "name"])


def downgrade() -> None:
    op.drop_table("saved_replies")
    op.drop_table("topic_guides")
