"""The live WebSocket: subscribe, then a snapshot, then deltas numbered per connection."""

import asyncio
import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog
from aiohttp import WSMsgType
from aiohttp import web as http

from core.clock import Clock
from core.database import ServingDatabase
from core.errors import HotlineError
from core.events import Event, EventsMissed
from staff.rules import Actor
from web.api.access import check_origin, login_of
from web.api.problems import RequestRefused
from web.api.request import SERVICES
from web.api.shapes import View
from web.presence import Company, PeoplePresent

log = structlog.get_logger(__name__)

#: Close codes 4000–4999 are an application's own (RFC 6455, section 7.4.2).
CLOSE_TOO_SLOW = 4008
CLOSE_LOGGED_OUT = 4401
HEARTBEAT_S = 20
LOGIN_CHECK_S = 60


@dataclass(frozen=True)
class Topic:
    """One kind of live thing: who may watch it, how it is read, and which events change it.

    `triggers` maps an event's type to the key it changes ("" for a topic without keys), or None for none.
    `least_gap_s` is the shortest time between two deltas of one key; what happens between is in the next one.
    `check` looks into the database before somebody may watch a key, and raises NotFound or Refused.
    """

    name: str
    may_watch: Callable[[Actor, str], bool]
    read: Callable[..., View | None]
    triggers: Mapping[type[Event], Callable[[Any], str | None]]
    least_gap_s: float = 0.0
    check: Callable[..., object] | None = None
    #: its watchers are its matter: `read` gets `present`, the ids of those who watch the key on any server
    is_attended: bool = False


@dataclass(eq=False)
class Watcher:
    """One browser's connection: what it watches and what still has to be sent to it."""

    actor: Actor
    outbox: asyncio.Queue[bytes]
    sent: int = 0
    is_slow: asyncio.Event = field(default_factory=asyncio.Event)
    watched: set[str] = field(default_factory=set)

    def send(self, message: bytes) -> None:
        """Number a message and put it in the outbox; a full outbox ends the connection, the client starts again."""
        self.sent += 1
        try:
            self.outbox.put_nowait(b'{"seq":%d,' % self.sent + message[1:])
        except asyncio.QueueFull:
            self.is_slow.set()


@dataclass(eq=False)
class Channel:
    """One key of a topic that somebody watches, and the events not yet told."""

    topic: Topic
    key: str
    watchers: set[Watcher] = field(default_factory=set)
    pending: list[str] = field(default_factory=list)
    told_at: float = 0.0
    task: asyncio.Task[None] | None = None

    @property
    def name(self) -> str:
        return f"{self.topic.name}:{self.key}" if self.key else self.topic.name


class Hub:
    """Tells every watcher what has changed, reading and encoding each change once."""

    def __init__(self, database: ServingDatabase, clock: Clock, topics: Sequence[Topic], *, outbox_size: int) -> None:
        self._database = database
        self._clock = clock
        self._topics = {topic.name: topic for topic in topics}
        self._outbox_size = outbox_size
        self._channels: dict[str, Channel] = {}
        self._triggers: dict[type[Event], list[tuple[Topic, Callable[[Any], str | None]]]] = defaultdict(list)
        for topic in topics:
            for kind, key in topic.triggers.items():
                self._triggers[kind].append((topic, key))
        self._loop = asyncio.get_running_loop()
        self.company = Company(database.say, self._attended, self._loop.time)

    def hear(self, events: Sequence[Event]) -> None:
        """Take the news of one commit, from any thread."""
        self._loop.call_soon_threadsafe(self._mark, list(events))

    def _mark(self, events: list[Event]) -> None:
        for event in events:
            told = type(event).__name__
            self.company.hear(event)
            if isinstance(event, EventsMissed):
                for channel in self._channels.values():
                    self._wake(channel, told)
            for topic, key_of in self._triggers[type(event)]:
                key = key_of(event)
                watched = None if key is None else self._channels.get(f"{topic.name}:{key}" if key else topic.name)
                if watched is not None:
                    self._wake(watched, told)

    def _attended(self, name: str) -> None:
        channel = self._channels.get(name)
        if channel is not None:
            self._wake(channel, PeoplePresent.__name__)

    def _wake(self, channel: Channel, event: str) -> None:
        channel.pending.append(event)
        if channel.task is None or channel.task.done():
            channel.task = asyncio.create_task(self._tell(channel))

    async def _tell(self, channel: Channel) -> None:
        """Send deltas of one channel until nothing is pending."""
        while channel.pending and channel.watchers:
            wait_s = channel.told_at + channel.topic.least_gap_s - self._loop.time()
            if wait_s > 0:
                await asyncio.sleep(wait_s)
            events, channel.pending = channel.pending, []
            try:
                await self._turn_away(channel)
                message = await self._message(channel, "delta", events)
            except Exception:  # whoever watches must learn that the row is stale, whatever the fault
                log.exception("live delta not read", topic=channel.topic.name)
                message = _encode({"topic": channel.name, "kind": "stale"})
            channel.told_at = self._loop.time()
            for watcher in list(channel.watchers):
                watcher.send(message)

    async def _turn_away(self, channel: Channel) -> None:
        """Whoever may not see the row any longer hears of it no more; each person is asked about once."""
        check = channel.topic.check
        if check is None:
            return
        for actor in {watcher.actor for watcher in channel.watchers}:
            try:
                await self._database.read(check, actor, channel.key, view=_nothing)
            except HotlineError as error:
                for watcher in [one for one in channel.watchers if one.actor == actor]:
                    self.unsubscribe(watcher, channel.name)
                    watcher.send(_encode({"topic": channel.name, "kind": "refused", "code": error.code}))

    async def _message(self, channel: Channel, kind: str, events: list[str]) -> bytes:
        present: dict[str, Any] = {"present": self.company.people(channel.name)} if channel.topic.is_attended else {}
        row = await self._database.read(channel.topic.read, channel.key, now=self._clock.now(), **present)
        told = {"topic": channel.name, "kind": kind, "version": getattr(row, "version", None), "events": events}
        shown = b"null" if row is None else row.model_dump_json().encode()
        return _encode(told)[:-1] + b',"row":' + shown + b"}"

    async def subscribe(self, watcher: Watcher, name: str) -> None:
        """Start with a snapshot; the channel is joined first, so that nothing between is missed."""
        topic_name, _, key = name.partition(":")
        topic = self._topics.get(topic_name)
        if topic is None or not topic.may_watch(watcher.actor, key):
            watcher.send(_encode({"topic": name, "kind": "refused", "code": "topic_refused"}))
            return
        try:
            if topic.check is not None:
                await self._database.read(topic.check, watcher.actor, key)
            channel = self._join(watcher, topic, key, name)
            watcher.send(await self._message(channel, "snapshot", []))
        except HotlineError as error:
            self.unsubscribe(watcher, name)
            watcher.send(_encode({"topic": name, "kind": "refused", "code": error.code}))

    def _join(self, watcher: Watcher, topic: Topic, key: str, name: str) -> Channel:
        channel = self._channels.setdefault(name, Channel(topic, key))
        if topic.is_attended and watcher not in channel.watchers and watcher.actor.person_id is not None:
            self.company.enter(name, watcher.actor.person_id)
        channel.watchers.add(watcher)
        watcher.watched.add(name)
        return channel

    def unsubscribe(self, watcher: Watcher, name: str) -> None:
        watcher.watched.discard(name)
        channel = self._channels.get(name)
        if channel is None or watcher not in channel.watchers:
            return
        channel.watchers.discard(watcher)
        if not channel.watchers:
            del self._channels[name]
        if channel.topic.is_attended and watcher.actor.person_id is not None:
            self.company.leave(name, watcher.actor.person_id)

    def new_watcher(self, actor: Actor) -> Watcher:
        return Watcher(actor, asyncio.Queue(self._outbox_size))

    def leave(self, watcher: Watcher) -> None:
        for name in list(watcher.watched):
            self.unsubscribe(watcher, name)


