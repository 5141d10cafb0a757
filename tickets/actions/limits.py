"""Setting the limits of a city's profile; clocks that run are timed again behind it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from core.audit.actions import record_view
from core.events import announce
from staff.rules import Actor
from tickets.clocks import Allowance
from tickets.events import LimitsChanged
from tickets.importing.limits import LimitRow
from tickets.model import Limit
from tickets.queries.search import is_sqlite


def limits_of(session: Session, profile: str) -> list[LimitRow]:
    rows = session.scalars(select(Limit).where(Limit.profile == profile))
    return [
        LimitRow((row.step, row.type, row.urgency, row.limit_class), Allowance(row.amount, row.measure), row.source)
        for row in rows
    ]


def set_limits(session: Session, rows: Sequence[LimitRow], *, profile: str, by: Actor, now: datetime) -> bool:
    """These instead of what there was, all or none; False when they are the same.  Announces LimitsChanged."""
    if not is_sqlite(session):  # there only one writes; two at once would each add to what the other put in
        session.execute(text("LOCK TABLE profile_limits IN SHARE ROW EXCLUSIVE MODE"))
    if set(rows) == set(limits_of(session, profile)):
        return False
    session.execute(delete(Limit).where(Limit.profile == profile))
    session.add_all(_limit(profile, row) for row in rows)
    record_view(session, by.label, by.person_id, "set_limits", "profile", profile, f"{len(rows)} 条时限", now)
    announce(session, LimitsChanged())
    return True


def _limit(profile: str, row: LimitRow) -> Limit:
    step, type_, urgency, limit_class = row.key
    return Limit(
        profile=profile,
        step=step,
        type=type_,
        urgency=urgency,
        limit_class=limit_class,
        amount=row.allowance.amount,
        measure=row.allowance.measure,
        source=row.source,
    )
