"""The demo: the server on a city of our own making, with the built-in exchange and its callers."""

import asyncio
import contextlib
import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from random import Random

from pydantic import SecretStr

from app.demo.load import SEED, DemoLoaded, load_demo
from app.demo.numbers import some_caller
from app.errors import NotADemo
from app.offices import make_services
from app.processes import opened_database
from app.reactions import REACTIONS
from app.server import serve
from app.settings import Settings
from core import migrate
from core.clock import Clock, ShiftedClock
from core.computer import Computer
from core.database import Database
from evaluation.submissions.settings import ExchangeName
from telephony.exchange.builtin import BuiltInExchange
from telephony.exchange.callers import DemoCallers, Habits
from tickets.mail.settings import MailboxName

#: Lies in a folder that a demo made, so that no other folder is ever emptied.
MARK = "demo-city"
#: The telephones of the built-in exchange, as app/demo/founding.py seats them.
DEMO_SEATS = ("8001-8012",)
DEMO_DIAL_IN = "123459"
#: Under which the made-up city writes to its citizens.
SIGNATURE = "【松江12345】"
#: Where they write to; a file put into mails/new of the demo's folder is such a mail.
MAIL_ADDRESS = "12345@songjiang.example"

#: no such city stands in GB/T 2260
CITY_CODE = "229900"

Progress = Callable[[float], None]
Told = Callable[[str, DemoLoaded], None]


@dataclass(frozen=True)
class DemoWish:
    """Where the demo lives, when it begins, and how often somebody calls (0: nobody does)."""

    folder: Path
    starts_at: datetime
    call_every_s: float


async def demonstrate(settings: Settings, wish: DemoWish, *, progress: Progress, told: Told) -> None:
    """Load a fresh city and serve it until told to stop; `told` hears the address and what was loaded.

    Raises NotADemo, and what serving raises.
    """
    empty_folder(wish.folder)
    settings = demo_settings(settings, wish.folder)
    loaded = await asyncio.to_thread(_load, settings, wish.starts_at, progress)
    clock = ShiftedClock(wish.starts_at)
    async with contextlib.AsyncExitStack() as stack:
        exchange = await _start_exchange(settings, wish, clock, stack, partial(some_caller, asked=loaded.asked))
        settings = _with_port(settings, exchange.port)
        await serve(settings, clock=clock, ready=lambda address: told(address, loaded))


def empty_folder(folder: Path) -> None:
    """A fresh demo begins with an empty folder; one that no demo made is left alone.  Raises NotADemo."""
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARK).is_file():
            raise NotADemo(folder=folder)
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).touch()


def demo_settings(settings: Settings, folder: Path) -> Settings:
    """The same settings with every trace kept in the demo's folder, and nothing that leaves the house."""
    exchange = folder / "exchange"
    ami = settings.telephony.ami.model_copy(
        update={"host": "127.0.0.1", "port": 0, "tls": False, "secret": SecretStr(secrets.token_hex(16))}
    )
    telephony = settings.telephony.model_copy(
        update={
            "is_enabled": True,
            "ami": ami,
            "queue_log": exchange / "queue_log",
            "recordings": exchange / "recordings",
            "dial_in_number": DEMO_DIAL_IN,
        }
    )
    return settings.model_copy(
        update={
            "data_folder": folder,
            "database": settings.database.model_copy(update={"url": f"sqlite:///{folder.absolute()}/hotline.db"}),
            "broker": settings.broker.model_copy(update={"url": ""}),
            "sms": type(settings.sms)(signature=SIGNATURE, rating_address=settings.sms.rating_address),
            "mail": type(settings.mail)(mailbox=MailboxName.FOLDER, address=MAIL_ADDRESS),
            "checkpoints": settings.checkpoints.model_copy(
                update={
                    "is_sending": False,
                    "witnesses": (f"file://{folder.absolute()}/witnesses/archive", "mailto:audit@witness.example"),
                }
            ),
            "submissions": type(settings.submissions)(exchange=ExchangeName.FILE, city_code=CITY_CODE),
            "telephony": telephony,
            "exchange": settings.exchange.model_copy(update={"browser_seats": DEMO_SEATS, "phones": ()}),
        }
    )


def _with_port(settings: Settings, port: int) -> Settings:
    ami = settings.telephony.ami.model_copy(update={"port": port})
    return settings.model_copy(update={"telephony": settings.telephony.model_copy(update={"ami": ami})})


def _load(settings: Settings, starts_at: datetime, progress: Progress) -> DemoLoaded:
    """Migrate and play the city's past in its own time."""
    database = Database(settings.database, reactions=REACTIONS)
    migrate.upgrade(database.writing)
    database.close()
    computer = Computer()
    try:
        with opened_database(settings, ShiftedClock(starts_at)) as opened:
            return load_demo(opened, make_services(settings, computer), start_at=starts_at, progress=progress)
    finally:
        computer.close()


async def _start_exchange(
    settings: Settings,
    wish: DemoWish,
    clock: Clock,
    stack: contextlib.AsyncExitStack,
    caller: Callable[[Random], str],
) -> BuiltInExchange:
    telephony = settings.telephony
    folder = telephony.queue_log.parent if telephony.queue_log else wish.folder
    folder.mkdir(parents=True, exist_ok=True)
    exchange = BuiltInExchange(folder, telephony.ami, clock=clock, queue=telephony.queue)
    await exchange.start()
    stack.push_async_callback(exchange.stop)
    if wish.call_every_s:
        habits = Habits(every_s=wish.call_every_s)
        callers = DemoCallers(exchange, random=Random(SEED), habits=habits, number=caller)
        task = asyncio.create_task(callers.run(), name="demo callers")

        async def end() -> None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

        stack.push_async_callback(end)
    return exchange
