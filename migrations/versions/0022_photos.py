"""Photos of forms, drafts and tickets; the pictures lie in the data folder."""

import sqlalchemy as sa
from alembic import op

from core.model import Id, UtcDateTime

revision = "0022"
down_revision = "0021"


#: to whom a photo may belong
OWNERS = (
    ("form_id", "intake_forms"),
    ("draft_id", "drafts"),
    ("ticket_id", "tickets"),
    ("material_id", "material_codes"),
)


def upgrade() -> None:
    op.create_table(
        "photos",
        sa.Column("id", Id, primary_key=True),
        *(sa.Column(name, Id, sa.ForeignKey(f"{table}.id")) for name, table in OWNERS),
        sa.Column("origin", sa.String(40), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.Column("added_by", sa.String(80), nullable=False),
    )
    for name in (*(name for name, _ in OWNERS), "sha256"):
        op.create_index(f"ix_photos_{name}", "photos", [name])


def downgrade() -> None:
    op.drop_table("photos")
