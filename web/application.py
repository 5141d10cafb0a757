"""Puts the web server together: middlewares, resources, live pages, citizens' pages and the built application."""

import importlib.metadata
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from aiohttp import web as http

from web.api.access import cookie_name
from web.api.openapi import document
from web.api.problems import problems
from web.api.request import SERVICES, Services
from web.api.routes import Api
from web.health import READINESS, Readiness, healthz, readyz
from web.live import HUB, Hub, live
from web.security import protective_headers, request_number

UI = Path(__file__).parent / "ui" / "dist"
NOT_BUILT = "The page has not been built yet: run make ui."
TITLE = "12345 hotline API"


def make_application(services: Services, apis: Sequence[Api], *, hub: Hub, readiness: Readiness) -> http.Application:
    """The aiohttp application; citizens' pages and webhooks are added by the caller before it starts."""
    settings = services.settings
    app = http.Application(middlewares=[request_number, problems], client_max_size=settings.max_body_kib * 1024)
    app[SERVICES] = services
    app[HUB] = hub
    app[READINESS] = readiness
    for api in apis:
        api.add_to(app)
    app.router.add_get("/api/live", live)
    app.router.add_get("/healthz", healthz)
    app.router.add_get("/readyz", readyz)
    app.router.add_get("/api/openapi.json", _description(apis, cookie_name(settings)))
    app.on_response_prepare.append(protective_headers(is_https=settings.is_https))
    return app


def _description(apis: Sequence[Api], cookie: str) -> Callable[[http.Request], Awaitable[http.Response]]:
    routes = [route for api in apis for route in api.routes]
    described = document(routes, title=TITLE, version=importlib.metadata.version("hotline"), cookie=cookie)

    async def describe(raw: http.Request) -> http.Response:
        return http.json_response(described)

    return describe


def add_ui(app: http.Application, ui: Path = UI) -> None:
    """Serve the built Vue application; every other address opens it, so that its URLs can be sent to a colleague."""

    async def page(raw: http.Request) -> http.StreamResponse:
        if raw.path.startswith(("/api/", "/webhooks/", "/assets/")):
            raise http.HTTPNotFound
        index = ui / "index.html"
        if not index.is_file():
            return http.Response(status=503, text=NOT_BUILT)
        return http.FileResponse(index, headers={"Cache-Control": "no-cache"})

    if (ui / "assets").is_dir():
        app.router.add_static("/assets", ui / "assets")
    app.router.add_get("/{path:.*}", page)
