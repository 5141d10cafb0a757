"""`hotline migrate`: bring the database to this version's schema."""

import json
from pathlib import Path

import click

from app.settings import read_settings
from core import migrate
from core.database import Database


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def command(config: Path | None, *, as_json: bool) -> None:
    """Bring the database to this version's schema; a second time changes nothing."""
    settings = read_settings(config)
    database = Database(settings.database)
    try:
        before = migrate.present(database.writing)
        migrate.upgrade(database.writing)
        after = migrate.present(database.writing)
    finally:
        database.close()
    if as_json:
        click.echo(json.dumps({"before": before, "after": after}))
    else:
        click.echo(f"schema {after}" if before == after else f"schema {before or 'empty'} → {after}")
