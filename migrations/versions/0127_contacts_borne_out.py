"""Whether the hotline's own records bear out the contact that a unit says of a repair, also of those before."""

import sqlalchemy as sa
from alembic import op

from core.model import Id, Json

revision = "0127"
down_revision = "0126"

REPAIRS = sa.table(
    "repairs", sa.column("id", Id), sa.column("is_real_name", sa.Boolean), sa.column("is_contact_proven", sa.Boolean)
)
LINES = sa.table(
    "repair_lines", sa.column("id"), sa.column("repair_id"), sa.column("act"), sa.column("particulars", Json)
)


def upgrade() -> None:
    op.add_column("repairs", sa.Column("is_contact_proven", sa.Boolean))
    said = sa.select(LINES.c.repair_id, LINES.c.act, LINES.c.particulars).order_by(LINES.c.id)
    proven: dict[int, bool | None] = {}
    for repair_id, act, told in op.get_bind().execute(said.where(LINES.c.act.in_(("contact", "reopen")))):
        proven[repair_id] = told.get("is_proven") if act == "contact" else None
    for is_proven in (True, False):
        ids = [repair_id for repair_id, found in proven.items() if found is is_proven]
        for first in range(0, len(ids), 500):
            some = REPAIRS.c.id.in_(ids[first : first + 500]) & REPAIRS.c.is_real_name
            op.execute(REPAIRS.update().where(some).values(is_contact_proven=is_proven))


def downgrade() -> None:
    op.drop_column("repairs", "is_contact_proven")
