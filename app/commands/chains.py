"""What `hotline ledger verify` and `hotline audit verify` share: the walk and how its result is told."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from app.offices import make_checkpoint_office
from app.processes import opened_reading
from app.settings import read_settings
from core.chain import Chain
from core.checkpoints.walk import Walked, walk
from core.clock import SystemClock
from core.secrets import Secrets

WITNESSED = click.option(
    "--witnessed",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="A checkpoint that a witness kept; finds a tail that was cut together with our own checkpoints.",
)


def tell_verification(config: Path | None, chain: Chain, witnessed: Sequence[Path], *, as_json: bool) -> int:
    """Walk a chain and its checkpoints and say what was found; 1 when something does not hold, which is named."""
    settings = read_settings(config)
    office = make_checkpoint_office(settings, Secrets(settings.data_folder / "secrets"))
    notes = [path.read_text(encoding="utf-8") for path in witnessed]
    with opened_reading(settings) as database:
        now = SystemClock().now()
        found = database.read(walk, chain, office.signer(chain).verifier, witnessed=notes, now=now)
    click.echo(json.dumps(_as_json(found), ensure_ascii=False, default=str) if as_json else _as_words(found))
    return 0 if found.holds else 1


def _as_json(found: Walked) -> dict[str, object]:
    bad = None if found.bad is None else asdict(found.bad)
    more = {"holds": found.holds, "checkpoints": found.checkpoints, "bad_checkpoint": bad}
    return asdict(found.verification) | more


def _as_words(found: Walked) -> str:
    chain, bad = found.verification, found.verification.bad
    if bad is not None:
        return f"{chain.chain}: row {bad.row_id} does not hold: {bad.reason}"
    if found.bad is not None:
        return f"{chain.chain}: the checkpoint over {found.bad.size} rows does not hold: {found.bad.reason}"
    stand = f"{found.checkpoints} checkpoints stand"
    return f"{chain.chain}: {chain.sealed} rows hold, {chain.unsealed} not sealed yet, {stand}, head {chain.head[:16]}"
