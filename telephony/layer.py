"""The call layer of one Asterisk node: listens, stores, repairs, and moves seats, for as long as it holds the node."""

import asyncio
import contextlib
import os
import secrets
import socket
from collections.abc import Sequence
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from core.clock import Clock
from core.database import Database, Lane
from core.errors import HotlineError, Unavailable
from core.events import Event
from core.leases import give_up_lease, take_lease
from telephony.actions import note_layer, store_batch
from telephony.ami import AmiClient, AmiEvent, LinkState, LinkStatus
from telephony.dial_in.desk import DialInDesk
from telephony.errors import ActionRefused, LeaseLost, MalformedEvent
from telephony.events import BridgeAsked, DialInJudged, SeatChanged, SeatCommandGiven
from telephony.inbox import Gap, Inbox
from telephony.listener import Batch, is_followed, listen
from telephony.model import CallLayerState
from telephony.repair import Repair
from telephony.settings import TelephonySettings
from telephony.switchboard import Switchboard

log = structlog.get_logger(__name__)

#: Seats are looked at this often even when no news came, e.g. from another process on SQLite, or for wrap-ups.
SEATS_EVERY_S = 0.5
AFTER_FAULT_S = 1.0


class CallLayer:
    """Owns everything that speaks with one Asterisk.

    `run` ends only when cancelled: it waits for the node's lease, serves, and waits again when it lost it.
    """

    def __init__(self, database: Database, settings: TelephonySettings, clock: Clock) -> None:
        self._all = database
        self._database = database.serving
        self._settings = settings
        self._clock = clock
        self._holder = holder_of(database)
        self._inbox: Inbox[AmiEvent] = Inbox(settings.inbox_at_most, now=clock.now)
        self._client = AmiClient(settings.ami, clock=clock, heard=self._keep, changed=self._link_changed)
        self._repair = Repair(self._database, settings, clock)
        self._switchboard = Switchboard(self._database, settings, clock, self._client)
        self._dial_ins = DialInDesk(self._database, settings, clock)
        self._missing_since: datetime | None = None
        self._seats_due = asyncio.Event()
        self._repair_due = asyncio.Event()

    @property
    def status(self) -> LinkStatus:
        """How the link to Asterisk stands."""
        return self._client.status

    async def run(self) -> None:
        """Serve the node whenever its lease is ours; a fault of ours is logged and the service begins again."""
        self._loop = asyncio.get_running_loop()
        stop = self._all.subscribe(self._hear)
        try:
            while True:
                try:
                    if await self._take_lease():
                        await self._serve()
                except Unavailable as error:
                    log.warning("call layer waits", node=self._settings.node, code=error.code)
                except Exception:
                    log.exception("call layer failed", node=self._settings.node)
                await asyncio.sleep(AFTER_FAULT_S)
        finally:
            stop()

    async def _serve(self) -> None:
        """Everything at once, until one part fails or the lease is lost.  Raises what the part raised."""
        self._missing_since = await self._database.read(last_alive, self._settings.node)
        parts = (
            self._client.run(),
            listen(self._inbox, self._store),
            self._move_seats(),
            self._make_good(),
            self._keep_lease(),
        )
        tasks = [asyncio.create_task(part) for part in parts]
        log.info("call layer serves", node=self._settings.node)
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._dial_ins.close()
            await self._give_up_lease()

    def _hear(self, events: Sequence[Event]) -> None:
        """In a database thread."""
        if (
            any(isinstance(event, SeatChanged | SeatCommandGiven | BridgeAsked | DialInJudged) for event in events)
            and not self._loop.is_closed()
        ):
            self._loop.call_soon_threadsafe(self._seats_due.set)

    def _keep(self, event: AmiEvent) -> None:
        if is_followed(event, dial_in_number=self._settings.dial_in_number):
            self._inbox.put(event)

    def _link_changed(self, status: LinkStatus) -> None:
        """Between losing the link and having it again something may have been missed."""
        if status.state is not LinkState.UP:
            self._missing_since = self._missing_since or status.since
            return
        if self._missing_since:
            self._inbox.mark_gap(Gap("link_down", self._missing_since, status.since))
        self._missing_since = None
        self._repair_due.set()

    async def _store(self, batch: Batch) -> None:
        """Store a batch, however long the database is away; what cannot be stored is kept in the gap list."""
        while True:
            try:
                await self._write_batch(batch)
                self._dial_ins.hear(batch.keyed)
                break
            except Unavailable as error:
                log.warning("calls wait for the database", code=error.code, waiting=len(self._inbox))
                await asyncio.sleep(AFTER_FAULT_S)
            except Exception:
                log.exception("calls not stored", events=len(batch.events))
                if len(batch.events) > 1:
                    await self._store_one_by_one(batch)
                    break
                batch = self._as_gap(batch)
                await asyncio.sleep(AFTER_FAULT_S)
        if batch.gaps:
            self._repair_due.set()

    async def _store_one_by_one(self, batch: Batch) -> None:
        for event in batch.events:
            await self._store(Batch([event], [], []))
        await self._store(Batch([], batch.paused, batch.gaps, batch.bridges, batch.keyed))

    def _as_gap(self, batch: Batch) -> Batch:
        now = self._clock.now()
        noted = [(Gap("not_stored", event.at, event.at, 1), event.kind) for event in batch.events]
        return Batch([], [], [*batch.gaps, *noted] or [(Gap("not_stored", now, now, None), None)])

    async def _write_batch(self, batch: Batch) -> None:
        settings = self._settings
        await self._database.write(
            store_batch,
            batch,
            node=settings.node,
            wrap_up_s=settings.wrap_up_s,
            now=self._clock.now(),
            lane=Lane.CALLS,
        )

    async def _move_seats(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(SEATS_EVERY_S):
                    await self._seats_due.wait()
            self._seats_due.clear()
            try:
                await self._switchboard.work()
            except Unavailable as error:
                log.warning("seats wait", node=self._settings.node, code=error.code)
                await asyncio.sleep(AFTER_FAULT_S)

    async def _make_good(self) -> None:
        """After each gap, and now and then: read queue_log on, compare calls and queue with Asterisk's."""
        while True:
            try:
                await self._repair.read_log()
                if self._client.status.state is LinkState.UP:
                    await self._repair.compare_channels(self._client)
                    await self._switchboard.reconcile()
            except (Unavailable, ActionRefused, MalformedEvent) as error:
                log.warning("repair waits", node=self._settings.node, code=error.code)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._settings.queue_log_every_s):
                    await self._repair_due.wait()
            self._repair_due.clear()

    async def _keep_lease(self) -> None:
        """Raises LeaseLost.  While the database is away nobody else can take the node either."""
        while True:
            await asyncio.sleep(self._settings.lease_s / 3)
            try:
                if not await self._take_lease():
                    raise LeaseLost(node=self._settings.node)
            except LeaseLost:
                raise
            except Unavailable as error:
                log.warning("lease not renewed", node=self._settings.node, code=error.code)

    async def _take_lease(self) -> bool:
        status = self._client.status
        taken: bool = await self._database.write(
            take_node,
            self._settings.node,
            holder=self._holder,
            for_s=self._settings.lease_s,
            status=status,
            now=self._clock.now(),
            lane=Lane.CALLS,
        )
        return taken

    async def _give_up_lease(self) -> None:
        with contextlib.suppress(HotlineError):
            now = self._clock.now()
            await self._database.write(
                give_up_lease, lease_name(self._settings.node), holder=self._holder, now=now, lane=Lane.CALLS
            )


