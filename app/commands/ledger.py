"""`hotline ledger`: is the chain of ratings whole, and its lines for anybody to check."""

from collections.abc import Iterator
from pathlib import Path

import click

from app.commands.chains import tell_verification
from app.processes import opened_reading
from app.settings import read_settings
from core.database import Database
from evaluation.ledger import LEDGER_CHAIN, LedgerLine, exported, lines_beyond, sealed_lines

#: so many are in memory at once
PAGE_LINES = 10_000


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
    """Every line as one JSON object, in the order of their seals; no personal data is in them."""
    with opened_reading(read_settings(config)) as database, click.open_file(out, "w", encoding="utf-8") as file:
        for page in pages_of(database):
            file.writelines(f"{line}\n" for line in exported(page))


def pages_of(database: Database, at_most: int = PAGE_LINES) -> Iterator[list[LedgerLine]]:
    """The sealed lines as they were chained; at the end those that still wait for the sealer, which have no number."""
    seq = row_id = 0
    while page := database.read(sealed_lines, after=seq, limit=at_most):
        yield page
        seq = page[-1].seq or seq
    while page := database.read(lines_beyond, seq=seq, after=row_id, limit=at_most):
        yield page
        row_id = page[-1].id
