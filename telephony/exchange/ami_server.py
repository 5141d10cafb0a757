"""Asterisk's manager interface from the other side: log-in, actions in, answers and events out."""

import asyncio
import contextlib
import hmac
from collections.abc import Callable, Iterable

from telephony.exchange.recordings import Fields, response

GREETING = b"Asterisk Call Manager/11.0.0\r\n"
LONGEST_ACTION = 64 * 1024
#: Like Asterisk, we cut off a reader that has fallen this far behind.
MOST_UNREAD = 4 * 1024 * 1024
BOOTED = {"Event": "FullyBooted", "Privilege": "system,all", "Uptime": "0", "LastReload": "0", "Status": "Fully Booted"}

Act = Callable[[str, Fields], list[Fields]]


class AmiServer:
    """Serves any number of clients; `act` answers what they ask once they are logged in."""

    def __init__(self, *, username: str, secret: str, act: Act) -> None:
        self._username, self._secret, self._act = username, secret, act
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.StreamWriter] = set()
        #: those of them that are logged in
        self._sessions: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.port = 0

    async def start(self, host: str, port: int) -> None:
        """Listen; port 0 takes a free one and says it in `port`."""
        self._server = await asyncio.start_server(self._serve, host, port, limit=LONGEST_ACTION)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Hang up on everybody."""
        if self._server is not None:
            self._server.close()
        for writer in list(self._connections):
            writer.transport.abort()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._server is not None:
            await self._server.wait_closed()

    def tell(self, event: Fields) -> None:
        """Send an event to everyone who is logged in."""
        for writer in list(self._sessions):
            if writer.transport.get_write_buffer_size() > MOST_UNREAD:
                self._sessions.discard(writer)
                writer.transport.abort()
            else:
                writer.write(_text(event))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._connections.add(writer)
        try:
            writer.write(GREETING)
            await self._talk(reader, writer)
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
            pass  # the client has gone, or speaks no AMI
        finally:
            self._tasks.discard(task)
            self._sessions.discard(writer)
            self._connections.discard(writer)
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            fields = _action(await reader.readuntil(b"\r\n\r\n"))
            action = fields.get("action", "").lower()
            if action == "login":
                if not self._may_log_in(fields):
                    self._answer(writer, fields, [{"Response": "Error", "Message": "Authentication failed"}])
                    await writer.drain()
                    return
                self._answer(writer, fields, [{"Response": "Success", "Message": "Authentication accepted"}])
                writer.write(_text(BOOTED))
                self._sessions.add(writer)
            elif writer not in self._sessions:
                self._answer(writer, fields, [{"Response": "Error", "Message": "Permission denied"}])
            elif action == "logoff":
                self._answer(writer, fields, [{"Response": "Goodbye", "Message": "Thanks for all the fish."}])
                return
            else:
                self._answer(writer, fields, self._act(action, fields))
            await writer.drain()

    def _may_log_in(self, fields: Fields) -> bool:
        told = f"{fields.get('username', '')}\n{fields.get('secret', '')}"
        return hmac.compare_digest(told.encode(), f"{self._username}\n{self._secret}".encode())

    def _answer(self, writer: asyncio.StreamWriter, asked: Fields, messages: Iterable[Fields]) -> None:
        for message in messages:
            (kind, value), *rest = message.items()
            action_id = {"ActionID": asked["actionid"]} if "actionid" in asked else {}
            writer.write(_text({kind: value, **action_id, **dict(rest)}))


def refused(message: str) -> list[Fields]:
    """An error as Asterisk words it."""
    return [response(message)]


def _action(text: bytes) -> Fields:
    """The fields of an action, their names in lower case."""
    parts = (line.partition(":") for line in text.decode("utf-8", "replace").split("\r\n") if line)
    return {name.strip().lower(): value.strip() for name, _, value in parts}


def _text(message: Fields) -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in message.items())
    return f"{lines}\r\n".encode()