def holder_of(database: Database) -> str:
    """Who holds leases here.  SQLite's file lock admits one server, so that one need not outwait its own lease."""
    if database.settings.is_sqlite:
        return "the only server"
    return f"{socket.gethostname()} {os.getpid()} {secrets.token_hex(4)}"


def lease_name(node: str) -> str:
    """What the lease of a node's calls is called."""
    return f"calls {node}"


def take_node(session: Session, node: str, *, holder: str, for_s: float, status: LinkStatus, now: datetime) -> bool:
    """Take or keep the node's lease and note how the link stands; False while another call layer has it."""
    if take_lease(session, lease_name(node), holder=holder, for_s=for_s, now=now) is None:
        return False
    if status.state is LinkState.UP:
        note_layer(session, node=node, link_state=status.state, link_error=None, now=now)
    else:
        note_link(session, node=node, link_state=status.state, link_error=status.error, now=now)
    return True


def note_link(session: Session, *, node: str, link_state: str, link_error: str | None, now: datetime) -> None:
    """How the link stands; the node's last moment of hearing stays as it was."""
    row = session.get(CallLayerState, node)
    if row is None:
        note_layer(session, node=node, link_state=link_state, link_error=link_error, now=now)
    else:
        row.link_state, row.link_error = link_state, link_error


def last_alive(session: Session, node: str) -> datetime | None:
    """When this node's events were last heard by anybody; None: never."""
    row = session.get(CallLayerState, node)
    return row.alive_at if row else None
