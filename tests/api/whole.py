"""The whole API over the small city, for tests that ask every route there is."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp.test_utils import TestClient, TestServer

from app.offices import make_services
from app.resources import APIS
from app.settings import Settings
from core.clock import Clock
from core.computer import Computer
from core.database import Database
from tests.tickets.making import OFFICE
from tickets.settings import TicketOffice
from web.api import Services
from web.api.routes import Route
from web.application import make_application
from web.health import Dependency
from web.live import Hub
from web.live_topics import TOPICS
from web.settings import WebSettings


@asynccontextmanager
async def whole_server(
    database: Database, clock: Clock, computer: Computer, folder: Path
) -> AsyncIterator[TestClient[Any, Any]]:
    """Every route, every service with its twin, and the live socket; no jobs run."""
    services = {**make_services(Settings(data_folder=folder), computer), TicketOffice: OFFICE}
    hub = Hub(database.serving, clock, TOPICS, outbox_size=64)
    stop_hearing = database.subscribe(hub.hear)
    served = Services(database.serving, clock, WebSettings(), services)

    async def all_there() -> list[Dependency]:
        return []

    app = make_application(served, APIS, hub=hub, readiness=all_there)
    async with TestClient(TestServer(app)) as client:
        yield client
    stop_hearing()


def routes() -> Iterator[Route]:
    for api in APIS:
        yield from api.routes


def filled(route: Route) -> dict[str, Any] | None:
    """The least that a route's body may be, from its own schema; None when it takes none."""
    if route.binding.body is None:
        return None
    schema = route.binding.body[1].model_json_schema()
    made: dict[str, Any] = _least(schema, schema.get("$defs", {}))
    return made


def _least(schema: dict[str, Any], definitions: dict[str, Any]) -> Any:
    if "$ref" in schema:
        return _least(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    if choices := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"):
        return _least(choices[0], definitions)
    if "enum" in schema or "const" in schema:
        return schema["const"] if "const" in schema else schema["enum"][0]
    match schema.get("type"):
        case "object":
            needed = schema.get("required", [])
            return {name: _least(schema["properties"][name], definitions) for name in needed}
        case "array":
            return [_least(schema["items"], definitions)] * schema.get("minItems", 0)
        case "integer" | "number":
            return schema.get("minimum", 1)
        case "boolean":
            return True
    return _words(schema)


def _words(schema: dict[str, Any]) -> str:
    match schema.get("format"):
        case "date":
            return "2026-10-20"
        case "date-time":
            return "2026-10-20T09:00:00+08:00"
    return "说" * max(int(schema.get("minLength", 1)), 1)


def without_digits(text: str) -> str:
    """Ticket numbers, as they are written in answers, taken out."""
    return str(re.sub(r"\d{12}|\d{4} \d{4} \d{4}", "#", text))
