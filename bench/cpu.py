"""What a request costs in all: our own CPU, and that of the PostgreSQL that answered us."""

import contextlib
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from core.database import Database


def meter(database: Database) -> Callable[[], float]:
    """Tells the CPU seconds spent so far by this process and, with PostgreSQL, by all of its processes."""
    if database.settings.is_sqlite:
        return time.process_time
    with database.reading.connect() as connection:
        folder = Path(connection.exec_driver_sql("SHOW data_directory").scalar_one())
    server = psutil.Process(int((folder / "postmaster.pid").read_text().split()[0]))
    return lambda: time.process_time() + _spent_s(server)


def _spent_s(server: psutil.Process) -> float:
    """By those that run and, as the server is told of them, by those that have ended; in clock ticks."""
    ended = server.cpu_times()
    spent = ended.children_user + ended.children_system
    for process in (server, *server.children()):
        with contextlib.suppress(psutil.NoSuchProcess):
            own = process.cpu_times()
            spent += own.user + own.system
    return float(spent)
