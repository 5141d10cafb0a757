"""`hotline exchange`: a real Asterisk 22 in a directory of its own, configured for us."""

import json
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console

from app.settings import Settings, read_settings
from core.secrets import Secrets
from telephony.exchange.configuration import ExchangeSecrets, Places, write
from telephony.exchange.errors import AmiSecretMissing
from telephony.exchange.real import ExchangeStatus, RealExchange

#: Debian on the usual machine.
DEBIAN_MODULES = Path("/usr/lib/x86_64-linux-gnu/asterisk/modules")

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


@command.command("configure")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--modules",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where that Asterisk keeps its modules; without it, where Debian's packages put them on this machine.",
)
@click.pass_obj
def configure(config: Path | None, folder: Path, modules: Path | None) -> None:
    """Write configuration and prompts into FOLDER for an Asterisk 22 that is installed already."""
    settings = read_settings(config)
    places = Places(folder.resolve(), modules or next(Path("/usr/lib").glob("*/asterisk/modules"), DEBIAN_MODULES))
    write(settings.exchange, settings.telephony.ami, _secrets(settings), places)
    click.echo(f"asterisk -C {places.configuration / 'asterisk.conf'}")
    click.echo(f'[telephony] queue_log = "{places.queue_log}", recordings = "{places.recordings}"')


def _exchange(settings: Settings) -> RealExchange:
    return RealExchange(settings.exchange, settings.telephony.ami, _secrets(settings))


def _secrets(settings: Settings) -> ExchangeSecrets:
    """Raises AmiSecretMissing, SecretUnreadable."""
    ami = settings.telephony.ami.secret.get_secret_value()
    if not ami:
        raise AmiSecretMissing
    return ExchangeSecrets(ami, Secrets(settings.data_folder / "secrets").secret("seats"))


def _show(status: ExchangeStatus, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(asdict(status), default=str))
    elif not status.is_running:
        click.echo("not running")
    else:
        click.echo(f"{status.version}, process {status.pid}, up {status.uptime_s} s")
        click.echo(f"SIP {status.sip} (UDP) · AMI {status.ami} {'answers' if status.is_ami_reachable else 'is silent'}")
        click.echo(f'[telephony] queue_log = "{status.queue_log}", recordings = "{status.recordings}"')
