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
from telephony.exchange.recordings import Burst, Fields, bursts_of, load, told_again
from telephony.settings import AmiSettings

USERNAME, SECRET = "bench", "bench"
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


async def main() -> None:
    """Listen, say the port, wait for {"count", "per_second"} on standard input, tell, and say how many events."""
    with tempfile.TemporaryDirectory() as folder:
        ami = AmiSettings(port=1, username=USERNAME, secret=SecretStr(SECRET))
        exchange = BuiltInExchange(Path(folder), ami.model_copy(update={"port": 0}), clock=SystemClock())
        await exchange.start()
        print(json.dumps({"port": exchange.port}), flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            wanted = json.loads(line)
            told = await tell_calls(exchange, wanted["count"], wanted["per_second"])
            print(json.dumps({"told": told}), flush=True)
        await exchange.stop()


if __name__ == "__main__":
    asyncio.run(main())
