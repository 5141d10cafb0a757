"""A draw is said in the ledger before anybody sees its rows, and every draw stays listed."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from core.errors import Invalid
from evaluation.ledger import newest_lines
from evaluation.reviews.actions import Found, record_review
from evaluation.reviews.errors import AlreadyDrawn
from evaluation.reviews.queries import agreement, draws_of, reviews_of_draw
from evaluation.reviews.rules import draw, fingerprint
from evaluation.rules import LedgerKind, Level
from indicators.coverage.sampling import announce_sample, announced_sample
from staff.rules import SYSTEM
from tests.coverage.making import MONTH
from tests.coverage.test_reviews import announce, rated


def test_what_is_drawn_is_said_in_the_ledger_with_seed_count_and_list(session: Session, now: datetime) -> None:
    numbers = rated(session, now, 5, 4, 2)
    assert announced_sample(session, MONTH, seed="a") is None

    drawn = announce(session, now, n=2)

    assert drawn.numbers == draw(numbers, "a", 2)
    (line,) = newest_lines(session, kind=LedgerKind.REVIEW)
    assert line.body == {
        "draw": drawn.id,
        "seed": "a",
        "from": MONTH.first.isoformat(),
        "to": MONTH.last.isoformat(),
        "n": 2,
        "population": 3,
        "fingerprint": fingerprint(numbers),
        "by": None,
    }


def test_what_was_announced_stays_as_it_was_whatever_is_rated_later(session: Session, now: datetime) -> None:
    rated(session, now, 5, 4, 2)
    drawn = announce(session, now, n=2)
    rated(session, now, *([5] * 20))

    again = announce(session, now + timedelta(hours=1), n=2)
    shown = announced_sample(session, MONTH, seed="a")

    assert again.id == drawn.id
    assert shown is not None
    assert ([row.ticket.number for row in shown.rows], shown.population) == (drawn.numbers, 3)
    with pytest.raises(AlreadyDrawn):
        announce(session, now, n=3)
    with pytest.raises(Invalid):
        announce_sample(session, MONTH, seed="", n=3, by=SYSTEM, now=now)


def test_every_draw_stays_listed_with_its_agreement(session: Session, now: datetime) -> None:
    rated(session, now, 5, 5, 5)
    for seed, says in (("a", Level(1)), ("b", Level(5))):
        for number in announce(session, now, seed=seed, n=2).numbers:
            record_review(session, number, Found(says), seed=seed, by=SYSTEM, now=now)

    draws = draws_of(session, MONTH.first, MONTH.last)

    assert [(one.seed, agreement(reviews_of_draw(session, one)).rate) for one in draws] == [("b", 1.0), ("a", 0.0)]


@pytest.mark.parametrize("change", ["UPDATE sample_draws SET n = 9", "DELETE FROM sample_draws"])
def test_the_database_refuses_to_change_a_draw(session: Session, now: datetime, change: str) -> None:
    rated(session, now, 5)
    announce(session, now)

    with pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
        session.execute(text(change))
