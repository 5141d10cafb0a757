"""A bare AMI client for the tests: keeps every message as it came, so that streams can be recorded and compared."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass


@dataclass(frozen=True)
class Message:
    """One AMI message and when it came (monotonic seconds)."""

    at: float
    text: str

    @property
    def fields(self) -> dict[str, str]:
        """The fields by name; of a repeated one the last."""
        parts = (line.partition(":") for line in self.text.splitlines() if line)
        return {name: value.strip() for name, _, value in parts}

    @property
    def event(self) -> str:
        """The event's name, or an empty text for a response."""
        return self.fields.get("Event", "")


class AmiLink:
    """Logged in as our AMI user; `messages` holds all that was heard since."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self.messages: list[Message] = []
        self._news = asyncio.Condition()
        self._count = 0
        self._reading = asyncio.create_task(self._read())

    @classmethod
    async def open(cls, port: int, *, username: str, secret: str, host: str = "127.0.0.1") -> "AmiLink":
        """Connect and log in."""
        reader, writer = await asyncio.open_connection(host, port)
        await reader.readline()
        link = cls(reader, writer)
        reply = await link.ask("Login", Username=username, Secret=secret, Events="on")
        assert reply["Response"] == "Success", reply
        return link

    async def close(self) -> None:
        """Hang up on Asterisk."""
        self._reading.cancel()
        with suppress(asyncio.CancelledError):
            await self._reading
        self._writer.close()
        with suppress(ConnectionError):
            await self._writer.wait_closed()

    async def ask(self, action: str, **fields: str) -> dict[str, str]:
        """Send an action and give back its response."""
        self._count += 1
        number = f"test-{self._count}"
        lines = [f"Action: {action}", f"ActionID: {number}", *(f"{name}: {value}" for name, value in fields.items())]
        self._writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        return await self.until(lambda fields: "Response" in fields and fields.get("ActionID") == number)

    async def until(
        self, is_it: Callable[[dict[str, str]], bool], *, within_s: float = 30, since: int = 0
    ) -> dict[str, str]:
        """The first message from number `since` on for which `is_it` holds, waiting for it if need be."""
        seen = since
        async with asyncio.timeout(within_s), self._news:
            while True:
                for message in self.messages[seen:]:
                    if is_it(message.fields):
                        return message.fields
                seen = len(self.messages)
                await self._news.wait()

    async def _read(self) -> None:
        while True:
            text = (await self._reader.readuntil(b"\r\n\r\n")).decode()
            async with self._news:
                self.messages.append(Message(time.monotonic(), text))
                self._news.notify_all()
