"""来信: what citizens wrote by e-mail and what became of it; what was held is registered, added or put aside."""

from typing import Self

from pydantic import Field
from sqlalchemy.orm import Session

from core.audit import record_view
from core.masking import mask_address, mask_name, mask_text
from staff.rules import Actor
from tickets.mail.actions import add_held, dismiss_held, register_held
from tickets.mail.answers import FAILED, resend_answer
from tickets.mail.events import MailChanged
from tickets.mail.model import Mail, MailAnswer
from tickets.mail.queries import PAGE, MailRow, count_held, list_mails, mail_by_id, photos_of_mail
from tickets.mail.rules import ACTORS, READERS, AnswerKind, AnswerState, HeldReason, MailOutcome
from tickets.mail.settings import MailOffice
from tickets.mail.taking import Desk
from tickets.settings import TicketOffice
from web.api import Api, Body, Moment, Query, Request, RowId, View
from web.live import Topic
from web.ticket_rows import TicketNumber
from web.ticket_topics import LIST_GAP_S, read_list

api = Api()


class MailsQuery(Query):
    """Newest first; without an outcome all of them."""

    outcome: MailOutcome | None = None
    after: RowId | None = None


class MailAnswerView(View):
    """One mail back, and what became of it."""

    id: int
    kind: AnswerKind
    state: AnswerState
    made_at: Moment
    failure: str
    is_resendable: bool

    @classmethod
    def of(cls, answer: MailAnswer) -> Self:
        same = {name: getattr(answer, name) for name in ("id", "kind", "state", "made_at", "failure")}
        return cls(**same, is_resendable=answer.state in FAILED)


class MailView(View):
    """A mail as the list shows it; who wrote is masked."""

    id: int
    taken_at: Moment
    sender: str
    sender_name: str
    subject: str
    outcome: MailOutcome
    held_reason: HeldReason | None
    ticket_number: str
    photos: int
    left_out: int
    handled_by: str
    handled_reason: str
    answers: list[MailAnswerView]

    @classmethod
    def of(cls, row: MailRow) -> Self:
        mail = row.mail
        same = {name: getattr(mail, name) for name in _SAME}
        return cls(
            **same,
            sender=mask_address(mail.sender),
            sender_name=mask_name(mail.sender_name),
            subject=mask_text(mail.subject),
            ticket_number=row.ticket_number,
            photos=row.photos,
            answers=[MailAnswerView.of(answer) for answer in row.answers],
        )


_SAME = ("id", "taken_at", "outcome", "held_reason", "left_out", "handled_by", "handled_reason")


class MailsPage(View):
    """A page of mails, and how many wait for a person."""

    rows: list[MailView]
    next: int | None
    held: int


class MailWords(View):
    """What a mail says, its numbers masked, and the ids of its photos; both empty once they stand on a ticket."""

    text: str
    photos: list[int]


class Addition(Body):
    """The ticket that a mail belongs to."""

    number: TicketNumber


class Dismissal(Body):
    """Why a mail is no matter of ours."""

    reason: str = Field(min_length=2, max_length=100)


@api.get("/mails", role=READERS)
async def show_mails(request: Request, query: MailsQuery) -> MailsPage:
    """List mails, newest first."""
    return await request.read(_mails, query)


def _mails(session: Session, query: MailsQuery) -> MailsPage:
    rows = list_mails(session, [query.outcome] if query.outcome else [], before=query.after)
    views = [MailView.of(row) for row in rows]
    return MailsPage(rows=views, next=views[-1].id if len(views) == PAGE else None, held=count_held(session))


@api.post("/mails/{mail_id}/look", role=READERS, also=(404,))
async def look(request: Request, mail_id: RowId) -> MailWords:
    """Read what a mail says; each look has a line in the audit log."""
    words: MailWords = await request.write(_looked, mail_id, request)
    return words


def _looked(session: Session, mail_id: int, request: Request) -> MailWords:
    text = mail_by_id(session, mail_id).mail.text
    who = request.actor
    record_view(session, who.label, who.person_id, "view_mail", "mail", mail_id, "处理来信", request.now)
    return MailWords(text=mask_text(text), photos=list(photos_of_mail(session, mail_id)))


@api.post("/mails/{mail_id}/register", role=ACTORS, also=(404, 409, 422))
async def register(request: Request, mail_id: RowId) -> MailView:
    """登记为工单: the citizen clock starts, and the writer gets the number."""
    return await request.write(register_held, mail_id, by=request.actor, desk=_desk(request), view=_row_of)


@api.post("/mails/{mail_id}/add", role=ACTORS, also=(404, 409))
async def add(request: Request, mail_id: RowId, body: Addition) -> MailView:
    """并入工单: what it says is an addition to that ticket."""
    return await request.write(add_held, mail_id, body.number, by=request.actor, desk=_desk(request), view=_row_of)


@api.post("/mails/{mail_id}/dismiss", role=ACTORS, also=(404, 409))
async def dismiss(request: Request, mail_id: RowId, body: Dismissal) -> MailView:
    """不作处理: it is no matter of ours, and nobody is answered."""
    return await request.write(
        dismiss_held, mail_id, reason=body.reason, by=request.actor, now=request.now, view=_row_of
    )


@api.post("/mails/answers/{answer_id}/resend", role=ACTORS, also=(404, 409))
async def resend(request: Request, answer_id: RowId) -> MailAnswerView:
    """Send an answer once more that did not arrive, or whose end nobody knows."""
    return await request.write(resend_answer, answer_id, now=request.now, view=MailAnswerView.of)


def _desk(request: Request) -> Desk:
    return Desk(request.service(MailOffice).settings, request.service(TicketOffice), request.now)


def _row_of(mail: Mail) -> MailView:
    """The list is read anew behind it; here only what the act changed matters."""
    return MailView.of(MailRow(mail, "", 0, []))


def _may_watch(actor: Actor, _key: str) -> bool:
    return actor.may_act_as(READERS)


TOPICS = (Topic("mails", _may_watch, read_list, {MailChanged: lambda _event: ""}, least_gap_s=LIST_GAP_S),)
