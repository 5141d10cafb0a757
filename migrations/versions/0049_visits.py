"""Visits to the place of a matter; what a photo of the staff shows, and when and where it was taken."""

import sqlalchemy as sa
from alembic import op

from core.model import Id, UtcDateTime

revision = "0049"
down_revision = "0045"


def upgrade() -> None:
    op.create_table(
        "visits",
        sa.Column("id", Id, primary_key=True),
        sa.Column("ticket_id", Id, sa.ForeignKey("tickets.id"), nullable=False),
        sa.Column("unit_id", Id, sa.ForeignKey("units.id"), nullable=False),
        sa.Column("visitors", sa.String(80), nullable=False),
        sa.Column("visited_at", UtcDateTime(), nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.Column("met", sa.String(80), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("recorded_by", sa.String(80), nullable=False),
    )
    op.create_index("ix_visits_ticket_id", "visits", ["ticket_id"])
    op.add_column("photos", sa.Column("kind", sa.String(40), nullable=False, server_default="other"))
    op.add_column("photos", sa.Column("visit_id", Id))
    op.add_column("photos", sa.Column("taken_at", UtcDateTime()))
    op.add_column("photos", sa.Column("latitude", sa.Double()))
    op.add_column("photos", sa.Column("longitude", sa.Double()))
    op.create_index("ix_photos_visit_id", "photos", ["visit_id"])


def downgrade() -> None:
    op.drop_index("ix_photos_visit_id", "photos")
    for name in ("longitude", "latitude", "taken_at", "visit_id", "kind"):
        op.drop_column("photos", name)
    op.drop_table("visits")
