"""`hotline audit`: is the log of who saw and did what whole."""

from pathlib import Path

import click

from app.commands.chains import tell_verification
from core.audit import AUDIT_CHAIN


@click.group()
def command() -> None:
    """The audit log."""


@command.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def verify(config: Path | None, *, as_json: bool) -> int:
    """Walk the whole chain; exits 1 and names the first row that does not hold."""
    return tell_verification(config, AUDIT_CHAIN, as_json=as_json)
