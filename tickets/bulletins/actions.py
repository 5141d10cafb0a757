"""Every write to bulletins: published to units, also to those that come later, signed for by them, withdrawn."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select, true
from sqlalchemy.orm import Session

from core.audit import record_view
from core.events import announce
from staff.errors import UnitNotFound
from staff.model import Unit
from staff.rules import Actor, UnitKind
from tickets.bulletins.errors import BulletinNotFound, BulletinOver
from tickets.bulletins.events import BulletinChanged, BulletinReceived
from tickets.bulletins.model import Bulletin, BulletinReceipt
from tickets.bulletins.queries import stands
from tickets.bulletins.rules import PUBLISHERS, BulletinForm, bulletin_faults
from tickets.clocks import local_day
from tickets.errors import RoleRefused
from tickets.forms import needed, refuse_faults

EVERYBODY = "全部单位"


def publish_bulletin(session: Session, form: BulletinForm, *, by: Actor, now: datetime) -> Bulletin:
    """To all units there are today, or to the chosen ones with all below them.

    Raises Invalid, RoleRefused, UnitNotFound.  Announces BulletinChanged; a line of the audit log.
    """
    _refuse_others(by, "发布公告")
    refuse_faults(bulletin_faults(form, today=local_day(now)))
    chosen = _chosen(session, form.unit_ids)
    bulletin = Bulletin(
        **form.model_dump(exclude={"unit_ids"}), audience=_audience(chosen), published_at=now, published_by=by.label
    )
    session.add(bulletin)
    session.flush()
    reached = _reached(session, chosen)
    if not reached:
        refuse_faults([(("body", "form", "unit_ids"), "nobody_reached", "所选单位均已停用，没有单位收到")])
    session.add_all(BulletinReceipt(bulletin_id=bulletin.id, unit_id=unit_id) for unit_id in reached)
    _log(session, bulletin, "publish_bulletin", f"{bulletin.audience}：{bulletin.title}", by=by, now=now)
    return bulletin


def withdraw_bulletin(session: Session, bulletin_id: int, *, reason: str, by: Actor, now: datetime) -> Bulletin:
    """No unit sees it any more; who signed for it stays on record.

    Raises Invalid, RoleRefused, BulletinNotFound, BulletinOver.  Announces BulletinChanged; a line of the audit log.
    """
    _refuse_others(by, "撤回公告")
    needed(reason)
    bulletin = _standing(session, bulletin_id, now=now)
    bulletin.withdrawn_at, bulletin.withdrawn_by, bulletin.withdraw_reason = now, by.label, reason
    _log(session, bulletin, "withdraw_bulletin", reason, by=by, now=now)
    return bulletin


def receive_bulletin(session: Session, bulletin_id: int, *, by: Actor, now: datetime) -> BulletinReceipt:
    """签收回执: the unit of whoever signs has read it; the first who signs counts, late or not.

    Raises BulletinNotFound, also for another unit's, and BulletinOver.  Announces BulletinReceived.
    """
    of_unit = select(BulletinReceipt).where(
        BulletinReceipt.bulletin_id == bulletin_id, BulletinReceipt.unit_id == by.unit_id
    )
    receipt = session.scalar(of_unit.with_for_update().execution_options(populate_existing=True))
    if receipt is None:
        raise BulletinNotFound(bulletin_id=bulletin_id)
    if receipt.received_at is None:
        _standing(session, bulletin_id, now=now)
        receipt.received_at, receipt.received_by = now, by.label
        announce(session, BulletinReceived(bulletin_id, receipt.unit_id))
    return receipt


def give_standing_bulletins(session: Session, unit_id: int, *, now: datetime) -> list[BulletinReceipt]:
    """To a unit that was added or moved, and all below it: what stands for all units or went to the unit above; once.

    What a unit has it keeps, signed for or not.  Announces BulletinChanged for each bulletin.
    """
    unit = session.get_one(Unit, unit_id)
    above = select(BulletinReceipt.bulletin_id).where(BulletinReceipt.unit_id == unit.parent_id)
    has_it = exists().where(BulletinReceipt.bulletin_id == Bulletin.id, BulletinReceipt.unit_id == Unit.id)
    missing = (
        select(Bulletin.id, Unit.id)
        .join(Unit, and_(_may_get(Unit.path.startswith(unit.path)), ~has_it))
        .where(stands(local_day(now)), or_(Bulletin.audience == EVERYBODY, Bulletin.id.in_(above)))
    )
    pairs = session.execute(missing.order_by(Bulletin.id, Unit.path)).all()
    given = [BulletinReceipt(bulletin_id=bulletin_id, unit_id=given_to) for bulletin_id, given_to in pairs]
    session.add_all(given)
    for bulletin_id in dict.fromkeys(receipt.bulletin_id for receipt in given):
        announce(session, BulletinChanged(bulletin_id))
    return given


def _refuse_others(by: Actor, what: str) -> None:
    if not by.may_act_as(PUBLISHERS):
        raise RoleRefused(action=what)


def _standing(session: Session, bulletin_id: int, *, now: datetime) -> Bulletin:
    """Locked.  Raises BulletinNotFound, BulletinOver."""
    bulletin = session.get(Bulletin, bulletin_id, with_for_update=True, populate_existing=True)
    if bulletin is None:
        raise BulletinNotFound(bulletin_id=bulletin_id)
    if bulletin.withdrawn_at is not None or local_day(now) > bulletin.valid_until:
        raise BulletinOver(title=bulletin.title)
    return bulletin


def _chosen(session: Session, unit_ids: Sequence[int]) -> Sequence[Unit]:
    """Raises UnitNotFound."""
    found = session.scalars(select(Unit).where(Unit.id.in_(unit_ids)).order_by(Unit.path)).all()
    if missing := set(unit_ids) - {unit.id for unit in found}:
        raise UnitNotFound(unit_id=min(missing))
    return found


def _audience(chosen: Sequence[Unit]) -> str:
    if not chosen:
        return EVERYBODY
    many = f"等 {len(chosen)} 个单位" if len(chosen) > 1 else ""
    return f"{chosen[0].short_name}{many}及其下级"


def _reached(session: Session, chosen: Sequence[Unit]) -> Sequence[int]:
    within = or_(*(Unit.path.startswith(unit.path) for unit in chosen)) if chosen else true()
    return session.scalars(select(Unit.id).where(_may_get(within)).order_by(Unit.path)).all()


def _may_get(within: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(within, Unit.is_active, Unit.kind != UnitKind.HOTLINE)


def _log(session: Session, bulletin: Bulletin, action: str, words: str, *, by: Actor, now: datetime) -> None:
    record_view(session, by.label, by.person_id, action, "bulletin", bulletin.id, words, now)
    announce(session, BulletinChanged(bulletin.id))
