"""`hotline worker`: a Celery worker for [broker] url."""

from pathlib import Path

import click

from app.settings import read_settings
from app.worker import work
from core.clock import SystemClock
from core.log import configure_logging


@click.command()
@click.pass_obj
def command(config: Path | None) -> int:
    """Run durable jobs that the server hands out over the broker; any number of workers may run."""
    settings = read_settings(config)
    configure_logging()
    return work(settings, SystemClock())
