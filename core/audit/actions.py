"""Writing the audit log."""

from datetime import datetime

from sqlalchemy.orm import Session

from core.audit.model import AuditRow


def record_view(
    session: Session,
    actor_label: str,
    person_id: int | None,
    action: str,
    object_kind: str,
    object_id: int | str,
    purpose: str,
    now: datetime,
) -> None:
    """Append a line in this transaction; the sealer chains it within a second."""
    session.add(
        AuditRow(
            at=now,
            actor=actor_label,
            person_id=person_id,
            action=action,
            object_kind=object_kind,
            object_id=str(object_id),
            purpose=purpose,
        )
    )
