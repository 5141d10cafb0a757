"""`hotline submissions`: what the exchange would refuse, what some days still owe, and the map of its fields."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import click

from app.commands.calendar import Day
from app.offices import make_submission_office
from app.processes import opened_database, opened_reading
from app.settings import Settings, read_settings
from core.clock import SystemClock
from core.secrets import Secrets
from evaluation.submissions.actions import queue_owed, set_fields
from evaluation.submissions.checking import Faulty, check_between
from evaluation.submissions.errors import SubmissionsOff
from evaluation.submissions.fields import COLUMNS, Field, row_of
from evaluation.submissions.judging import judge_fields
from evaluation.submissions.owed import owed_between
from evaluation.submissions.queries import fields_in_force
from evaluation.submissions.settings import SubmissionOffice
from indicators.periods import Period, shanghai_day
from staff.rules import SYSTEM
from tickets.importing.reading import read_sheet
from tickets.importing.rules import Bad
from web.sheets import Kind, open_sheet

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
#: records put into the queue by one transaction
_BATCH = 500


@click.group()
def command() -> None:
    """Records for the provincial exchange (数据上报)."""


@command.command()
@click.option("--day", type=Day(), help="The day to look at (default: yesterday).")
@click.option("--fields", "file", type=_FILE, help="By this field map, which is not put in.")
@click.pass_obj
def check(config: Path | None, day: date | None, file: Path | None) -> int:
    """Every record of a day that would fail the field map, with field and rule; nothing is sent.  Exits 1 on any."""
    settings, now = read_settings(config), SystemClock().now()
    looked_at = Period(*[day or shanghai_day(now) - timedelta(days=1)] * 2)
    fields, bad = judge_fields(read_sheet(file.name, file.read_bytes())) if file else ([], [])
    if bad:
        return _tell(bad)
    with opened_reading(settings) as database:
        found = database.read(
            check_between, looked_at.begins_at, looked_at.ends_at, office=_office(settings), fields=fields
        )
    for faulty in found.faulty:
        click.echo("\n".join(_lines(faulty)))
    click.echo(f"{looked_at.first}：{found.n} 条记录，{len(found.faulty)} 条不符合字段表", err=True)
    return 1 if found.faulty else 0


def _lines(faulty: Faulty) -> list[str]:
    what = f"{faulty.number}  {faulty.serial or '—'}  {faulty.kind.name_zh}"
    return [f"{what}  {fault.field}：{fault.reason}" for fault in faulty.faults]


@command.command()
@click.option("--from", "first", type=Day(), required=True, help="First day.")
@click.option("--to", "last", type=Day(), required=True, help="Last day.")
@click.pass_obj
def backfill(config: Path | None, first: date, last: date) -> None:
    """Put what happened on some days and has no record yet into the queue; run again, it adds nothing."""
    settings, clock, period = read_settings(config), SystemClock(), Period(first, last)
    office = _office(settings)
    if office.exchange is None:
        raise SubmissionsOff
    with opened_reading(settings) as reading:
        owed = reading.read(owed_between, period.begins_at, period.ends_at)
    n = 0
    with opened_database(settings, clock) as database:
        for begins in range(0, len(owed), _BATCH):
            batch = owed[begins : begins + _BATCH]
            n += database.write(queue_owed, batch, office=office, now=clock.now())
    click.echo(f"{n} 条记录已进入上报队列")


@command.group()
def fields() -> None:
    """Which of our values goes up under which name."""


@fields.command()
@click.pass_obj
def show(config: Path | None) -> None:
    """The field map in force as CSV, in the columns that `import` reads."""
    with opened_reading(read_settings(config)) as database:
        found: list[Field] = database.read(fields_in_force)
    sheet = open_sheet(Kind.CSV)
    click.echo(sheet.begin(COLUMNS) + sheet.add([row_of(field) for field in found]), nl=False)


@fields.command("import")
@click.argument("file", type=_FILE)
@click.pass_obj
def import_file(config: Path | None, file: Path) -> int:
    """The field map from FILE (XLSX or CSV) instead of the one in force; with a fault nothing changes, and exits 1.

    Records that failed the old map are checked by the new one.
    """
    settings, clock = read_settings(config), SystemClock()
    judged, bad = judge_fields(read_sheet(file.name, file.read_bytes()))
    if bad:
        return _tell(bad)
    with opened_database(settings, clock) as database:
        again = database.write(set_fields, judged, by=SYSTEM, now=clock.now())
    if again is None:
        click.echo(f"{len(judged)} 个字段，与现行的相同")
    else:
        click.echo(f"{len(judged)} 个字段已生效，{again} 条未通过校验的记录将重新校验")
    return 0


def _tell(bad: Sequence[Bad]) -> int:
    for fault in bad:
        click.echo(f"第 {fault.row} 行 {fault.column}：{fault.reason}", err=True)
    return 1


def _office(settings: Settings) -> SubmissionOffice:
    return make_submission_office(settings, Secrets(settings.data_folder / "secrets"))
