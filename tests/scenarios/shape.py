"""The shape of a recorded stream: which messages with which fields, without numbers and times."""

from collections import Counter

from telephony.exchange.recordings import Recording, fields_of

#: either channel may be gone before it is told, on a busy machine, and all its fields with it
_OF_COMPLETION = {"Event", "Privilege", "Queue", "Interface", "MemberName", "HoldTime", "TalkTime", "Reason"}


def shape_of(recording: Recording) -> dict[str, list[tuple[str, ...]]]:
    """For each channel, queue member and answer the messages with the names of their fields, sorted.

    Asterisk's threads tell in no fixed order even of one channel; what the order means is compared by the calls.
    """
    told: dict[str, list[tuple[str, ...]]] = {}
    channels: list[str] = []
    for message in recording.messages:
        fields = fields_of(message)
        if fields.get("Event") == "AgentComplete":
            fields = {name: text for name, text in fields.items() if name in _OF_COMPLETION}
        about = fields.get("Uniqueid") or fields.get("Interface") or "answers"
        if about[0].isdigit():
            channels += [] if about in channels else [about]
            about = f"channel {channels.index(about)}"
        step = fields.get("Step", fields.get("Response", ""))
        told.setdefault(about, []).append((fields.get("Event", ""), step, *fields))
    lines = [line.split("|") for line in recording.queue_log]
    told["queue_log"] = [(parts[3], parts[4], str(len(parts))) for parts in lines]
    return {about: sorted(messages) for about, messages in told.items()}


def differences(told: Recording, expected: Recording) -> list[str]:
    """What one stream has and the other has not."""
    one, other = shape_of(told), shape_of(expected)
    return [
        f"{about}: {sign} {message}"
        for about in sorted(one.keys() | other.keys())
        for sign, left, right in (("+", one, other), ("-", other, one))
        for message in _without(left.get(about, []), right.get(about, []))
    ]


def _without(messages: list[tuple[str, ...]], others: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    return list((Counter(messages) - Counter(others)).elements())
