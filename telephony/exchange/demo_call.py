"""One call in the built-in exchange: lives through the recorded bursts, and what people do chooses the next one."""

import asyncio
import contextlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from zoneinfo import ZoneInfo

from telephony import asterisk_names as names
from telephony.exchange.members import DeviceState, Member
from telephony.exchange.recordings import Burst, Fields, burst, told_again
from telephony.rules import RATING_KEYS

#: The number that was dialled in the recordings whose bursts are played.
RECORDED_DIALLED = "12345"
#: Recordings lie in one folder a day, named by the day here.
SHANGHAI = ZoneInfo("Asia/Shanghai")


class Deed(StrEnum):
    """What somebody does to a call, or the queue with it."""

    TURN = "the queue has a seat for it"
    ANSWER = "the seat answers"
    REJECT = "the seat refuses"
    HOLD = "the seat holds the caller"
    RESUME = "the seat takes the caller back"
    SEAT_HANGS_UP = "the seat hangs up"
    CALLER_HANGS_UP = "the caller hangs up"
    KEY = "the caller presses a key"


class Stage(StrEnum):
    """Where the call is."""

    GREETING = "greeting"
    WAITING = "waiting"
    RINGING = "ringing"
    TALKING = "talking"
    RATING = "rating"
    ENDED = "ended"


@dataclass(frozen=True)
class Pace:
    """How long things take, in seconds."""

    greeting_s: float = 4
    ring_s: float = 15
    retry_s: float = 1
    wait_at_most_s: float = 600
    #: the question and the time for a key together
    rating_s: float = 14
    farewell_s: float = 2


class Surroundings(Protocol):
    """What a call needs of its exchange."""

    queue: str
    pace: Pace

    def now(self) -> datetime: ...
    def next_uid(self) -> str: ...
    def next_channel(self, peer: str) -> str: ...
    def tell(self, event: Fields) -> None: ...
    def log(self, uid: str, queue: str, agent: str, event: str, *fields: str) -> None: ...
    def wants_seat(self, call: "DemoCall") -> int: ...
    def gives_up(self, call: "DemoCall") -> int: ...
    def record(self, path: str, seconds: float) -> None: ...
    def seat_is_free(self) -> None: ...


