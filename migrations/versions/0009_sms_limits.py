"""The moment after which a message that has not left is not sent any more."""

import sqlalchemy as sa
from alembic import op

from core.model import UtcDateTime

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("sms_messages", sa.Column("not_after", UtcDateTime()))


def downgrade() -> None:
    op.drop_column("sms_messages", "not_after")
