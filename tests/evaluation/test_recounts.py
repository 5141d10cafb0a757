"""What a recount found is kept, and stands until a later one of the same days finds nothing."""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

import indicators.recounts.jobs
from core.jobs.runner import drain
from evaluation.office import EvaluationOffice
from indicators.periods import Period
from indicators.recount import Difference
from indicators.recounts.actions import note_recount, plan_recount
from indicators.recounts.model import RecountRun
from indicators.recounts.queries import last_recount
from tests.evaluation.city import City
from tests.indicators.test_figures import DAY, MONTH

assert indicators.recounts.jobs.__doc__
WRONG = [Difference("satisfaction/handling", "n", 260, 259)]


def test_what_differs_is_named_until_a_later_recount_of_the_same_days_finds_nothing(
    session: Session, now: datetime
) -> None:
    note_recount(session, MONTH, WRONG, now=now)

    found = last_recount(session, Period(DAY, DAY))
    assert found is not None
    assert (found.differences, found.named) == (1, ["satisfaction/handling n: 260 / 259"])

    note_recount(session, Period(date(2025, 1, 1), date(2025, 1, 31)), [], now=now)
    still = last_recount(session, MONTH)
    assert still is not None
    assert still.differences == 1

    note_recount(session, MONTH, [], now=now)
    cleared = last_recount(session, MONTH)
    assert cleared is not None
    assert cleared.differences == 0


def test_a_clean_recount_of_one_day_does_not_clear_the_month(session: Session, now: datetime) -> None:
    note_recount(session, MONTH, WRONG, now=now)

    note_recount(session, Period(DAY, DAY), [], now=now)

    for days in (MONTH, Period(DAY, DAY)):
        still = last_recount(session, days)
        assert still is not None
        assert still.differences == 1


def test_days_that_nobody_counted_again_say_nothing(session: Session) -> None:
    assert last_recount(session, MONTH) is None


def test_a_period_of_which_only_some_days_were_counted_again_was_not(session: Session, now: datetime) -> None:
    half = MONTH.first + timedelta(days=14)
    note_recount(session, Period(MONTH.first, half), [], now=now)
    assert last_recount(session, MONTH) is None

    note_recount(session, Period(half + timedelta(days=1), MONTH.last), [], now=now)
    assert last_recount(session, MONTH) is not None


def test_every_night_the_month_of_yesterday_is_counted_again_once(city: City) -> None:
    now = city.clock.now()
    for _ in range(2):
        city.database.write(plan_recount, now=now)

    nights = []
    for _ in range(2):
        city.clock.move_on(timedelta(days=1))
        drain(city.database, {EvaluationOffice: city.office})
        nights.append(city.database.read(lambda session: len(session.scalars(select(RecountRun)).all())))

    run = city.database.read(last_recount, MONTH)
    assert run is not None
    assert (run.first, run.last, run.differences, nights) == (MONTH.first, MONTH.last, 0, [1, 2])
