"""Units keep hours of their own, also on days off; why a ticket must be signed by then."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0033"


def upgrade() -> None:
    op.add_column("office_hours", sa.Column("on_days_off", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("holdings", sa.Column("sign_why", sa.String(400), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("holdings", "sign_why")
    op.drop_column("office_hours", "on_days_off")
