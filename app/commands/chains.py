"""What `hotline ledger verify` and `hotline audit verify` share: the walk and how its result is told."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from app.processes import opened_reading
from app.settings import read_settings
from core.chain import Chain, verify
from core.clock import SystemClock


def tell_verification(config: Path | None, chain: Chain, *, as_json: bool) -> int:
    """Walk a chain and say what was found; 1 when a row does not hold, which is named."""
    with opened_reading(read_settings(config)) as database:
        found = database.read(verify, chain, now=SystemClock().now())
    if as_json:
        click.echo(json.dumps(asdict(found) | {"holds": found.holds}, ensure_ascii=False))
    elif found.bad is None:
        click.echo(f"{found.chain}: {found.sealed} rows hold, {found.unsealed} not sealed yet, head {found.head[:16]}")
    else:
        click.echo(f"{found.chain}: row {found.bad.row_id} does not hold: {found.bad.reason}")
    return 0 if found.holds else 1
