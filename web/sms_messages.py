"""Messages as staff see them; with the console provider also the citizen's side of the demo."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import ClassVar, Self

from pydantic import Field
from sqlalchemy.orm import Session

from core.errors import Conflict
from core.secrets import phone_hash
from sms.actions.confirming import confirm_not_sent, confirm_sent
from sms.approvals import may_carry
from sms.events import SmsChanged, SmsDelivered, SmsFailed, SmsReplied
from sms.inbox import record_reply
from sms.model import Message
from sms.office import SmsOffice
from sms.providers.provider import Inbound
from sms.queries import hand_overs_of, message, newest_approvals, newest_messages, replies_to
from sms.replies import Outcome
from sms.rules import HandOverState, MessageState, NotSent, Settled
from sms.settings import ProviderName
from sms.templates import without_code
from staff.rules import Actor, Role
from web.api import Api, Body, Moment, Query, Request, RowId, View
from web.live import Topic
from web.ticket_topics import LIST_GAP_S, read_list

api = Api()
READERS = (Role.SUPERVISOR, Role.SHIFT_LEADER, Role.CALLBACK, Role.INSPECTOR, Role.ADMINISTRATOR, Role.QUALITY)
#: who may say what became of a message that no provider can answer for
SETTLERS = (Role.SUPERVISOR, Role.SHIFT_LEADER, Role.ADMINISTRATOR)
PAGE_ROWS = 50
Confirm = Callable[..., Message]


class OnlyInDemo(Conflict):
    code: ClassVar[str] = "only_in_demo"
    message: ClassVar[str] = "只有演示短信通道可以代市民回复"


class NotSentYet(Conflict):
    code: ClassVar[str] = "sms_not_sent_yet"
    message: ClassVar[str] = "这条短信还没有发到手机上，现在不能回复"


class MessagesQuery(Query):
    state: MessageState | None = None
    #: a whole telephone number, or words that the messages of a template share
    search: str = Field("", max_length=40)
    after: RowId | None = None


class ReplyView(View):
    """What a citizen wrote and what it was taken to mean; `level` only when rated."""

    id: int
    text: str
    outcome: Outcome
    level: int | None
    comment: str | None
    received_at: Moment


class HandOverView(View):
    """One provider that was given the message, what came of it, and how an unknown outcome became known."""

    n: int
    provider: ProviderName
    state: HandOverState
    error_code: str | None
    was_unknown: bool
    settled: Settled | None
    settled_by: str | None
    settled_reason: str | None
    at: Moment
    answered_at: Moment | None


class MessageView(View):
    """A message to a masked phone; `reason` and `error_code` say why it was not sent or failed.

    `waits_for_approval`: no provider may send its template now.
    The citizen's code in `text` is hidden from staff, or they could rate in the citizen's place; the demo shows it.
    """

    id: int
    masked_phone: str
    template: str
    text: str
    parts: int
    expects_reply: bool
    state: MessageState
    reason: NotSent | None
    waits_for_approval: bool
    error_code: str | None
    provider: ProviderName | None
    created_at: Moment
    submitted_at: Moment | None
    delivered_at: Moment | None
    replied_at: Moment | None
    replies: list[ReplyView]
    hand_overs: list[HandOverView]

    @classmethod
    def made(cls, session: Session, shown: Sequence[Message], *, office: SmsOffice) -> list[Self]:
        """With their replies and hand-overs, read together."""
        ids = [message.id for message in shown]
        replies, handed, lines = replies_to(session, ids), hand_overs_of(session, ids), newest_approvals(session)
        beside = {"text", "waits_for_approval", "replies", "hand_overs"}
        return [
            cls(
                **{name: getattr(message, name) for name in cls.model_fields if name not in beside},
                text=message.text if office.is_demo else without_code(message.text),
                waits_for_approval=message.state is MessageState.WAITING and not may_carry(office, message, lines),
                replies=[ReplyView.model_validate(one) for one in replies if one.message_id == message.id],
                hand_overs=[HandOverView.model_validate(one) for one in handed if one.message_id == message.id],
            )
            for message in shown
        ]


class MessageList(View):
    """`is_demo`: the console provider runs, so a reply can be written on the citizen's behalf."""

    rows: list[MessageView]
    next: int | None
    is_demo: bool


