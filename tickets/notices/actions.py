"""Every write to notices: what is to be told, what goes now, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from core.events import announce
from core.jobs import enqueue
from core.masking import mask_phone
from sms.actions.queueing import queue_message
from staff.duty import on_duty
from staff.model import Unit
from staff.rules import DUTY_RANK_NAMES, DutyRank
from tickets.kinds import Urgency
from tickets.notices.carriers import Outgoing
from tickets.notices.errors import NoticeNotFound, NoticeNotResendable
from tickets.notices.events import NoticeChanged
from tickets.notices.held import Held
from tickets.notices.model import UnitNotice
from tickets.notices.rules import (
    JOIN,
    RESENDABLE,
    UNIT_NOTICE,
    NoticeKind,
    NoticeState,
    NoticeWay,
    Told,
    Wording,
    wording,
)
from tickets.notices.settings import NoticeOffice
from tickets.notices.wanted import is_wanted, limit_of

SEND = "tickets.send_notice"
NO_CONTACT = "本单位没有值班安排，也没有常设联系方式"
DIED = "发送途中中断，结果未知"


@dataclass(frozen=True)
class Address:
    """Where a unit is reached by one way; `shown` is what the list shows of it."""

    target: str
    shown: str


def plan_notices(
    session: Session,
    held: Held,
    kind: NoticeKind,
    *,
    occasion: str,
    office: NoticeOffice,
    not_before: datetime,
    now: datetime,
    unit_id: int | None = None,
    rank: DutyRank | None = None,
    due_at: datetime | None = None,
) -> list[UnitNotice]:
    """One notice for each way of `unit_id`, else of the unit in whose hands it is; an occasion of it is told once.

    `due_at` is the limit it tells of where that is not one of the ticket.

    With a `rank` only whoever has it is told, by SMS.  A city without ways tells nobody.
    Who cannot be reached by any way is one failed notice, for the supervisor to see.
    """
    if not office.settings.ways:
        return []
    unit_id = unit_id or held.unit_id
    unit = session.get_one(Unit, unit_id)
    ways = [
        way for way in office.settings.ways if way is NoticeWay.SMS or (rank is None and way is not NoticeWay.PHONE)
    ]
    reached = [way for way in ways if address_of(session, unit, way, at=now, rank=rank) is not None]
    planned = []
    for way in reached or [NoticeWay.SMS]:
        notice = _add(session, held, kind, way, f"{kind}:{held.mark}:{occasion}:{way}", now=now)
        if notice is None:
            continue
        notice.unit_id, notice.not_before, notice.rank, notice.due_at = unit_id, not_before, rank, due_at
        planned.append(notice)
        if reached:
            _enqueue(session, notice, at=not_before, now=now)
        else:
            note_failed(session, notice, no_contact(rank), now=now)
    return planned


def no_contact(rank: DutyRank | None) -> str:
    """Why nobody is told."""
    return NO_CONTACT if rank is None else f"值班表无{DUTY_RANK_NAMES[rank]}"


def _add(
    session: Session, held: Held, kind: NoticeKind, way: NoticeWay, key: str, *, now: datetime
) -> UnitNotice | None:
    if session.scalar(select(UnitNotice.id).where(UnitNotice.key == key)) is not None:
        return None
    notice = UnitNotice(
        key=key,
        unit_id=held.unit_id,
        ticket_id=held.ticket.id,
        holding_id=held.holding.id,
        inner_id=held.inner_id,
        kind=kind,
        way=way,
        state=NoticeState.WAITING,
        attempt=0,
        n=1,
        created_at=now,
        not_before=now,
    )
    session.add(notice)
    session.flush()
    announce(session, NoticeChanged(notice.id))
    return notice


def add_ring(session: Session, held: Held, rank: DutyRank, *, now: datetime) -> UnitNotice | None:
    """The ring of one rank for unsigned work, marked as under way; None when it has been made."""
    key = f"{NoticeKind.UNSIGNED}:{held.mark}:{rank}"
    notice = _add(session, held, NoticeKind.UNSIGNED, NoticeWay.PHONE, key, now=now)
    if notice is not None:
        notice.rank = rank
    return notice


def address_of(
    session: Session, unit: Unit, way: NoticeWay, *, at: datetime, rank: DutyRank | None = None
) -> Address | None:
    """SMS go to whoever is on duty at that moment, or has this rank then; robots and mails to the unit."""
    match way:
        case NoticeWay.SMS | NoticeWay.PHONE:
            duty = on_duty(session, unit.id, rank or DutyRank.DUTY, at=at)
            return Address(duty.phone, mask_phone(duty.phone)) if duty else None
        case NoticeWay.WEBHOOK:
            return Address(unit.duty_webhook, "群机器人") if unit.duty_webhook else None
        case NoticeWay.EMAIL:
            shown = f"***@{unit.duty_email.rpartition('@')[2]}"
            return Address(unit.duty_email, shown) if unit.duty_email else None


def hand_over(
    session: Session, notice_id: int, *, attempt: int, office: NoticeOffice, now: datetime
) -> Outgoing | None:
    """Take a notice, with all that may be joined to it, and mark it before anybody outside hears of it.

    None: nothing is left to do here; an SMS has been queued, it is not wanted any more, it waits for its minute, or a
    newer job has it.  One found half handed over becomes UNKNOWN and is not sent again by itself.
    """
    unit = _locked_unit(session, notice_id)
    notice = locked_notice(session, notice_id)
    if attempt != notice.attempt:
        return None
    if notice.state is NoticeState.HANDING:
        note_unknown(session, notice, DIED, now=now)
    if notice.state is not NoticeState.WAITING:
        return None
    together = _together(session, notice, now=now)
    if not together:
        return None
    if (later := _paced(session, together, now=now)) is not None:
        _enqueue(session, notice, at=later, now=now)
        return None
    address = address_of(session, unit, notice.way, at=now, rank=notice.rank)
    if address is None:
        note_failed(session, notice, no_contact(notice.rank), now=now)
        return None
    return _go(session, together, address, office=office, now=now)


def _locked_unit(session: Session, notice_id: int) -> Unit:
    """One notice at a time for each unit, or two would tell of the same tickets.  Raises NoticeNotFound."""
    unit_id = session.scalar(select(UnitNotice.unit_id).where(UnitNotice.id == notice_id))
    if unit_id is None:
        raise NoticeNotFound(notice_id=notice_id)
    return session.get_one(Unit, unit_id, with_for_update=True)


def _together(session: Session, notice: UnitNotice, *, now: datetime) -> list[UnitNotice]:
    """This notice, if it is still wanted, and whatever else of its kind waits for the unit by this way."""
    waiting = session.scalars(
        select(UnitNotice)
        .where(
            UnitNotice.unit_id == notice.unit_id,
            UnitNotice.way == notice.way,
            UnitNotice.kind == notice.kind,
            UnitNotice.state == NoticeState.WAITING,
            UnitNotice.not_before <= now,
        )
        .options(selectinload(UnitNotice.ticket))
        .order_by(UnitNotice.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    kept = [one for one in waiting if _keep_or_drop(session, one, now=now)]
    mine = [one for one in kept if one.id == notice.id]
    return mine and [*mine, *(one for one in kept if one.id != notice.id)]


def _keep_or_drop(session: Session, notice: UnitNotice, *, now: datetime) -> bool:
    if is_wanted(session, notice):
        return True
    notice.state, notice.done_at = NoticeState.DROPPED, now
    announce(session, NoticeChanged(notice.id))
    return False


def _paced(session: Session, together: Sequence[UnitNotice], *, now: datetime) -> datetime | None:
    """When it may go if the unit was told within the last minute; an urgent one goes at once."""
    if any(one.ticket.urgency is not Urgency.NORMAL for one in together):
        return None
    first = together[0]
    last = session.scalars(
        select(UnitNotice.handed_at)
        .where(
            UnitNotice.unit_id == first.unit_id,
            UnitNotice.way == first.way,
            UnitNotice.kind == first.kind,
            UnitNotice.handed_at > now - JOIN,
        )
        .order_by(UnitNotice.handed_at.desc())
        .limit(1)
    ).first()
    return None if last is None else last + JOIN


def _go(
    session: Session, together: Sequence[UnitNotice], address: Address, *, office: NoticeOffice, now: datetime
) -> Outgoing | None:
    notice, *others = together
    for other in others:
        other.state, other.joined_into_id, other.done_at = NoticeState.JOINED, notice.id, now
        announce(session, NoticeChanged(other.id))
    said = wording(notice.kind, [_told(session, one) for one in together], now=now)
    notice.n, notice.text, notice.told, notice.handed_at = said.n, said.text, address.shown, now
    announce(session, NoticeChanged(notice.id))
    if notice.way is NoticeWay.SMS:
        _queue_sms(session, notice, address, said, office=office, now=now)
        return None
    notice.state = NoticeState.HANDING
    session.flush()
    return Outgoing(notice.id, address.target, said.text, said.n, now)


def _told(session: Session, notice: UnitNotice) -> Told:
    return Told(notice.ticket.number, notice.ticket.urgency, limit_of(session, notice))


def _queue_sms(
    session: Session, notice: UnitNotice, address: Address, said: Wording, *, office: NoticeOffice, now: datetime
) -> None:
    """Our own message queue takes it in this transaction; what it says later comes as SmsFailed or SmsUnsure."""
    message = queue_message(session, address.target, UNIT_NOTICE, said.values, office=office.sms, now=now)
    notice.message_id = message.id
    notice.state, notice.done_at = NoticeState.SENT, now
    session.flush()


def take_back(session: Session, notice_id: int) -> None:
    """It certainly was not taken: it waits again, for the same job."""
    notice = locked_notice(session, notice_id)
    if notice.state is NoticeState.HANDING:
        notice.state, notice.handed_at = NoticeState.WAITING, None


def note_sent(session: Session, notice_id: int, *, now: datetime) -> None:
    notice = locked_notice(session, notice_id)
    notice.state, notice.error, notice.done_at = NoticeState.SENT, "", now
    announce(session, NoticeChanged(notice.id))


def note_refused(session: Session, notice_id: int, *, reason: str, now: datetime) -> None:
    """It will not be taken."""
    note_failed(session, locked_notice(session, notice_id), reason, now=now)


def note_unsure(session: Session, notice_id: int, *, reason: str, now: datetime) -> None:
    """It may have been taken."""
    note_unknown(session, locked_notice(session, notice_id), reason, now=now)


def note_failed(session: Session, notice: UnitNotice, reason: str, *, now: datetime) -> None:
    notice.state, notice.error, notice.done_at = NoticeState.FAILED, reason[:200], now
    announce(session, NoticeChanged(notice.id))


def note_unknown(session: Session, notice: UnitNotice, reason: str, *, now: datetime) -> None:
    notice.state, notice.error, notice.done_at = NoticeState.UNKNOWN, reason[:200], now
    announce(session, NoticeChanged(notice.id))


def note_sms_failed(session: Session, message_id: int, *, reason: str, now: datetime) -> None:
    """The message of a notice did not arrive; messages of citizens are nobody's business here."""
    notice = session.scalar(select(UnitNotice).where(UnitNotice.message_id == message_id).with_for_update())
    if notice is not None:
        note_failed(session, notice, f"短信未送达：{reason}", now=now)


