"""The built-in exchange: AMI on a socket, recorded calls behind it, so that the demo needs no Asterisk."""

import asyncio
import itertools
import wave
from array import array
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from core.clock import Clock
from telephony.dial_in.rules import dial_in_key
from telephony.exchange import recordings
from telephony.exchange.ami_server import AmiServer, refused
from telephony.exchange.configuration import MUSIC
from telephony.exchange.demo_bridge import play_originate
from telephony.exchange.demo_call import Deed, DemoCall, Pace, Stage
from telephony.exchange.demo_dial_in import DemoDialIn
from telephony.exchange.members import DeviceState, Member, Members
from telephony.exchange.recordings import Fields, listed, response
from telephony.settings import AmiSettings

RATE_HZ = 8000
#: A demo recording is a sample: it has sound, whatever the call's length.
LONGEST_RECORDING_S = 3


class NoLine(ValueError):
    """Nobody answers at this number."""


class BuiltInExchange:
    """What our AMI client finds in the demo in Asterisk's place.

    Its folder holds `queue_log` and `recordings/`, as a real one's does.
    """

    def __init__(
        self,
        folder: Path,
        ami: AmiSettings,
        *,
        clock: Clock,
        queue: str = "12345",
        lines: Mapping[str, str] | None = None,
        pace: Pace | None = None,
    ) -> None:
        self.folder, self._ami, self._clock = folder, ami, clock
        self.queue, self.pace = queue, pace or Pace()
        self._lines = lines or {"12345": "hotline"}
        self.members = Members()
        self._calls: dict[str, DemoCall] = {}
        self._waiting: list[DemoCall] = []
        self._wanting: set[DemoCall] = set()
        self._tasks: dict[DemoCall, asyncio.Task[None]] = {}
        self._dialling: set[asyncio.Task[None]] = set()
        self._dial_ins: dict[str, DemoDialIn] = {}
        self._numbers = itertools.count()
        self._server = AmiServer(username=ami.username, secret=ami.secret.get_secret_value(), act=self._act)

    @property
    def recordings(self) -> Path:
        """The folder recordings lie in."""
        return self.folder / "recordings"

    @property
    def queue_log(self) -> Path:
        """Asterisk's second account of every call."""
        return self.folder / "queue_log"

    @property
    def port(self) -> int:
        """Where AMI listens."""
        return self._server.port

    @property
    def waiting(self) -> int:
        """How many callers have no seat yet."""
        talking = (Stage.TALKING, Stage.RATING)
        return sum(call.stage not in talking for call in self._calls.values())

    async def start(self) -> None:
        """Listen for our server; port 0 in the settings takes a free one."""
        self.recordings.mkdir(parents=True, exist_ok=True)
        self.log("NONE", "NONE", "NONE", "QUEUESTART", "")
        await self._server.start(self._ami.host, self._ami.port)

    async def stop(self) -> None:
        """End every call and hang up on every client."""
        tasks = [*self._tasks.values(), *self._dialling]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._server.stop()

    # --- people -----------------------------------------------------------------------------------------------------

    def place_call(self, caller: str, dials: str = "12345") -> DemoCall:
        """A citizen calls.  Raises NoLine."""
        if dials not in self._lines:
            raise NoLine(dials)
        call = DemoCall(self, caller=caller, dialled=dials, line=self._lines[dials])
        self._calls[call.uid] = call
        task = asyncio.create_task(call.run())
        self._tasks[call] = task
        task.add_done_callback(lambda done: self._ended(call, done))
        return call

    def dial_in(self, caller: str, *, ticket: str, pin: str) -> DemoDialIn:
        """One of the staff dials in from outside and keys these; the PIN is covered as Asterisk's dialplan does it."""
        key = dial_in_key(self._ami.secret.get_secret_value())
        one = DemoDialIn(self.next_uid(), self.next_channel("trunk"), caller, key, self.tell)
        self._dial_ins[one.channel] = one
        task = asyncio.create_task(one.run(ticket, pin))
        self._dialling.add(task)
        task.add_done_callback(self._dialling.discard)
        task.add_done_callback(lambda _: self._dial_ins.pop(one.channel, None))
        return one

    def seat_does(self, number: str, deed: Deed) -> bool:
        """A seat answers, refuses, holds or hangs up; False: it has no call."""
        call = next((one for one in self._calls.values() if one.member and one.member.number == number), None)
        if call is not None:
            call.do(deed)
        return call is not None

    # --- what a call needs ------------------------------------------------------------------------------------------

    def now(self) -> datetime:
        """The demo's time."""
        return self._clock.now()

    def next_uid(self) -> str:
        """A Uniqueid as Asterisk makes it: second, dot, running number."""
        return f"{int(self.now().timestamp())}.{next(self._numbers)}"

    def next_channel(self, peer: str) -> str:
        """A channel name as Asterisk makes it."""
        return f"PJSIP/{peer}-{next(self._numbers):08x}"

    def tell(self, event: Fields) -> None:
        """Send an event, dated now."""
        self._server.tell({**event, "Timestamp": f"{self.now().timestamp():.6f}"})

    def log(self, uid: str, queue: str, agent: str, event: str, *fields: str) -> None:
        """Add a line to queue_log."""
        with self.queue_log.open("a", encoding="utf-8") as file:
            file.write("|".join((str(int(self.now().timestamp())), uid, queue, agent, event, *fields)) + "\n")

    def record(self, path: str, seconds: float) -> None:
        """Write a recording with sound in it."""
        target = self.recordings / path
        target.parent.mkdir(exist_ok=True)
        sound = (MUSIC / "waiting.alaw").read_bytes()[: int(min(seconds, LONGEST_RECORDING_S) * RATE_HZ)]
        with wave.open(str(target), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE_HZ)
            file.writeframes(array("h", map(_linear, sound)).tobytes())

    def wants_seat(self, call: DemoCall) -> int:
        """Wait for the next free seat, at the place the call had already or else last; says the place."""
        if call not in self._waiting:
            self._waiting.append(call)
        self._wanting.add(call)
        asyncio.get_running_loop().call_soon(self.seat_is_free)
        return self._waiting.index(call) + 1

    def gives_up(self, call: DemoCall) -> int:
        """Wait no longer, answered or not; says how many still do."""
        self._wanting.discard(call)
        if call in self._waiting:
            self._waiting.remove(call)
        return len(self._waiting)

    def seat_is_free(self) -> None:
        """Bring waiting callers and free seats together, the longest waiting first."""
        for call in [one for one in self._waiting if one in self._wanting]:
            member = self.members.next_free()
            if member is None:
                return
            member.state, call.member = DeviceState.RINGING, member
            self._wanting.discard(call)
            call.do(Deed.TURN)

    def _ended(self, call: DemoCall, task: asyncio.Task[None]) -> None:
        self.gives_up(call)
        del self._calls[call.uid], self._tasks[call]
        if not task.cancelled():
            task.result()  # a fault of ours is told by the loop

    # --- AMI --------------------------------------------------------------------------------------------------------

    def _act(self, action: str, fields: Fields) -> list[Fields]:
        actions: dict[str, Callable[[Fields], list[Fields]]] = {
            "ping": lambda _: [{"Response": "Success", "Ping": "Pong", "Timestamp": f"{self.now().timestamp():.6f}"}],
            "queueadd": self._add,
            "queueremove": self._remove,
            "queuepause": self._pause,
            "queuestatus": self._status,
            "coreshowchannels": lambda _: self._channels(),
            "hangup": self._hang_up,
            "pjsipnotify": self._notify,
            "hotlinecaller": self._caller,
            "originate": self._originate,
            "setvar": self._set_variable,
            "redirect": self._redirect,
        }
        if action not in actions:
            unknown = response(
                "Invalid/unknown command: Nonsense. Use Action: ListCommands to show available commands."
            )
            return [{**unknown, "Message": unknown["Message"].replace("Nonsense", fields.get("action", ""))}]
        return actions[action](fields)

    def _add(self, fields: Fields) -> list[Fields]:
        interface = fields.get("interface", "")
        if fields.get("queue") != self.queue:
            return refused("Unable to add interface to queue: No such queue")
        if self.members.of(interface):
            return refused("Unable to add interface: Already there")
        member = Member(interface, self.now(), is_paused=_is_true(fields.get("paused", "")))
        if member.is_paused:
            member.reason, member.paused_at = fields.get("reason", ""), self.now()
        self.members.add(member)
        self.log("MANAGER", self.queue, interface, "ADDMEMBER", "PAUSED" if member.is_paused else "")
        return self._changed("QueueMemberAdded", member, "Added interface to queue")

    def _remove(self, fields: Fields) -> list[Fields]:
        member = self.members.of(fields.get("interface", "")) if fields.get("queue") == self.queue else None
        if member is None:
            return refused("Unable to remove interface: Not there")
        self.members.remove(member)
        self.log("MANAGER", self.queue, member.interface, "REMOVEMEMBER", "")
        return self._changed("QueueMemberRemoved", member, "Removed interface from queue")

    def _pause(self, fields: Fields) -> list[Fields]:
        member = self.members.of(fields.get("interface", ""))
        if member is None or fields.get("queue", self.queue) != self.queue:
            return refused("Interface not found")
        member.is_paused, member.reason = _is_true(fields.get("paused", "")), fields.get("reason", "")
        if member.is_paused:
            member.paused_at = self.now()
        self.log("NONE", self.queue, member.interface, "PAUSE" if member.is_paused else "UNPAUSE", member.reason)
        said = "Interface paused successfully" if member.is_paused else "Interface unpaused successfully"
        return self._changed("QueueMemberPause", member, said)

    def _changed(self, event: str, member: Member, said: str) -> list[Fields]:
        """Answer first, then tell what has changed, as Asterisk does."""
        shape = recordings.event("rejected", event)
        own = {name: text for name, text in member.fields().items() if name in shape}
        loop = asyncio.get_running_loop()
        loop.call_soon(self.tell, {**shape, "Queue": self.queue, **own})
        loop.call_soon(self.seat_is_free)
        return [response(said)]

    def _status(self, fields: Fields) -> list[Fields]:
        lines: list[Fields] = []
        if fields.get("queue", self.queue) == self.queue:
            lines.append({**listed("QueueParams"), "Queue": self.queue, "Calls": str(len(self._waiting))})
            for member in self.members:
                own = {name: text for name, text in member.fields().items() if name in listed("QueueMember")}
                lines.append({**listed("QueueMember"), "Queue": self.queue, **own})
            lines += [self._entry(call, place) for place, call in enumerate(self._waiting, 1)]
        done = {**listed("QueueStatusComplete"), "ListItems": str(len(lines))}
        return [response("Queue status will follow"), *lines, done]

    def _entry(self, call: DemoCall, place: int) -> Fields:
        waits_s = int((self.now() - call.queued_at).total_seconds())
        own = {"Queue": self.queue, "Position": str(place), "Channel": call.channel, "Uniqueid": call.uid}
        seat = call.member.number if call.member else "unknown"
        person = {"CallerIDNum": call.caller, "ConnectedLineNum": seat, "Wait": str(waits_s)}
        return {**listed("QueueEntry"), **own, **person}

    def _channels(self) -> list[Fields]:
        lines: list[Fields] = []
        for call in self._calls.values():
            shape = {**listed("CoreShowChannel"), "Linkedid": call.uid}
            own = {"Channel": call.channel, "CallerIDNum": call.caller, "Exten": call.dialled, "Uniqueid": call.uid}
            lines.append({**shape, **own, "ConnectedLineNum": call.member.number if call.member else "<unknown>"})
            if call.member and call.leg_uid:
                talks = call.stage is Stage.TALKING
                state = {"ChannelState": "6" if talks else "5", "ChannelStateDesc": "Up" if talks else "Ringing"}
                leg = {"Channel": call.leg_channel, "Uniqueid": call.leg_uid, "CallerIDNum": call.member.number}
                rest = {"ConnectedLineNum": call.caller, "Context": "from-seats", "Application": "AppQueue"}
                lines.append({**shape, **state, **leg, **rest, "ApplicationData": "(Outgoing Line)"})
        done = {**listed("CoreShowChannelsComplete"), "ListItems": str(len(lines))}
        return [response("Channels will follow"), *lines, done]

    def _hang_up(self, fields: Fields) -> list[Fields]:
        channel = fields.get("channel", "")
        for call in self._calls.values():
            if channel in (call.channel, call.leg_channel):
                call.do(Deed.CALLER_HANGS_UP if channel == call.channel else Deed.SEAT_HANGS_UP)
                return [{"Response": "Success", "Message": "Channel Hungup"}]
        return refused("No such channel")

    def _notify(self, fields: Fields) -> list[Fields]:
        """What the server sends a telephone so that it answers, holds or takes back."""
        call = next((one for one in self._calls.values() if one.leg_channel == fields.get("channel")), None)
        if call is None:
            return refused("Channel not found")
        wanted = fields.get("variable", "").removeprefix("Event=")
        talk = Deed.RESUME if call.stage is Stage.TALKING else Deed.ANSWER
        if deed := {"talk": talk, "hold": Deed.HOLD}.get(wanted):
            call.do(deed)
        return [{"Response": "Success", "Message": "NOTIFY sent"}]

    def _originate(self, fields: Fields) -> list[Fields]:
        """We are asked to ring somebody: a duty phone, or one of the staff for a citizen."""
        task = asyncio.create_task(play_originate(fields, self.tell))
        self._dialling.add(task)
        task.add_done_callback(self._dialling.discard)
        return [{"Response": "Success", "Message": "Originate successfully queued"}]

    def _set_variable(self, fields: Fields) -> list[Fields]:
        one = self._dial_ins.get(fields.get("channel", ""))
        if one is None:
            return refused("No such channel")
        one.variables[fields.get("variable", "")] = fields.get("value", "")
        return [{"Response": "Success", "Message": "Variable Set"}]

    def _redirect(self, fields: Fields) -> list[Fields]:
        """We say what comes of somebody who has dialled in."""
        one = self._dial_ins.get(fields.get("channel", ""))
        if one is None:
            return refused("Channel does not exist")
        one.go_on(fields.get("context", ""), fields.get("exten", ""))
        return [{"Response": "Success", "Message": "Redirect successful"}]

    def _caller(self, fields: Fields) -> list[Fields]:
        """HotlineCaller, the one action Asterisk has not: `Do: call|key|hang up`, for tests outside this process."""
        if fields.get("do") == "call":
            try:
                call = self.place_call(fields.get("caller", ""), fields.get("dials", "12345"))
            except NoLine:
                return [{"Response": "Error", "Message": "No such line"}]
            return [{"Response": "Success", "Message": "Calling", "Uniqueid": call.uid}]
        known = self._calls.get(fields.get("uniqueid", ""))
        deed = {"key": Deed.KEY, "hang up": Deed.CALLER_HANGS_UP}.get(fields.get("do", ""))
        if known is None or deed is None:
            return refused("No such channel")
        known.do(deed, fields.get("key", ""))
        return [{"Response": "Success", "Message": "Done"}]


def _is_true(text: str) -> bool:
    return text.lower() in ("true", "yes", "1", "on")


def _linear(code: int) -> int:
    """A-law to 16 bit (ITU-T G.711)."""
    code ^= 0x55
    exponent, mantissa = code >> 4 & 7, code & 15
    size = (mantissa << 4) + 8 if exponent == 0 else ((mantissa << 4) + 0x108) << (exponent - 1)
    return size if code & 0x80 else -size
