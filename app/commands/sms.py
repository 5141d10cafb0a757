"""`hotline sms`: what a citizen's reply means."""

import json
from dataclasses import asdict

import click

from sms.replies import parse_reply


@click.group()
def command() -> None:
    """Messages to and from citizens."""


@command.command("parse")
@click.argument("text")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def parse(text: str, *, as_json: bool) -> None:
    """Say what the reply TEXT means: a level from 5 to 1, a refusal, or not clear."""
    reply = parse_reply(text)
    if as_json:
        click.echo(json.dumps(asdict(reply), ensure_ascii=False))
    else:
        click.echo(f"{reply.outcome.value} {reply.level or ''}{' ' + reply.comment if reply.comment else ''}".strip())