HUB = http.AppKey("HUB", Hub)


def _nothing(_row: object) -> None:
    return None


def _encode(message: Mapping[str, object]) -> bytes:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()


async def live(raw: http.Request) -> http.StreamResponse:
    """GET /api/live: the one WebSocket of a page."""
    check_origin(raw, raw.app[SERVICES])
    login = await login_of(raw)
    if login is None:
        raise RequestRefused(401, "not_logged_in", "请先登录")
    hub = raw.app[HUB]
    socket = http.WebSocketResponse(heartbeat=HEARTBEAT_S, max_msg_size=4096)
    await socket.prepare(raw)
    watcher = hub.new_watcher(login.actor)
    tasks = [
        asyncio.create_task(_listen(hub, watcher, socket)),
        asyncio.create_task(_write(watcher, socket)),
        asyncio.create_task(_close_when_slow(watcher, socket)),
        asyncio.create_task(_close_when_logged_out(raw, socket)),
    ]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        hub.leave(watcher)
        await socket.close()
    return socket


async def _listen(hub: Hub, watcher: Watcher, socket: http.WebSocketResponse) -> None:
    async for message in socket:
        if message.type is not WSMsgType.TEXT:
            continue
        wish = _wish(message.data)
        if wish is None:
            watcher.send(_encode({"kind": "refused", "code": "bad_message"}))
        elif wish[0] == "subscribe":
            await hub.subscribe(watcher, wish[1])
        else:
            hub.unsubscribe(watcher, wish[1])


def _wish(text: str) -> tuple[str, str] | None:
    """`{"subscribe": "seat:7"}` or `{"unsubscribe": "seat:7"}`; anything else is None."""
    try:
        message = json.loads(text)
    except ValueError:
        return None
    if not isinstance(message, dict) or len(message) != 1:
        return None
    (verb, name), *_ = message.items()
    return (verb, name) if verb in {"subscribe", "unsubscribe"} and isinstance(name, str) else None


async def _write(watcher: Watcher, socket: http.WebSocketResponse) -> None:
    while True:
        await socket.send_str((await watcher.outbox.get()).decode())


async def _close_when_slow(watcher: Watcher, socket: http.WebSocketResponse) -> None:
    await watcher.is_slow.wait()
    log.warning("live connection too slow", person_id=watcher.actor.person_id)
    await socket.close(code=CLOSE_TOO_SLOW)


async def _close_when_logged_out(raw: http.Request, socket: http.WebSocketResponse) -> None:
    """A log-out, a revoked or an expired log-in ends the connection within a minute."""
    while True:
        await asyncio.sleep(LOGIN_CHECK_S)
        if await login_of(raw) is None:
            await socket.close(code=CLOSE_LOGGED_OUT)
            return
