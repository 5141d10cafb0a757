"""Our API served by this process without jobs: what a request costs is what this process spends."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from aiohttp import web as http
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.offices import make_services
from app.resources import APIS
from app.settings import Settings
from core.clock import SystemClock
from core.computer import Computer
from core.database import Database
from staff.actions import Attempt, add_person, add_unit, finish_log_in
from staff.rules import Role, UnitKind
from staff.tokens import token_hash
from web.api import Services
from web.application import make_application
from web.health import Dependency
from web.live import Hub
from web.live_topics import TOPICS

TOKEN = "bench"


@dataclass
class Served:
    """The address, and the headers of somebody logged in."""

    url: str
    headers: dict[str, str]
    database: Database


async def _nothing() -> list[Dependency]:
    return []


@asynccontextmanager
async def serving(database: Database, folder: Path) -> AsyncIterator[Served]:
    """The API with a person in every office logged in."""
    settings, clock = Settings(data_folder=folder / "data"), SystemClock()
    csrf = database.write(log_in_everywhere, now=clock.now())
    computer = Computer()
    hub = Hub(database.serving, clock, TOPICS, outbox_size=settings.web.live_queue)
    services = Services(database.serving, clock, settings.web, make_services(settings, computer))
    app = make_application(services, APIS, hub=hub, readiness=_nothing)
    async with listening(app) as url:
        stop = database.subscribe(hub.hear)
        yield Served(url, {"Cookie": f"hotline={TOKEN}", "X-CSRF-Token": csrf}, database)
        stop()
    computer.close()


@asynccontextmanager
async def listening(app: http.Application) -> AsyncIterator[str]:
    """The application on a free port of loopback; its address."""
    runner = http.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await http.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()


def log_in_everywhere(session: Session, *, now: datetime) -> str:
    """A person with every office; the token that changes must carry."""
    unit = add_unit(session, code="bench", name="市热线中心", kind=UnitKind.HOTLINE)
    roles = [role for role in Role if role not in {Role.SYSTEM, Role.CITIZEN, Role.UNIT_OFFICER}]
    person = add_person(session, unit_id=unit.id, account="bench", name="测速", staff_number="B001", roles=roles)
    attempt = Attempt(id=0, person_id=person.id, password_hash="")
    login = finish_log_in(
        session, attempt, token_hash=token_hash(TOKEN), csrf_token="bench", address="127.0.0.1", now=now
    )
    return login.csrf_token


@contextmanager
def counted_sql(database: Database) -> Iterator[list[str]]:
    """The SQL statements both engines execute inside the block, transaction control left out."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    # on PostgreSQL the reading engine is the writing one with options, and hears its listeners
    engines = [database.writing, database.reading] if database.settings.is_sqlite else [database.writing]
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)