class DemoCall:
    """A caller's way through greeting, queue, talk and rating."""

    def __init__(self, around: Surroundings, *, caller: str, dialled: str, line: str) -> None:
        self._around = around
        self.caller, self.dialled, self.line = caller, dialled, line
        self.uid = around.next_uid()
        self.channel = around.next_channel("trunk")
        self.stage = Stage.GREETING
        self.member: Member | None = None
        self.leg_uid = self.leg_channel = ""
        self.began_at = around.now()
        self.queued_at = self.rang_at = self.answered_at = self.began_at
        self.recording = f"{self.began_at.astimezone(SHANGHAI):%Y%m%d}/{self.uid}.wav"
        self._held = False
        self._deeds: asyncio.Queue[tuple[Deed, str]] = asyncio.Queue()

    def do(self, deed: Deed, key: str = "") -> None:
        """Somebody does something; it takes effect when the call comes to it."""
        self._deeds.put_nowait((deed, key))

    async def run(self) -> None:
        """Live through the call."""
        self._tell(burst("hung_up_in_greeting", "Newchannel"))
        self._log("NONE", names.LOG_GREETING, self.caller, self.dialled, self.line, queue="NONE")
        if await self._first(Deed.CALLER_HANGS_UP, within_s=self._around.pace.greeting_s):
            self._leave(burst("hung_up_in_greeting", "UserEvent", Step=names.STEP_GONE))
            return
        self._join()
        if not await self._is_answered():
            return
        if await self._talk() is Deed.CALLER_HANGS_UP:
            self._finish_talk("COMPLETECALLER")
            self._leave(burst("answered", "AgentComplete"), status="CONTINUE", talked=True)
            return
        self._finish_talk("COMPLETEAGENT")
        await self._rate()

    def _join(self) -> None:
        self.stage, self.queued_at = Stage.WAITING, self._around.now()
        position = str(self._around.wants_seat(self))
        self._tell(
            burst("abandoned", "QueueCallerJoin"), {"QueueCallerJoin": {"Position": position, "Count": position}}
        )
        self._log("NONE", names.LOG_QUEUE, self.recording)
        self._log("NONE", "ENTERQUEUE", "", self.caller, position)

    async def _is_answered(self) -> bool:
        """Wait and ring until a seat talks; otherwise leave the queue and the exchange."""
        until = asyncio.get_running_loop().time() + self._around.pace.wait_at_most_s
        while True:
            left_s = max(0, until - asyncio.get_running_loop().time())
            deed = await self._first(Deed.TURN, Deed.CALLER_HANGS_UP, within_s=left_s)
            if deed is None:
                await self._nobody_came()
                return False
            if deed is Deed.TURN:
                deed = await self._ring()
            if deed is Deed.ANSWER:
                return True
            if deed is Deed.CALLER_HANGS_UP or await self._first(
                Deed.CALLER_HANGS_UP, within_s=self._around.pace.retry_s
            ):
                self._abandon()
                return False
            self._around.wants_seat(self)

    async def _ring(self) -> Deed:
        """Ring the member whose turn it is.  Gives ANSWER, CALLER_HANGS_UP, or REJECT when it was in vain."""
        assert self.member is not None
        self.stage, self.rang_at = Stage.RINGING, self._around.now()
        self.leg_uid = self._around.next_uid()
        self.leg_channel = self._around.next_channel(self.member.number)
        self._tell(burst("no_answer_then_next", "AgentCalled"))
        deeds = (Deed.ANSWER, Deed.REJECT, Deed.SEAT_HANGS_UP, Deed.CALLER_HANGS_UP)
        deed = await self._first(*deeds, within_s=self._around.pace.ring_s)
        if deed is Deed.ANSWER:
            self._answer()
        elif deed is not Deed.CALLER_HANGS_UP:
            self._missed(burst("rejected" if deed else "no_answer_then_next", "AgentRingNoAnswer"))
            deed = Deed.REJECT
        return deed

    def _answer(self) -> None:
        assert self.member is not None
        self.stage, self.answered_at = Stage.TALKING, self._around.now()
        self.member.state = DeviceState.IN_USE
        count = str(self._around.gives_up(self))
        held, rang = self._seconds(self.queued_at), self._seconds(self.rang_at)
        values = {"AgentConnect": {"HoldTime": held, "RingTime": rang}, "QueueCallerLeave": {"Count": count}}
        self._tell(burst("rated", "AgentConnect"), values)
        self._log(self.member.interface, "CONNECT", held, self.leg_uid, rang)

    def _missed(self, one: Burst) -> None:
        """The seat did not take it: Asterisk pauses it, and asks the next."""
        member = self.member
        assert member is not None
        ms = str(round((self._around.now() - self.rang_at).total_seconds()) * 1000)
        member.is_paused, member.reason, member.paused_at = True, "Auto-Pause", self._around.now()
        member.state = DeviceState.RINGING
        self._tell(one, {"AgentRingNoAnswer": {"RingTime": ms}}, ending=DeviceState.IDLE)
        self._log(member.interface, "RINGNOANSWER", ms)
        self._around.log("NONE", self._around.queue, member.interface, "PAUSE", "Auto-Pause")
        member.state, self.member, self.stage = DeviceState.IDLE, None, Stage.WAITING
        self.leg_uid = self.leg_channel = ""

    def _abandon(self) -> None:
        rings = self.stage is Stage.RINGING and self.member is not None
        waited = self._seconds(self.queued_at)
        count = str(self._around.gives_up(self))
        values = {"QueueCallerAbandon": {"HoldTime": waited}, "QueueCallerLeave": {"Count": count}}
        if rings and self.member is not None:
            ms = str(round((self._around.now() - self.rang_at).total_seconds() * 1000))
            self._log(self.member.interface, "RINGCANCELED", ms)
        self._log("NONE", "ABANDON", "1", "1", waited)
        name = "abandoned_while_ringing" if rings else "abandoned"
        self._leave(burst(name, "QueueCallerAbandon"), values=values, abandoned="TRUE")

    async def _nobody_came(self) -> None:
        waited = self._seconds(self.queued_at)
        count = str(self._around.gives_up(self))
        values = {"QueueCallerAbandon": {"HoldTime": waited}, "QueueCallerLeave": {"Count": count}}
        self._tell(burst("nobody_in_time", "UserEvent", Step=names.STEP_DONE), values)
        self._log("NONE", "EXITWITHTIMEOUT", "1", "1", waited)
        self._log("NONE", names.LOG_DONE, "TIMEOUT")
        await self._first(Deed.CALLER_HANGS_UP, within_s=self._around.pace.farewell_s)
        gone = burst("nobody_in_time", "UserEvent", Step=names.STEP_GONE)
        self._leave(gone, status="TIMEOUT", abandoned="TRUE")

    async def _talk(self) -> Deed:
        """Talk until one side hangs up, and say which."""
        while True:
            deed = await self._first(Deed.HOLD, Deed.RESUME, Deed.SEAT_HANGS_UP, Deed.CALLER_HANGS_UP)
            if deed in (Deed.SEAT_HANGS_UP, Deed.CALLER_HANGS_UP):
                return deed
            if self._held is (deed is Deed.RESUME):
                self._tell(burst("held", "Unhold" if self._held else "Hold"))
                self._held = not self._held

    def _finish_talk(self, entry: str) -> None:
        assert self.member is not None
        talked = self._seconds(self.answered_at)
        self.member.calls_taken += 1
        self.member.last_call_at = self._around.now()
        self._around.record(self.recording, (self._around.now() - self.answered_at).total_seconds())
        waited = str(int((self.answered_at - self.queued_at).total_seconds()))
        self._log(self.member.interface, entry, waited, talked, "1")

    async def _rate(self) -> None:
        """Ask for a key, once more after one that is no rating, then say goodbye."""
        assert self.member is not None
        seat = self.member.interface
        self.stage = Stage.RATING
        self._tell(burst("rated", "AgentComplete"), self._completed(), ending=DeviceState.IDLE)
        self._free_seat()
        self._log(seat, names.LOG_DONE, "CONTINUE")
        self._log(seat, names.LOG_ASKED, "")
        key = await self._key()
        if key is None:
            self._leave(burst("hung_up_when_asked", "UserEvent", Step=names.STEP_GONE), status="CONTINUE", seat=seat)
            return
        read = "OK" if key else "TIMEOUT"
        rated = burst("rated" if key else "rating_refused", "UserEvent", Step=names.STEP_RATED)
        self._tell(rated, {"UserEvent": {"Key": key, "Agent": seat}})
        self._log(seat, names.LOG_RATED, key, read)
        await self._first(Deed.CALLER_HANGS_UP, within_s=self._around.pace.farewell_s)
        self._leave(burst("rated", "UserEvent", Step=names.STEP_GONE), status="CONTINUE", seat=seat)

    async def _key(self) -> str | None:
        """The rating key; empty when none came in time, None when the caller hung up."""
        key = ""
        for _ in range(2):
            deed, key = await self._next(Deed.KEY, Deed.CALLER_HANGS_UP, within_s=self._around.pace.rating_s)
            if deed is Deed.CALLER_HANGS_UP:
                return None
            if deed is None or key in RATING_KEYS:
                break
        return key

    def _completed(self) -> dict[str, dict[str, str]]:
        waited = str(int((self.answered_at - self.queued_at).total_seconds()))
        return {"AgentComplete": {"HoldTime": waited, "TalkTime": self._seconds(self.answered_at)}}

    def _leave(
        self,
        one: Burst,
        *,
        values: dict[str, dict[str, str]] | None = None,
        status: str = "",
        abandoned: str = "",
        talked: bool = False,
        seat: str = "",
    ) -> None:
        """The last burst of the call, and its last line."""
        seat = seat or (self.member.interface if talked and self.member else "NONE")
        self._tell(one, {**(values or {}), **(self._completed() if talked else {})}, ending=DeviceState.IDLE)
        self._free_seat()
        self._log(seat, names.LOG_GONE, status, abandoned)
        self.stage = Stage.ENDED

    def _free_seat(self) -> None:
        if self.member is not None:
            self.member.state, self.member = DeviceState.IDLE, None
            self._around.seat_is_free()

    async def _first(self, *deeds: Deed, within_s: float | None = None) -> Deed | None:
        return (await self._next(*deeds, within_s=within_s))[0]

    async def _next(self, *deeds: Deed, within_s: float | None) -> tuple[Deed | None, str]:
        """The next of these deeds with its key; all others mean nothing now.  None: none came in time."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while True:
                    deed, key = await self._deeds.get()
                    if deed in deeds:
                        return deed, key
        return None, ""

    def _seconds(self, since: datetime) -> str:
        return str(int((self._around.now() - since).total_seconds()))

    def _log(self, agent: str, event: str, *fields: str, queue: str = "") -> None:
        self._around.log(self.uid, queue or self._around.queue, agent, event, *fields)

    def _tell(
        self, one: Burst, values: dict[str, dict[str, str]] | None = None, *, ending: DeviceState | None = None
    ) -> None:
        """Send a burst as if it were of this call; `ending`: the seat's state when it is over."""
        renamed = {one.caller_uid: self.uid, one.caller_channel: self.channel, one.caller: self.caller}
        if self.member is not None:
            number = one.seat.rpartition("/")[2]
            renamed |= {one.seat: self.member.interface, number: self.member.number} if number else {}
            renamed |= {name: new for old in one.legs.items() for name, new in zip(old, self._leg(), strict=True)}
        own = {"Recording": self.recording, "Line": self.line, "Dialled": self.dialled, "Queue": self._around.queue}
        for event in told_again(one, renamed, {"": own, **(values or {})}):
            for name in ("Exten", "DestExten"):
                if event.get(name) == RECORDED_DIALLED:
                    event[name] = self.dialled
            if self.member is not None and event["Event"].startswith("QueueMember"):
                if ending is not None and event["Event"] == "QueueMemberStatus":
                    self.member.state = ending
                event |= {name: text for name, text in self.member.fields().items() if name in event}
            self._around.tell(event)

    def _leg(self) -> tuple[str, str]:
        return self.leg_uid, self.leg_channel
