"""Signed roots of the chains, the nodes of their trees, who was handed them, and which line says a rating."""

import sqlalchemy as sa
from alembic import op

from core.migrate import protect
from core.model import Id, UtcDateTime

revision = "0069"
down_revision = "0070"

_SAID = {"sqlite": "json_extract(body, '$.rating')", "postgresql": "(body::json->>'rating')::bigint"}
#: which line of the ledger says a rating that is already there
_FIND_LINES = {
    dialect: "UPDATE rating_words SET entry_id = lines.id "
    f"FROM (SELECT id, {said} AS rating FROM ledger_entries WHERE kind IN ('answer', 'correction')) AS lines "
    "WHERE lines.rating = rating_words.rating_id"
    for dialect, said in _SAID.items()
}


def upgrade() -> None:
    _create_checkpoints()
    op.create_table(
        "merkle_nodes",
        sa.Column("chain", sa.String(20), primary_key=True),
        sa.Column("algorithm", sa.String(20), primary_key=True),
        sa.Column("level", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("position", Id, primary_key=True, autoincrement=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    op.create_table(
        "witnessed_checkpoints",
        sa.Column("checkpoint_id", Id, sa.ForeignKey("checkpoints.id"), primary_key=True, autoincrement=False),
        sa.Column("witness", sa.String(400), primary_key=True),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("fault", sa.String(400), nullable=False),
        sa.Column("told_at", UtcDateTime()),
    )
    with op.batch_alter_table("rating_words") as table:
        table.add_column(sa.Column("entry_id", Id))
        table.create_foreign_key("fk_rating_words_entry_id_ledger_entries", "ledger_entries", ["entry_id"], ["id"])
    op.execute(_FIND_LINES[op.get_bind().dialect.name])
    protect("checkpoints")
    protect("merkle_nodes")


def _create_checkpoints() -> None:
    op.create_table(
        "checkpoints",
        sa.Column("id", Id, primary_key=True),
        sa.Column("chain", sa.String(20), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("size", Id, nullable=False),
        sa.Column("root", sa.String(64), nullable=False),
        sa.Column("previous_root", sa.String(64)),
        sa.Column("algorithm", sa.String(20), nullable=False),
        sa.Column("signature_algorithm", sa.String(20), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.UniqueConstraint("chain", "size", name="uq_checkpoints_chain_size"),
    )


def downgrade() -> None:
    with op.batch_alter_table("rating_words") as table:
        table.drop_constraint("fk_rating_words_entry_id_ledger_entries", type_="foreignkey")
        table.drop_column("entry_id")
    op.drop_table("witnessed_checkpoints")
    op.drop_table("merkle_nodes")
    op.drop_table("checkpoints")
