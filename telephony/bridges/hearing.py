"""From what Asterisk says of bridged calls to our steps; and the order by which one begins."""

from telephony.ami import AmiEvent
from telephony.asterisk_names import BRIDGE_CONTEXT, BRIDGE_EVENT, BRIDGE_STEP_ANSWERED, BRIDGE_STEP_ENDED, OWN_PREFIX
from telephony.bridges.actions import TakenBridge
from telephony.bridges.rules import RESULT_OF_DIAL, BridgeNews, BridgeResult, BridgeStep
from telephony.errors import MalformedEvent

_ACTION = "bridge-"


def originate_fields(bridge: TakenBridge, *, hotline: str, ring_s: int) -> dict[str, str]:
    """Own telephone first; both sides see the hotline's number."""
    told = f"HOTLINE_BRIDGE={bridge.bridge_id},HOTLINE_BRIDGE_TO={bridge.citizen_channel},HOTLINE_BRIDGE_AS={hotline}"
    return {
        "ActionID": f"{_ACTION}{bridge.bridge_id}",
        "Channel": bridge.own_channel,
        "ChannelId": f"{OWN_PREFIX}{_ACTION}{bridge.bridge_id}",
        "Context": BRIDGE_CONTEXT,
        "Exten": "s",
        "Priority": "1",
        "CallerID": f"{hotline} <{hotline}>",
        "Timeout": str(ring_s * 1000),
        "Async": "true",
        "Variable": told,
    }


def read_originated(event: AmiEvent) -> BridgeNews | None:
    """How the first leg went; of duty phones, which have actions of another name, nothing."""
    action = event.get("ActionID")
    if not action.startswith(_ACTION):
        return None
    bridge_id = _bridge_id(event, action.removeprefix(_ACTION))
    if event["Response"] == "Success":
        return BridgeNews(bridge_id, BridgeStep.OWN_ANSWERED, event.at)
    unanswered = event.get("Reason") in {"1", "3", "5"}
    result = BridgeResult.OWN_NO_ANSWER if unanswered else BridgeResult.FAILED
    return BridgeNews(bridge_id, BridgeStep.OWN_FAILED, event.at, result)


def read_bridge_step(event: AmiEvent) -> BridgeNews | None:
    """A step of our dialplan."""
    if event["UserEvent"] != BRIDGE_EVENT:
        return None
    bridge_id = _bridge_id(event, event["BridgeRef"])
    match event["Step"]:
        case step if step == BRIDGE_STEP_ANSWERED:
            return BridgeNews(bridge_id, BridgeStep.CITIZEN_ANSWERED, event.at)
        case step if step == BRIDGE_STEP_ENDED:
            talked = event.get("Talked")
            talk_s = int(talked) if talked.isdecimal() else None
            result = RESULT_OF_DIAL.get(event.get("DialStatus"), BridgeResult.FAILED)
            return BridgeNews(bridge_id, BridgeStep.ENDED, event.at, result, talk_s)
    raise MalformedEvent(name=event.name, field="Step")


def _bridge_id(event: AmiEvent, text: str) -> int:
    if not text.isdecimal() or len(text) > 15:
        raise MalformedEvent(name=event.name, field="BridgeRef")
    return int(text)
