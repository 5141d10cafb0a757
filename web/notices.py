"""Notices to units as supervisors see them: what was told to whom, what failed, and sending it again."""

from typing import Self

from pydantic import Field
from sqlalchemy.orm import Session

from core.masking import plain_number
from staff.rules import Actor, DutyRank, Role
from telephony.duty_phone import RingOutcome
from tickets.notices.actions import resend_notice
from tickets.notices.events import NoticeChanged
from tickets.notices.model import UnitNotice
from tickets.notices.queries import count_by_state, newest_notices
from tickets.notices.rules import RESENDABLE, NoticeKind, NoticeState, NoticeWay
from web.api import Api, Moment, Query, Request, RowId, View
from web.live import Topic
from web.ticket_topics import LIST_GAP_S, read_list

api = Api()
READERS = (Role.SUPERVISOR, Role.ADMINISTRATOR, Role.SHIFT_LEADER, Role.ESCALATION, Role.INSPECTOR)
SENDERS = (Role.SUPERVISOR, Role.ADMINISTRATOR)


class NoticesQuery(Query):
    """Newest first; each filter narrows."""

    state: NoticeState | None = None
    way: NoticeWay | None = None
    unit_id: RowId | None = None
    search: str = Field("", max_length=40)
    after: RowId | None = None


class NoticeView(View):
    """What one notice said, to whom (masked), and what became of it; `tail` is of the ticket's number."""

    id: int
    unit_name: str
    kind: NoticeKind
    way: NoticeWay
    rank: DutyRank | None
    state: NoticeState
    tail: str
    number: str
    n: int
    text: str
    told: str
    outcome: RingOutcome | None
    error: str
    created_at: Moment
    handed_at: Moment | None
    is_resendable: bool

    @classmethod
    def of(cls, notice: UnitNotice) -> Self:
        same = {name: getattr(notice, name) for name in cls.model_fields if name not in _OWN}
        may = notice.state in RESENDABLE and notice.way is not NoticeWay.PHONE
        return cls(
            **same,
            unit_name=notice.unit.short_name,
            tail=notice.ticket.number[-4:],
            number=notice.ticket.number,
            is_resendable=may,
        )


_OWN = frozenset({"unit_name", "tail", "number", "is_resendable"})


class NoticesPage(View):
    """A page of notices, and how many wait, failed, or ended nobody knows how."""

    rows: list[NoticeView]
    next: int | None
    counts: dict[NoticeState, int]


@api.get("/notices", role=READERS)
async def show_notices(request: Request, query: NoticesQuery) -> NoticesPage:
    """List notices, newest first."""
    return await request.read(_notices, query)


def _notices(session: Session, query: NoticesQuery) -> NoticesPage:
    found = newest_notices(
        session,
        state=query.state,
        way=query.way,
        unit_id=query.unit_id,
        digits=plain_number(query.search),
        before=query.after,
    )
    return NoticesPage(
        rows=[NoticeView.of(notice) for notice in found.rows], next=found.next, counts=count_by_state(session)
    )


@api.post("/notices/{notice_id}/resend", role=SENDERS, also=(404, 409))
async def resend(request: Request, notice_id: RowId) -> NoticeView:
    """Send one again that failed, or whose end nobody knows."""
    return await request.write(resend_notice, notice_id, now=request.now, view=NoticeView.of)


def _may_watch(actor: Actor, _key: str) -> bool:
    return actor.may_act_as(READERS)


TOPICS = (Topic("notices", _may_watch, read_list, {NoticeChanged: lambda _event: ""}, least_gap_s=LIST_GAP_S),)
