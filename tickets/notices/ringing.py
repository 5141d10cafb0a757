"""The duty phones of a unit, one rank after the other, while urgent work of it is unsigned."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.events import announce
from core.jobs import enqueue
from core.masking import mask_phone
from staff.duty import on_duty
from staff.model import Unit
from staff.rules import DUTY_RANK_NAMES, SYSTEM, DutyRank
from telephony.duty_phone import RING_OUTCOME_NAMES, RingOutcome
from tickets.actions.writing import write_history
from tickets.kinds import Step
from tickets.model import Holding, Ticket
from tickets.notices.actions import NO_CONTACT, add_ring, locked_notice, note_failed, note_unknown
from tickets.notices.events import NoticeChanged
from tickets.notices.held import Held, held_in
from tickets.notices.model import UnitNotice
from tickets.notices.rules import NoticeKind, NoticeState, NoticeWay
from tickets.notices.settings import NoticeOffice
from tickets.notices.wanted import is_still_to_do
from tickets.notices.watching import clock_span
from tickets.profiles import load_profile

RING = "tickets.ring_duty_phone"
#: written into the ticket's history
RUNG = "duty_rung"
_RANKS = tuple(DutyRank)


def plan_ring(session: Session, held: Held, *, since: datetime, office: NoticeOffice, now: datetime) -> None:
    """The first rank's, when nobody has signed so long after `since`; none for what is not urgent or is signed."""
    span = _ring_after(session, held, office)
    if span is not None and is_still_to_do(held, NoticeKind.UNSIGNED):
        _plan(session, held, _RANKS[0], since=since, span=span, now=now)


def _ring_after(session: Session, held: Held, office: NoticeOffice) -> timedelta | None:
    """How long each rank has before the next one rings; None: such tickets ring nobody."""
    if NoticeWay.PHONE not in office.settings.ways:
        return None
    return clock_span(load_profile(session, office.profile, Step.RING), Step.RING, held.ticket.urgency)


def _plan(session: Session, held: Held, rank: DutyRank, *, since: datetime, span: timedelta, now: datetime) -> None:
    """What is made urgent once more is planned once more; a ring that was made is not made again."""
    at, key = since + span * (_RANKS.index(rank) + 1), f"{RING}:{held.mark}:{rank}:{since.isoformat()}"
    which: dict[str, Any] = {"holding_id": held.holding.id, "inner_id": held.inner_id, "rank": rank.value}
    enqueue(session, RING, due_at=at, idempotency_key=key, now=now, **which, since=since.isoformat())


@dataclass(frozen=True)
class Ring:
    """A telephone that is to ring now."""

    notice_id: int
    phone: str


def begin_ring(
    session: Session,
    holding_id: int,
    rank: DutyRank,
    *,
    office: NoticeOffice,
    now: datetime,
    inner_id: int | None = None,
    since: datetime | None = None,
) -> Ring | None:
    """Mark the ring as under way and plan the next rank's; None: nothing to ring for, nobody there, or begun before.

    `since`: from when the ranks are counted; None: from when the unit got it.

    One found under way was cut off by the death of its process: it may have rung, so it does not ring again.
    """
    held = _locked(session, holding_id, inner_id)
    span = _ring_after(session, held, office)
    if span is None or not is_still_to_do(held, NoticeKind.UNSIGNED):
        return None
    following = _RANKS.index(rank) + 1
    if following < len(_RANKS):
        _plan(session, held, _RANKS[following], since=since or held.began_at, span=span, now=now)
    notice = add_ring(session, held, rank, now=now)
    if notice is None:
        return None
    duty = on_duty(session, notice.unit_id, rank, at=now)
    if duty is None:
        note_failed(session, notice, f"{DUTY_RANK_NAMES[rank]}：{NO_CONTACT}", now=now)
        _write_rung(session, held.ticket, notice, f"值班表无{DUTY_RANK_NAMES[rank]}，未响铃", now=now)
        return None
    notice.state, notice.handed_at = NoticeState.HANDING, now
    notice.told, notice.text = mask_phone(duty.phone), f"{DUTY_RANK_NAMES[rank]}电话"
    session.flush()
    return Ring(notice.id, duty.phone)


def _locked(session: Session, holding_id: int, inner_id: int | None) -> Held:
    """The ticket is locked before anything is judged: nobody signs meanwhile."""
    ticket_id = session.get_one(Holding, holding_id).ticket_id
    session.get_one(Ticket, ticket_id, with_for_update=True, populate_existing=True)
    return held_in(session, holding_id, inner_id)


def take_ring_back(session: Session, notice_id: int) -> None:
    """The exchange was not reached: it has not rung, and the same job tries again."""
    notice = locked_notice(session, notice_id)
    if notice.state is NoticeState.HANDING:
        session.delete(notice)


def record_ring(session: Session, notice_id: int, outcome: RingOutcome, *, now: datetime) -> None:
    """What came of it, on the notice and as a line of the ticket's history."""
    notice = locked_notice(session, notice_id)
    if notice.state is not NoticeState.HANDING:
        return
    notice.outcome, notice.done_at = outcome, now
    if outcome is RingOutcome.UNKNOWN:
        note_unknown(session, notice, RING_OUTCOME_NAMES[outcome], now=now)
    else:
        notice.state = NoticeState.SENT
        announce(session, NoticeChanged(notice.id))
    rank = notice.rank or DutyRank.DUTY
    said = f"{DUTY_RANK_NAMES[rank]}电话 {notice.told} 响铃：{RING_OUTCOME_NAMES[outcome]}"
    _write_rung(session, notice.ticket, notice, said, now=now)


def died_rings(session: Session, holding_id: int, rank: DutyRank, *, inner_id: int | None = None) -> int | None:
    """The ring of this rank that an earlier run left under way."""
    return session.scalar(
        select(UnitNotice.id).where(
            UnitNotice.holding_id == holding_id,
            UnitNotice.inner_id.is_(None) if inner_id is None else UnitNotice.inner_id == inner_id,
            UnitNotice.rank == rank,
            UnitNotice.state == NoticeState.HANDING,
        )
    )


def _write_rung(session: Session, ticket: Ticket, notice: UnitNotice, reason: str, *, now: datetime) -> None:
    """Of a unit below with its name: the reader knows who leads."""
    whose = f"{session.get_one(Unit, notice.unit_id).short_name}：" if notice.inner_id is not None else ""
    particulars = {
        "notice_id": notice.id,
        "rank": (notice.rank or DutyRank.DUTY).value,
        "outcome": notice.outcome.value if notice.outcome else None,
    }
    write_history(
        session,
        ticket,
        RUNG,
        before=ticket.state,
        by=SYSTEM,
        now=now,
        reason=whose + reason,
        particulars=particulars,
        is_internal=True,
    )
