"""What follows a dispatch: the first notice, the rings while nobody signs, the warning and the overdue notice."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.events import announce
from core.jobs import enqueue
from core.masking import mask_phone
from sms.rules import may_be_sent_at
from staff.duty import on_duty
from staff.rules import DUTY_RANK_NAMES, SYSTEM, DutyRank
from telephony.duty_phone import RING_OUTCOME_NAMES, RingOutcome
from tickets.actions.writing import write_history
from tickets.clocks import Profile
from tickets.kinds import InnerState, Measure, OversightKind, Step, Urgency
from tickets.model import Holding, Ticket
from tickets.notices.actions import NO_CONTACT, add_ring, locked_notice, note_failed, note_unknown, plan_notices
from tickets.notices.events import NoticeChanged
from tickets.notices.model import UnitNotice
from tickets.notices.rules import LEFT, UNDO, NoticeKind, NoticeState, NoticeWay, warned_at
from tickets.notices.settings import NoticeOffice
from tickets.notices.wanted import is_still_to_do, open_part
from tickets.profiles import load_profile
from tickets.rules import State

RING, WATCH = "tickets.ring_duty_phone", "tickets.watch_limit"
#: written into the ticket's history
RUNG = "duty_rung"
_MINUTES = {Measure.MINUTES: 1, Measure.HOURS: 60, Measure.DAYS: 24 * 60}
_RANKS = tuple(DutyRank)


def tell_of_dispatch(
    session: Session, ticket_id: int, *, unit_id: int, office: NoticeOffice, now: datetime
) -> list[UnitNotice]:
    """Plan everything that a fresh dispatch brings; nothing, when the ticket has gone on meanwhile."""
    ticket = session.get_one(Ticket, ticket_id)
    holding = session.get(Holding, ticket.holding_id) if ticket.holding_id is not None else None
    if holding is None or holding.unit_id != unit_id or not office.settings.ways:
        return []
    kind = NoticeKind.SENT_BACK if holding.rework_no else NoticeKind.NEW
    leaves_at = holding.dispatched_at + UNDO
    planned = plan_notices(
        session, ticket, holding, kind, occasion="dispatch", office=office, not_before=leaves_at, now=now
    )
    profile = load_profile(session, office.profile, Step.RING, Step.WARN)
    _plan_ring(session, ticket, holding, DutyRank.DUTY, profile, office=office, now=now)
    watch(session, ticket, holding, NoticeKind.SOON_DUE, profile, office=office, now=now)
    watch(session, ticket, holding, NoticeKind.OVERDUE, profile, office=office, now=now)
    return planned


def tell_of_pressing(session: Session, ticket_id: int, *, office: NoticeOffice, now: datetime) -> list[UnitNotice]:
    """催办, 督办: the unit is told of each one; nobody, while the hotline has the ticket."""
    ticket = session.get_one(Ticket, ticket_id)
    holding = session.get(Holding, ticket.holding_id) if ticket.holding_id is not None else None
    is_told = holding is not None and bool(office.settings.ways)
    if holding is None or not is_told or not is_still_to_do(ticket, holding, NoticeKind.SUPERVISED):
        return []
    occasion = f"{ticket.urged_count}.{ticket.oversight or ''}"
    return plan_notices(
        session, ticket, holding, NoticeKind.SUPERVISED, occasion=occasion, office=office, not_before=now, now=now
    )


def tell_leader(
    session: Session, ticket_id: int, *, paper_id: int, kind: str, office: NoticeOffice, now: datetime
) -> list[UnitNotice]:
    """A 催办通知书 is copied to the leader who is responsible then; the steps above it name people."""
    ticket = session.get_one(Ticket, ticket_id)
    holding = session.get(Holding, ticket.holding_id) if ticket.holding_id is not None else None
    is_told = holding is not None and kind == OversightKind.URGE_NOTICE and bool(office.settings.ways)
    if holding is None or not is_told or not is_still_to_do(ticket, holding, NoticeKind.COPIED):
        return []
    return plan_notices(
        session, ticket, holding, NoticeKind.COPIED, occasion=f"paper {paper_id}", office=office, not_before=now,
        now=now, unit_id=holding.unit_id, rank=DutyRank.LEADER,
    )  # fmt: skip


def tell_of_sent_down(
    session: Session, ticket_id: int, *, unit_id: int, office: NoticeOffice, now: datetime
) -> list[UnitNotice]:
    """A unit below has something to sign; nobody is told when it went on meanwhile, or when a report came back down."""
    ticket = session.get_one(Ticket, ticket_id)
    is_there = ticket.working_unit_id == unit_id and ticket.inner_state is InnerState.SENT
    return _tell(session, ticket, NoticeKind.NEW, f"down {ticket.inner_id}", office, now) if is_there else []


def tell_of_help(
    session: Session, ticket_id: int, *, unit_id: int, office: NoticeOffice, now: datetime
) -> list[UnitNotice]:
    """A unit has a part of somebody else's ticket; nobody is told when it is done or excused."""
    ticket, part = session.get_one(Ticket, ticket_id), open_part(session, ticket_id, unit_id)
    holding = session.get(Holding, ticket.holding_id) if ticket.holding_id is not None else None
    if part is None or holding is None or not office.settings.ways:
        return []
    occasion = f"part {part.id}"
    return plan_notices(
        session, ticket, holding, NoticeKind.HELP, occasion=occasion, office=office, not_before=now, now=now,
        unit_id=unit_id,
    )  # fmt: skip


