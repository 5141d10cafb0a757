"""A manager interface that misbehaves on order: the real protocol on a real socket, answers chosen by the test."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

Action = dict[str, str]
Answer = Callable[["StandIn", Action], str | None]


def success(_: "StandIn", __: Action) -> str:
    return "Response: Success\r\nMessage: done"


def mute(_: "StandIn", __: Action) -> None:
    """Say nothing at all."""


def cut(server: "StandIn", _: Action) -> None:
    """Close the connection instead of answering."""
    server.cut()


class StandIn:
    """Answers each action with `answers[name]`, or with success; keeps what it was sent."""

    banner = b"Asterisk Call Manager/11.0.0\r\n"

    def __init__(self) -> None:
        self.port = 0
        self.received: list[Action] = []
        self.raw = b""
        self.connections = 0
        self.answers: dict[str, Answer] = {}
        self.after_login = "Event: FullyBooted\r\nStatus: Fully Booted"
        self._writers: list[asyncio.StreamWriter] = []
        self._came = asyncio.Condition()

    def names(self) -> list[str]:
        """Which actions came, log-in and pings left out."""
        return [action["action"] for action in self.received if action["action"] not in ("Login", "Ping")]

    def count(self, name: str) -> int:
        return sum(action["action"] == name for action in self.received)

    @property
    def open_connections(self) -> int:
        return len(self._writers)

    async def until(self, met: Callable[[], bool]) -> None:
        """Wait until what came, or how often somebody connected, meets the condition."""
        async with self._came:
            await self._came.wait_for(met)

    def say(self, text: str) -> None:
        """Send a whole message to everybody connected."""
        self.send((text + "\r\n\r\n").encode())

    def send(self, data: bytes) -> None:
        for writer in self._writers:
            writer.write(data)

    def cut(self) -> None:
        for writer in self._writers:
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        await self._note(connected=True)
        writer.write(self.banner)
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                raw = await reader.readuntil(b"\r\n\r\n")
                self.raw += raw
                await self._act(raw.decode(), writer)
        self._writers.remove(writer)
        writer.close()

    async def _act(self, text: str, writer: asyncio.StreamWriter) -> None:
        action = {key.lower(): value for key, value in (line.split(": ", 1) for line in text.strip().split("\r\n"))}
        self.received.append(action)
        await self._note(connected=False)
        answer = self.answers.get(action["action"], success)(self, action)
        if answer is None:
            return
        for part in answer.split("\r\n\r\n"):
            writer.write(f"{part}\r\nActionID: {action['actionid']}\r\n\r\n".encode())
        if action["action"] == "Login" and "Success" in answer and self.after_login:
            writer.write((self.after_login + "\r\n\r\n").encode())

    async def _note(self, *, connected: bool) -> None:
        async with self._came:
            self.connections += connected
            self._came.notify_all()


@asynccontextmanager
async def stand_in() -> AsyncIterator[StandIn]:
    """A stand-in listening on a free port of the loopback."""
    server = StandIn()
    listening = await asyncio.start_server(server._serve, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        server.cut()
        await asyncio.sleep(0)
