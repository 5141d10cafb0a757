"""What stands in a message's template, for providers that send templates only."""

import sqlalchemy as sa
from alembic import op

from core.model import Json

revision = "0085"
down_revision = "0100"


def upgrade() -> None:
    op.add_column("sms_messages", sa.Column("variables", Json))


def downgrade() -> None:
    op.drop_column("sms_messages", "variables")
