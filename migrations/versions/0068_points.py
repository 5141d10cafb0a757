"""What was said to the questions of a topic, point by point; a question may say of what kind its answer is."""

import json

import sqlalchemy as sa
from alembic import op

from core.model import Json

revision = "0068"
down_revision = "0067"

_GUIDES = sa.table("topic_guides", sa.column("topic_id", sa.BigInteger), sa.column("questions", Json))


def upgrade() -> None:
    op.add_column("tickets", sa.Column("points", Json, nullable=False, server_default=json.dumps([])))


def downgrade() -> None:
    """Questions are bare names again, as they were before."""
    connection = op.get_bind()
    for topic_id, questions in connection.execute(sa.select(_GUIDES)).all():
        names = [question if isinstance(question, str) else question["name"] for question in questions]
        connection.execute(sa.update(_GUIDES).where(_GUIDES.c.topic_id == topic_id).values(questions=names))
    op.drop_column("tickets", "points")
