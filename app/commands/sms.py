"""`hotline sms`: what a citizen's reply means, and where providers push."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from app.offices import make_providers, make_push_door
from app.settings import read_settings
from core.secrets import Secrets
from sms.reasons import Why, parse_why
from sms.replies import parse_reply


@click.group()
def command() -> None:
    """Messages to and from citizens."""


@command.command("addresses")
@click.pass_obj
def addresses(config: Path | None) -> int:
    """Print the secret addresses to enter at providers that push reports and replies without signing them."""
    settings = read_settings(config)
    secrets = Secrets(settings.data_folder / "secrets")
    door = make_push_door(secrets, make_providers(settings, secrets))
    for name, address in door.addresses(settings.web.base_url).items():
        click.echo(f"{name:<15} {address}")
    return 0


@command.command("parse")
@click.argument("text")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--why", is_flag=True, help="Read it as an answer to the question why a rating was bad.")
def parse(text: str, *, as_json: bool, why: bool) -> None:
    """Say what the reply TEXT means: a level from 5 to 1, a refusal, or not clear; docs/replies.md has the phrases."""
    if why:
        _tell_why(parse_why(text), as_json=as_json)
        return
    reply = parse_reply(text)
    if as_json:
        click.echo(json.dumps(asdict(reply), ensure_ascii=False))
    else:
        click.echo(f"{reply.outcome.value} {reply.level or ''}{' ' + reply.comment if reply.comment else ''}".strip())


def _tell_why(why: Why, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(asdict(why), ensure_ascii=False))
    else:
        click.echo(" ".join(filter(None, ("".join(why.letters).upper() or "none", why.words))))
