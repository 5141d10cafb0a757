"""From what Asterisk says of somebody dialling in to our values; and the orders by which a call goes on."""

from telephony.ami import AmiEvent
from telephony.asterisk_names import BRIDGE_CONTEXT, DIAL_IN_CONTEXT
from telephony.dial_in.actions import TakenDialIn
from telephony.dial_in.rules import Keyed, Verdict


def read_keyed(event: AmiEvent) -> Keyed:
    """Number and covered PIN as keyed.  Raises MalformedEvent."""
    caller = event["CallerIDNum"]
    return Keyed(
        uid=event["CallRef"],
        channel=event["Channel"],
        caller="" if caller.startswith("<") else caller,
        ticket=event["Ticket"],
        covered_pin=event["Pin"],
        attempt=event["Try"],
    )


def orders(taken: TakenDialIn, *, hotline: str) -> list[tuple[str, dict[str, str]]]:
    """What to ask of Asterisk, in order: the citizen's telephone, with the hotline's number on it, or a prompt."""
    if taken.verdict is not Verdict.CONNECTED:
        return [_redirect(taken.channel, DIAL_IN_CONTEXT, taken.verdict.value)]
    told = {
        "HOTLINE_BRIDGE": str(taken.bridge_id),
        "HOTLINE_BRIDGE_TO": taken.citizen_channel,
        "HOTLINE_BRIDGE_AS": hotline,
    }
    variables = [
        ("Setvar", {"Channel": taken.channel, "Variable": name, "Value": value}) for name, value in told.items()
    ]
    return [*variables, _redirect(taken.channel, BRIDGE_CONTEXT, "s")]


def _redirect(channel: str, context: str, exten: str) -> tuple[str, dict[str, str]]:
    return "Redirect", {"Channel": channel, "Context": context, "Exten": exten, "Priority": "1"}
