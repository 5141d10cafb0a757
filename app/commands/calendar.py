"""`hotline calendar`: working days after a day, the loaded years, and importing a new one."""

import json
import tomllib
from datetime import date, datetime
from pathlib import Path

import click

from app.processes import opened_database
from app.settings import read_settings
from core import migrate
from core.calendar import SHIPPED_CALENDAR, CalendarInvalid, WorkingCalendar, Year, import_year, load_calendar
from core.clock import SystemClock
from core.database import Database


@click.group()
def command() -> None:
    """Working days of the People's Republic of China, make-up days included."""


class Day(click.ParamType[date]):
    """A day as YYYY-MM-DD."""

    name = "day"

    def convert(self, value: str | date, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a day like 2026-09-30", param, ctx)


@command.command()
@click.argument("day", type=Day())
@click.argument("working_days", type=click.IntRange(0, 5000))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object with the days that did not count.")
@click.pass_obj
def add(config: Path | None, day: date, working_days: int, *, as_json: bool) -> None:
    """The day WORKING_DAYS working days after DAY, which is not counted (民法典 第201条)."""
    calendar = loaded_calendar(config)
    result = calendar.add_working_days(day, working_days)
    if as_json:
        skipped = [{"day": str(off.day), "reason": off.reason} for off in calendar.skipped_days(day, working_days)]
        click.echo(json.dumps({"day": str(result), "skipped": skipped}, ensure_ascii=False))
    else:
        click.echo(result)


@command.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def show(config: Path | None, *, as_json: bool) -> None:
    """The years that are loaded, with their source."""
    years = loaded_calendar(config).years
    if as_json:
        rows = [{"year": year.year, "source": year.source, "holidays": len(year.holidays)} for year in years]
        click.echo(json.dumps({"years": rows}, ensure_ascii=False))
        return
    for year in years:
        click.echo(f"{year.year}  放假 {len(year.holidays)} 天  调休上班 {len(year.make_up_days)} 天  {year.source}")


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def import_file(config: Path | None, file: Path) -> None:
    """Keep the year in FILE (TOML: year, source, holidays, make_up_days) as the newest version of itself."""
    year = read_year(file)
    clock = SystemClock()
    with opened_database(read_settings(config), clock) as database:
        version = database.write(import_year, year, now=clock.now())
    click.echo(f"{year.year} 已导入，第 {version} 版")


def read_year(file: Path) -> Year:
    """Raises CalendarInvalid."""
    try:
        said = tomllib.loads(file.read_text(encoding="utf-8"))
        return Year(int(said["year"]), str(said["source"]), _days(said["holidays"]), _days(said["make_up_days"]))
    except KeyError as error:
        raise CalendarInvalid([((str(error.args[0]),), "missing", f"缺少 {error.args[0]}")]) from error
    except (ValueError, TypeError) as error:
        raise CalendarInvalid([((), "unreadable", f"无法解析：{error}")]) from error


def _days(values: list[date | str]) -> frozenset[date]:
    """TOML knows days; text in the same form is taken too."""
    if any(isinstance(value, datetime) for value in values):
        raise ValueError("写到日即可，例如 2027-01-01")
    return frozenset(value if isinstance(value, date) else date.fromisoformat(value) for value in values)


def loaded_calendar(config: Path | None) -> WorkingCalendar:
    """What this site has imported over what we ship; without a database yet, what we ship."""
    settings = read_settings(config).database
    if settings.is_sqlite and not settings.path.exists():
        return SHIPPED_CALENDAR
    database = Database(settings)
    try:
        if migrate.present(database.reading) is None:
            return SHIPPED_CALENDAR
        return database.read(load_calendar)
    finally:
        database.close()
