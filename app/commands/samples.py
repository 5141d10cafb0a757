"""`hotline evaluation sample` and `review`: who is asked again, and what they say then."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from app.commands.indicators import FROM, TO, period
from app.processes import opened_database, opened_reading
from app.settings import read_settings
from core.clock import SystemClock
from evaluation.reviews.actions import Found, record_review
from evaluation.reviews.rules import REVIEWERS, SAMPLE_MOST, SEED_LONGEST
from evaluation.rules import LEVEL_NAMES, Level
from indicators.coverage.sampling import Drawn, Sample, announce_sample, rated_numbers
from indicators.coverage.sampling import sample as sampled
from indicators.periods import Period
from staff.queries import actor_by_id, person_by_staff_number
from staff.rules import Actor

UNREACHED = "unreached"


def _short_enough(_context: click.Context, _parameter: click.Parameter, seed: str) -> str:
    if not 0 < len(seed) <= SEED_LONGEST:
        raise click.BadParameter(f"1 to {SEED_LONGEST} characters")
    return seed


SEED = click.option(
    "--seed", required=True, callback=_short_enough, help="A public text that draws the same tickets for anybody."
)


@click.command()
@SEED
@click.option("--n", type=click.IntRange(1, SAMPLE_MOST), default=20, show_default=True, help="How many.")
@FROM
@TO
@click.option(
    "--announce", "staff_number", help="Say so in the ledger first: staff number of the supervisor or inspector."
)
@click.option("--population", is_flag=True, help="Print the list that is drawn from, for docs/draw_sample.py.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def sample(
    config: Path | None,
    seed: str,
    n: int,
    first: date | None,
    last: date | None,
    staff_number: str | None,
    *,
    population: bool,
    as_json: bool,
) -> None:
    """Draw rated tickets to be asked about again, and tell how far that agrees with the ratings so far."""
    asked = Period(*period(first, last))
    if staff_number is not None:
        _announce(config, asked, seed, n, staff_number)
    with opened_reading(read_settings(config)) as database:
        if population:
            click.echo("\n".join(database.read(rated_numbers, asked)))
            return
        found = database.read(lambda session: _sample(session, asked, seed, n))
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
    else:
        _tell(found)


@click.command()
@click.argument("number")
@SEED
@click.option("--level", type=click.Choice(["1", "2", "3", "4", "5", UNREACHED]), required=True)
@click.option("--by", "staff_number", required=True, help="Staff number of the supervisor or inspector who asked.")
@click.option("--note", default="", help="At most 200 characters.")
@click.pass_obj
def review(config: Path | None, number: str, seed: str, level: str, staff_number: str, note: str) -> None:
    """Keep what the citizen of NUMBER said when asked again, beside the rating and in the ledger."""
    clock = SystemClock()
    found = Found(None if level == UNREACHED else Level(int(level)), note[:200])
    with opened_database(read_settings(config), clock) as database:
        by = database.read(_reviewer, staff_number)
        is_agreed = database.write(
            lambda session: record_review(session, number, found, seed=seed, by=by, now=clock.now()).is_agreed
        )
    words: dict[bool | None, str] = {True: "agrees with the rating", False: "does not agree", None: "nobody reached"}
    click.echo(words[is_agreed])


def _announce(config: Path | None, asked: Period, seed: str, n: int, staff_number: str) -> None:
    clock = SystemClock()
    with opened_database(read_settings(config), clock) as database:
        by = database.read(_reviewer, staff_number)
        database.write(lambda session: announce_sample(session, asked, seed=seed, n=n, by=by, now=clock.now()).id)


def _reviewer(session: Session, staff_number: str) -> Actor:
    """Raises PersonNotFound, BadParameter."""
    by = actor_by_id(session, person_by_staff_number(session, staff_number).id)
    if not by.may_act_as(REVIEWERS):
        raise click.BadParameter("须为主管或审计人员的工号", param_hint="--by")
    return by


def _sample(session: Session, asked: Period, seed: str, n: int) -> dict[str, Any]:
    found = sampled(session, asked, seed=seed, n=n)
    return {
        "from": asked.first.isoformat(),
        "to": asked.last.isoformat(),
        "seed": seed,
        "population": found.population,
        "fingerprint": found.fingerprint,
        "rows": _rows(found.rows),
        "agreement": _agreement(found),
    }


def _rows(rows: Sequence[Drawn]) -> list[dict[str, Any]]:
    return [
        {
            "number": row.ticket.number,
            "unit": row.unit_name,
            "level": row.level,
            "is_reviewed": row.review is not None,
            "found": row.review.found_level if row.review else None,
        }
        for row in rows
    ]


def _agreement(found: Sample) -> dict[str, Any]:
    return {**asdict(found.agreement), "rate": found.agreement.rate, "wilson95": found.agreement.interval}


def _tell(found: dict[str, Any]) -> None:
    click.echo(f"{len(found['rows'])} of {found['population']} rated tickets, list {found['fingerprint']}")
    for row in found["rows"]:
        again = "" if not row["is_reviewed"] else LEVEL_NAMES.get(row["found"], "未联系上")
        click.echo(f"{row['number']}  {LEVEL_NAMES[Level(row['level'])]}  {again}  {row['unit']}")
    counted = found["agreement"]
    if counted["reached"]:
        low, high = counted["wilson95"]
        click.echo(f"agree {counted['agreed']} of {counted['reached']}: {counted['rate']:.1%} ({low:.1%}–{high:.1%})")