def tell_of_completion(
    session: Session, ticket_id: int, *, completion_id: int, unit_id: int, office: NoticeOffice, now: datetime
) -> list[UnitNotice]:
    """The hotline has answered what the unit asked for; nobody is told when the ticket has left it meanwhile."""
    ticket = session.get_one(Ticket, ticket_id)
    holding = session.get(Holding, ticket.holding_id) if ticket.holding_id is not None else None
    if holding is None or holding.unit_id != unit_id or not office.settings.ways:
        return []
    return plan_notices(
        session, ticket, holding, NoticeKind.COMPLETED, occasion=f"completion {completion_id}", office=office,
        not_before=now, now=now, unit_id=unit_id,
    )  # fmt: skip


def tell_of_refusal(
    session: Session, ticket_id: int, *, reply_id: int, office: NoticeOffice, now: datetime
) -> list[UnitNotice]:
    """The auditor sent the reply back; nobody is told when there is a newer one."""
    ticket = session.get_one(Ticket, ticket_id)
    is_there = ticket.reply_id == reply_id and ticket.state is State.IN_PROGRESS
    return _tell(session, ticket, NoticeKind.SENT_BACK, f"audit {reply_id}", office, now) if is_there else []


def tell_of_release(
    session: Session, ticket_id: int, *, version: int, office: NoticeOffice, now: datetime
) -> list[UnitNotice]:
    """A reply waits for the unit's second person; nobody is told when it was let go or fetched back meanwhile."""
    ticket = session.get_one(Ticket, ticket_id)
    if not ticket.waits_for_release:
        return []
    return _tell(session, ticket, NoticeKind.TO_RELEASE, f"release {version}", office, now)


def tell_of_withdrawal(
    session: Session, ticket_id: int, *, holding_id: int, unit_id: int, office: NoticeOffice, now: datetime
) -> list[UnitNotice]:
    """The matter is over for a unit that knows of it; what it was not told yet is dropped by itself."""
    ticket, holding = session.get_one(Ticket, ticket_id), session.get_one(Holding, holding_id)
    if not office.settings.ways or not _knows_of(session, holding, unit_id):
        return []
    return plan_notices(
        session, ticket, holding, NoticeKind.WITHDRAWN, occasion=f"withdrawn {unit_id}", office=office, not_before=now,
        now=now, unit_id=unit_id,
    )  # fmt: skip


def _knows_of(session: Session, holding: Holding, unit_id: int) -> bool:
    """It has signed, or a notice of it has left."""
    if holding.unit_id == unit_id and holding.signed_at is not None:
        return True
    left = select(UnitNotice.id).where(
        UnitNotice.holding_id == holding.id, UnitNotice.unit_id == unit_id, UnitNotice.state.in_(LEFT)
    )
    return session.scalar(left.limit(1)) is not None


def _tell(
    session: Session, ticket: Ticket, kind: NoticeKind, occasion: str, office: NoticeOffice, now: datetime
) -> list[UnitNotice]:
    holding = session.get(Holding, ticket.holding_id) if ticket.holding_id is not None else None
    if holding is None or not office.settings.ways:
        return []
    return plan_notices(session, ticket, holding, kind, occasion=occasion, office=office, not_before=now, now=now)


def ring_after(profile: Profile, urgency: Urgency) -> timedelta | None:
    """How long each rank has before the next one rings; None: such tickets ring nobody."""
    return _span(profile, Step.RING, urgency)


def _span(profile: Profile, step: Step, urgency: Urgency) -> timedelta | None:
    """Rings and warnings are counted in hours of the clock, whatever the day."""
    allowance = profile.allowance(step, urgency=urgency)
    if allowance is None or allowance.measure not in _MINUTES:
        return None
    return timedelta(minutes=allowance.amount * _MINUTES[allowance.measure])


