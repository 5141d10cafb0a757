"""A stand-in exchange with a queue and callers, told event by event."""

from tests.telephony.stand_in import Action, StandIn

UID = "1795445739.0"
LEG = "1795445741.1"


class Queue:
    """The queue of a stand-in: who is a member, and whether paused."""

    def __init__(self, server: StandIn) -> None:
        self.members: dict[str, tuple[bool, str]] = {}
        self.channels = [UID]
        self.legs: list[tuple[str, str, str]] = []
        server.answers |= {
            "QueueAdd": self.add,
            "QueueRemove": self.remove,
            "QueuePause": self.pause,
            "QueueStatus": self.status,
            "CoreShowChannels": self.show_channels,
        }

    def add(self, _: StandIn, action: Action) -> str:
        self.members[action["interface"]] = (action["paused"] == "true", "")
        return "Response: Success\r\nMessage: Added interface to queue"

    def remove(self, _: StandIn, action: Action) -> str:
        gone = self.members.pop(action["interface"], None)
        return "Response: Success" if gone else "Response: Error\r\nMessage: Unable to remove interface: Not there"

    def pause(self, _: StandIn, action: Action) -> str:
        if action["interface"] not in self.members:
            return "Response: Error\r\nMessage: Interface not found"
        self.members[action["interface"]] = (action["paused"] == "true", action.get("reason", ""))
        return "Response: Success"

    def status(self, _: StandIn, __: Action) -> str:
        items = [
            f"Event: QueueMember\r\nQueue: 12345\r\nLocation: {interface}\r\n"
            f"Paused: {int(paused)}\r\nPausedReason: {reason}"
            for interface, (paused, reason) in self.members.items()
        ]
        return listed(["Event: QueueParams\r\nQueue: 12345", *items])

    def show_channels(self, _: StandIn, __: Action) -> str:
        callers = [
            f"Event: CoreShowChannel\r\nLinkedid: {uid}\r\nUniqueid: {uid}\r\nChannel: PJSIP/trunk-0"
            for uid in self.channels
        ]
        seats = [
            f"Event: CoreShowChannel\r\nLinkedid: {uid}\r\nUniqueid: {leg}\r\nChannel: {channel}"
            for uid, leg, channel in self.legs
        ]
        return listed(callers + seats)


def listed(items: list[str]) -> str:
    start, end = "Response: Success\r\nEventList: start", "Event: ListComplete\r\nEventList: Complete"
    return "\r\n\r\n".join([start, *items, end])


def event(name: str, at: float, **fields: object) -> str:
    """One event as Asterisk writes it; `at` in seconds of the epoch."""
    lines = [f"Event: {name}", f"Timestamp: {at:.6f}", *(f"{key}: {value}" for key, value in fields.items())]
    return "\r\n".join(lines)


class Line:
    """A caller on the stand-in: says the events of one call from `start` on, in seconds of the epoch."""

    def __init__(self, server: StandIn, start: float, *, uid: str = UID, seat: str = "PJSIP/1001") -> None:
        self.server, self.start, self.uid, self.seat = server, start, uid, seat

    def say(self, name: str, after: float, **fields: object) -> None:
        caller = {"Linkedid": self.uid, "Uniqueid": self.uid, "CallerIDNum": "13812345678", "Channel": "PJSIP/trunk-0"}
        self.server.say(event(name, self.start + after, **caller, **fields))

    def step(self, step: str, after: float, **fields: object) -> None:
        self.say("UserEvent", after, UserEvent="HotlineCall", CallRef=self.uid, Step=step, **fields)

    def ring(self) -> None:
        self.say("Newchannel", 0, Context="from-trunk", Exten="12345")
        self.step("greeting", 0.1, Dialled="12345", Line="hotline")
        self.step("queue", 1, Queue="12345", Recording=f"20261123/{self.uid}.wav")
        self.say("QueueCallerJoin", 1.25, Queue="12345", Position=1, Count=1)
        self.say("AgentCalled", 1.5, Interface=self.seat, DestUniqueid=LEG, DestChannel=f"{self.seat}-1")

    def answer(self) -> None:
        self.say("AgentConnect", 2.25, Interface=self.seat, DestUniqueid=LEG, HoldTime=1, RingTime=0)

    def finish(self) -> None:
        self.say("AgentComplete", 5.25, Interface=self.seat, HoldTime=1, TalkTime=3, Reason="agent")
        self.step("done", 5.3, Queue="12345", QueueStatus="CONTINUE", Agent=self.seat)
        self.step("asked", 5.4, Agent=self.seat)
        self.step("rated", 7, Key="5", ReadStatus="OK", Agent=self.seat)
        self.step("gone", 8, QueueStatus="CONTINUE", Abandoned="")

    def rest_in_log(self) -> str:
        """What queue_log says of the end that `finish` tells."""
        at = int(self.start)
        return (
            f"{at + 5}|{self.uid}|12345|{self.seat}|COMPLETEAGENT|1|3|1\n"
            f"{at + 5}|{self.uid}|12345|{self.seat}|HOTLINE_ASKED|\n"
            f"{at + 7}|{self.uid}|12345|{self.seat}|HOTLINE_RATED|5|OK\n"
            f"{at + 8}|{self.uid}|12345|NONE|HOTLINE_GONE|CONTINUE|\n"
        )
