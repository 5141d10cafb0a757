"""News between processes on one PostgreSQL: NOTIFY with names and ids only, on connections of its own."""

import contextlib
import json
import queue
import threading
import uuid
from collections.abc import Callable

import psycopg
import structlog

from core.database.settings import DatabaseSettings
from core.events import Event, EventsMissed, as_plain, from_plain

log = structlog.get_logger(__name__)

CHANNEL = "hotline_events"
#: PostgreSQL takes at most 8,000 bytes in one NOTIFY.
PAYLOAD_MOST = 7_500
_BACKLOG_MOST = 1_000


class Notices:
    """Two threads: one sends what was committed here, one hears what was committed elsewhere.

    Sent after the commit, not inside it: NOTIFY makes commits queue for one lock.  Whatever may not have been heard
    (before listening began, while the line was cut, what did not fit) is healed by EventsMissed, which asks for
    snapshots.
    """

    def __init__(self, settings: DatabaseSettings, tell: Callable[[list[Event]], None]) -> None:
        self._address = settings.parsed.set(drivername="postgresql").render_as_string(hide_password=False)
        self._tell = tell
        self._origin = uuid.uuid4().hex
        self._backlog: queue.Queue[str] = queue.Queue(_BACKLOG_MOST)
        self._in_hand: str | None = None
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._keep, args=(self._hear,), name="hotline-listen", daemon=True),
            threading.Thread(target=self._keep, args=(self._speak,), name="hotline-notify", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def send(self, events: list[Event]) -> None:
        """Hand over for sending; when nobody could send for long, the others are told only that they missed some."""
        payload = self._payload(events)
        if len(payload.encode()) > PAYLOAD_MOST:
            payload = self._payload([EventsMissed()])
        try:
            self._backlog.put_nowait(payload)
        except queue.Full:
            log.warning("news dropped", waiting=self._backlog.qsize())
            with contextlib.suppress(queue.Empty):
                while True:
                    self._backlog.get_nowait()
            self._backlog.put(self._payload([EventsMissed()]))

    def _payload(self, events: list[Event]) -> str:
        return json.dumps([self._origin, [as_plain(event) for event in events]], ensure_ascii=False)

    def close(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _keep(self, work: Callable[[psycopg.Connection], None]) -> None:
        name = threading.current_thread().name
        while not self._stop.is_set():
            try:
                with psycopg.connect(
                    self._address, autocommit=True, connect_timeout=5, application_name=name
                ) as connection:
                    work(connection)
            except psycopg.Error as error:
                log.warning("news line lost", line=name, reason=type(error).__name__)
                self._stop.wait(1)

    def _hear(self, connection: psycopg.Connection) -> None:
        connection.execute(f"LISTEN {CHANNEL}")
        self._tell([EventsMissed()])
        while not self._stop.is_set():
            for notice in connection.notifies(timeout=0.5):
                self._read(notice.payload)

    def _read(self, payload: str) -> None:
        try:
            origin, plain = json.loads(payload)
        except ValueError:
            log.warning("news unreadable", length=len(payload))
            return
        if origin != self._origin:
            events = [event for one in plain if (event := from_plain(one)) is not None]
            if events:
                self._tell(events)

    def _speak(self, connection: psycopg.Connection) -> None:
        """What was in hand when the line was cut goes out first, perhaps a second time: hearing twice does no harm."""
        while not self._stop.is_set():
            with contextlib.suppress(queue.Empty):
                self._in_hand = self._in_hand or self._backlog.get(timeout=0.5)
                connection.execute("SELECT pg_notify(%s, %s)", (CHANNEL, self._in_hand))
                self._in_hand = None
