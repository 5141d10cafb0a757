"""`hotline sms`: what a citizen's reply means, where providers push, and which templates they have approved."""

import json
from dataclasses import asdict
from pathlib import Path

import click
from sqlalchemy.orm import Session

from app.offices import make_providers, make_push_door
from app.processes import opened_reading
from app.settings import read_settings
from core.secrets import Secrets
from sms.approvals import APPROVERS, Standing, standing
from sms.office import SmsOffice
from sms.queries import newest_approvals
from sms.reasons import Why, parse_why
from sms.replies import parse_reply
from sms.rules import ApprovalState
from sms.settings import ProviderName
from sms.templates import TEMPLATES, Template


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


@command.command("templates")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@click.pass_obj
def templates(config: Path | None, *, as_json: bool) -> int:
    """List how each template stands at each provider in use that judges templates; 1 when one is not approved."""
    office = SmsOffice(read_settings(config).sms, b"", {})
    with opened_reading(read_settings(config)) as database:
        lines = database.read(_standings, office)
    for line in lines:
        click.echo(json.dumps(line, ensure_ascii=False) if as_json else "  ".join(filter(None, line.values())))
    if not lines:
        click.echo("所用通道都不审核模板", err=True)
    return int(any(line["state"] != ApprovalState.APPROVED for line in lines))


def _standings(session: Session, office: SmsOffice) -> list[dict[str, str]]:
    lines, judges = newest_approvals(session), [name for name in office.settings.providers if name in APPROVERS]
    return [
        _standing(name, template, standing(office, name, template, lines))
        for name in judges
        for template in TEMPLATES.values()
    ]


def _standing(provider: ProviderName, template: Template, found: Standing | None) -> dict[str, str]:
    line = found.line if found else None
    return {
        "provider": provider.value,
        "template": template.name,
        "state": found.state.value if found else "missing",
        "id": line.provider_template_id if line else "",
        "reworded": "reworded" if found and found.is_reworded else "",
        "by": line.said_by if line else "",
        "at": f"{line.said_at:%Y-%m-%dT%H:%M:%SZ}" if line else "",
        "reason": line.reason if line else "",
    }


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
