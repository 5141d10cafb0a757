"""通知公告: published and withdrawn by the hotline office, read and signed for by units, with the list of receipts."""

from collections.abc import Sequence
from datetime import date
from typing import Self

from pydantic import Field
from sqlalchemy.orm import Session

from staff.rules import Actor, Role
from tickets.bulletins.actions import publish_bulletin, receive_bulletin, withdraw_bulletin
from tickets.bulletins.events import BulletinChanged, BulletinReceived
from tickets.bulletins.model import Bulletin, BulletinReceipt
from tickets.bulletins.queries import Counted, bulletin_by_id, bulletins, bulletins_of_unit, receipts
from tickets.bulletins.rules import PUBLISHERS, READERS, BulletinForm
from tickets.clocks import local_day
from web.api import Api, Body, Moment, Query, Request, RowId, View
from web.live import Topic
from web.ticket_acts import ALSO
from web.ticket_topics import LIST_GAP_S, anybody, read_list, the_office, to_every_list
from web.units import unit_of

api = Api()
TOPICS = (
    Topic("bulletins", anybody, read_list, {BulletinChanged: to_every_list}, least_gap_s=LIST_GAP_S),
    Topic("bulletin_receipts", the_office, read_list, {BulletinReceived: to_every_list}, least_gap_s=LIST_GAP_S),
)


class BulletinView(View):
    """One bulletin: `n` units have it, `received` of them have signed; `late`: how many have not, past the last day."""

    id: int
    title: str
    text: str
    audience: str
    valid_until: date
    receive_by: date | None
    published_at: Moment
    published_by: str
    withdrawn_at: Moment | None
    withdrawn_by: str
    withdraw_reason: str
    is_over: bool
    n: int
    received: int
    late: int

    @classmethod
    def of(cls, counted: Counted, *, today: date) -> Self:
        bulletin = counted.bulletin
        is_late = bulletin.receive_by is not None and today > bulletin.receive_by and bulletin.withdrawn_at is None
        return cls(
            **{name: getattr(bulletin, name) for name in _OF_BULLETIN},
            is_over=bulletin.withdrawn_at is not None or today > bulletin.valid_until,
            n=counted.n,
            received=counted.received,
            late=counted.n - counted.received if is_late else 0,
        )


_OF_BULLETIN = (
    "id", "title", "text", "audience", "valid_until", "receive_by", "published_at", "published_by", "withdrawn_at",
    "withdrawn_by", "withdraw_reason",
)  # fmt: skip


class BulletinsQuery(Query):
    """Those that stand, or those that were withdrawn or have ended."""

    over: bool = False
    after: RowId | None = None
    limit: int = Field(25, ge=1, le=100)


@api.get("/bulletins", role=READERS)
async def show_bulletins(request: Request, query: BulletinsQuery) -> list[BulletinView]:
    """List bulletins, the newest first."""
    today = local_day(request.now)

    def view(found: list[Counted]) -> list[BulletinView]:
        return [BulletinView.of(counted, today=today) for counted in found]

    shown: list[BulletinView] = await request.read(
        bulletins, today=today, is_over=query.over, after=query.after, limit=query.limit, view=view
    )
    return shown


class Publish(Body):
    """What is published, to whom and until when."""

    form: BulletinForm


def _shown(session: Session, bulletin: Bulletin, *, today: date) -> BulletinView:
    session.flush()
    return BulletinView.of(bulletin_by_id(session, bulletin.id), today=today)


def _publish(session: Session, form: BulletinForm, *, by: Actor, request: Request) -> BulletinView:
    made = publish_bulletin(session, form, by=by, now=request.now)
    return _shown(session, made, today=local_day(request.now))


@api.post("/bulletins", role=PUBLISHERS, status=201, also=(404,), idempotent=True)
async def publish(request: Request, body: Publish) -> BulletinView:
    """Publish to all units, or to the chosen ones with all below them."""
    shown: BulletinView = await request.write(_publish, body.form, by=request.actor, request=request)
    return shown


class Withdraw(Body):
    """Why it no longer holds."""

    reason: str = Field(min_length=1, max_length=200)


