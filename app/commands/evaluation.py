"""`hotline evaluation`: was everybody asked whose matter was closed, and what looks bent?"""

import json
from datetime import date
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from app.commands import samples
from app.commands.indicators import FROM, TO, period
from app.processes import opened_reading
from app.settings import read_settings
from core.clock import SystemClock
from indicators.coverage import queries
from indicators.coverage.fates import Loss
from indicators.coverage.flags import Wanted
from indicators.coverage.queries import ON_TICKETS, Account, Flagged
from indicators.periods import Period

#: of each flag so many rows are named; the counts say how many there are
NAMED = 200


@click.group()
def command() -> None:
    """Who was asked for a rating, and what looks bent."""


@command.command()
@FROM
@TO
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def audit(config: Path | None, first: date | None, last: date | None, *, as_json: bool) -> int:
    """From registered to rated, every loss with its reason and every flag with its rows.

    Exits 1 while the account does not add up, or something was lost without a reason and nobody has looked at it.
    """
    with opened_reading(read_settings(config)) as database:
        found = database.read(_audited, Period(*period(first, last)))
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
    else:
        _tell(found)
    return 1 if found["has_finding"] else 0


def _audited(session: Session, asked: Period) -> dict[str, Any]:
    now = SystemClock().now()
    found = queries.audit(session, asked, now=now)
    wanted = Wanted(asked, now, limit=NAMED)
    return {
        "from": asked.first.isoformat(),
        "to": asked.last.isoformat(),
        "has_finding": found.has_finding,
        **_account(found.account),
        "flags": [
            {
                "flag": one.flag.value,
                "name": one.flag.name_zh,
                "is_finding": one.flag.is_finding,
                "n": one.n,
                "unchecked": one.unchecked,
                "rows": [_row(row) for row in queries.flagged(session, one.flag, wanted)] if one.n else [],
            }
            for one in found.flags
        ],
    }


def _account(account: Account) -> dict[str, Any]:
    return {
        "registered": account.registered,
        "adds_up": account.adds_up,
        "standing": {place.value: n for place, n in account.standing.standing.items()},
        "stages": {stage.value: n for stage, n in account.stages.items()},
        "by_subject": {
            subject.value: {stage.value: n for stage, n in account.stages_of(subject).items()} for subject in ON_TICKETS
        },
        "losses": [_loss(loss) for loss in account.losses],
    }


def _loss(loss: Loss) -> dict[str, Any]:
    told = {"subject": loss.subject.value, "fate": loss.fate.value, "name": loss.fate.name_zh}
    return told | {"reason": loss.reason, "n": loss.n}


def _row(flagged: Flagged) -> dict[str, Any]:
    row, check = flagged.row, flagged.check
    at = row.at.isoformat() if row.at else None
    looked = {"checked_by": check.checked_by, "finding": check.finding} if check else {}
    return {"key": row.key, "at": at, "unit": row.unit_name, "what": row.what, "numbers": list(row.numbers)} | looked


def _tell(found: dict[str, Any]) -> None:
    click.echo(f"registered {found['registered']} = " + " + ".join(f"{k} {n}" for k, n in found["standing"].items()))
    if not found["adds_up"]:
        click.echo("FINDING: this does not add up")
    for subject, stages in found["by_subject"].items():
        click.echo(f"{subject}: " + " → ".join(f"{stage} {n}" for stage, n in stages.items()))
        for loss in (one for one in found["losses"] if one["subject"] == subject):
            click.echo(f"  {loss['n']:7} {loss['name']}" + (f" ({loss['reason']})" if loss["reason"] else ""))
    for flag in found["flags"]:
        if flag["n"]:
            word = "FINDING" if flag["is_finding"] else "to look at"
            click.echo(f"{word}: {flag['name']} {flag['n']}, not looked at {flag['unchecked']}")
        for row in flag["rows"]:
            looked = f"  已核查 {row['checked_by']}：{row['finding']}" if "finding" in row else ""
            click.echo(f"  {' '.join(row['numbers']) or row['unit'] or row['key']}  {row['what']}{looked}")
    if not found["has_finding"]:
        click.echo("everything is accounted for")


command.add_command(samples.sample)
command.add_command(samples.review)