def _plan_ring(
    session: Session,
    ticket: Ticket,
    holding: Holding,
    rank: DutyRank,
    profile: Profile,
    *,
    office: NoticeOffice,
    now: datetime,
) -> None:
    span = ring_after(profile, ticket.urgency)
    if span is None or NoticeWay.PHONE not in office.settings.ways:
        return
    due = holding.dispatched_at + span * (_RANKS.index(rank) + 1)
    key = f"{RING}:{holding.id}:{rank}"
    enqueue(session, RING, due_at=due, idempotency_key=key, now=now, holding_id=holding.id, rank=rank.value)


@dataclass(frozen=True)
class Ring:
    """A telephone that is to ring now."""

    notice_id: int
    phone: str


def begin_ring(
    session: Session, holding_id: int, rank: DutyRank, *, office: NoticeOffice, now: datetime
) -> Ring | None:
    """Mark the ring as under way and plan the next rank's; None: signed, gone, nobody there, or begun before.

    One found under way was cut off by the death of its process: it may have rung, so it does not ring again.
    """
    holding = session.get_one(Holding, holding_id)
    ticket = session.get_one(Ticket, holding.ticket_id, with_for_update=True, populate_existing=True)
    if not is_still_to_do(ticket, holding, NoticeKind.UNSIGNED):
        return None
    following = _RANKS.index(rank) + 1
    if following < len(_RANKS):
        profile = load_profile(session, office.profile, Step.RING)
        _plan_ring(session, ticket, holding, _RANKS[following], profile, office=office, now=now)
    notice = add_ring(session, ticket, holding, rank, now=now)
    if notice is None:
        return None
    duty = on_duty(session, notice.unit_id, rank, at=now)
    if duty is None:
        note_failed(session, notice, f"{DUTY_RANK_NAMES[rank]}：{NO_CONTACT}", now=now)
        _write_rung(session, ticket, notice, f"值班表无{DUTY_RANK_NAMES[rank]}，未响铃", now=now)
        return None
    notice.state, notice.handed_at = NoticeState.HANDING, now
    notice.told, notice.text = mask_phone(duty.phone), f"{DUTY_RANK_NAMES[rank]}电话"
    session.flush()
    return Ring(notice.id, duty.phone)


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


def died_rings(session: Session, holding_id: int, rank: DutyRank) -> int | None:
    """The ring of this rank that an earlier run left under way."""
    return session.scalar(
        select(UnitNotice.id).where(
            UnitNotice.holding_id == holding_id,
            UnitNotice.rank == rank,
            UnitNotice.state == NoticeState.HANDING,
        )
    )


def _write_rung(session: Session, ticket: Ticket, notice: UnitNotice, reason: str, *, now: datetime) -> None:
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
        reason=reason,
        particulars=particulars,
        is_internal=True,
    )


def watch(
    session: Session,
    ticket: Ticket,
    holding: Holding,
    kind: NoticeKind,
    profile: Profile,
    *,
    office: NoticeOffice,
    now: datetime,
) -> None:
    """A job looks at the limit when it should be told of; the limit may have moved by then."""
    due = ticket.unit_due_at
    if due is None:
        return
    at = _told_at(ticket, holding, kind, due, profile, office=office)
    key = f"{WATCH}:{holding.id}:{kind}:{due.isoformat()}"
    enqueue(session, WATCH, due_at=at, idempotency_key=key, now=now, holding_id=holding.id, kind=kind.value)


def _told_at(
    ticket: Ticket, holding: Holding, kind: NoticeKind, due: datetime, profile: Profile, *, office: NoticeOffice
) -> datetime:
    """Limits of days end at midnight: what is not urgent is told in the morning."""
    ahead = _span(profile, Step.WARN, ticket.urgency) or timedelta(days=1)
    at = due if kind is NoticeKind.OVERDUE else warned_at(holding.dispatched_at, due, ahead)
    if ticket.urgency is not Urgency.NORMAL:
        return at
    return may_be_sent_at(at, office.sms.settings.quiet_from, office.sms.settings.quiet_until)


def look_at_limit(
    session: Session, holding_id: int, kind: NoticeKind, *, office: NoticeOffice, now: datetime
) -> list[UnitNotice]:
    """Tell the unit when its time has come; when the limit has moved, look again later."""
    holding = session.get_one(Holding, holding_id)
    ticket = session.get_one(Ticket, holding.ticket_id, populate_existing=True)
    due = ticket.unit_due_at
    if due is None or not is_still_to_do(ticket, holding, kind):
        return []
    profile = load_profile(session, office.profile, Step.WARN)
    if _told_at(ticket, holding, kind, due, profile, office=office) > now:
        watch(session, ticket, holding, kind, profile, office=office, now=now)
        return []
    if kind is NoticeKind.SOON_DUE and due <= now:
        return []  # the overdue notice says it
    occasion = due.isoformat()
    return plan_notices(session, ticket, holding, kind, occasion=occasion, office=office, not_before=now, now=now)