def note_sms_unsure(session: Session, message_id: int, *, now: datetime) -> None:
    """Nobody knows whether the message of a notice left: a person decides whether it goes again."""
    notice = session.scalar(select(UnitNotice).where(UnitNotice.message_id == message_id).with_for_update())
    if notice is not None:
        note_unknown(session, notice, "短信结果未知", now=now)


def resend_notice(session: Session, notice_id: int, *, now: datetime) -> UnitNotice:
    """重发: a person decides that it goes again.  Raises NoticeNotFound, NoticeNotResendable."""
    notice = locked_notice(session, notice_id)
    if notice.state not in RESENDABLE or notice.way is NoticeWay.PHONE:
        raise NoticeNotResendable(state=notice.state.name_zh)
    notice.state, notice.error, notice.handed_at, notice.done_at = NoticeState.WAITING, "", None, None
    notice.message_id = None
    _enqueue(session, notice, at=now, now=now)
    announce(session, NoticeChanged(notice.id))
    return notice


def locked_notice(session: Session, notice_id: int) -> UnitNotice:
    """Raises NoticeNotFound."""
    found = (
        select(UnitNotice)
        .where(UnitNotice.id == notice_id)
        .options(selectinload(UnitNotice.ticket), selectinload(UnitNotice.unit))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    notice = session.scalar(found)
    if notice is None:
        raise NoticeNotFound(notice_id=notice_id)
    return notice


def _enqueue(session: Session, notice: UnitNotice, *, at: datetime, now: datetime) -> None:
    """One job for each try; only the newest one sends, and `attempt` says which that is."""
    notice.attempt += 1
    key = f"{SEND}:{notice.id}:{notice.attempt}"
    enqueue(session, SEND, due_at=at, idempotency_key=key, now=now, notice_id=notice.id, attempt=notice.attempt)
