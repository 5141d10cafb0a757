"""Random walks over the life cycle: no illegal state, no lost line, both clocks right, always an owner."""

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from tests.tickets.deeds import Crowd
from tests.tickets.judge import Done
from tests.tickets.law import BY_LAW
from tests.tickets.oracle import SHANGHAI
from tests.tickets.walker import walk
from tickets.rules import Action, State

STEPS = 16
#: before holidays, on them, over make-up days, in a plain month, and where the calendar ends
BEGINNINGS = ((2, 11, 10), (2, 18, 9), (4, 30, 16), (9, 18, 15), (9, 29, 23), (10, 13, 9), (12, 21, 9))


def walk_all(session: Session, seeds: range) -> set[Done]:
    """What was done in these walks."""
    crowd = Crowd(session)
    done: set[Done] = set()
    for seed in seeds:
        month, day, hour = BEGINNINGS[seed % len(BEGINNINGS)]
        now = datetime(2026, month, day, hour, tzinfo=SHANGHAI)
        with session.begin_nested() as walked:
            done |= walk(session, crowd, seed, now, steps=STEPS).done
            walked.rollback()
    return done


def lawful(done: set[Done]) -> set[tuple[str, str]]:
    """Which lines of the law were walked."""
    return {(state, act) for state, act, _ in done} & set(BY_LAW)


def test_random_walks_break_no_rule_and_see_every_state_and_nearly_the_whole_table(session: Session) -> None:
    done = walk_all(session, range(300))

    assert len(set(Action) - {act for _, act, _ in done}) <= 3
    assert {to for _, _, to in done} | {"draft"} == set(State)
    assert len(lawful(done)) >= 115


@pytest.mark.long
@pytest.mark.parametrize("first_seed", range(1_000, 11_000, 200))
def test_ten_thousand_random_walks_break_no_rule(session: Session, first_seed: int) -> None:
    done = walk_all(session, range(first_seed, first_seed + 200))

    assert len(lawful(done)) >= 90
