"""`hotline audit`: is the log of who saw and did what whole."""

from pathlib import Path

import click

from app.commands.chains import WITNESSED, tell_verification
from core.audit import AUDIT_CHAIN


@click.group()
def command() -> None:
    """The audit log."""


@command.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@WITNESSED
@click.pass_obj
def verify(config: Path | None, witnessed: tuple[Path, ...], *, as_json: bool) -> int:
    """Walk the whole chain and its checkpoints; exits 1 and names the first that does not hold."""
    return tell_verification(config, AUDIT_CHAIN, witnessed, as_json=as_json)
