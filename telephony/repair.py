"""Making gaps good: queue_log read on from where it was left, and calls that Asterisk no longer has."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

import structlog
from sqlalchemy.orm import Session

from core.clock import Clock
from core.database import Lane, ServingDatabase
from telephony.actions import close_gaps, store_log_stretch
from telephony.ami import AmiClient, AmiEvent
from telephony.calls import store_call_events
from telephony.errors import MalformedEvent
from telephony.facts import CallEvent, CallLost, SeatRang
from telephony.inbox import Gap
from telephony.listener import Batch
from telephony.model import QueueLogPosition
from telephony.queries import OpenCall, open_calls
from telephony.queue_log import Position, Stretch, read_on, translate_line
from telephony.rules import CallState, Source
from telephony.settings import TelephonySettings

log = structlog.get_logger(__name__)

R = TypeVar("R")


class Repair:
    """Reads queue_log on and closes the gaps that it covers; one reader per node, so its position is its own."""

    def __init__(self, database: ServingDatabase, settings: TelephonySettings, clock: Clock) -> None:
        self._database = database
        self._settings = settings
        self._clock = clock

    async def read_log(self) -> None:
        """Store what queue_log has gained.  Without a log, gaps stay open and are shown.  Raises Unavailable."""
        path, node = self._settings.queue_log, self._settings.node
        if path is None:
            return
        while True:
            begun_at = self._clock.now()
            position = await self._database.read(position_of, node)
            since = begun_at - timedelta(hours=self._settings.queue_log_back_hours)
            stretch = await asyncio.to_thread(read_on, path, position, since=since)
            if stretch is None:
                log.warning("queue_log not found", node=node)
                return
            if stretch.lines or stretch.position != position:
                await self._keep(stretch, begun_at)
            if not stretch.has_more and not await self._is_rotated(path, stretch.position):
                break
        await self._database.write(close_gaps, node=node, read_to=begun_at, now=begun_at, lane=Lane.CALLS)

    async def compare_channels(self, client: AmiClient) -> None:
        """End the calls that Asterisk no longer has, find the seats of those it has.

        Raises Unavailable, ActionRefused, MalformedEvent.
        """
        asked_at = self._clock.now()
        unended = await self._database.read(open_calls, node=self._settings.node, before=asked_at)
        if not unended:
            return
        channels = await client.ask_list("CoreShowChannels")
        live = {channel.get("Linkedid") for channel in channels}
        # Asterisk's clock may run before ours: what it said last still came before this
        lost = [
            CallLost(call.uid, max(asked_at, call.heard_at), source=Source.LAYER)
            for call in unended
            if call.uid not in live
        ]
        if lost:
            log.warning("calls lost", node=self._settings.node, count=len(lost))
        if told := [*lost, *seats_of(unended, channels)]:
            await self._write(told)

    async def _write(self, told: Sequence[CallEvent]) -> None:
        settings, now = self._settings, self._clock.now()
        await self._database.write(
            store_call_events, told, node=settings.node, wrap_up_s=settings.wrap_up_s, now=now, lane=Lane.CALLS
        )

    async def _keep(self, stretch: Stretch, now: datetime) -> None:
        settings = self._settings
        batch = read_lines(stretch.lines, now)
        if stretch.is_broken:
            log.error("queue_log broken", node=settings.node)
            batch.gaps.append((Gap("queue_log_broken", now, now), None))
        await self._database.write(
            store_log_stretch,
            batch,
            stretch.position,
            node=settings.node,
            wrap_up_s=settings.wrap_up_s,
            now=now,
            lane=Lane.CALLS,
        )

    async def _is_rotated(self, path: Path, position: Position) -> bool:
        """Whether what we have read to its end is no longer the current file."""
        return (await asyncio.to_thread(path.stat)).st_ino != position.inode


def seats_of(unended: Iterable[OpenCall], channels: Iterable[AmiEvent]) -> list[CallEvent]:
    """The ring of each seat that we did not hear ring: queue_log names no channel, and nobody can hang up without one.

    Only while the queue has the call: whoever it was passed on to is no seat of the queue.  Raises MalformedEvent.
    """
    in_queue = (CallState.WAITING, CallState.TALKING)
    unseated = {call.uid: call for call in unended if call.seat_channel is None and call.state in in_queue}
    rang: list[CallEvent] = []
    for channel in channels:
        call = unseated.get(channel.get("Linkedid"))
        if call is not None and channel["Uniqueid"] != call.uid:
            seat, leg = channel["Channel"].rpartition("-")[0], channel["Uniqueid"]
            where = {"seat": seat, "leg": leg, "channel": channel["Channel"]}
            rang.append(SeatRang(call.uid, call.heard_at, source=Source.LAYER, **where))
    return rang


def read_lines(lines: list[str], now: datetime) -> Batch:
    """What lines of queue_log say; one that cannot be read becomes a gap of no length."""
    batch = Batch([], [], [])
    for line in lines:
        try:
            event = translate_line(line)
        except MalformedEvent as error:
            log.exception("queue_log line not readable", name=error.values["name"], field=error.values["field"])
            batch.gaps.append((Gap("malformed_line", now, now, 1), str(error)[:200]))
            continue
        if event is not None:
            batch.events.append(event)
    return batch


def position_of(session: Session, node: str) -> Position | None:
    """How far a node's queue_log has been read; None: never."""
    row = session.get(QueueLogPosition, node)
    return Position(row.inode, row.offset) if row else None
