"""Rings a duty phone and plays the one prompt: through Asterisk, or as a twin that keeps what it did."""

import asyncio
import contextlib
import json
import os
import threading
from collections import deque
from enum import StrEnum
from pathlib import Path
from typing import ClassVar, Protocol

from core.clock import Clock
from core.errors import HotlineError, Unavailable
from core.masking import plain_number
from telephony.ami import AmiClient, AmiEvent, LinkState, LinkStatus
from telephony.asterisk_names import DUTY_CONTEXT, OWN_PREFIX
from telephony.errors import ActionRefused, AmiTimeout
from telephony.settings import AmiSettings


class RingOutcome(StrEnum):
    """What came of one ring."""

    ANSWERED = "answered"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    FAILED = "failed"
    """The network did not connect it: no such number, congestion."""
    UNKNOWN = "unknown"
    """It may have rung: the process or the link died meanwhile.  It is not rung again for that."""


RING_OUTCOME_NAMES: dict[RingOutcome, str] = {
    RingOutcome.ANSWERED: "已接听",
    RingOutcome.NO_ANSWER: "无人接听",
    RingOutcome.BUSY: "占线",
    RingOutcome.FAILED: "未接通",
    RingOutcome.UNKNOWN: "结果未知",
}


class PhoneNotReached(Unavailable):
    """The exchange is away: nothing has rung, so it may be tried again."""

    code: ClassVar[str] = "duty_phone_not_reached"
    message: ClassVar[str] = "电话交换机暂时无法连接，稍后重试"


class RingUnknown(HotlineError):
    """Nobody knows whether it rang."""

    code: ClassVar[str] = "duty_phone_unknown"
    message: ClassVar[str] = "不知道电话是否已响铃"


class DutyPhone(Protocol):
    """Somebody who can make a telephone ring; the prompt is recorded and says nothing of a ticket."""

    def ring(self, ring_id: int, phone: str) -> RingOutcome:
        """Ring once and wait for the end.  Raises PhoneNotReached, RingUnknown."""
        ...


class ConsoleDutyPhone:
    """Nothing rings: it keeps whom it would have rung (in `path`, a line each), and answers as it was told to."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._outcomes: deque[RingOutcome | HotlineError] = deque()
        self._lock = threading.Lock()
        #: (ring, phone) in order
        self.rung: list[tuple[int, str]] = []

    def will(self, *outcomes: RingOutcome | HotlineError) -> None:
        """What becomes of the next rings; without a word they are answered."""
        self._outcomes.extend(outcomes)

    def ring(self, ring_id: int, phone: str) -> RingOutcome:
        with self._lock:
            outcome = self._outcomes.popleft() if self._outcomes else RingOutcome.ANSWERED
            if isinstance(outcome, PhoneNotReached):
                raise outcome
            self.rung.append((ring_id, phone))
            if self._path is not None:
                _append(self._path, {"ring_id": ring_id, "phone": phone})
        if isinstance(outcome, HotlineError):
            raise outcome
        return outcome


class AmiDutyPhone:
    """Rings through Asterisk, on a connection of its own for each ring, so that any worker can do it."""

    def __init__(self, ami: AmiSettings, *, channel: str, ring_s: int, clock: Clock) -> None:
        self._ami = ami
        self._channel = channel
        self._ring_s = ring_s
        self._clock = clock

    def ring(self, ring_id: int, phone: str) -> RingOutcome:
        return asyncio.run(self._ring(f"duty-{ring_id}", plain_number(phone)))

    async def _ring(self, action_id: str, phone: str) -> RingOutcome:
        ended: asyncio.Future[RingOutcome] = asyncio.get_running_loop().create_future()
        settled = asyncio.Event()

        def heard(event: AmiEvent) -> None:
            is_ours = event.name == "OriginateResponse" and event.get("ActionID") == action_id
            if is_ours and not ended.done():
                ended.set_result(outcome_of(event.get("Reason")))

        def changed(status: LinkStatus) -> None:
            if status.state is LinkState.UP or status.error is not None:
                settled.set()

        client = AmiClient(self._ami, clock=self._clock, heard=heard, changed=changed)
        running = asyncio.create_task(client.run())
        try:
            await self._until_up(client, settled)
            await self._originate(client, action_id, phone)
            return await asyncio.wait_for(ended, self._ring_s + self._ami.answer_within_s)
        except (TimeoutError, AmiTimeout) as error:
            raise RingUnknown from error
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    async def _until_up(self, client: AmiClient, settled: asyncio.Event) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(settled.wait(), self._ami.connect_within_s + self._ami.boot_within_s)
        if client.status.state is not LinkState.UP:
            raise PhoneNotReached

    async def _originate(self, client: AmiClient, action_id: str, phone: str) -> None:
        """Raises PhoneNotReached when it certainly did not ring."""
        fields = {
            "ActionID": action_id,
            "Channel": self._channel.format(phone=phone),
            "ChannelId": f"{OWN_PREFIX}{action_id}",
            "Context": DUTY_CONTEXT,
            "Exten": "s",
            "Priority": "1",
            "Timeout": str(self._ring_s * 1000),
            "Async": "true",
        }
        try:
            await client.ask("Originate", fields)
        except ActionRefused as error:
            raise PhoneNotReached from error


def outcome_of(reason: str) -> RingOutcome:
    """What Asterisk's Reason of an OriginateResponse means."""
    match reason:
        case "4":
            return RingOutcome.ANSWERED
        case "5":
            return RingOutcome.BUSY
        case "1" | "3":
            return RingOutcome.NO_ANSWER
    return RingOutcome.FAILED


def _append(path: Path, row: dict[str, object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        path.chmod(0o600)
        file.write((json.dumps(row, ensure_ascii=False) + "\n").encode())
        file.flush()
        os.fsync(file.fileno())
