"""Long messages of which a gateway numbers and reports each part by itself."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sms.model import DeliveryReport, Message, MessagePart
from sms.providers.provider import Accepted
from sms.rules import Delivery


def note_parts(session: Session, message: Message, accepted: Accepted) -> None:
    """Under which numbers the parts of a (locked) message will be reported."""
    for provider_id in accepted.parts:
        note_part(session, message, provider_id)


def note_part(session: Session, message: Message, provider_id: str) -> None:
    """One of them; known before, nothing changes."""
    assert message.provider is not None
    known = select(MessagePart.id).filter_by(provider=message.provider, provider_id=provider_id)
    if session.scalar(known) is None:
        session.add(MessagePart(message_id=message.id, provider=message.provider, provider_id=provider_id))
        session.flush()


def part_ids(session: Session, message: Message) -> list[str]:
    """The numbers of its parts; empty for a message that its provider numbers as a whole."""
    return list(session.scalars(select(MessagePart.provider_id).filter_by(message_id=message.id)))


def whole_delivery(session: Session, message: Message, delivery: Delivery) -> Delivery:
    """What one report says about the whole message: it is delivered when each of its parts is."""
    ids = part_ids(session, message)
    if delivery is not Delivery.DELIVERED or not ids:
        return delivery
    delivered = select(func.count()).where(
        DeliveryReport.provider == message.provider,
        DeliveryReport.provider_id.in_(ids),
        DeliveryReport.delivery == Delivery.DELIVERED,
    )
    return Delivery.DELIVERED if (session.scalar(delivered) or 0) >= message.parts else Delivery.SENT
