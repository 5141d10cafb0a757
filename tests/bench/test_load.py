"""What puts the load on a server behaves as a client should."""

from collections import Counter

from aiohttp import web
from aiohttp.test_utils import TestServer

from bench.load import Load, put


async def test_a_busy_server_is_asked_again_when_it_said_and_that_is_counted() -> None:
    asked: Counter[str] = Counter()

    async def answer(request: web.Request) -> web.Response:
        asked[request.path] += 1
        is_busy = request.path == "/1" and asked["/1"] <= 2
        return web.Response(status=503, headers={"Retry-After": "0"}) if is_busy else web.Response()

    app = web.Application()
    app.router.add_get("/{n}", answer)
    async with TestServer(app) as server:
        answers = await put(Load(f"{server.make_url('/')}{{n}}", count=3, clients=1))

    assert asked == {"/0": 1, "/1": 3, "/2": 1}
    assert (answers.statuses, answers.sent_away) == ({"200": 3, "503": 2}, 2)
    assert len(answers.latencies_ms) == 3
