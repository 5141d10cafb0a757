"""二次评价: beside the question about an answer there may be one about how a bad rating of it was mended."""

from core.migrate import rebuilt

revision = "0082"
down_revision = "0081"

TABLE = "invitations"
ONE_EACH = ["ticket_id", "rework_no"]


def upgrade() -> None:
    with rebuilt(TABLE) as table:
        table.drop_constraint("uq_invitations_ticket_id_rework_no", type_="unique")
        table.create_unique_constraint("uq_invitations_ticket_id_rework_no_subject", [*ONE_EACH, "subject"])


def downgrade() -> None:
    """Not while second questions are there: which of the two would be lost is nobody's to choose."""
    with rebuilt(TABLE) as table:
        table.drop_constraint("uq_invitations_ticket_id_rework_no_subject", type_="unique")
        table.create_unique_constraint("uq_invitations_ticket_id_rework_no", ONE_EACH)
