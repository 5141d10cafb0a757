"""An exchange in a process of its own that tells many recorded calls at a chosen rate: `python -m bench.exchange`."""

import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path

from pydantic import SecretStr

from core.clock import SystemClock
from telephony.exchange.builtin import BuiltInExchange
from telephony.exchange.demo_call import Deed, Pace
from telephony.exchange.recordings import Burst, Fields, bursts_of, load, told_again
from telephony.settings import AmiSettings

USERNAME, SECRET = "bench", "bench"
#: In calls that are lived through, a seat rings so long and talks so long.
RINGS_S, TALKS_S = 0.3, 1.0
#: Each call goes on to its next burst after so long; with some bursts a call, this many calls overlap.
STEP_S = 0.5


async def tell_calls(exchange: BuiltInExchange, count: int, per_second: float) -> int:
    """Tell `count` calls, `per_second` of them beginning each second; how many events were told."""
    bursts, told = bursts_of(load("rated")), 0
    due = sorted((n / per_second + step * STEP_S, n, step) for n in range(count) for step in range(len(bursts)))
    begun = time.monotonic()
    for at_s, n, step in due:
        ahead_s = at_s - (time.monotonic() - begun)
        await asyncio.sleep(max(ahead_s, 0))
        for event in as_call(bursts[step], n):
            exchange.tell(event)
            told += 1
    return told


def as_call(one: Burst, n: int) -> list[Fields]:
    """The burst with the names of call `n`."""
    names = {one.caller_uid: f"1790000000.{2 * n}", one.caller_channel: f"PJSIP/trunk-{2 * n:08x}"}
    for uid, channel in one.legs.items():
        if uid != one.caller_uid:
            names |= {uid: f"1790000000.{2 * n + 1}", channel: f"PJSIP/8001-{2 * n + 1:08x}"}
    return told_again(one, names, {})


class MannedExchange(BuiltInExchange):
    """While calls are lived through its seats answer and hang up by themselves; `rang` is when it rang which."""

    rang: list[tuple[str, float]] | None = None

    def tell(self, event: Fields) -> None:
        """Send an event; a ringing seat will answer."""
        super().tell(event)
        if event["Event"] == "AgentCalled" and self.rang is not None:
            self.rang.append((event["Interface"], time.time()))
            number = event["Interface"].rpartition("/")[2]
            loop = asyncio.get_running_loop()
            loop.call_later(RINGS_S, self.seat_does, number, Deed.ANSWER)
            loop.call_later(RINGS_S + TALKS_S, self.seat_does, number, Deed.SEAT_HANGS_UP)


async def live_calls(exchange: MannedExchange, count: int, per_second: float) -> list[tuple[str, float]]:
    """Let `count` citizens call, and live through their calls; which seat rang when."""
    rang: list[tuple[str, float]] = []
    exchange.rang = rang
    begun = time.monotonic()
    for n in range(count):
        await asyncio.sleep(max(begun + n / per_second - time.monotonic(), 0))
        exchange.place_call(f"139{n:08}")
    await asyncio.sleep(RINGS_S + TALKS_S + 2)
    return rang


async def main() -> None:
    """Listen, say the port, wait for wishes on standard input, and say what came of each.

    {"tell": calls, "per_second"} → {"told": events};  {"live": calls, "per_second"} → {"rang": [[seat, time], …]}
    """
    pace = Pace(greeting_s=0.1, retry_s=0.2, rating_s=0.1, farewell_s=0.1)
    ami = AmiSettings(port=1, username=USERNAME, secret=SecretStr(SECRET)).model_copy(update={"port": 0})
    with tempfile.TemporaryDirectory() as folder:
        exchange = MannedExchange(Path(folder), ami, clock=SystemClock(), pace=pace)
        await exchange.start()
        print(json.dumps({"port": exchange.port}), flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            wanted = json.loads(line)
            if "tell" in wanted:
                said: dict[str, object] = {"told": await tell_calls(exchange, wanted["tell"], wanted["per_second"])}
            else:
                said = {"rang": await live_calls(exchange, wanted["live"], wanted["per_second"])}
            print(json.dumps(said), flush=True)
        await exchange.stop()


if __name__ == "__main__":
    asyncio.run(main())
