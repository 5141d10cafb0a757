"""A question that became void may be put anew: one that stands for each answer and subject, beside void ones."""

import sqlalchemy as sa
from alembic import op

from core.migrate import rebuilt

revision = "0126"
down_revision = "0125"

TABLE, CONSTRAINT, INDEX = "invitations", "uq_invitations_ticket_id_rework_no_subject", "ix_invitations_one_standing"
ONE_EACH = ["ticket_id", "rework_no", "subject"]
STANDING = sa.text("state <> 'voided'")


def upgrade() -> None:
    with rebuilt(TABLE) as table:
        table.drop_constraint(CONSTRAINT, type_="unique")
    op.create_index(INDEX, TABLE, ONE_EACH, unique=True, sqlite_where=STANDING, postgresql_where=STANDING)
    op.create_index("ix_invitations_ticket_id", TABLE, ["ticket_id"])


def downgrade() -> None:
    """Not while a question was put anew: which of the two would be lost is nobody's to choose."""
    op.drop_index("ix_invitations_ticket_id", TABLE)
    op.drop_index(INDEX, TABLE)
    with rebuilt(TABLE) as table:
        table.create_unique_constraint(CONSTRAINT, ONE_EACH)
