"""Our API served by this process without jobs: what a request costs is what this process spends."""

import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from aiohttp import web as http
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.offices import make_services
from app.resources import APIS
from app.settings import Settings
from bench.city import PHONE_KEY
from core.clock import Clock, SystemClock
from core.computer import Computer
from core.database import Database
from core.garbage import spare_what_stays
from staff.actions import Attempt, add_person, add_unit, finish_log_in
from staff.model import Person
from staff.rules import Role, UnitKind
from staff.tokens import token_hash
from tickets.settings import TicketOffice
from web.api import Services
from web.application import make_application
from web.health import Dependency
from web.live import Hub
from web.live_topics import TOPICS

ACCOUNT = "bench"


@dataclass
class Served:
    """The address, and the headers of somebody logged in."""

    url: str
    headers: dict[str, str]
    database: Database
    clock: Clock


async def _nothing() -> list[Dependency]:
    return []


@asynccontextmanager
async def serving(database: Database, folder: Path, *, clock: Clock | None = None) -> AsyncIterator[Served]:
    """The API with a person in every office logged in."""
    settings, clock = Settings(data_folder=folder / "data"), clock or SystemClock()
    headers = database.write(log_in_everywhere, now=clock.now())
    computer = Computer()
    hub = Hub(database.serving, clock, TOPICS, outbox_size=settings.web.live_queue)
    offices = dict(make_services(settings, computer)) | {TicketOffice: TicketOffice.of(settings.tickets, PHONE_KEY)}
    services = Services(database.serving, clock, settings.web, offices)
    app = make_application(services, APIS, hub=hub, readiness=_nothing)
    async with listening(app) as url:
        stop = database.subscribe(hub.hear)
        spare_what_stays()
        yield Served(url, headers, database, clock)
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


def log_in_everywhere(session: Session, *, now: datetime) -> dict[str, str]:
    """The headers of a person with every office, who is added the first time."""
    person_id = session.scalar(sa.select(Person.id).where(Person.account == ACCOUNT))
    if person_id is None:
        unit = add_unit(session, code="bench", name="市热线中心", kind=UnitKind.HOTLINE)
        roles = [role for role in Role if role not in {Role.SYSTEM, Role.CITIZEN, Role.UNIT_OFFICER}]
        person_id = add_person(
            session, unit_id=unit.id, account=ACCOUNT, name="测速", staff_number="B001", roles=roles
        ).id
    return log_in(session, person_id, now=now)


def log_in(session: Session, person_id: int, *, now: datetime) -> dict[str, str]:
    """The headers by which the server knows this person from now on."""
    token = secrets.token_urlsafe()
    attempt = Attempt(id=0, person_id=person_id, password_hash="")
    begun = finish_log_in(
        session, attempt, token_hash=token_hash(token), csrf_token=secrets.token_urlsafe(), address="127.0.0.1", now=now
    )
    return {"Cookie": f"hotline={token}", "X-CSRF-Token": begun.csrf_token}


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
