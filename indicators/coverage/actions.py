"""已核查: what somebody found who looked at a flagged row."""

from datetime import datetime

from sqlalchemy.orm import Session

from core.errors import Invalid
from indicators.coverage.flags import FlagRow
from indicators.coverage.model import CoverageCheck
from staff.rules import Actor

FINDING_LEAST = 5


def record_check(session: Session, row: FlagRow, *, finding: str, by: Actor, now: datetime) -> CoverageCheck:
    """Keep what was found; the row stays listed, as dealt with, and an earlier finding stays beside it.

    Raises Invalid.
    """
    if len(finding) < FINDING_LEAST:
        fault = f"请写明核查结果，至少 {FINDING_LEAST} 个字"
        raise Invalid([(("body", "finding"), "text_too_short", fault)])
    check = CoverageCheck(
        flag=row.flag,
        key=row.key,
        what=row.what,
        finding=finding,
        checked_at=now,
        checked_by=by.label,
        checked_by_id=by.person_id,
    )
    session.add(check)
    session.flush()
    return check
