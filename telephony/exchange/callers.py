"""Citizens who call the built-in exchange in the demo: they wait as long as they like, talk, and rate or do not."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from telephony.exchange.builtin import BuiltInExchange
from telephony.exchange.demo_call import Deed, DemoCall, Stage

#: How often which key is pressed when the rating is asked for; an empty one is none.
KEYS = {"5": 70, "4": 12, "3": 4, "2": 3, "1": 2, "": 9}
LOOKS_EVERY_S = 0.2


@dataclass(frozen=True)
class Habits:
    """What the demo's callers are like, in seconds; pairs are (least, most)."""

    every_s: float = 40
    #: after the first seat has signed in
    first_after_s: float = 5
    at_most_waiting: int = 3
    patience_s: tuple[float, float] = (60, 150)
    talks_s: tuple[float, float] = (120, 300)
    thinks_s: tuple[float, float] = (2, 6)


def made_up_number(random: Random) -> str:
    """A mobile number of a block that no carrier has."""
    return f"1990000{random.randrange(10_000):04d}"


class DemoCallers:
    """Places calls at a gentle rate while there are seats, never more than `at_most_waiting` at once without one."""

    def __init__(
        self,
        exchange: BuiltInExchange,
        *,
        random: Random,
        habits: Habits | None = None,
        number: Callable[[Random], str] = made_up_number,
    ) -> None:
        self._exchange, self._random, self._number = exchange, random, number
        self._habits = habits or Habits()
        self._people: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Call again and again; ends only when cancelled, and its callers with it.

        With nobody signed in nobody calls: a demo left alone would else fill with abandoned calls.
        """
        pause_s = self._habits.first_after_s
        try:
            while True:
                await asyncio.sleep(min(pause_s, LOOKS_EVERY_S))
                pause_s -= LOOKS_EVERY_S
                if not any(self._exchange.members):
                    pause_s = self._habits.first_after_s
                elif pause_s <= 0:
                    if self._exchange.waiting < self._habits.at_most_waiting:
                        self._call()
                    pause_s = self._random.expovariate(1 / self._habits.every_s)
        finally:
            for person in self._people:
                person.cancel()
            await asyncio.gather(*self._people, return_exceptions=True)

    def _call(self) -> None:
        person = asyncio.create_task(self._live(self._exchange.place_call(self._number(self._random))))
        self._people.add(person)
        person.add_done_callback(self._people.discard)

    async def _live(self, call: DemoCall) -> None:
        """One caller's deeds; the call itself goes on in the exchange."""
        patience_s, talks_s = (
            self._random.uniform(*self._habits.patience_s),
            self._random.uniform(*self._habits.talks_s),
        )
        is_asked = await self._comes_to(call, Stage.TALKING, within_s=patience_s) and await self._comes_to(
            call, Stage.RATING, within_s=talks_s
        )
        if not is_asked:
            call.do(Deed.CALLER_HANGS_UP)
            return
        await asyncio.sleep(self._random.uniform(*self._habits.thinks_s))
        if key := self._random.choices(list(KEYS), list(KEYS.values()))[0]:
            call.do(Deed.KEY, key)

    async def _comes_to(self, call: DemoCall, stage: Stage, *, within_s: float) -> bool:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while call.stage not in (stage, Stage.ENDED):  # noqa: ASYNC110  # people look now and then
                    await asyncio.sleep(LOOKS_EVERY_S)
                return True
        return False
