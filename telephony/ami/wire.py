"""One connection to the manager interface: panoramisk with its faults mended.

Nothing outside this file knows panoramisk.  A `Link` is thrown away with its connection, so nothing waits to be sent
again.  Two parts of panoramisk are not offered: its CallManager keys calls by the second in which they began, and its
FastAGI server freezes the event loop when a peer closes within the header, and takes a variable with the value
"hangup" for a hang-up.  The dialplan's user events carry all that we need.
"""

import asyncio
import ssl
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import structlog
from panoramisk.actions import Action
from panoramisk.ami_protocol import AMIProtocol
from panoramisk.manager import Manager
from panoramisk.message import Message

from core.errors import HotlineError
from telephony.errors import ActionRefused, AmiDown, AmiTimeout, LineBreakInAction, NotAsterisk
from telephony.settings import AmiSettings

log = structlog.get_logger(__name__)

END = b"\r\n\r\n"
BANNER = b"Asterisk Call Manager/"
#: A peer that sends this much without an end of message is not Asterisk.
MESSAGE_AT_MOST = 1 << 20
#: What would end a line, or the text, inside an action.
BREAKS = ("\r", "\n", "\0")

Fields = Mapping[str, str | Sequence[str]]
#: One message as panoramisk parses it; its values are texts, or lists where a name stood more than once.
Heard = Mapping[str, Any]


class Question(Action):  # type: ignore[misc]
    """An action that knows whether its answer is one response or a list, instead of guessing from the words."""

    wants_list = False

    @property
    def multi(self) -> bool:
        return self.wants_list

    @property
    def completed(self) -> bool:
        last = self.responses[-1]
        if self.wants_list and field_of(last, "Response") == "Success":
            return False
        return not self.wants_list or field_of(last, "EventList") in ("Complete", "cancelled") or "Response" in last

    def add_message(self, message: Heard) -> bool:
        """Take one message of the answer; says whether the answer is whole."""
        self.responses.append(message)
        if not self.completed:
            return False
        if not self.future.done():
            self.future.set_result(self.responses)
        return True


class ListQuestion(Question):
    """An action that is answered by a list of events."""

    wants_list = True


class Protocol(AMIProtocol):  # type: ignore[misc]
    """Splits at the ends of messages in bytes, decodes whole messages, and keeps each fault to its message."""

    version: str | None
    closed: bool
    responses: dict[str, Question]
    factory: "Link | None"

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(transport)
        self.encoding = "utf-8"
        self.unread = b""
        self.closed_because: HotlineError | None = None
        #: done when the peer has shown itself to be Asterisk, or the connection has ended before
        self.greeted: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def send(self, data: Question, as_list: bool | None = None) -> "asyncio.Future[list[Heard]]":
        """Write one action, once.  Raises AmiDown, LineBreakInAction; either way nothing was written."""
        refuse_line_breaks(data)
        if self.closed:
            raise self.closed_because or AmiDown()
        future: asyncio.Future[list[Heard]] = super().send(data, as_list=data.wants_list)
        return future

    def data_received(self, data: bytes) -> None:
        unread = self.unread + data
        if self.version is None and not _may_be_banner(unread):
            self.close_because(NotAsterisk())
            return
        if self.version is None and b"\r\n" in unread:
            banner, _, unread = unread.partition(b"\r\n")
            self.version = banner.removeprefix(BANNER).decode("ascii", "replace").strip()
            self.greeted.set_result(None)
        *whole, self.unread = [unread] if self.version is None else unread.split(END)
        for raw in whole:
            self.take(raw)
        if len(self.unread) > MESSAGE_AT_MOST:
            self.close_because(NotAsterisk())

    def take(self, raw: bytes) -> None:
        """Deal with one whole message; one that cannot be dealt with is logged, and the next one goes on."""
        try:
            message = Message.from_line(raw.lstrip(b"\r\n").decode("utf-8", "replace"))
            if message is not None:
                self.handle_message(message)
        except Exception:  # the door: a fault of one message must not cost the connection
            log.exception("ami message not readable", size=len(raw))

    def handle_message(self, message: Heard) -> None:
        question = self.responses.get(field_of(message, "ActionID"))
        if question is not None and ("Response" in message or question.wants_list):
            if question.add_message(message):
                self.responses.pop(question.id, None)
        elif "Event" in message and self.factory:
            self.factory.dispatch(message)

    def connection_lost(self, exc: Exception | None) -> None:
        self.close()
        if self.factory:
            self.factory.connection_lost(exc)

    def close_because(self, error: HotlineError) -> None:
        """Cut the connection without waiting for what is still to be written."""
        self.closed_because = self.closed_because or error
        self.transport.abort()
        self.close()

    def close(self) -> None:
        """End every open action with AmiDown; panoramisk would send them again later."""
        questions, self.responses = self.responses, {}
        for question in questions.values():
            if not question.future.done():
                question.future.set_exception(self.closed_because or AmiDown())
                question.future.exception()  # whoever still waits gets it; nobody waiting is no fault
        if not self.closed:
            self.closed = True
            self.transport.close()
        if not self.greeted.done():
            self.greeted.set_result(None)