def _withdraw(session: Session, bulletin_id: int, *, reason: str, by: Actor, request: Request) -> BulletinView:
    gone = withdraw_bulletin(session, bulletin_id, reason=reason, by=by, now=request.now)
    return _shown(session, gone, today=local_day(request.now))


@api.post("/bulletins/{bulletin_id}/withdraw", role=PUBLISHERS, also=ALSO)
async def withdraw(request: Request, bulletin_id: RowId, body: Withdraw) -> BulletinView:
    """Take it back: no unit sees it any more."""
    shown: BulletinView = await request.write(
        _withdraw, bulletin_id, reason=body.reason, by=request.actor, request=request
    )
    return shown


class ReceiptView(View):
    """One unit that it went to; `after` is where the next page begins."""

    unit: str
    received_at: Moment | None
    received_by: str
    after: str

    @classmethod
    def of(cls, receipt: BulletinReceipt) -> Self:
        return cls(
            unit=receipt.unit.name,
            received_at=receipt.received_at,
            received_by=receipt.received_by,
            after=receipt.unit.path,
        )


class ReceiptsQuery(Query):
    """All units, those without a receipt, or those with one."""

    missing: bool | None = None
    after: str = Field("", max_length=200)
    limit: int = Field(50, ge=1, le=100)


def _receipts(session: Session, bulletin_id: int, query: ReceiptsQuery) -> list[ReceiptView]:
    bulletin_by_id(session, bulletin_id)
    found = receipts(session, bulletin_id, is_missing=query.missing, after=query.after, limit=query.limit)
    return [ReceiptView.of(receipt) for receipt in found]


@api.get("/bulletins/{bulletin_id}/receipts", role=READERS, also=(404,))
async def show_receipts(request: Request, bulletin_id: RowId, query: ReceiptsQuery) -> list[ReceiptView]:
    """List the units that it went to, and who of them has signed, in the order of the tree."""
    shown: list[ReceiptView] = await request.read(_receipts, bulletin_id, query)
    return shown


class UnitBulletin(View):
    """A bulletin as a unit reads it; `is_late`: its receipt is asked for and overdue."""

    id: int
    title: str
    text: str
    valid_until: date
    receive_by: date | None
    published_at: Moment
    received_at: Moment | None
    received_by: str
    is_late: bool

    @classmethod
    def of(cls, receipt: BulletinReceipt, *, today: date) -> Self:
        bulletin = receipt.bulletin
        is_waiting = receipt.received_at is None and bulletin.receive_by is not None
        return cls(
            id=bulletin.id,
            title=bulletin.title,
            text=bulletin.text,
            valid_until=bulletin.valid_until,
            receive_by=bulletin.receive_by,
            published_at=bulletin.published_at,
            received_at=receipt.received_at,
            received_by=receipt.received_by,
            is_late=is_waiting and bulletin.receive_by is not None and today > bulletin.receive_by,
        )


def _of_unit(session: Session, *, unit_id: int, today: date) -> list[UnitBulletin]:
    found: Sequence[BulletinReceipt] = bulletins_of_unit(session, unit_id=unit_id, today=today)
    return [UnitBulletin.of(receipt, today=today) for receipt in found]


@api.get("/unit/bulletins", role=Role.UNIT_OFFICER)
async def show_unit_bulletins(request: Request) -> list[UnitBulletin]:
    """List what stands for one's unit: what is not signed for first, then the newest."""
    shown: list[UnitBulletin] = await request.read(
        _of_unit, unit_id=unit_of(request.actor), today=local_day(request.now)
    )
    return shown


def _receive(session: Session, bulletin_id: int, *, by: Actor, request: Request) -> list[UnitBulletin]:
    receive_bulletin(session, bulletin_id, by=by, now=request.now)
    session.flush()
    return _of_unit(session, unit_id=unit_of(by), today=local_day(request.now))


@api.post("/unit/bulletins/{bulletin_id}/receive", role=Role.UNIT_OFFICER, also=ALSO)
async def receive(request: Request, bulletin_id: RowId) -> list[UnitBulletin]:
    """签收回执: one's unit has read it; a second time changes nothing."""
    shown: list[UnitBulletin] = await request.write(_receive, bulletin_id, by=request.actor, request=request)
    return shown
