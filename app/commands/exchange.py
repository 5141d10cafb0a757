"""`hotline exchange`: a real Asterisk 22 in a directory of its own, configured for us."""

import json
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console

from app.settings import Settings, read_settings
from core.secrets import Secrets
from telephony.exchange.configuration import ExchangeSecrets
from telephony.exchange.errors import AmiSecretMissing
from telephony.exchange.real import ExchangeStatus, RealExchange

as_json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


@click.group()
def command() -> None:
    """A real Asterisk 22 in a directory of its own (Debian packages, root), configured for us."""


@command.command("up")
@as_json_option
@click.pass_obj
def up(config: Path | None, *, as_json: bool) -> None:
    """Start it, fetching the packages the first time; one that runs is left alone."""
    exchange = _exchange(read_settings(config))
    with Console(stderr=True).status("Asterisk 启动中（首次约需一分钟）"):
        status = exchange.up()
    _show(status, as_json=as_json)


@command.command("down")
@as_json_option
@click.pass_obj
def down(config: Path | None, *, as_json: bool) -> None:
    """Stop it; recordings and logs are kept."""
    was_running = _exchange(read_settings(config)).down()
    if as_json:
        click.echo(json.dumps({"was_running": was_running}))
    else:
        click.echo("stopped" if was_running else "was not running")


@command.command("status")
@as_json_option
@click.pass_obj
def status(config: Path | None, *, as_json: bool) -> int:
    """Say version, uptime and whether AMI answers; exit 1 when it does not run."""
    settings = read_settings(config)
    seen = _exchange(settings).status()
    _show(seen, as_json=as_json)
    return 0 if seen.is_running and seen.is_ami_reachable else 1


def _exchange(settings: Settings) -> RealExchange:
    """Raises AmiSecretMissing, SecretUnreadable."""
    ami = settings.telephony.ami
    if not ami.secret.get_secret_value():
        raise AmiSecretMissing
    seats = Secrets(settings.data_folder / "secrets").secret("seats")
    return RealExchange(settings.exchange, ami, ExchangeSecrets(ami.secret.get_secret_value(), seats))


def _show(status: ExchangeStatus, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(asdict(status), default=str))
    elif not status.is_running:
        click.echo("not running")
    else:
        click.echo(f"{status.version}, process {status.pid}, up {status.uptime_s} s")
        click.echo(f"SIP {status.sip} (UDP) · AMI {status.ami} {'answers' if status.is_ami_reachable else 'is silent'}")
        click.echo(f'[telephony] queue_log = "{status.queue_log}", recordings = "{status.recordings}"')
