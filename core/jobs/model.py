"""The job table: the truth about what is still to be done."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from core.model import Id, Model, UtcDateTime

_OPEN = text("done_at IS NULL AND dead_at IS NULL")


class JobRow(Model):
    """One piece of work, written in the transaction that wants it.

    `lease_token` is the fence: only the process that holds the present token may write for the job.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        Index("ix_jobs_due", "due_at", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_jobs_order", "order_key", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index(
            "ix_jobs_dead",
            "dead_at",
            sqlite_where=text("dead_at IS NOT NULL"),
            postgresql_where=text("dead_at IS NOT NULL"),
        ),
        Index(
            "ix_jobs_done",
            "done_at",
            sqlite_where=text("done_at IS NOT NULL"),
            postgresql_where=text("done_at IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(100))
    arguments: Mapped[dict[str, Any]]
    due_at: Mapped[datetime]
    created_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    idempotency_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    order_key: Mapped[str | None] = mapped_column(String(200))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lease_token: Mapped[str | None] = mapped_column(String(32))
    #: handed to the broker; not again before this moment
    published_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    dead_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str | None] = mapped_column(Text)
