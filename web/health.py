"""Is the server alive, and is each thing that it depends on there."""

from collections.abc import Awaitable, Callable

from aiohttp import web as http
from pydantic import TypeAdapter

from web.api.shapes import View


class Dependency(View):
    """One thing we depend on; `is_needed` ones take the server out of service when they are away."""

    name: str
    is_ready: bool
    is_needed: bool = True
    detail: str = ""


#: What asks each dependency; wired by app/.
Readiness = Callable[[], Awaitable[list[Dependency]]]
DEPENDENCIES = TypeAdapter(list[Dependency])
READINESS: http.AppKey[Readiness] = http.AppKey("READINESS")


async def healthz(raw: http.Request) -> http.Response:
    """The process answers; nothing else is asked."""
    return http.json_response({"status": "ok"})


async def readyz(raw: http.Request) -> http.Response:
    """Each dependency by name; 503 while one that is needed is away."""
    dependencies = await raw.app[READINESS]()
    is_ready = all(dependency.is_ready for dependency in dependencies if dependency.is_needed)
    body = b'{"ready":%s,"dependencies":%s}' % (
        b"true" if is_ready else b"false",
        DEPENDENCIES.dump_json(dependencies),
    )
    return http.Response(status=200 if is_ready else 503, body=body, content_type="application/json")
