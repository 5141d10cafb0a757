"""`hotline check`: each dependency by name, and its state."""

import asyncio
import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

import click

from app.readiness import broker_dependency, mailbox_dependency, stored_dependencies
from app.settings import Settings, read_settings
from core.clock import SystemClock
from core.database import Database
from core.log import configure_logging
from telephony.ami import AmiClient, LinkState, LinkStatus
from web.health import Dependency


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def command(config: Path | None, *, as_json: bool) -> int:
    """Ask each dependency; exits 1 while anything is not as it should be (a calendar that ends within 60 days too)."""
    configure_logging(level="ERROR")
    found = list(dependencies(read_settings(config)))
    if as_json:
        rows = [dependency.model_dump() for dependency in found]
        click.echo(json.dumps({"ready": _is_ready(found), "dependencies": rows}, ensure_ascii=False))
    else:
        for dependency in found:
            click.echo(f"{_mark(dependency)} {dependency.name:<11} {dependency.detail}")
    return 0 if all(dependency.is_ready for dependency in found) else 1


def dependencies(settings: Settings) -> Iterator[Dependency]:
    """The database and what is in it, the folders, Asterisk's manager interface, the broker, the mailbox."""
    database = Database(settings.database)
    try:
        yield from stored_dependencies(settings, database)
    finally:
        database.close()
    yield asyncio.run(_ami(settings))
    yield from broker_dependency(settings)
    yield from mailbox_dependency(settings)


async def _ami(settings: Settings) -> Dependency:
    """Log in to the manager interface once, as the call layer does."""
    ami = settings.telephony.ami
    settled = asyncio.Event()

    def changed(status: LinkStatus) -> None:
        if status.state is LinkState.UP or status.error is not None:
            settled.set()

    client = AmiClient(ami, clock=SystemClock(), heard=lambda _event: None, changed=changed)
    running = asyncio.create_task(client.run())
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(settled.wait(), ami.connect_within_s + ami.answer_within_s)
    status = client.status
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    detail = f"{ami.host}:{ami.port} {status.state.value}" + (f" {status.error}" if status.error else "")
    return Dependency(name="ami", is_ready=status.state is LinkState.UP, is_needed=False, detail=detail)


def _is_ready(found: list[Dependency]) -> bool:
    return all(dependency.is_ready for dependency in found if dependency.is_needed)


def _mark(dependency: Dependency) -> str:
    if dependency.is_ready:
        return "正常"
    return "故障" if dependency.is_needed else "注意"
