"""`hotline jobs`: how much work waits, what has died, and another try for it."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from app.processes import opened_database
from app.settings import read_settings
from core.clock import SystemClock
from core.jobs import count_jobs, dead_jobs, retry_dead


@click.group()
def command() -> None:
    """Durable jobs."""


@command.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def show(config: Path | None, *, as_json: bool) -> int:
    """Counts, and the dead list; exits 1 while anything is dead."""
    with opened_database(read_settings(config), SystemClock()) as database:
        counts = database.read(count_jobs)
        dead = database.read(dead_jobs, view=lambda rows: [(row.id, row.kind, row.last_error or "") for row in rows])
    if as_json:
        rows = [{"id": row_id, "kind": kind, "error": error} for row_id, kind, error in dead]
        click.echo(json.dumps(asdict(counts) | {"dead_jobs": rows}, ensure_ascii=False, default=str))
    else:
        click.echo("  ".join(f"{name} {n}" for name, n in asdict(counts).items()))
        for row_id, kind, error in dead:
            click.echo(f"{row_id}  {kind}  {error}")
    return 1 if dead else 0


@command.command()
@click.argument("job_id", type=int)
@click.pass_obj
def retry(config: Path | None, job_id: int) -> None:
    """Give the dead job JOB_ID another try."""
    clock = SystemClock()
    with opened_database(read_settings(config), clock) as database:
        database.write(retry_dead, job_id, now=clock.now())
    click.echo(f"任务 {job_id} 已重新排队")
