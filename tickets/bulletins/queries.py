"""Reads of bulletins: all of them with how many units have signed, and those that a unit has to read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from staff.model import Unit
from tickets.bulletins.errors import BulletinNotFound
from tickets.bulletins.model import Bulletin, BulletinReceipt


@dataclass(frozen=True)
class Counted:
    """A bulletin, to how many units it went, and how many of them have signed."""

    bulletin: Bulletin
    n: int
    received: int


def stands(today: date) -> ColumnElement[bool]:
    return and_(Bulletin.withdrawn_at.is_(None), Bulletin.valid_until >= today)


def bulletins(
    session: Session, *, today: date, is_over: bool = False, after: int | None = None, limit: int = 25
) -> list[Counted]:
    """The newest first, below the one with id `after`: those that stand, or those that are over."""
    over = or_(Bulletin.withdrawn_at.is_not(None), Bulletin.valid_until < today)
    found = _counted().where(over if is_over else stands(today)).order_by(Bulletin.id.desc()).limit(limit)
    if after is not None:
        found = found.where(Bulletin.id < after)
    return [Counted(*row) for row in session.execute(found)]


def bulletin_by_id(session: Session, bulletin_id: int) -> Counted:
    """Raises BulletinNotFound."""
    row = session.execute(_counted().where(Bulletin.id == bulletin_id)).one_or_none()
    if row is None:
        raise BulletinNotFound(bulletin_id=bulletin_id)
    return Counted(*row)


def _counted() -> Select[Bulletin, int, int]:
    signed = func.count(BulletinReceipt.received_at)
    return (
        select(Bulletin, func.count(BulletinReceipt.id), signed)
        .join(BulletinReceipt, BulletinReceipt.bulletin_id == Bulletin.id)
        .group_by(Bulletin.id)
    )


def receipts(
    session: Session, bulletin_id: int, *, is_missing: bool | None = None, after: str = "", limit: int = 50
) -> Sequence[BulletinReceipt]:
    """In the order of the tree, after the unit with that path; `is_missing`: only who has not signed, or who has."""
    found = select(BulletinReceipt).join(Unit).where(BulletinReceipt.bulletin_id == bulletin_id, Unit.path > after)
    if is_missing is not None:
        signed = BulletinReceipt.received_at
        found = found.where(signed.is_(None) if is_missing else signed.is_not(None))
    return session.scalars(found.options(joinedload(BulletinReceipt.unit)).order_by(Unit.path).limit(limit)).all()


def bulletins_of_unit(session: Session, *, unit_id: int, today: date) -> Sequence[BulletinReceipt]:
    """What stands for a unit: what it has not signed for first, then the newest."""
    found = select(BulletinReceipt).join(Bulletin).where(BulletinReceipt.unit_id == unit_id, stands(today))
    ordered = found.order_by(BulletinReceipt.received_at.is_not(None), Bulletin.id.desc())
    return session.scalars(ordered.options(joinedload(BulletinReceipt.bulletin))).all()
