"""`hotline ledger`: is the chain of ratings whole, and its lines for anybody to check."""

import json
from collections.abc import Iterator
from pathlib import Path

import click

from app.commands.chains import WITNESSED, tell_verification
from app.offices import make_checkpoint_office
from app.processes import opened_database, opened_reading
from app.settings import Settings, read_settings
from core.checkpoints.actions import keep_nodes, last_checkpoint
from core.clock import SystemClock
from core.codes import typed_code
from core.database import Database
from core.sealer import Sealer
from core.secrets import Secrets
from evaluation.checkpoints.actions import CHAINS, publish_checkpoint
from evaluation.checkpoints.proofs import Receipt, as_proof, prove
from evaluation.checkpoints.rules import Standing
from evaluation.checkpoints.settings import CheckpointOffice
from evaluation.ledger import LEDGER_CHAIN, LedgerLine, exported, lines_beyond, sealed_lines

#: so many are in memory at once
PAGE_LINES = 10_000


@click.group()
def command() -> None:
    """The ledger of ratings."""


@command.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@WITNESSED
@click.pass_obj
def verify(config: Path | None, witnessed: tuple[Path, ...], *, as_json: bool) -> int:
    """Walk the whole chain and its checkpoints; exits 1 and names the first that does not hold."""
    return tell_verification(config, LEDGER_CHAIN, witnessed, as_json=as_json)


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


@command.command()
@click.pass_obj
def checkpoint(config: Path | None) -> None:
    """Sign the roots of both chains now, and print them; the server hands them to the witnesses."""
    settings = read_settings(config)
    office, clock = _office(settings), SystemClock()
    with opened_database(settings, clock) as database:
        sealer = Sealer(database, tuple(CHAINS.values()))
        for chain in CHAINS.values():
            sealer.seal_all(chain)
            while database.write(keep_nodes, chain, now=clock.now()):
                pass
            database.write(publish_checkpoint, chain, office=office, now=clock.now())
            if last := database.read(last_checkpoint, chain):
                click.echo(last.note)


@command.command("prove")
@click.argument("code")
@click.pass_obj
def prove_receipt(config: Path | None, code: str) -> int:
    """Print the proof that the rating with this receipt stands under a published root, for docs/verify_receipt.py."""
    settings = read_settings(config)
    verifier = _office(settings).signer(LEDGER_CHAIN).verifier
    with opened_reading(settings) as database:
        receipt = database.read(prove, typed_code(code), verifier)
    if receipt is not None and receipt.inclusion is not None:
        click.echo(json.dumps(as_proof(receipt, receipt.inclusion, verifier), ensure_ascii=False))
    click.echo(_told(receipt), err=True)
    return 0 if receipt is not None and receipt.standing is Standing.PROVED else 1


def _told(receipt: Receipt | None) -> str:
    match receipt and receipt.standing:
        case Standing.PROVED:
            return "the rating stands under a published root"
        case Standing.WAITING:
            return "no checkpoint is over this rating yet"
        case Standing.BROKEN:
            return "the rating does not stand as it was given: hotline ledger verify names what was changed"
    return "no rating has this receipt"


def _office(settings: Settings) -> CheckpointOffice:
    return make_checkpoint_office(settings, Secrets(settings.data_folder / "secrets"))
