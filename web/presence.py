"""Who is at the same thing at this moment, on every server: told from process to process, kept nowhere.

Each server tells the others whom it has at a topic, when that changes and every twenty seconds; whoever has not been
heard of for a minute has gone with their server.  So nothing is left behind by kill -9, and nothing is written.
"""

import asyncio
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.events import Event, EventsMissed

BEAT_S = 20.0
FORGOTTEN_AFTER_S = 3 * BEAT_S
#: so many events fit into one NOTIFY (core.database.notices), with as many people in each
_EVENTS_AT_ONCE, PEOPLE_MOST = 40, 20


@dataclass(frozen=True)
class PeoplePresent(Event):
    """Who is at a topic on one server now; nobody: the last one there has left."""

    server: str
    topic: str
    person_ids: list[int]


@dataclass(frozen=True)
class PresenceAsked(Event):
    """A server may have missed who is where: the others say it again."""

    server: str


@dataclass(frozen=True)
class _Elsewhere:
    person_ids: tuple[int, ...]
    heard_at: float


class Company:
    """The people at each topic.  `say` tells the other servers, `changed` hears the name of a topic.

    Belongs to the loop: nothing here is called from another thread.
    """

    def __init__(
        self, say: Callable[[list[Event]], None], changed: Callable[[str], None], now_s: Callable[[], float]
    ) -> None:
        self._server = uuid.uuid4().hex
        self._say, self._changed, self._now_s = say, changed, now_s
        self._here: defaultdict[str, Counter[int]] = defaultdict(Counter)
        self._elsewhere: defaultdict[str, dict[str, _Elsewhere]] = defaultdict(dict)

    def people(self, topic: str) -> list[int]:
        """Their ids, each once, in order."""
        here = self._here[topic].keys() if topic in self._here else ()
        elsewhere = self._elsewhere[topic].values() if topic in self._elsewhere else ()
        return sorted({*here, *(person for other in elsewhere for person in other.person_ids)})

    def enter(self, topic: str, person_id: int) -> None:
        """One more window of somebody."""
        self._here[topic][person_id] += 1
        if self._here[topic][person_id] == 1:
            self._tell(topic)

    def leave(self, topic: str, person_id: int) -> None:
        """Gone when it was the last window."""
        here = self._here[topic]
        here[person_id] -= 1
        if here[person_id] > 0:
            return
        del here[person_id]
        if not here:
            del self._here[topic]
        self._tell(topic)

    def hear(self, event: Event) -> None:
        """What other servers say; everything else is let pass."""
        match event:
            case PeoplePresent(server=server) if server != self._server:
                self._take(event)
            case PresenceAsked(server=server) if server != self._server:
                self.say_all()
            case EventsMissed():
                self._say([PresenceAsked(self._server)])
                self.say_all()

    def _take(self, event: PeoplePresent) -> None:
        before = self.people(event.topic)
        servers = self._elsewhere[event.topic]
        if event.person_ids:
            servers[event.server] = _Elsewhere(tuple(event.person_ids), self._now_s())
        else:
            servers.pop(event.server, None)
        if not servers:
            del self._elsewhere[event.topic]
        if self.people(event.topic) != before:
            self._changed(event.topic)

    def say_all(self) -> None:
        """Everybody who is here, in pieces that fit."""
        said: Sequence[Event] = [self._said(topic) for topic in self._here]
        for begin in range(0, len(said), _EVENTS_AT_ONCE):
            self._say(list(said[begin : begin + _EVENTS_AT_ONCE]))

    def forget_silent(self) -> None:
        """Whose server has not been heard of for long."""
        silent_since = self._now_s() - FORGOTTEN_AFTER_S
        for topic, servers in list(self._elsewhere.items()):
            for server, other in list(servers.items()):
                if other.heard_at < silent_since:
                    self._take(PeoplePresent(server, topic, []))

    async def keep(self) -> None:
        """Say again and forget, until cancelled."""
        while True:
            await asyncio.sleep(BEAT_S)
            self.say_all()
            self.forget_silent()

    def _tell(self, topic: str) -> None:
        self._say([self._said(topic)])
        self._changed(topic)

    def _said(self, topic: str) -> PeoplePresent:
        here = self._here[topic].keys() if topic in self._here else ()
        return PeoplePresent(self._server, topic, sorted(here)[:PEOPLE_MOST])
