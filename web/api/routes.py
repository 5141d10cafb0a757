"""Routes as handlers declare them, and the endpoint that aiohttp calls for each."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from aiohttp import web as http
from pydantic import BaseModel, TypeAdapter

from web.api.access import Allowed, admit
from web.api.binding import Binding, Handler
from web.api.idempotency import Once
from web.api.problems import RequestRefused
from web.api.request import Request, fingerprint

PREFIX = "/api"
IDEMPOTENCY_HEADER = "Idempotency-Key"
IDEMPOTENCY_KEY_MOST = 100


ANY_FILE = ("application/octet-stream",)


@dataclass(frozen=True)
class Route:
    """One method on one path: who may call it, what it takes, what it answers."""

    method: str
    path: str
    handler: Handler
    allowed: Allowed
    status: int
    idempotent: bool
    also: tuple[int, ...]
    binding: Binding
    #: media types of the files that it sends instead of JSON
    files: tuple[str, ...] = ANY_FILE

    @property
    def is_creation(self) -> bool:
        return self.status == 201


class Api:
    """The routes of one resource, declared by decorators on its handlers."""

    def __init__(self, prefix: str = PREFIX) -> None:
        self.prefix = prefix
        self.routes: list[Route] = []

    def get(
        self, path: str, *, role: Allowed, also: Iterable[int] = (), files: Iterable[str] = ANY_FILE
    ) -> Callable[[Handler], Handler]:
        return self._route("GET", path, role, also=also, files=files)

    def post(
        self,
        path: str,
        *,
        role: Allowed,
        status: int = 200,
        idempotent: bool = False,
        also: Iterable[int] = (),
        files: Iterable[str] = ANY_FILE,
    ) -> Callable[[Handler], Handler]:
        """`idempotent`: an Idempotency-Key header is honoured by the handler's first `request.write`."""
        return self._route("POST", path, role, status=status, idempotent=idempotent, also=also, files=files)

    def put(self, path: str, *, role: Allowed, also: Iterable[int] = ()) -> Callable[[Handler], Handler]:
        return self._route("PUT", path, role, also=also)

    def patch(self, path: str, *, role: Allowed, also: Iterable[int] = ()) -> Callable[[Handler], Handler]:
        return self._route("PATCH", path, role, also=also)

    def delete(self, path: str, *, role: Allowed, also: Iterable[int] = ()) -> Callable[[Handler], Handler]:
        return self._route("DELETE", path, role, also=also)

    def _route(
        self,
        method: str,
        path: str,
        role: Allowed,
        *,
        status: int = 200,
        idempotent: bool = False,
        also: Iterable[int] = (),
        files: Iterable[str] = ANY_FILE,
    ) -> Callable[[Handler], Handler]:
        def declare(handler: Handler) -> Handler:
            binding = Binding.of(handler)
            code = 204 if binding.answer is None else status
            route = Route(
                method, self.prefix + path, handler, role, code, idempotent, tuple(also), binding, tuple(files)
            )
            self.routes.append(route)
            return handler

        return declare

    def add_to(self, app: http.Application) -> None:
        """Put the routes on an aiohttp application."""
        for route in self.routes:
            app.router.add_route(route.method, route.path, endpoint(route))


def endpoint(route: Route) -> Callable[[http.Request], Any]:
    """What aiohttp calls: admit, read, run, show."""
    answer = route.binding.answer
    is_view = answer is not None and not (isinstance(answer, type) and issubclass(answer, http.StreamResponse))
    adapter = TypeAdapter(answer) if is_view else None

    async def serve(raw: http.Request) -> http.StreamResponse:
        login = await admit(raw, route.allowed)
        arguments = await route.binding.read(raw)
        request = Request(raw, login, await _once(route, raw, login.actor.person_id if login else None))
        result = await route.handler(request, **arguments)
        shown = result if isinstance(result, http.StreamResponse) else _show(result, adapter, route.status)
        for put in request.answer_headers:
            put(shown)
        return shown

    return serve


def _show(result: Any, adapter: TypeAdapter[Any] | None, status: int) -> http.Response:
    if adapter is None:
        return http.Response(status=204)
    return http.Response(status=status, body=adapter.dump_json(result), content_type="application/json")


async def _once(route: Route, raw: http.Request, person_id: int | None) -> Once | None:
    key = raw.headers.get(IDEMPOTENCY_HEADER)
    answer = route.binding.answer
    if not route.idempotent or key is None or not (isinstance(answer, type) and issubclass(answer, BaseModel)):
        return None
    if not key.isascii() or not key.isprintable() or not 0 < len(key) <= IDEMPOTENCY_KEY_MOST:
        raise RequestRefused(400, "bad_idempotency_key", "Idempotency-Key 应为 1–100 个可见字符")
    wish = fingerprint(raw.method, raw.path, await raw.read())
    return Once(f"person {person_id}: {key}", wish, answer)
