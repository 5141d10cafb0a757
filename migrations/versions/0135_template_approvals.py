"""What providers have said of our templates, line after line; a site without any line goes on sending as before."""

import sqlalchemy as sa
from alembic import op

from core.migrate import protect
from core.model import Id, UtcDateTime

revision = "0135"
down_revision = "0129"


def upgrade() -> None:
    op.create_table(
        "sms_template_approvals",
        sa.Column("id", Id, primary_key=True),
        sa.Column("template", sa.String(40), nullable=False),
        sa.Column("provider", sa.String(40), nullable=False),
        sa.Column("provider_template_id", sa.String(40), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("said_by", sa.String(80), nullable=False),
        sa.Column("said_at", UtcDateTime(), nullable=False),
    )
    protect("sms_template_approvals")


def downgrade() -> None:
    op.drop_table("sms_template_approvals")
