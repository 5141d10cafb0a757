"""The library of rulings."""

import sqlalchemy as sa
from alembic import op

from core.model import Id, Json, UtcDateTime

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "rulings",
        sa.Column("id", Id, primary_key=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("running", sa.Integer(), nullable=False),
        sa.Column("ticket_id", Id, sa.ForeignKey("tickets.id"), nullable=False),
        sa.Column("topic_id", Id, sa.ForeignKey("topics.id")),
        sa.Column("place_id", Id, sa.ForeignKey("places.id")),
        sa.Column("unit_id", Id, sa.ForeignKey("units.id"), nullable=False),
        sa.Column("refused_by", Json, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("ruled_at", UtcDateTime(), nullable=False),
        sa.Column("ruled_by", sa.String(80), nullable=False),
        sa.Column("catalogue_line_id", Id, sa.ForeignKey("catalogue_lines.id")),
        sa.UniqueConstraint("year", "running"),
    )
    op.create_index("ix_rulings_ticket_id", "rulings", ["ticket_id"])
    op.create_index("ix_rulings_topic_id_id", "rulings", ["topic_id", "id"])


def downgrade() -> None:
    op.drop_table("rulings")
