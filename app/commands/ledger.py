"""`hotline ledger`: is the chain of ratings whole, and its lines for anybody to check."""

from pathlib import Path

import click

from app.commands.chains import tell_verification
from app.processes import opened_reading
from app.settings import read_settings
from evaluation.ledger import LEDGER_CHAIN, exported, lines_after


@click.group()
def command() -> None:
    """The ledger of ratings."""


@command.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def verify(config: Path | None, *, as_json: bool) -> int:
    """Walk the whole chain; exits 1 and names the first row that does not hold."""
    return tell_verification(config, LEDGER_CHAIN, as_json=as_json)


@command.command()
@click.option(
    "--out", type=click.Path(dir_okay=False, allow_dash=True), default="-", help="A file; - is standard output."
)
@click.pass_obj
def export(config: Path | None, out: str) -> None:
    """Every line as one JSON object, oldest first; no personal data is in them."""
    with opened_reading(read_settings(config)) as database, click.open_file(out, "w", encoding="utf-8") as file:
        after = 0
        while lines := database.read(lines_after, after):
            file.writelines(f"{line}\n" for line in exported(lines))
            after = lines[-1].id
