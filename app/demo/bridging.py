"""致电: a call that staff make to a citizen, told to its end at once, so that no other of theirs meets an open one."""

from datetime import datetime, timedelta

from app.demo.world import World
from staff.rules import Actor
from telephony.bridges.actions import Line, ask_bridge, note_bridge_news
from telephony.bridges.rules import BridgeNews, BridgeResult, BridgeStep
from tickets.model import Ticket

_RINGS = timedelta(seconds=20)


def call_citizen(world: World, ticket: Ticket, caller: Actor, *, asked_at: datetime, talk_s: int | None) -> None:
    """From the caller's ring to the end of the call; `talk_s` None: nobody picked up.

    Told once it is over: at the moment it ended, or later.
    """
    bridge = ask_bridge(
        world.session,
        node=world.telephony.node,
        about_id=ticket.id,
        person_id=caller.person_id or 0,
        person_label=caller.label,
        own=Line(channel="", shown="单位座机"),
        citizen_channel="",
        now=asked_at,
    )
    result = BridgeResult.NO_ANSWER if talk_s is None else BridgeResult.TALKED
    news = [BridgeNews(bridge.id, BridgeStep.OWN_ANSWERED, asked_at)]
    if talk_s is not None:
        news.append(BridgeNews(bridge.id, BridgeStep.CITIZEN_ANSWERED, asked_at + _RINGS))
    ended = BridgeNews(bridge.id, BridgeStep.ENDED, ended_at(asked_at, talk_s), result, talk_s)
    note_bridge_news(world.session, [*news, ended])


def ended_at(asked_at: datetime, talk_s: int | None) -> datetime:
    """When such a call is over; one that nobody answers rings twice as long."""
    return asked_at + _RINGS + (_RINGS if talk_s is None else timedelta(seconds=talk_s))
