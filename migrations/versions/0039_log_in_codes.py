"""Officers on duty log in with a one-time code on their telephone."""

import sqlalchemy as sa
from alembic import op

from core.model import Id, UtcDateTime

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    op.add_column("people", sa.Column("mobile_phone", sa.String(20), nullable=False, server_default=""))
    op.create_index("ix_people_mobile_phone", "people", ["mobile_phone"])
    op.create_table(
        "log_in_codes",
        sa.Column("id", Id, primary_key=True),
        sa.Column("phone_hash", sa.String(64), nullable=False),
        sa.Column("person_id", Id, sa.ForeignKey("people.id")),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("address", sa.String(60), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("used_at", UtcDateTime()),
    )
    op.create_index("ix_log_in_codes_phone_hash_id", "log_in_codes", ["phone_hash", "id"])
    op.create_index("ix_log_in_codes_address_asked_at", "log_in_codes", ["address", "asked_at"])


def downgrade() -> None:
    op.drop_table("log_in_codes")
    op.drop_index("ix_people_mobile_phone", "people")
    op.drop_column("people", "mobile_phone")
