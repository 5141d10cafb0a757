"""Asks a server for many things at once, from a process of its own so that its work is not counted as the server's."""

import asyncio
import json
import subprocess
import sys
import time
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

import aiohttp


@dataclass(frozen=True)
class Load:
    """`count` requests over `clients` connections; `{n}` in path, body and key is the number of the request.

    `{wish}` in the path is one of the wishes, in turn.
    """

    url: str
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)
    body: str | None = None
    key: str | None = None
    count: int = 100
    clients: int = 4
    first: int = 0
    wishes: list[str] = field(default_factory=list)

    def times(self, count: int, *, first: int = 0, clients: int | None = None) -> "Load":
        """The same, so often, the requests numbered from `first` on."""
        return replace(self, count=count, first=first, clients=clients or self.clients)


#: a busy server says when to come again; whoever was sent away so often gives up
TRIES = 10


@dataclass(frozen=True)
class Answers:
    """What came back; latencies in milliseconds, sorted, from the first asking to the answer.

    A 503 is counted, and asked again when the server said.
    """

    seconds: float
    latencies_ms: list[float]
    statuses: dict[str, int]

    def latency_ms(self, share: float) -> float:
        """The latency that `share` (0 to 1) of the requests did not exceed."""
        return self.latencies_ms[min(len(self.latencies_ms) - 1, int(len(self.latencies_ms) * share))]

    @property
    def sent_away(self) -> int:
        """How often the server was too busy."""
        return self.statuses.get("503", 0)

    @property
    def per_second(self) -> float:
        return len(self.latencies_ms) / self.seconds


async def put(load: Load) -> Answers:
    """Put the load on a server from a child process, and wait for what it measured."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.load", stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    said, _ = await child.communicate(json.dumps(load.__dict__).encode())
    if child.returncode:
        raise RuntimeError(f"the load process ended with {child.returncode}")
    answers = Answers(**json.loads(said))
    if set(answers.statuses) - {"200", "201", "503"} or len(answers.latencies_ms) < load.count:
        raise RuntimeError(f"{load.method} {load.url} answered {answers.statuses}")
    return answers


async def _ask(load: Load) -> Answers:
    numbers = iter(range(load.first, load.first + load.count))
    latencies: list[float] = []
    statuses: dict[str, int] = {}
    connector = aiohttp.TCPConnector(limit=load.clients)

    async def client(session: aiohttp.ClientSession) -> None:
        for n in numbers:
            begun = time.perf_counter()
            for _ in range(TRIES):
                status, again_in_s = await _once(session, load, n)
                statuses[str(status)] = statuses.get(str(status), 0) + 1
                if again_in_s is None:
                    latencies.append((time.perf_counter() - begun) * 1000)
                    break
                await asyncio.sleep(again_in_s)

    async with aiohttp.ClientSession(connector=connector, headers=load.headers) as session:
        begun = time.perf_counter()
        await asyncio.gather(*(client(session) for _ in range(load.clients)))
        return Answers(time.perf_counter() - begun, sorted(latencies), statuses)


async def _once(session: aiohttp.ClientSession, load: Load, n: int) -> tuple[int, float | None]:
    """The status, and after how many seconds to ask again; None: it is answered."""
    async with session.request(load.method, _url(load, n), **_particulars(load, n)) as answer:
        await answer.read()
        again_in_s = float(answer.headers.get("Retry-After", 1)) if answer.status == 503 else None
        return answer.status, again_in_s


def _url(load: Load, n: int) -> str:
    wish = quote(load.wishes[n % len(load.wishes)]) if load.wishes else ""
    return load.url.replace("{n}", str(n)).replace("{wish}", wish)


def _particulars(load: Load, n: int) -> dict[str, Any]:
    headers = {"Idempotency-Key": load.key.replace("{n}", str(n))} if load.key else {}
    if load.body is None:
        return {"headers": headers}
    return {"data": load.body.replace("{n}", str(n)), "headers": headers | {"Content-Type": "application/json"}}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_ask(Load(**json.load(sys.stdin)))).__dict__))
