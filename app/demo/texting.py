"""What citizens of the demo city write back by SMS."""

from sqlalchemy import select

from app.demo.world import World
from core.secrets import phone_hash
from sms.inbox import record_reply
from sms.model import Message
from sms.providers.provider import Inbound
from sms.settings import ProviderName


def write_sms(world: World, phone: str, text: str) -> None:
    """It comes in, and what follows from it happens at once."""
    world.replies_sent += 1
    inbound = Inbound(ProviderName.CONSOLE, f"demo-{world.replies_sent:05d}", phone, text)
    record_reply(world.session, inbound, phone_key=world.sms.phone_key, now=world.now)
    world.stage.settle()


def open_request(world: World, phone: str) -> int | None:
    """The message that a reply from this phone answers now, if one does."""
    hashed = phone_hash(phone, world.sms.phone_key)
    return world.session.scalar(select(Message.id).where(Message.open_phone == hashed))
