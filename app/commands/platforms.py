"""`hotline platform`: which other platforms may hand matters over, and the key that each one signs with."""

import base64
from pathlib import Path

import click

from app.commands.staff import audited, writing
from app.settings import read_settings
from core.secrets import Secrets
from tickets.platforms import actions
from tickets.platforms.model import Platform
from tickets.platforms.queries import platform_by_code, platform_counts
from tickets.platforms.rules import platform_key


@click.group()
def command() -> None:
    """Other platforms.  Each change is a line of the audit log."""


@command.command("add")
@click.argument("code")
@click.argument("name")
@click.option("--write-back", "url", default="", help="Where it wants to be told; without it, it asks for itself.")
@click.pass_obj
def add(config: Path | None, code: str, name: str, url: str) -> None:
    """Let the platform NAME hand matters over under the code CODE; prints its key."""
    with writing(config) as database:
        audited(
            database,
            "add_platform",
            "platform",
            code,
            lambda session: actions.add_platform(
                session, code=code, name=name, write_back_url=url, now=database.clock.now()
            ),
        )
        key_no = database.read(lambda session: platform_by_code(session, code).key_no)
    _say_key(config, code, key_no)


@command.command("key")
@click.argument("code")
@click.option("--renew", is_flag=True, help="Make the next key; the old one is worth nothing from then on.")
@click.pass_obj
def key(config: Path | None, code: str, renew: bool) -> None:
    """Print the key of the platform CODE."""
    with writing(config) as database:
        if renew:
            audited(database, "renew_key", "platform", code, lambda session: actions.renew_key(session, code))
        key_no = database.read(lambda session: platform_by_code(session, code).key_no)
    _say_key(config, code, key_no)


def _say_key(config: Path | None, code: str, key_no: int) -> None:
    master = Secrets(read_settings(config).data_folder / "secrets").secret("platforms")
    made = platform_key(master, code, key_no)
    click.echo(f"keyid  {made.id}")
    click.echo(f"key    {base64.b64encode(made.secret).decode()}")


@command.command("stop")
@click.argument("code")
@click.pass_obj
def stop(config: Path | None, code: str) -> None:
    """Take nothing more from the platform CODE, and tell it nothing."""
    with writing(config) as database:
        audited(database, "stop_platform", "platform", code, lambda session: actions.stop_platform(session, code))
    click.echo(f"已停用平台 {code}")


@command.command("list")
@click.pass_obj
def show(config: Path | None) -> None:
    """Each platform, how many matters it handed over, and of how many it refused to be told."""
    with writing(config) as database:
        lines = database.read(
            lambda session: [_line(row.platform, row.n, row.n_failed) for row in platform_counts(session)]
        )
    click.echo("\n".join(lines) or "还没有其他平台")


def _line(platform: Platform, n: int, n_failed: int) -> str:
    told = platform.write_back_url or "不回写"
    state = told if platform.is_active else "已停用"
    return f"{platform.code}  {platform.name}  {n} 件  未能回写 {n_failed} 件  {state}"
