"""`hotline ledger`: is the chain of ratings whole, and its lines for anybody to check."""

import json
from collections.abc import Iterator
from pathlib import Path

import click
from sqlalchemy.orm import Session

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
from evaluation.actions.erasing import erase_words
from evaluation.checkpoints.actions import CHAINS, publish_checkpoint
from evaluation.checkpoints.proofs import Receipt, as_proof, prove
from evaluation.checkpoints.rules import Standing
from evaluation.checkpoints.settings import CheckpointOffice
from evaluation.ledger import LEDGER_CHAIN, LedgerLine, exported, lines_beyond, sealed_lines
from evaluation.replay.queries import with_replay
from staff.queries import actor_by_id, person_by_staff_number
from staff.rules import Actor

#: so many are in memory at once
PAGE_LINES = 10_000
#: letters of a reason that the audit log holds
REASON_MOST = 200


@click.group()
def command() -> None:
    """The ledger of ratings."""


@command.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@WITNESSED
@click.pass_obj
def verify(config: Path | None, witnessed: tuple[Path, ...], *, as_json: bool) -> int:
    """Walk the chain and its checkpoints, and play it again over the ratings; exits 1 and names what does not hold."""
    return tell_verification(config, LEDGER_CHAIN, witnessed, beside=with_replay, as_json=as_json)


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
        sealer = Sealer(database, tuple(CHAINS.values()), algorithm=office.algorithm)
        for chain in CHAINS.values():
            sealer.seal_all(chain)
            while database.write(keep_nodes, chain, algorithm=office.algorithm, now=clock.now()):
                pass
            database.write(publish_checkpoint, chain, office=office, now=clock.now())
            if last := database.read(last_checkpoint, chain):
                click.echo(last.note)


@command.command("erase-words")
@click.argument("number")
@click.option("--by", "staff_number", required=True, help="Staff number of the administrator who answers for it.")
@click.option("--reason", required=True, callback=lambda _context, _option, said: _reason(said), help="Why.")
@click.confirmation_option(prompt="群众的评价留言将永久删除，不可恢复。继续？")
@click.pass_obj
def erase(config: Path | None, number: str, staff_number: str, reason: str) -> None:
    """Take out for good what the citizen of ticket NUMBER wrote beside the rating; level, receipt and proofs stay."""
    clock = SystemClock()
    with opened_database(read_settings(config), clock) as database:
        by = database.read(_administrator, staff_number)
        n = database.write(erase_words, number.replace(" ", ""), by=by, reason=reason, now=clock.now())
    click.echo(f"已删除 {n} 次评价的留言" if n else "没有可删除的留言")


def _administrator(session: Session, staff_number: str) -> Actor:
    """Raises PersonNotFound."""
    return actor_by_id(session, person_by_staff_number(session, staff_number).id)


def _reason(said: str) -> str:
    """It stands in the audit log.  Raises BadParameter."""
    if not 0 < len(said.strip()) <= REASON_MOST:
        raise click.BadParameter(f"须为 1 至 {REASON_MOST} 字")
    return said.strip()


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
