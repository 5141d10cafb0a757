"""Plays a scenario on the built-in exchange: deeds instead of SIPp, at a multiple of the usual pace."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from core.clock import Clock
from telephony.exchange.builtin import BuiltInExchange
from telephony.exchange.demo_call import Deed, DemoCall, Pace
from telephony.rules import RatingState
from telephony.settings import AmiSettings
from tests.scenarios.link import AmiLink
from tests.scenarios.stage import QUEUE, SECRET, Happens, is_callers_end, tell_moments, told
from tests.scenarios.table import CALLER, STAYS, Scenario, SeatPlan

LINES = {"12345": "hotline", "12319": "heating"}
ANSWERS_AFTER_S = 0.5
REJECTS_AFTER_S = 1.5
HOLDS_AFTER_S = 0.7
RATES_AFTER_S = 0.7


def built_in_exchange(folder: Path, ami: AmiSettings, *, clock: Clock, speed: float) -> BuiltInExchange:
    """An exchange with the lines and the short times of the scenario table."""
    pace = Pace(
        greeting_s=1 / speed,
        ring_s=3 / speed,
        retry_s=1 / speed,
        wait_at_most_s=10 / speed,
        rating_s=3 / speed,
        farewell_s=1 / speed,
    )
    return BuiltInExchange(folder, ami, clock=clock, queue=QUEUE, lines=LINES, pace=pace)


class BuiltInStage:
    """One built-in exchange and a link to it."""

    def __init__(self, exchange: BuiltInExchange, link: AmiLink, *, speed: float) -> None:
        self.exchange, self.link, self._speed = exchange, link, speed

    @classmethod
    async def open(cls, exchange: BuiltInExchange, *, speed: float) -> "BuiltInStage":
        """Log in to an exchange that has been started."""
        link = await AmiLink.open(exchange.port, username="hotline", secret=SECRET)
        return cls(exchange, link, speed=speed)

    async def play(self, scenario: Scenario, *, happens: Happens | None = None) -> None:
        """Play it to its end; `happens` is told "seat rings", "talking" and "ended" as they come."""
        since = len(self.link.messages)
        await self._join(plan for plan in scenario.seats if plan.joins == "before the call")
        call = self.exchange.place_call(CALLER, scenario.dials)
        people = [asyncio.create_task(self._caller(call, scenario, since))]
        people += [asyncio.create_task(self._seat(plan, since)) for plan in scenario.seats]
        if happens:
            people.append(asyncio.create_task(tell_moments(self.link, happens, since)))
        try:
            if later := [plan for plan in scenario.seats if plan.joins == "while the other rings"]:
                await self.link.until(told("AgentCalled"), since=since)
                await self._join(later)
            await self.link.until(is_callers_end, since=since)
            if happens:
                await people[-1]
        finally:
            for person in people:
                person.cancel()
                with suppress(asyncio.CancelledError):
                    await person
            for plan in scenario.seats:
                await self.link.ask("QueueRemove", Queue=QUEUE, Interface=f"PJSIP/{plan.number}")

    async def _join(self, plans: Iterable[SeatPlan]) -> None:
        for plan in plans:
            await self.link.ask("QueueAdd", Queue=QUEUE, Interface=f"PJSIP/{plan.number}")

    async def _caller(self, call: DemoCall, scenario: Scenario, since: int) -> None:
        """Take the caller's steps: at the table's times, or once the rating is asked for where that is what they do."""
        is_asked = scenario.expected.rating is not RatingState.NOT_ASKED
        if is_asked:
            await self.link.until(told("AgentComplete"), since=since)
        for step in scenario.caller:
            await self._sleep(RATES_AFTER_S if is_asked and step is not STAYS else step.after_s)
            if step.key is not None:
                call.do(Deed.KEY, step.key)
            elif step.hangs_up:
                call.do(Deed.CALLER_HANGS_UP)

    async def _seat(self, plan: SeatPlan, since: int) -> None:
        def rings(fields: dict[str, str]) -> bool:
            return told("AgentCalled")(fields) and fields["Interface"] == f"PJSIP/{plan.number}"

        await self.link.until(rings, since=since)
        if plan.answers == "rejects":
            await self._does(plan, REJECTS_AFTER_S, Deed.REJECT)
        elif plan.answers == "answers":
            await self._does(plan, ANSWERS_AFTER_S, Deed.ANSWER)
            if plan.holds:
                await self._does(plan, HOLDS_AFTER_S, Deed.HOLD)
                await self._does(plan, HOLDS_AFTER_S, Deed.RESUME)
            if plan.hangs_up_after_s is not None:
                await self._does(plan, plan.hangs_up_after_s, Deed.SEAT_HANGS_UP)

    async def _does(self, plan: SeatPlan, after_s: float, deed: Deed) -> None:
        await self._sleep(after_s)
        assert self.exchange.seat_does(plan.number, deed)

    async def _sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self._speed)
