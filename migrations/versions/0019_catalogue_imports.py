"""Imports of the dispatch catalogue, and the versions of its lines."""

import sqlalchemy as sa
from alembic import op

from core.model import Id, Json, UtcDateTime

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_table(
        "catalogue_imports",
        sa.Column("id", Id, primary_key=True),
        sa.Column("file_name", sa.String(120), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("content", sa.LargeBinary()),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("started_by", sa.String(80), nullable=False),
        sa.Column("ended_at", UtcDateTime()),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("refused", Json, nullable=False),
        sa.Column("error", sa.String(200), nullable=False),
    )
    op.add_column("catalogue_lines", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("catalogue_lines", sa.Column("limit_class", sa.String(40), nullable=False, server_default=""))
    op.add_column("catalogue_lines", sa.Column("began_at", UtcDateTime()))
    op.add_column("catalogue_lines", sa.Column("import_id", Id))


def downgrade() -> None:
    for name in ("import_id", "began_at", "limit_class", "version"):
        op.drop_column("catalogue_lines", name)
    op.drop_table("catalogue_imports")
