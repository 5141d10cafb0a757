"""Streams recorded from a real Asterisk, cut into the bursts a call is made of, and told again with other numbers."""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

#: Made by tests/scenarios/record.py; a test records again and compares.
RECORDED = Path(__file__).parent / "recorded"
#: What belongs together comes within milliseconds; between two steps of a scenario lies half a second or more.
GAP_S = 0.3
#: What the recording's own seats did to the queue is no part of a call.
NOT_OF_THE_CALL = ("QueueMemberAdded", "QueueMemberRemoved", "FullyBooted")

Fields = dict[str, str]


@dataclass(frozen=True)
class Recording:
    """The messages of one scenario as Asterisk sent them, and the lines of queue_log it wrote meanwhile."""

    messages: tuple[str, ...]
    queue_log: tuple[str, ...]


@dataclass(frozen=True)
class Burst:
    """Events of one moment, in order, with the names the recorded call had."""

    events: tuple[Fields, ...]
    caller_uid: str
    caller_channel: str
    caller: str

    def has(self, event: str, **fields: str) -> bool:
        """Whether such an event is among them."""
        wanted = {"Event": event, **fields}
        return any(wanted.items() <= one.items() for one in self.events)

    @property
    def legs(self) -> dict[str, str]:
        """The seats' channels named here, by their Uniqueid."""
        own = {one["Uniqueid"]: one["Channel"] for one in self.events if one.get("Uniqueid") != one.get("Linkedid")}
        called = {one["DestUniqueid"]: one["DestChannel"] for one in self.events if "DestUniqueid" in one}
        return own | called

    @property
    def seat(self) -> str:
        """The interface of the one seat that these events are about, or an empty text."""
        return next((one["Interface"] for one in self.events if "Interface" in one), "")


def fields_of(message: str) -> Fields:
    """The fields of one message, in order."""
    parts = (line.partition(":") for line in message.splitlines() if line)
    return {name: value.removeprefix(" ") for name, _, value in parts}


def load(name: str, folder: Path = RECORDED) -> Recording:
    """A recording of the shipped ones."""
    text = gzip.decompress((folder / f"{name}.ami.gz").read_bytes()).decode()
    lines = (folder / f"{name}.queue_log").read_text(encoding="utf-8").splitlines()
    return Recording(tuple(f"{part}\r\n\r\n" for part in text.split("\r\n\r\n") if part), tuple(lines))


def bursts_of(recording: Recording) -> list[Burst]:
    """The call's events, cut where Asterisk was silent."""
    events = [fields_of(message) for message in recording.messages]
    events = [one for one in events if one.get("Event", "") not in ("", *NOT_OF_THE_CALL) and "Timestamp" in one]
    arrival = next(one for one in events if one["Event"] == "Newchannel")
    groups: list[list[Fields]] = []
    last_s = float("-inf")
    for one in events:
        at_s = float(one["Timestamp"])
        if at_s - last_s > GAP_S:
            groups.append([])
        groups[-1].append(one)
        last_s = at_s
    caller = arrival["Uniqueid"], arrival["Channel"], arrival["CallerIDNum"]
    return [Burst(tuple(group), *caller) for group in groups]


@cache
def burst(name: str, event: str, **fields: str) -> Burst:
    """The last burst of a recording that has such an event: the last, since earlier ones may hold two steps."""
    return [one for one in bursts_of(load(name)) if one.has(event, **fields)][-1]


@cache
def response(message: str) -> Fields:
    """The response that says `message`, as Asterisk gave it; without its ActionID."""
    return _answer("Message", message)


@cache
def event(name: str, kind: str) -> Fields:
    """The first event of this kind in a recording."""
    told = (fields_of(message) for message in load(name).messages)
    return next(one for one in told if one.get("Event") == kind)


@cache
def listed(event: str) -> Fields:
    """One line of a list that Asterisk answered with; without its ActionID."""
    return _answer("Event", event)


def _answer(name: str, value: str) -> Fields:
    answers = (fields_of(message) for message in load("answers").messages)
    found = next(one for one in answers if one.get(name) == value)
    return {field: text for field, text in found.items() if field != "ActionID"}


def told_again(one: Burst, names: Mapping[str, str], values: Mapping[str, Mapping[str, str]]) -> list[Fields]:
    """The events with every recorded name replaced, and the fields in `values` (by event, "" for all) set."""
    told = []
    for event in one.events:
        settled = {**values.get("", {}), **values.get(event["Event"], {})}
        told.append({name: settled.get(name, names.get(text, text)) for name, text in event.items()})
    return told
