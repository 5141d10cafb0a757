"""`hotline import`: tables that a city keeps elsewhere."""

import json
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from app.processes import opened_database
from app.settings import read_settings
from core.clock import SystemClock
from core.database import Database
from staff.rules import SYSTEM
from tickets.importing import actions
from tickets.importing.queries import import_by_id, names_in_use
from tickets.importing.reading import read_sheet
from tickets.importing.rules import Bad, Good, judge


@click.group()
def command() -> None:
    """Tables that a city keeps elsewhere."""


@command.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def catalogue(config: Path | None, file: Path, *, as_json: bool) -> int:
    """The dispatch catalogue from FILE (XLSX or CSV); exits 1 when rows were refused, and names each."""
    with opened_database(read_settings(config), SystemClock()) as database:
        import_id, refused = import_file(database, file, is_quiet=as_json)
        done = database.read(import_by_id, import_id)
    counts = {"rows": done.rows, "added": done.added, "changed": done.changed, "unchanged": done.unchanged}
    if as_json:
        rows = [{"row": bad.row, "column": bad.column, "reason": bad.reason} for bad in refused]
        click.echo(json.dumps({**counts, "refused": rows}, ensure_ascii=False))
        return 1 if refused else 0
    for bad in refused:
        click.echo(f"第 {bad.row} 行 {bad.column}：{bad.reason}", err=True)
    click.echo(f"共 {done.rows} 行：新增 {done.added}，更新 {done.changed}，未变 {done.unchanged}，拒收 {len(refused)}")
    return 1 if refused else 0


def import_file(database: Database, file: Path, *, is_quiet: bool) -> tuple[int, list[Bad]]:
    """Put the good rows in, showing how far it is; the import's id and the bad ones.  Raises FileUnreadable."""
    clock = database.clock
    content = file.read_bytes()
    sheet = read_sheet(file.name, content)
    judged = judge(sheet, database.read(names_in_use))
    good = [row for row in judged if isinstance(row, Good)]
    bad = [row for row in judged if isinstance(row, Bad)]
    kept = database.write(actions.keep_file, file.name, content, by=SYSTEM, now=clock.now())
    database.write(actions.note_judged, kept.id, rows=len(judged), refused=bad)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), disable=is_quiet) as bar:
        task = bar.add_task("导入派单目录", total=len(good))
        for start in range(0, len(good), actions.BATCH):
            batch = good[start : start + actions.BATCH]
            database.write(actions.put_rows, kept.id, batch, after=start, now=clock.now())
            bar.advance(task, len(batch))
    database.write(actions.end_import, kept.id, now=clock.now())
    return kept.id, bad
