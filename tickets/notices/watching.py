"""Warning before a limit, notice once it is over: a unit's clock, its first step, an inner date, a promised day."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.jobs import enqueue
from sms.rules import may_be_sent_at
from staff.model import Unit
from staff.rules import UnitKind
from tickets.clocks import Profile
from tickets.kinds import Measure, Step, Urgency
from tickets.model import Ticket
from tickets.notices.actions import address_of, plan_notices
from tickets.notices.held import Held, held_by_lead, held_in
from tickets.notices.model import UnitNotice
from tickets.notices.rules import NoticeKind, warned_at
from tickets.notices.settings import NoticeOffice
from tickets.notices.wanted import FIRST_STEP, helping_units, is_still_to_do
from tickets.profiles import load_profile

WATCH = "tickets.watch_limit"
_MINUTES = {Measure.MINUTES: 1, Measure.HOURS: 60, Measure.DAYS: 24 * 60}
_OF_LEAD = (NoticeKind.SOON_DUE, NoticeKind.OVERDUE, NoticeKind.FIRST_SOON_DUE, NoticeKind.FIRST_OVERDUE)
_OF_INNER = (NoticeKind.INNER_SOON_DUE, NoticeKind.INNER_OVERDUE)
_WARNINGS = frozenset({NoticeKind.SOON_DUE, NoticeKind.INNER_SOON_DUE, NoticeKind.FIRST_SOON_DUE})


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
    for kind in _OF_LEAD if held.inner is None else _OF_INNER:
        _look_again(session, held, kind, profile, office=office, now=now)


def _due_at(held: Held, kind: NoticeKind) -> datetime | None:
    return held.first_due_at if kind in FIRST_STEP else held.due_at


def _look_again(
    session: Session, held: Held, kind: NoticeKind, profile: Profile, *, office: NoticeOffice, now: datetime
) -> None:
    """The limit may have moved by then.  A ticket that has gone on since the last plan is planned anew."""
    due = _due_at(held, kind)
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
    due = _due_at(held, kind)
    if due is None or not is_still_to_do(held, kind):
        return []  # whoever brings it back to the unit plans anew
    profile = load_profile(session, office.profile, Step.WARN)
    if _told_at(held, kind, due, profile, office=office, now=now) > now:
        _look_again(session, held, kind, profile, office=office, now=now)
        return []
    if kind in _WARNINGS and due <= now:
        return []  # the overdue notice says it
    told: list[UnitNotice] = []
    for unit_id in _concerned(session, held, kind, office=office, now=now):
        occasion = due.isoformat() if unit_id == held.unit_id else f"{due.isoformat()} {unit_id}"
        told += plan_notices(
            session, held, kind, occasion=occasion, office=office, not_before=now, now=now, unit_id=unit_id
        )
    return told


def _concerned(session: Session, held: Held, kind: NoticeKind, *, office: NoticeOffice, now: datetime) -> list[int]:
    """Who answers for it, who works on it and who helps; of an inner date who reports, and who waits for the report.

    A first step is nothing of helpers; of one that was not taken the hotline's own supervisor hears.
    """
    other = held.ticket.working_unit_id if held.inner is None else held.inner.from_unit_id
    others = [] if held.inner is not None or kind in FIRST_STEP else helping_units(session, held.ticket)
    if kind is NoticeKind.FIRST_OVERDUE:
        others = hotline_on_duty(session, office=office, now=now)
    return list(dict.fromkeys(id_ for id_ in (held.unit_id, other, *others) if id_ is not None))


def hotline_on_duty(session: Session, *, office: NoticeOffice, now: datetime) -> list[int]:
    """The hotline itself, where its roster or its standing contact names whom to tell."""
    hotlines = select(Unit).where(Unit.kind == UnitKind.HOTLINE, Unit.is_active).order_by(Unit.id)
    ways = office.settings.ways
    return [
        unit.id
        for unit in session.scalars(hotlines)
        if any(address_of(session, unit, way, at=now) is not None for way in ways)
    ]


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
