"""`hotline indicators`: a figure with its parts, and the independent recount of them all."""

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path

import click

from app.commands.calendar import Day
from app.processes import opened_database, opened_reading
from app.settings import read_settings
from core.calendar import SHANGHAI
from core.clock import SystemClock
from evaluation.rules import Subject
from indicators.cards import CARDS
from indicators.counts.afresh import count_afresh
from indicators.periods import Period, statistical_month
from indicators.queries import show as figure
from indicators.recount import recount as recounted
from indicators.recounts.actions import note_recount
from indicators.recounts.ledger import against_ledger


@click.group()
def command() -> None:
    """Figures with their formula cards."""


SUBJECTS = {subject.value: subject for subject in Subject}
FROM = click.option("--from", "first", type=Day(), help="First day (default: of this 统计月, the 26th).")
TO = click.option("--to", "last", type=Day(), help="Last day (default: of this 统计月, the 25th).")


@command.command(epilog=f"NAME: {', '.join(CARDS)}.")
@click.argument("name")
@FROM
@TO
@click.option("--subject", type=click.Choice(list(SUBJECTS)), default=Subject.HANDLING.value)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def show(config: Path | None, name: str, first: date | None, last: date | None, *, subject: str, as_json: bool) -> None:
    """The figure NAME with its parts and its formula card."""
    first, last = period(first, last)
    with opened_reading(read_settings(config)) as database:
        found = database.read(figure, name, first, last, subject=SUBJECTS[subject], now=SystemClock().now())
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for part, value in found.items():
        if part != "card":
            click.echo(f"{part:22} {value}")


@command.command()
@FROM
@TO
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def recount(config: Path | None, first: date | None, last: date | None, *, as_json: bool) -> int:
    """Compute every figure a second way from raw rows, and these against the ledger; exits 1 where they differ."""
    settings = read_settings(config)
    days = Period(*period(first, last))
    with opened_database(settings, SystemClock()) as database:
        differences = database.read_at_length(recounted, days, settings.evaluation.exclusions)
        differences += against_ledger(database.read_at_length)
        database.write(note_recount, days, differences, now=SystemClock().now())
    if as_json:
        click.echo(json.dumps({"differences": [asdict(found) for found in differences]}, ensure_ascii=False))
    else:
        for found in differences:
            click.echo(f"{found.figure} {found.part}: {found.shown} shown, {found.recounted} recounted")
        if not differences:
            click.echo("both ways agree")
    return 1 if differences else 0


@command.command()
@click.pass_obj
def rebuild(config: Path | None) -> None:
    """Count every ticket anew, when a recount has found a kept count wrong.

    On SQLite nobody else can write until it ends.
    """
    settings = read_settings(config)
    with opened_database(settings, SystemClock()) as database:
        counted = database.write(count_afresh, now=SystemClock().now())
    click.echo(f"{counted} tickets counted")


def period(first: date | None, last: date | None) -> tuple[date, date]:
    """What was asked for, else the ends of this statistical month."""
    month = statistical_month(SystemClock().now().astimezone(SHANGHAI).date())
    return first or month.first, last or month.last
