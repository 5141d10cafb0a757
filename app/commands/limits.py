"""`hotline limits`: how long each step may take in this city, as a table that is shown, edited and put in again."""

from pathlib import Path

import click

from app.processes import opened_database
from app.settings import read_settings
from core.clock import SystemClock
from staff.rules import SYSTEM
from tickets.actions.limits import limits_of, set_limits
from tickets.importing.limits import as_table, judge_limits
from tickets.importing.reading import read_sheet
from web.sheets import Kind, open_sheet


@click.group()
def command() -> None:
    """How long each step may take in this city, by type, urgency and class."""


@command.command()
@click.pass_obj
def show(config: Path | None) -> None:
    """The limits in force as CSV, in the columns that `import` reads."""
    settings = read_settings(config)
    with opened_database(settings, SystemClock()) as database:
        rows = database.read(limits_of, settings.tickets.profile)
    heading, *lines = as_table(rows)
    sheet = open_sheet(Kind.CSV)
    click.echo(sheet.begin(heading) + sheet.add(lines), nl=False)


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def import_file(config: Path | None, file: Path) -> int:
    """The limits from FILE (XLSX or CSV) instead of those in force; with a fault nothing changes, and exits 1.

    Each fault is named.  Tickets whose clocks run are timed again, with a line in their history.
    """
    settings, clock = read_settings(config), SystemClock()
    rows, bad = judge_limits(read_sheet(file.name, file.read_bytes()))
    for fault in bad:
        click.echo(f"第 {fault.row} 行 {fault.column}：{fault.reason}", err=True)
    if bad:
        return 1
    with opened_database(settings, clock) as database:
        is_changed = database.write(set_limits, rows, profile=settings.tickets.profile, by=SYSTEM, now=clock.now())
    click.echo(f"{len(rows)} 条时限已生效" if is_changed else f"{len(rows)} 条时限，与现行的相同")
    return 0
