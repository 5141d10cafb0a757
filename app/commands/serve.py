"""`hotline serve`: the server from config.toml."""

import asyncio
from pathlib import Path

import click

from app.server import serve
from app.settings import read_settings
from core.clock import SystemClock
from core.log import configure_logging


@click.command()
@click.option("--host", help="Instead of [web] host.")
@click.option("--port", type=click.IntRange(0, 65535), help="Instead of [web] port.")
@click.pass_obj
def command(config: Path | None, host: str | None, port: int | None) -> None:
    """Serve pages, API, calls and jobs until told to stop."""
    settings = read_settings(config)
    given = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    settings = settings.model_copy(update={"web": settings.web.model_copy(update=given)})
    configure_logging()
    asyncio.run(serve(settings, clock=SystemClock(), ready=lambda address: click.echo(f"{address} 已就绪")))