class Finding(Body):
    """How somebody found out whether a message has left."""

    reason: str = Field(min_length=2, max_length=200)


class DemoReply(Body):
    """What the citizen of a demo message writes back."""

    message_id: RowId
    text: str = Field(max_length=500)


@api.get("/sms/messages", role=READERS)
async def list_messages(request: Request, query: MessagesQuery) -> MessageList:
    """Newest first, with their replies."""
    return await request.read(_messages, query, request.service(SmsOffice))


@api.post("/sms/console/replies", role=READERS, status=201, idempotent=True, also=(404,))
async def reply_as_citizen(request: Request, body: DemoReply) -> MessageView:
    """Write back as the citizen would; only with the console provider, from which nothing leaves the house."""
    office = request.service(SmsOffice)
    if not office.is_demo:
        raise OnlyInDemo
    return await request.write(_reply, body, office, now=request.now)


@api.post("/sms/messages/{message_id}/sent", role=SETTLERS, also=(404, 409))
async def say_it_was_sent(request: Request, message_id: RowId, body: Finding) -> MessageView:
    """A person found out that a message of unknown outcome has left."""
    return await _confirm(request, confirm_sent, message_id, body)


@api.post("/sms/messages/{message_id}/not-sent", role=SETTLERS, also=(404, 409))
async def say_it_was_not_sent(request: Request, message_id: RowId, body: Finding) -> MessageView:
    """A person found out that it has not left; another channel takes over, no SMS is sent in its place."""
    return await _confirm(request, confirm_not_sent, message_id, body)


async def _confirm(request: Request, confirm: Confirm, message_id: int, body: Finding) -> MessageView:
    office = request.service(SmsOffice)

    def confirmed(session: Session) -> MessageView:
        found = confirm(session, message_id, by=request.actor, reason=body.reason, now=request.now)
        session.flush()
        return MessageView.made(session, [found], office=office)[0]

    return await request.write(confirmed)


def _may_watch(actor: Actor, _key: str) -> bool:
    return actor.may_act_as(READERS)


def _to_the_list(_event: object) -> str:
    return ""


#: the list of messages asks again when any of these happens
TOPICS = (
    Topic(
        "sms",
        _may_watch,
        read_list,
        dict.fromkeys((SmsChanged, SmsDelivered, SmsFailed, SmsReplied), _to_the_list),
        least_gap_s=LIST_GAP_S,
    ),
)


def _messages(session: Session, query: MessagesQuery, office: SmsOffice) -> MessageList:
    phone, words = _sought(query.search, office.phone_key)
    found = newest_messages(
        session, state=query.state, phone_hash=phone, text=words, before=query.after, limit=PAGE_ROWS
    )
    rows = MessageView.made(session, found, office=office)
    return MessageList(rows=rows, next=rows[-1].id if len(rows) == PAGE_ROWS else None, is_demo=office.is_demo)


def _sought(text: str, phone_key: bytes) -> tuple[str, str]:
    """The hash of a whole telephone, or words that all messages of a template share."""
    has_digits = any(character.isdigit() for character in text)
    return (phone_hash(text, phone_key), "") if has_digits else ("", text)


def _reply(session: Session, body: DemoReply, office: SmsOffice, *, now: datetime) -> MessageView:
    """Raises MessageNotFound, NotSentYet."""
    asked = message(session, body.message_id)
    if asked.submitted_at is None:
        raise NotSentYet
    provider_id = f"demo-{body.message_id}-{len(replies_to(session, [body.message_id])) + 1}"
    inbound = Inbound(ProviderName.CONSOLE, provider_id, asked.phone, body.text)
    record_reply(session, inbound, phone_key=office.phone_key, now=now)
    return MessageView.made(session, [asked], office=office)[0]
