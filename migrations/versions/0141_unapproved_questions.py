"""Which answers given at once nobody was asked about because no provider had approved the words."""

import sqlalchemy as sa
from alembic import op

revision = "0141"
down_revision = "0139"


def upgrade() -> None:
    no = sa.Column("has_no_template", sa.Boolean, nullable=False, server_default=sa.false())
    op.add_column("unasked_answers", no)


def downgrade() -> None:
    op.drop_column("unasked_answers", "has_no_template")
