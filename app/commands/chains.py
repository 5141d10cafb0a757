"""What `hotline ledger verify` and `hotline audit verify` share: the walk and how its result is told."""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy.orm import Session

from app.offices import make_checkpoint_office
from app.processes import opened_reading
from app.settings import read_settings
from core.chain import ALGORITHM, Chain, Read
from core.checkpoints.tree import ChainTree
from core.checkpoints.walk import Walked, walk
from core.clock import SystemClock
from core.secrets import Secrets

WITNESSED = click.option(
    "--witnessed",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="A checkpoint that a witness kept; finds a tail that was cut together with our own checkpoints.",
)


def tell_verification(
    config: Path | None,
    chain: Chain,
    witnessed: Sequence[Path],
    *,
    beside: Callable[[Read, Walked], Walked] = lambda _read, found: found,
    as_json: bool,
) -> int:
    """Walk a chain, its checkpoints and what is kept `beside` it, and say what was found.

    1 when something does not hold, which is named.
    """
    settings = read_settings(config)
    office = make_checkpoint_office(settings, Secrets(settings.data_folder / "secrets"))
    notes = [path.read_text(encoding="utf-8") for path in witnessed]
    begun = time.monotonic()
    with opened_reading(settings) as database, _progress() as progress:
        task = progress.add_task(chain.name, total=database.read(_size, chain))
        found = database.read(
            walk,
            chain,
            office.signer(chain).verifier,
            witnessed=notes,
            now=SystemClock().now(),
            told=lambda seq: progress.update(task, completed=seq),
        )
        pace = found.verification.sealed / (time.monotonic() - begun)
        found = beside(database.read, found)
    told = json.dumps(_as_json(found, pace), ensure_ascii=False, default=str) if as_json else _as_words(found, pace)
    click.echo(told)
    return 0 if found.holds else 1


def _size(session: Session, chain: Chain) -> int:
    return ChainTree(session, chain, ALGORITHM).size()


def _progress() -> Progress:
    """Beside the result, and only where somebody looks."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def _as_json(found: Walked, pace: float) -> dict[str, object]:
    bad = None if found.bad is None else asdict(found.bad)
    more = {"holds": found.holds, "checkpoints": found.checkpoints, "bad_checkpoint": bad, "fault": found.fault}
    return asdict(found.verification) | more | {"rows_a_second": round(pace)}


def _as_words(found: Walked, pace: float) -> str:
    chain = found.verification
    if found.fault is not None:
        return f"{chain.chain}: {found.fault}"
    stand = f"{found.checkpoints} checkpoints stand"
    rows = f"{chain.sealed} rows hold, {chain.unsealed} not sealed yet"
    return f"{chain.chain}: {rows}, {stand}, head {chain.head[:16]}, {pace:,.0f} rows/s"
