"""The demo city, loaded once for each database."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL

from app.demo.load import DemoLoaded, load_demo
from app.offices import make_services
from app.reactions import REACTIONS
from app.settings import Settings
from core.clock import ShiftedClock
from core.computer import Computer
from core.database import Database, DatabaseSettings

#: 2026-10-13 09:00 in Shanghai
START = datetime(2026, 10, 13, 1, 0, tzinfo=UTC)


@dataclass
class Demo:
    """What one load has left behind."""

    database: Database
    services: dict[type, Any]
    loaded: DemoLoaded


@pytest.fixture(scope="session")
def demo(template: URL, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The city at its pinned start, on SQLite and on PostgreSQL; tests only read it."""
    folder = tmp_path_factory.mktemp("demo")
    settings = Settings(data_folder=folder)
    computer = Computer()
    services = dict(make_services(settings, computer))
    url = _fresh_copy(template, request, folder)
    with Database(DatabaseSettings(url=url), reactions=REACTIONS, clock=ShiftedClock(START)) as database:
        loaded = load_demo(database, services, start_at=START)
        yield Demo(database, services, loaded)
    computer.close()


def _fresh_copy(template: URL, request: pytest.FixtureRequest, folder: Path) -> str:
    if template.get_backend_name() == "sqlite":
        shutil.copyfile(template.database or "", folder / "hotline.db")
        return f"sqlite:///{folder / 'hotline.db'}"
    server: URL = request.getfixturevalue("postgresql")
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("CREATE DATABASE hotline_demo TEMPLATE hotline_template"))
    engine.dispose()
    return server.set(drivername="postgresql", database="hotline_demo").render_as_string(hide_password=False)
