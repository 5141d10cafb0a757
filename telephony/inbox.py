"""The bounded queue between the reader of the manager interface and whoever stores: putting never waits."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True)
class Gap:
    """A stretch of time in which something may have been missed, and why."""

    reason: str
    started_at: datetime
    ended_at: datetime
    missed: int | None = None  #: events known to be missed; None: not known


class Inbox(Generic[Item]):
    """First in, first out, at most `most` items.

    What does not fit is counted and becomes a gap; the reader is never made to wait, since Asterisk cuts off a
    reader that stalls for a second or two.
    """

    def __init__(self, most: int, *, now: Callable[[], datetime]) -> None:
        self._items: deque[Item] = deque()
        self._most = most
        self._now = now
        self._arrived = asyncio.Event()
        self._gaps: list[Gap] = []
        self._overflow: Gap | None = None

    def __len__(self) -> int:
        return len(self._items)

    def put(self, item: Item) -> bool:
        """Keep the item, or count it as missed; says which."""
        if len(self._items) >= self._most:
            self._count_missed()
            return False
        self._close_overflow()
        self._items.append(item)
        self._arrived.set()
        return True

    def mark_gap(self, gap: Gap) -> None:
        """Note a gap seen by somebody else, e.g. a lost connection."""
        self._gaps.append(gap)
        self._arrived.set()

    def take_gaps(self) -> list[Gap]:
        """The gaps that are over, each given once.  An overflow is over when an item fits again or none waits."""
        if not self._items:
            self._close_overflow()
        gaps, self._gaps = self._gaps, []
        return gaps

    async def batches(self, *, at_most: int, within_s: float) -> AsyncIterator[list[Item]]:
        """Endless: up to `at_most` items as soon as they are there, else what came within `within_s` of the first.

        A batch may be empty: then a gap was marked.  A batch leaves the inbox before the caller has dealt with it.
        """
        while True:
            await self._arrived.wait()
            if len(self._items) < at_most:
                await asyncio.sleep(within_s)
            batch = [self._items.popleft() for _ in range(min(at_most, len(self._items)))]
            if not self._items:
                self._arrived.clear()
            yield batch

    def _count_missed(self) -> None:
        now = self._now()
        before = self._overflow or Gap("inbox_full", now, now, 0)
        self._overflow = Gap(before.reason, before.started_at, now, (before.missed or 0) + 1)

    def _close_overflow(self) -> None:
        if self._overflow:
            self._gaps.append(self._overflow)
            self._overflow = None
