"""Random walks over the life cycle: no illegal state, no lost line, both clocks right, always an owner."""

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.tickets.making import City
from tests.tickets.oracle import SHANGHAI
from tests.tickets.walker import walk
from tickets.model import HistoryLine
from tickets.rules import State

STEPS = 20
#: before holidays, on them, over make-up days, and in a plain month
BEGINNINGS = ((2, 11, 10), (2, 18, 9), (4, 30, 16), (9, 18, 15), (9, 29, 23), (10, 13, 9))


def walk_all(session: Session, seeds: range) -> tuple[set[State], set[str]]:
    """The states that these walks reached, and what was done in them."""
    city = City(session)
    reached: set[State] = set()
    done: set[str] = set()
    for seed in seeds:
        month, day, hour = BEGINNINGS[seed % len(BEGINNINGS)]
        now = datetime(2026, month, day, hour, tzinfo=SHANGHAI)
        with session.begin_nested() as walked:
            ticket = walk(session, city, seed, now, steps=STEPS)
            lines = select(HistoryLine.to_state, HistoryLine.action).where(HistoryLine.ticket_id == ticket.id)
            for state, action in session.execute(lines):
                done.add(action)
                if state is not None:
                    reached.add(state)
            walked.rollback()
    return reached, done


def test_random_walks_break_no_rule_and_see_most_of_the_table(session: Session) -> None:
    reached, done = walk_all(session, range(300))

    assert len(reached) >= 15
    assert len(done) >= 30


@pytest.mark.long
@pytest.mark.parametrize("first_seed", range(1_000, 11_000, 500))
def test_ten_thousand_random_walks_break_no_rule(session: Session, first_seed: int) -> None:
    walk_all(session, range(first_seed, first_seed + 500))
