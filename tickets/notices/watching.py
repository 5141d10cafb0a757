"""The warning before a limit and the notice once it is over: of a unit's clock, an inner date, and a promised day."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from core.jobs import enqueue
from sms.rules import may_be_sent_at
from tickets.clocks import Profile
from tickets.kinds import Measure, Step, Urgency
from tickets.model import Ticket
from tickets.notices.actions import plan_notices
from tickets.notices.held import Held, held_by_lead, held_in
from tickets.notices.model import UnitNotice
from tickets.notices.rules import NoticeKind, warned_at
from tickets.notices.settings import NoticeOffice
from tickets.notices.wanted import helping_units, is_still_to_do
from tickets.profiles import load_profile

WATCH = "tickets.watch_limit"
_MINUTES = {Measure.MINUTES: 1, Measure.HOURS: 60, Measure.DAYS: 24 * 60}
_WARNINGS = frozenset({NoticeKind.SOON_DUE, NoticeKind.INNER_SOON_DUE})


def clock_span(profile: Profile, step: Step, urgency: Urgency) -> timedelta | None:
    """Rings and warnings are counted in hours of the clock, whatever the day."""
    allowance = profile.allowance(step, urgency=urgency)
    if allowance is None or allowance.measure not in _MINUTES:
        return None
    return timedelta(minutes=allowance.amount * _MINUTES[allowance.measure])


def warned_ahead(profile: Profile, urgency: Urgency) -> timedelta:
    """So long before a limit its unit is warned."""
    return clock_span(profile, Step.WARN, urgency) or timedelta(days=1)


def watch_limit(session: Session, held: Held, *, office: NoticeOffice, now: datetime) -> None:
    """Jobs look at the limit when it should be told of, as often as it is asked for; it is told once."""
    profile = load_profile(session, office.profile, Step.WARN)
    is_inner = held.inner is not None
    kinds = (
        (NoticeKind.INNER_SOON_DUE, NoticeKind.INNER_OVERDUE) if is_inner else (NoticeKind.SOON_DUE, NoticeKind.OVERDUE)
    )
    for kind in kinds:
        _look_again(session, held, kind, profile, office=office, now=now)


def _look_again(
    session: Session, held: Held, kind: NoticeKind, profile: Profile, *, office: NoticeOffice, now: datetime
) -> None:
    """The limit may have moved by then.  A ticket that has gone on since the last plan is planned anew."""
    due = held.due_at
    if due is None or not office.settings.ways:
        return
    at = _told_at(held, kind, due, profile, office=office, now=now)
    key = f"{WATCH}:{held.mark}:{kind}:{at.isoformat()}:{held.ticket.version}"
    which: dict[str, Any] = {"holding_id": held.holding.id, "inner_id": held.inner_id, "kind": kind.value}
    enqueue(session, WATCH, due_at=at, idempotency_key=key, now=now, **which)


def _told_at(
    held: Held, kind: NoticeKind, due: datetime, profile: Profile, *, office: NoticeOffice, now: datetime
) -> datetime:
    """Not before `now`.  Limits of days end at midnight: what is not urgent is told in the morning."""
    ahead = warned_ahead(profile, held.ticket.urgency)
    at = max(now, warned_at(held.began_at, due, ahead) if kind in _WARNINGS else due)
    if held.ticket.urgency is not Urgency.NORMAL:
        return at
    return may_be_sent_at(at, office.sms.settings.quiet_from, office.sms.settings.quiet_until)


def look_at_limit(
    session: Session,
    holding_id: int,
    kind: NoticeKind,
    *,
    office: NoticeOffice,
    now: datetime,
    inner_id: int | None = None,
) -> list[UnitNotice]:
    """Tell the units when its time has come; when the limit has moved, look again later."""
    held = held_in(session, holding_id, inner_id)
    due = held.due_at
    if due is None or not is_still_to_do(held, kind):
        return []  # whoever brings it back to the unit plans anew
    profile = load_profile(session, office.profile, Step.WARN)
    if _told_at(held, kind, due, profile, office=office, now=now) > now:
        _look_again(session, held, kind, profile, office=office, now=now)
        return []
    if kind in _WARNINGS and due <= now:
        return []  # the overdue notice says it
    told: list[UnitNotice] = []
    for unit_id in _concerned(session, held):
        occasion = due.isoformat() if unit_id == held.unit_id else f"{due.isoformat()} {unit_id}"
        told += plan_notices(
            session, held, kind, occasion=occasion, office=office, not_before=now, now=now, unit_id=unit_id
        )
    return told


def _concerned(session: Session, held: Held) -> list[int]:
    """Who answers for it, who works on it and who helps; of an inner date who reports, and who waits for the report."""
    other = held.ticket.working_unit_id if held.inner is None else held.inner.from_unit_id
    helpers = helping_units(session, held.ticket) if held.inner is None else []
    return list(dict.fromkeys(id_ for id_ in (held.unit_id, other, *helpers) if id_ is not None))


def look_at_promise(
    session: Session, ticket_id: int, *, reply_id: int, office: NoticeOffice, now: datetime
) -> list[UnitNotice]:
    """Tell the unit, unless it has said that it is done, or the matter was done anew; of many callers once."""
    held = held_by_lead(session, ticket_id)
    if held is None or held.ticket.reply_id != reply_id or held.ticket.promise_due_at is None:
        return []
    parent = None if held.ticket.parent_id is None else session.get(Ticket, held.ticket.parent_id)
    if parent is not None and parent.promise_due_at is not None:
        return []
    kind, occasion = NoticeKind.PROMISE_OVER, f"promise {reply_id}"
    return plan_notices(session, held, kind, occasion=occasion, office=office, not_before=now, now=now)
