"""A call by staff in the built-in exchange: both telephones are answered after a while, and the talk ends by itself."""

import asyncio
from collections.abc import Callable

from telephony import asterisk_names as names
from telephony.exchange.recordings import Fields

OWN_RINGS_S, CITIZEN_RINGS_S, TALK_S = 2.0, 3.0, 20
_ANSWERED = "4"


async def play_originate(fields: Fields, tell: Callable[[Fields], None], *, speed: float = 1) -> None:
    """What Asterisk tells after the order of an Originate; `fields` as the action came, names in lower case."""
    await asyncio.sleep(OWN_RINGS_S / speed)
    tell(
        {
            "Event": "OriginateResponse",
            "ActionID": fields.get("actionid", ""),
            "Response": "Success",
            "Channel": f"{fields.get('channel', '')}-00000001",
            "Context": fields.get("context", ""),
            "Exten": fields.get("exten", ""),
            "Reason": _ANSWERED,
            "Uniqueid": fields.get("channelid", ""),
            "CallerIDNum": "<unknown>",
            "CallerIDName": "<unknown>",
        }
    )
    bridge = _variables(fields).get("HOTLINE_BRIDGE")
    if fields.get("context") != names.BRIDGE_CONTEXT or bridge is None:
        return
    await play_citizen(bridge, tell, speed=speed)


async def play_citizen(bridge: str, tell: Callable[[Fields], None], *, speed: float = 1) -> None:
    """The citizen's telephone rings, is answered, and the talk ends."""
    step: Fields = {"Event": "UserEvent", "UserEvent": names.BRIDGE_EVENT, "BridgeRef": bridge}
    await asyncio.sleep(CITIZEN_RINGS_S / speed)
    tell({**step, "Step": names.BRIDGE_STEP_ANSWERED})
    await asyncio.sleep(TALK_S / speed)
    tell({**step, "Step": names.BRIDGE_STEP_ENDED, "DialStatus": "ANSWER", "Talked": str(TALK_S)})


def _variables(fields: Fields) -> dict[str, str]:
    pairs = (part.partition("=") for part in fields.get("variable", "").split(","))
    return {name: value for name, _, value in pairs}
