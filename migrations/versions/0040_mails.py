"""Mails that citizens wrote, what became of them, and what was written back."""

import sqlalchemy as sa
from alembic import op

from core.model import Id, UtcDateTime

revision = "0040"
down_revision = "0039"


def upgrade() -> None:
    op.create_table(
        "mailbox_states",
        sa.Column("name", sa.String(300), primary_key=True),
        sa.Column("looked_at", UtcDateTime()),
        sa.Column("failed_at", UtcDateTime()),
        sa.Column("failure", sa.String(200), nullable=False),
    )
    op.create_table(
        "mails",
        sa.Column("id", Id, primary_key=True),
        sa.Column("mailbox", sa.String(300), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("words_digest", sa.String(64), nullable=False),
        sa.Column("sender", sa.String(200), nullable=False),
        sa.Column("sender_name", sa.String(80), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("size_bytes", sa.Integer, nullable=False),
        sa.Column("left_out", sa.Integer, nullable=False),
        sa.Column("outcome", sa.String(40), nullable=False),
        sa.Column("held_reason", sa.String(40)),
        sa.Column("ticket_id", Id, sa.ForeignKey("tickets.id")),
        sa.Column("taken_at", UtcDateTime(), nullable=False),
        sa.Column("handled_at", UtcDateTime()),
        sa.Column("handled_by", sa.String(80), nullable=False),
        sa.UniqueConstraint("mailbox", "key"),
    )
    for columns in (["digest"], ["words_digest"], ["ticket_id"], ["outcome", "id"], ["sender", "taken_at"]):
        op.create_index(f"ix_mails_{'_'.join(columns)}", "mails", columns)
    op.create_table(
        "mail_answers",
        sa.Column("id", Id, primary_key=True),
        sa.Column("key", sa.String(80), nullable=False, unique=True),
        sa.Column("mail_id", Id, sa.ForeignKey("mails.id"), nullable=False),
        sa.Column("ticket_id", Id, sa.ForeignKey("tickets.id")),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("handed_at", UtcDateTime()),
        sa.Column("failure", sa.String(200), nullable=False),
    )
    for columns in (["mail_id"], ["ticket_id"], ["state", "id"]):
        op.create_index(f"ix_mail_answers_{'_'.join(columns)}", "mail_answers", columns)
    op.add_column("photos", sa.Column("mail_id", Id))
    op.create_index("ix_photos_mail_id", "photos", ["mail_id"])


def downgrade() -> None:
    op.drop_index("ix_photos_mail_id", "photos")
    op.drop_column("photos", "mail_id")
    op.drop_table("mail_answers")
    op.drop_table("mails")
    op.drop_table("mailbox_states")
