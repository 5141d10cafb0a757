"""Everything that is read about SMS."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from sms.errors import MessageNotFound
from sms.model import GatewayLink, HandOver, Message, OptOut, Reply, TemplateApproval
from sms.providers.provider import Outgoing
from sms.rules import MessageState
from sms.settings import ProviderName
from sms.templates import templates_saying


def message(session: Session, message_id: int) -> Message:
    """Raises MessageNotFound."""
    found = session.get(Message, message_id)
    if found is None:
        raise MessageNotFound(message_id=message_id)
    return found


def phones_asked(session: Session) -> frozenset[str]:
    """Phones with a request that may still be answered: nothing else is asked of them meanwhile."""
    return frozenset(session.scalars(select(Message.phone).where(Message.open_phone.is_not(None))))


def handed_message(session: Session, message_id: int) -> Outgoing | None:
    """A message of unknown outcome as it was handed over; None once the outcome is known."""
    found = message(session, message_id)
    if found.state is not MessageState.UNKNOWN or found.handed_at is None or found.provider is None:
        return None
    return outgoing_of(found, found.provider, _last_hand_over(session, message_id), found.handed_at)


def submitted_message(session: Session, message_id: int) -> tuple[Outgoing, str | None] | None:
    """A message nothing final is known about and the provider's id of it; None otherwise."""
    found = message(session, message_id)
    if found.state is not MessageState.SUBMITTED or found.handed_at is None or found.provider is None:
        return None
    n = _last_hand_over(session, message_id)
    return outgoing_of(found, found.provider, n, found.handed_at), found.provider_id


def outgoing_of(found: Message, provider: ProviderName, n: int, handed_at: datetime) -> Outgoing:
    return Outgoing(
        found.id, found.phone, found.text, handed_at, provider, n, found.template, dict(found.variables or {})
    )


def _last_hand_over(session: Session, message_id: int) -> int:
    return session.scalar(select(func.max(HandOver.n)).where(HandOver.message_id == message_id)) or 1


def gateway_link(session: Session, name: ProviderName) -> GatewayLink | None:
    """How the line to a gateway stood when it was last looked at; None: it never was."""
    return session.get(GatewayLink, name)


def newest_approvals(session: Session) -> Sequence[TemplateApproval]:
    """The newest line of each template, provider and id."""
    line = TemplateApproval
    newest = select(func.max(line.id)).group_by(line.template, line.provider, line.provider_template_id)
    return session.scalars(select(line).where(line.id.in_(newest)).order_by(line.id)).all()


def approval_lines(session: Session) -> Sequence[TemplateApproval]:
    """All that was ever said of our templates, newest first."""
    return session.scalars(select(TemplateApproval).order_by(TemplateApproval.id.desc())).all()


def reply(session: Session, reply_id: int) -> Reply:
    return session.get_one(Reply, reply_id)


def newest_messages(
    session: Session,
    *,
    state: MessageState | None = None,
    phone_hash: str = "",
    text: str = "",
    before: int | None = None,
    limit: int = 50,
) -> Sequence[Message]:
    """Newest first, after the message with id `before`; to this phone, with these words in what its template says.

    What stands in one message alone is not looked at: a code would be found out letter by letter.
    """
    query = select(Message).order_by(Message.id.desc()).limit(limit)
    if state is not None:
        query = query.where(Message.state == state)
    if phone_hash:
        query = query.where(Message.phone_hash == phone_hash)
    if text:
        query = query.where(Message.template.in_(templates_saying(text)))
    if before is not None:
        query = query.where(Message.id < before)
    return session.scalars(query).all()


def replies_to(session: Session, message_ids: Sequence[int]) -> Sequence[Reply]:
    """Every reply to these messages, oldest first."""
    return session.scalars(select(Reply).where(Reply.message_id.in_(message_ids)).order_by(Reply.id)).all()


def other_request(session: Session, phone_hash: str) -> bool:
    """Whether a question is open with this phone, or waits for it."""
    waits = (Message.state == MessageState.WAITING) & Message.expects_reply
    query = select(Message.id).where(Message.phone_hash == phone_hash, or_(Message.open_phone == phone_hash, waits))
    return session.scalar(query.limit(1)) is not None


def hand_overs_of(session: Session, message_ids: Sequence[int]) -> Sequence[HandOver]:
    """To whom these messages were handed, in order."""
    query = select(HandOver).where(HandOver.message_id.in_(message_ids)).order_by(HandOver.message_id, HandOver.n)
    return session.scalars(query).all()


def wants_none(session: Session, phone_hash: str) -> bool:
    """Whether this phone has asked for no more messages."""
    return session.scalar(select(OptOut.id).where(OptOut.phone_hash == phone_hash)) is not None