class Link(Manager):  # type: ignore[misc]
    """One connection from opening to loss.  It does not log in, ping or reconnect by itself: AmiClient does."""

    def __init__(self, settings: AmiSettings) -> None:
        super().__init__(
            host=settings.host,
            port=settings.port,
            ssl=ssl.create_default_context() if settings.tls else False,
            encoding="utf-8",
            protocol_factory=Protocol,
            loop=asyncio.get_running_loop(),
        )
        self.lost: asyncio.Future[None] = self.loop.create_future()

    def connection_made(self, f: "asyncio.Task[tuple[asyncio.Transport, Protocol]]") -> None:
        if f.cancelled() or f.exception():
            return
        _, self.protocol = f.result()
        self.protocol.factory = self
        if self.protocol.closed:
            self.connection_lost(None)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.lost.done():
            self.lost.set_result(None)

    def send_awaiting_actions(self, *_: object) -> None:
        """Nothing waits here: an action is sent once or not at all."""

    def dispatch(self, event: Heard) -> list[str]:
        """Call what listens, in order; a callback that raises is logged, and the others and the next event go on."""
        matches = []
        for pattern, regexp in self.patterns:
            if regexp.match(field_of(event, "Event")):
                matches.append(pattern)
                for callback in self.callbacks[pattern]:
                    contained(callback, self, event)
        return matches


def refuse_line_breaks(fields: Fields) -> None:
    """Raises LineBreakInAction when a name or a value would end its line."""
    for name, value in fields.items():
        texts = [name, value] if isinstance(value, str) else [name, *value]
        if any(mark in text for text in texts for mark in BREAKS):
            raise LineBreakInAction(name)


async def answer(link: Link, kind: type[Question], action: str, fields: Fields | None, within_s: float) -> list[Heard]:
    """Send once and wait.  Raises AmiDown, AmiTimeout, ActionRefused, LineBreakInAction."""
    question = kind({"Action": action, **(fields or {})})
    future = link.protocol.send(question)
    try:
        async with asyncio.timeout(within_s):
            messages = await future
    except TimeoutError as error:
        raise AmiTimeout(action=action) from error
    finally:
        link.protocol.responses.pop(question.id, None)
    if field_of(messages[0], "Response") == "Error":
        raise ActionRefused(action=action, reason=field_of(messages[0], "Message"))
    return list(messages)


def contained(callback: Callable[..., object], *args: object) -> None:
    try:
        callback(*args)
    except Exception:  # a listener's fault must not cost the connection
        log.exception("ami listener failed")


def _may_be_banner(start: bytes) -> bool:
    return start[: len(BANNER)] == BANNER[: len(start)]


def field_of(message: Heard, name: str) -> str:
    value: Any = message.get(name, "")
    return value if isinstance(value, str) else ""


def fields_of(message: Heard) -> dict[str, str | list[str]]:
    return {name.lower(): value for name, value in message.items() if name != "content"}
