"""Who looked at personal data, and what was done with power: append-only, chained."""

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.chain import Chain, Seal
from core.model import Id, Model


class AuditRow(Model):
    """One look or act: who, what, on which object, why, when.  It holds no personal data itself."""

    __tablename__ = "audit_rows"
    __table_args__ = (
        Index("ix_audit_rows_object", "object_kind", "object_id", "id"),
        Index("ix_audit_rows_person", "person_id", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime]
    #: how the person is shown in the log, e.g. 工号 1001
    actor: Mapped[str] = mapped_column(String(100))
    person_id: Mapped[int | None] = mapped_column(Id)
    action: Mapped[str] = mapped_column(String(40))
    object_kind: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[str] = mapped_column(String(64))
    purpose: Mapped[str] = mapped_column(String(200))


class AuditSeal(Seal, Model):
    """The chain over AuditRow."""

    __tablename__ = "audit_seals"


AUDIT_CHAIN = Chain(
    "audit",
    AuditRow,
    AuditSeal,
    ("id", "at", "actor", "person_id", "action", "object_kind", "object_id", "purpose"),
)
