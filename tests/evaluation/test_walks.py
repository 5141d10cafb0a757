"""Every night the chains are walked over, and what was found stands at the foot of the page."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.demo.load import _publish as publish_past
from core.calendar import SHANGHAI
from core.checkpoints.walk import walk, walk_by
from core.jobs.model import JobRow
from evaluation.checkpoints.actions import TAKE, VERIFY
from evaluation.checkpoints.queries import newest_checkpoints
from evaluation.checkpoints.rules import EVERY_HOURS, next_due
from evaluation.checkpoints.settings import CheckpointSettings
from evaluation.ledger import LEDGER_CHAIN
from evaluation.rules import Level
from tests.evaluation.house import House
from web.ledger import read_checkpoint


def test_after_the_nights_checkpoint_the_whole_chain_is_walked_over(house: House) -> None:
    house.rate(Level.SATISFIED)

    house.night()

    (newest,) = house.city.database.read(newest_checkpoints, "ledger")
    assert newest.walk is not None
    assert (newest.walk.sealed, newest.walk.fault) == (2, None)
    shown = house.city.database.read(read_checkpoint, now=house.city.clock.now())
    assert shown is not None
    assert shown.walk is not None
    assert (shown.walk.sealed, shown.walk.holds) == (2, True)


def test_a_row_that_was_changed_long_ago_is_found_the_next_night(house: House) -> None:
    house.rate(Level.DISSATISFIED)
    house.night()
    house.forge("UPDATE ledger_entries SET body = replace(body, '\"level\":2', '\"level\":5')")
    house.rate(Level.SATISFIED)

    house.night()

    walk_ = house.city.database.read(newest_checkpoints, "ledger")[0].walk
    assert walk_ is not None
    assert walk_.sealed == 1
    assert walk_.fault == "row 2 does not hold: the row's content or its seal was changed"


def test_a_cut_tail_is_found_the_next_night(house: House) -> None:
    house.rate(Level.SATISFIED)
    house.night()
    house.forge("UPDATE rating_words SET entry_id = NULL; DELETE FROM ledger_seals; DELETE FROM ledger_entries")

    house.night()

    walk_ = house.city.database.read(newest_checkpoints, "ledger")[0].walk
    assert walk_ is not None
    assert walk_.fault is not None
    assert "the checkpoint over 2 rows does not hold" in walk_.fault


def test_in_many_short_reads_the_same_is_found_as_in_one(house: House) -> None:
    for level in Level:
        house.rate(level)
    house.night()
    now = house.city.clock.now()

    in_one = house.city.database.read(walk, LEDGER_CHAIN, house.verifier, now=now)

    assert walk_by(house.city.database.read, LEDGER_CHAIN, house.verifier, now=now) == in_one
    assert in_one.holds


def test_the_demos_past_is_published_and_walked_over(house: House) -> None:
    house.rate(Level.SATISFIED)

    house.city.database.write(publish_past, house.office, house.city.clock.now())

    (newest,) = house.city.database.read(newest_checkpoints, "ledger")
    assert newest.walk is not None
    assert (newest.checkpoint.size, newest.walk.sealed, newest.walk.fault) == (2, 3, None)


def test_every_hour_a_checkpoint_and_once_a_day_a_walk(house: House) -> None:
    house.every_h(1)
    house.rate(Level.SATISFIED)
    house.night()
    for _ in range(3):
        house.rate(Level.SATISFIED)
        house.city.clock.move_to(next_due(house.city.clock.now(), every_h=1) + timedelta(minutes=1))
        house.seal()
        house.work()

    assert len(house.city.database.read(newest_checkpoints, "ledger")) == 4
    kinds = house.city.database.read(lambda session: session.scalars(select(JobRow.kind)).all())
    assert (kinds.count(TAKE), kinds.count(VERIFY)) == (5, 1)


@given(minutes=st.integers(0, 366 * 24 * 60), hours=st.sampled_from(EVERY_HOURS))
def test_the_next_one_is_due_within_so_many_hours_and_always_at_ten_past(minutes: int, hours: int) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    due = next_due(now, every_h=hours)

    assert timedelta(0) < due - now <= timedelta(hours=hours)
    here = due.astimezone(SHANGHAI)
    assert (here.hour % hours, here.minute, here.second) == (0, 10, 0)


@pytest.mark.parametrize("hours", [0, 5, 25, -1])
def test_hours_that_do_not_divide_a_day_stop_the_start(hours: int) -> None:
    with pytest.raises(ValueError, match="none of 1, 2, 3"):
        CheckpointSettings(every_hours=hours)
