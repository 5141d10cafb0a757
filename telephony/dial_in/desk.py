"""Looks at the PINs of those who dial in: between two short transactions, in memory only."""

import asyncio
from collections.abc import Iterable

import structlog

from core.clock import Clock
from core.database import Lane, ServingDatabase
from core.errors import HotlineError
from telephony.dial_in.actions import DialInTry, begin_dial_in, finish_dial_in
from telephony.dial_in.pins import is_pin
from telephony.dial_in.rules import Keyed, dial_in_key, uncovered
from telephony.settings import TelephonySettings

log = structlog.get_logger(__name__)

#: one after the other beyond this many, so that a flood of calls leaves the machine to others
AT_ONCE = 2
#: more are not looked at; the dialplan says by itself that nobody answers
WAITING_AT_MOST = 50


class DialInDesk:
    """The PINs of one node.  What is lost with this process was heard by the caller as "try again later"."""

    def __init__(self, database: ServingDatabase, settings: TelephonySettings, clock: Clock) -> None:
        self._database, self._settings, self._clock = database, settings, clock
        self._key = dial_in_key(settings.ami.secret.get_secret_value())
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()

    def hear(self, keyed: Iterable[Keyed]) -> None:
        """Check each of them, later."""
        for one in keyed:
            if len(self._tasks) >= WAITING_AT_MOST:
                log.warning("dial-in not checked", node=self._settings.node, waiting=len(self._tasks))
                return
            task = asyncio.create_task(self._check(one))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Leave what has not been checked."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _check(self, keyed: Keyed) -> None:
        async with self._turns:
            try:
                await self._checked(keyed)
            except HotlineError as error:
                log.warning("dial-in not checked", node=self._settings.node, code=error.code)
            except Exception:
                log.exception("dial-in failed", node=self._settings.node)

    async def _checked(self, keyed: Keyed) -> None:
        write, node = self._database.write, self._settings.node
        begun: DialInTry | None = await write(begin_dial_in, keyed, node=node, now=self._clock.now(), lane=Lane.CALLS)
        if begun is None:
            return
        pin = uncovered(keyed, key=self._key)
        is_right = await asyncio.to_thread(is_pin, pin, begun.pin_hash)
        await write(finish_dial_in, begun.dial_in_id, is_right=is_right, now=self._clock.now(), lane=Lane.CALLS)
