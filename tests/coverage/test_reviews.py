"""抽样复核: anybody draws the same, and what asking again found stands beside the rating."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cli import run
from core.database import Database
from core.errors import Invalid
from evaluation.ledger import newest_lines
from evaluation.model import CallbackAttempt, Invitation, Rating
from evaluation.plan import CallbackOutcome
from evaluation.reviews.actions import Found, record_review
from evaluation.reviews.errors import AlreadyReviewed, NotDrawn, NotRated, ReviewerTookPart
from evaluation.reviews.model import SampleDraw
from evaluation.reviews.rules import draw, fingerprint
from evaluation.rules import LedgerKind, Level
from indicators.coverage.sampling import announce_sample, rated_numbers, sample
from staff.model import Person, PersonRole
from staff.rules import SYSTEM, Actor, Role
from tests.coverage.making import DAY, MONTH, make_closed, make_rated
from tests.evaluation.city import make_unit
from tickets.model import HistoryLine, Ticket

SCRIPT = Path(__file__).parents[2] / "docs" / "draw_sample.py"
DAYS = ["--from", str(DAY), "--to", str(DAY)]
NUMBERS = [f"2610{n:08d}" for n in range(200)]


def rated(session: Session, now: datetime, *levels: int) -> list[str]:
    """The numbers of tickets rated so."""
    ids = [make_rated(session, now=now, level=level).ticket_id for level in levels]
    return [session.get_one(Ticket, ticket_id).number for ticket_id in ids]


def announce(session: Session, now: datetime, seed: str = "a", n: int = 500) -> SampleDraw:
    return announce_sample(session, MONTH, seed=seed, n=n, by=SYSTEM, now=now)


def drawn(session: Session, seed: str, n: int) -> list[str]:
    return [row.ticket.number for row in sample(session, MONTH, seed=seed, n=n).rows]


def test_the_script_that_shares_nothing_with_ours_draws_the_same(tmp_path: Path) -> None:
    (tmp_path / "numbers.txt").write_text("\n".join(NUMBERS))
    command = [sys.executable, str(SCRIPT), str(tmp_path / "numbers.txt"), "双色球 2026119 期", "20"]

    told = subprocess.run(command, capture_output=True, text=True, check=True)

    assert told.stdout.split() == draw(NUMBERS, "双色球 2026119 期", 20)
    assert told.stderr.split() == ["list", "200", fingerprint(NUMBERS)]


def test_what_a_seed_draws_is_the_same_for_ever() -> None:
    """A change of the rule would let somebody say afterwards that another sample was meant."""
    first = draw(NUMBERS, "2026-10-26", 5)

    assert hashlib.sha256("".join(first).encode()).hexdigest()[:16] == "b5c0dc8494bdda3d"
    assert draw(NUMBERS, "2026-10-27", 5) != first


@given(st.sets(st.sampled_from(NUMBERS)), st.text(min_size=1, max_size=20), st.integers(1, 30), st.randoms())
def test_the_order_of_the_list_does_not_matter_and_a_larger_sample_holds_the_smaller(
    numbers: set[str], seed: str, n: int, chance: object
) -> None:
    shuffled = sorted(numbers, key=lambda _: chance.random())  # type: ignore[attr-defined]

    assert draw(shuffled, seed, n) == draw(sorted(numbers), seed, n)
    assert draw(numbers, seed, n + 1)[:n] == draw(numbers, seed, n)
    assert set(draw(numbers, seed, n)) <= numbers


def test_it_is_drawn_from_the_rated_ones_of_the_headline(session: Session, now: datetime) -> None:
    numbers = rated(session, now, 5, 4, 2)
    make_closed(session, now=now)

    found = sample(session, MONTH, seed="a", n=10)

    assert rated_numbers(session, MONTH) == sorted(numbers)
    assert (found.population, sorted(row.level for row in found.rows)) == (3, [2, 4, 5])
    assert [row.ticket.number for row in found.rows] == draw(numbers, "a", 10)


def test_what_was_found_stands_beside_the_rating_and_in_the_ledger(session: Session, now: datetime) -> None:
    numbers = rated(session, now, 5, 5, 2, 4)
    announce(session, now)
    ratings = [rating.level for rating in session.scalars(select(Rating).order_by(Rating.id))]
    said = (Level(3), Level(1), Level(2), None)
    for number, level in zip(numbers, said, strict=True):
        record_review(session, number, Found(level), seed="a", by=SYSTEM, now=now)

    found = sample(session, MONTH, seed="a", n=4).agreement

    assert (found.reached, found.agreed, found.same, found.unreached) == (3, 2, 1, 1)
    assert found.rate == pytest.approx(2 / 3)
    assert found.interval is not None
    assert found.interval[0] < 2 / 3 < found.interval[1]
    assert [rating.level for rating in session.scalars(select(Rating).order_by(Rating.id))] == ratings
    lines = [line for line in newest_lines(session, kind=LedgerKind.REVIEW) if "ticket" in line.body]
    assert [(line.body["ticket"], line.body["level"], line.body["found"]) for line in reversed(lines)] == [
        (number, level, None if found_level is None else int(found_level))
        for number, level, found_level in zip(numbers, (5, 5, 2, 4), said, strict=True)
    ]


def test_only_who_was_drawn_by_an_announced_lot_is_asked_again(session: Session, now: datetime) -> None:
    numbers = rated(session, now, 5, 5, 5)
    with pytest.raises(NotDrawn):
        record_review(session, numbers[0], Found(Level(5)), seed="a", by=SYSTEM, now=now)

    lucky = announce(session, now, n=2).numbers
    for number in lucky:
        record_review(session, number, Found(Level(5)), seed="a", by=SYSTEM, now=now)

    with pytest.raises(NotDrawn):
        record_review(session, (set(numbers) - set(lucky)).pop(), Found(Level(5)), seed="a", by=SYSTEM, now=now)
    assert sample(session, MONTH, seed="a", n=3).agreement.reached == 2


def test_once_for_a_ticket_and_seed_unless_nobody_was_reached(session: Session, now: datetime) -> None:
    number = rated(session, now, 5)[0]
    announce(session, now)
    record_review(session, number, Found(None), seed="a", by=SYSTEM, now=now)

    later = record_review(session, number, Found(Level(4)), seed="a", by=SYSTEM, now=now + timedelta(hours=1))

    assert later.found_level == 4
    with pytest.raises(AlreadyReviewed):
        record_review(session, number, Found(Level(1)), seed="a", by=SYSTEM, now=now)
    assert len(newest_lines(session, kind=LedgerKind.REVIEW)) == 3


def test_without_a_rating_or_a_seed_there_is_nothing_to_compare(session: Session, now: datetime) -> None:
    silent = make_closed(session, now=now)

    with pytest.raises(NotRated):
        record_review(session, silent.number, Found(Level(4)), seed="a", by=SYSTEM, now=now)
    with pytest.raises(Invalid):
        record_review(session, silent.number, Found(Level(4)), seed="x" * 61, by=SYSTEM, now=now)


def make_person(session: Session, staff_number: str, role: Role = Role.AGENT) -> Person:
    unit = make_unit(session, "审计处")
    person = Person(account=staff_number, staff_number=staff_number, name="钱审", unit_id=unit.id)
    person.role_rows = [PersonRole(role=role)]
    session.add(person)
    session.flush()
    return person


def test_whoever_took_the_rating_or_handled_the_matter_reviews_neither(session: Session, now: datetime) -> None:
    taken, handled, other = rated(session, now, 5, 5, 5)
    announce(session, now)
    inspector = make_person(session, "S001", Role.INSPECTOR)
    by = Actor(
        person_id=inspector.id, name="钱审", staff_number="S001", roles=frozenset({Role.INSPECTOR}), unit_id=None
    )
    asked = session.scalars(select(Invitation).join(Ticket).where(Ticket.number == taken)).one()
    session.add(
        CallbackAttempt(
            invitation_id=asked.id,
            outcome=CallbackOutcome.REACHED,
            at=now,
            by=by.label,
            by_id=inspector.id,
            source="callback:1:aaaaaaaa",
        )
    )
    ticket = session.scalars(select(Ticket).where(Ticket.number == handled)).one()
    session.add(
        HistoryLine(
            ticket_id=ticket.id,
            at=now,
            action="note",
            actor_id=inspector.id,
            actor_label=by.label,
            version=1,
        )
    )
    session.flush()

    for number in (taken, handled):
        with pytest.raises(ReviewerTookPart):
            record_review(session, number, Found(Level(5)), seed="a", by=by, now=now)
    assert record_review(session, other, Found(Level(5)), seed="a", by=by, now=now).reviewed_by_id == inspector.id


def test_both_databases_draw_the_same_and_the_command_line_too(
    open_database: Callable[..., Database],
    database_url: str,
    now: datetime,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    database = open_database()
    numbers = database.write(lambda session: rated(session, now, 5, 5, 4, 2))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOTLINE_DATABASE__URL", database_url)
    asked = ["evaluation", "sample", "--seed", "a", *DAYS]

    assert run([*asked, "--population"]) == 0
    (tmp_path / "numbers.txt").write_text(capsys.readouterr().out)
    assert run([*asked, "--n", "3", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    told = subprocess.run(
        [sys.executable, str(SCRIPT), "numbers.txt", "a", "3"], capture_output=True, text=True, check=True
    )
    assert [row["number"] for row in shown["rows"]] == told.stdout.split() == draw(numbers, "a", 3)

    number = shown["rows"][0]["number"]
    told_by = ["evaluation", "review", number, "--seed", "a", "--level", "1", "--by"]
    database.write(lambda session: make_person(session, "S001", Role.INSPECTOR).id)
    database.write(lambda session: make_person(session, "A001").id)
    assert run([*told_by, "S001"]) != 0
    assert run([*asked, "--n", "3", "--announce", "A001"]) != 0
    assert run([*asked, "--n", "3", "--announce", "S001"]) == 0
    assert run([*told_by, "审计甲"]) != 0
    assert run([*told_by, "A001"]) != 0
    assert run([*told_by, "S001"]) == 0
    capsys.readouterr()
    assert run([*asked, "--n", "3"]) == 0
    assert "非常不满意" in capsys.readouterr().out
