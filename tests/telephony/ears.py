"""What an AMI client hears, for tests: events, states, and a protocol fed by hand."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from pydantic import SecretStr

import telephony.ami.wire
from core.clock import SystemClock
from telephony.ami import AmiClient, AmiEvent, LinkState, LinkStatus
from telephony.settings import AmiSettings
from tests.telephony.stand_in import StandIn


class Ears:
    """Keeps what a client hears and how its link fares; lets a test wait for either."""

    def __init__(self) -> None:
        self.events: list[AmiEvent] = []
        self.states: list[LinkStatus] = []
        self._changed = asyncio.Condition()
        self._telling: set[asyncio.Task[None]] = set()

    def hear(self, event: AmiEvent) -> None:
        if event.name != "FullyBooted":
            self.events.append(event)
            self._tell()

    def see(self, status: LinkStatus) -> None:
        self.states.append(status)
        self._tell()

    def _tell(self) -> None:
        task = asyncio.create_task(self._notify())
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def until(self, met: Callable[[], bool]) -> None:
        async with self._changed:
            await self._changed.wait_for(met)

    async def heard(self, count: int) -> list[AmiEvent]:
        await self.until(lambda: len(self.events) >= count)
        return self.events

    async def up(self, times: int = 1) -> None:
        await self.until(lambda: [status.state for status in self.states].count(LinkState.UP) >= times)


def settings(port: int, **changed: float | str) -> AmiSettings:
    quick = {"answer_within_s": 2, "boot_within_s": 1, "ping_every_s": 60, "reconnect_after_s": 0.01}
    return AmiSettings.model_validate(quick | {"port": port, "secret": SecretStr("s")} | changed)


@asynccontextmanager
async def connected(server: StandIn, ears: Ears, **changed: float | str) -> AsyncIterator[AmiClient]:
    client = AmiClient(settings(server.port, **changed), clock=SystemClock(), heard=ears.hear, changed=ears.see)
    running = asyncio.create_task(client.run())
    try:
        await ears.up()
        yield client
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


def hear_in_pieces(pieces: list[bytes]) -> list[dict[str, str]]:
    """What a protocol hands on when the stream arrives in these packets."""
    heard: list[dict[str, str]] = []

    class Pipe(asyncio.Transport):
        def abort(self) -> None:
            raise AssertionError("the stream was refused")

    class Listener:
        def dispatch(self, message: dict[str, str]) -> None:
            heard.append({name: value for name, value in message.items() if name != "content"})

    protocol = telephony.ami.wire.Protocol()
    protocol.connection_made(Pipe())
    protocol.data_received(StandIn.banner)
    protocol.factory = Listener()  # type: ignore[assignment]
    for piece in pieces:
        protocol.data_received(piece)
    return heard
