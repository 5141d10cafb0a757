"""When a citizen said that nobody had made the contact that an answer claims."""

import sqlalchemy as sa
from alembic import op

from core.model import UtcDateTime

revision = "0065"
down_revision = "0060"


def upgrade() -> None:
    op.add_column("replies", sa.Column("contact_denied_at", UtcDateTime()))


def downgrade() -> None:
    op.drop_column("replies", "contact_denied_at")
