"""`hotline calls`: the call layer alone, on the Asterisk node."""

import asyncio
from pathlib import Path

import click

from app.processes import make_seats, opened_database
from app.settings import Settings, read_settings
from app.stopping import stopped_by_signals
from core.clock import SystemClock
from core.log import configure_logging
from telephony.layer import CallLayer


@click.command()
@click.pass_obj
def command(config: Path | None) -> None:
    """Listen to this node's Asterisk and store its calls, until told to stop; needs PostgreSQL beside a server."""
    settings = read_settings(config)
    configure_logging()
    asyncio.run(listen_alone(settings))


async def listen_alone(settings: Settings) -> None:
    """Serve the node whenever its lease is ours.  Raises a StartRefused that names what is wrong."""
    clock = SystemClock()
    stop = stopped_by_signals()
    with opened_database(settings, clock) as database:
        database.serve()
        make_seats(settings, database)
        calls = asyncio.create_task(CallLayer(database, settings.telephony, clock).run(), name="call layer")
        click.echo(f"通话层已启动：{settings.telephony.node}")
        await stop.wait()
        calls.cancel()
        await asyncio.gather(calls, return_exceptions=True)
