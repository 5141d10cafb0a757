"""Automatic dispatches have rows of their own, so that those taken back stay in the sample that is checked."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from core.model import Id, Json, UtcDateTime

revision = "0033"
down_revision = "0030"

BATCH = 500


def upgrade() -> None:
    table = op.create_table(
        "automatic_dispatches",
        sa.Column("id", Id, primary_key=True),
        sa.Column("ticket_id", Id, sa.ForeignKey("tickets.id"), nullable=False),
        sa.Column("holding_id", Id, sa.ForeignKey("holdings.id"), nullable=False),
        sa.Column("unit_id", Id, sa.ForeignKey("units.id"), nullable=False),
        sa.Column("topic_id", Id, sa.ForeignKey("topics.id")),
        sa.Column("model_name", sa.String(60), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("is_drawn", sa.Boolean(), nullable=False),
        sa.Column("is_right", sa.Boolean()),
        sa.Column("checked_at", UtcDateTime()),
        sa.Column("checked_by", sa.String(80), nullable=False),
        sa.Column("checked_by_id", Id),
    )
    op.create_index("ix_automatic_dispatches_ticket_id", "automatic_dispatches", ["ticket_id"])
    op.create_index("ix_automatic_dispatches_sent_at_id", "automatic_dispatches", ["sent_at", "id"])
    _fill(table)


def downgrade() -> None:
    op.drop_table("automatic_dispatches")


def _fill(table: sa.Table) -> None:
    """What the history tells: the dispatches of the system, each with its holding, and the words on those drawn."""
    history = sa.table(
        "ticket_history",
        sa.column("id", Id),
        sa.column("ticket_id", Id),
        sa.column("at", UtcDateTime()),
        sa.column("action", sa.String()),
        sa.column("actor_id", Id),
        sa.column("actor_label", sa.String()),
        sa.column("reason", sa.Text()),
        sa.column("particulars", Json),
    )
    holdings = sa.table("holdings", *(sa.column(name, Id) for name in ("id", "ticket_id", "unit_id")),
                        sa.column("dispatched_at", UtcDateTime()))  # fmt: skip
    tickets = sa.table("tickets", sa.column("id", Id), sa.column("topic_id", Id))
    sent = (
        sa.select(history, holdings.c.id.label("holding_id"), holdings.c.unit_id, tickets.c.topic_id)
        .join(
            holdings,
            (holdings.c.ticket_id == history.c.ticket_id) & (holdings.c.dispatched_at == history.c.at),
        )
        .join(tickets, tickets.c.id == history.c.ticket_id)
        .where(history.c.action == "dispatch", history.c.actor_label == "系统")
    )
    connection = op.get_bind()
    checked = {
        row.ticket_id: row
        for row in connection.execute(sa.select(history).where(history.c.action == "checked").order_by(history.c.id))
    }
    rows = [_row(row, checked.get(row.ticket_id)) for row in connection.execute(sent.order_by(history.c.id))]
    for first in range(0, len(rows), BATCH):
        connection.execute(table.insert(), rows[first : first + BATCH])


def _row(sent: sa.Row[Any], word: sa.Row[Any] | None) -> dict[str, object]:
    is_drawn = bool(sent.particulars.get("is_drawn"))
    said = word if is_drawn else None
    return {
        "ticket_id": sent.ticket_id,
        "holding_id": sent.holding_id,
        "unit_id": sent.unit_id,
        "topic_id": sent.topic_id,
        "model_name": "",
        "sent_at": sent.at,
        "reason": sent.reason[:200],
        "is_drawn": is_drawn,
        "is_right": said.particulars["is_right"] if said else None,
        "checked_at": said.at if said else None,
        "checked_by": said.actor_label if said else "",
        "checked_by_id": said.actor_id if said else None,
    }
