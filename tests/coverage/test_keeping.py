"""What the flags were when a period was counted last: kept, read at once, and counted again before it is old."""

from datetime import datetime, timedelta

from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

import indicators.coverage.jobs
from core.jobs.model import JobRow
from core.jobs.runner import drain
from indicators.coverage.actions import record_check
from indicators.coverage.flags import Wanted
from indicators.coverage.keeping import count_soon, keep_flags, kept_flags
from indicators.coverage.queries import flag_counts, flagged, flagged_keys
from indicators.coverage.rules import Flag
from indicators.periods import Period
from staff.rules import Actor, Role
from tests.coverage.making import MONTH, make_closed
from tests.evaluation.city import City

BY = Actor(None, "审计甲", "S001", frozenset({Role.INSPECTOR}), None)
assert indicators.coverage.jobs.__doc__


def keep(session: Session, now: datetime) -> None:
    keep_flags(session, MONTH, flagged_keys(session, MONTH, now=now), now=now)


def unexplained(session: Session) -> tuple[int, int]:
    """(n, unchecked) as kept."""
    kept = kept_flags(session, MONTH)
    assert kept is not None
    return next((one.n, one.unchecked) for one in kept.counts if one.flag is Flag.UNEXPLAINED)


def test_what_is_kept_is_what_was_counted(session: Session, now: datetime) -> None:
    make_closed(session, now=now)
    keep(session, now)

    kept = kept_flags(session, MONTH)

    assert kept is not None
    assert (kept.at, list(kept.counts)) == (now, flag_counts(session, MONTH, now=now))


def test_a_period_that_was_never_counted_has_nothing_kept(session: Session, now: datetime) -> None:
    keep(session, now)

    assert kept_flags(session, Period(MONTH.first, MONTH.last + timedelta(days=1))) is None


def test_what_is_looked_at_afterwards_counts_as_looked_at_at_once(session: Session, now: datetime) -> None:
    make_closed(session, now=now)
    keep(session, now)
    assert unexplained(session) == (1, 1)

    (one,) = flagged(session, Flag.UNEXPLAINED, Wanted(MONTH, now))
    record_check(session, one.row, finding="队列停机，已补邀", by=BY, now=now)

    assert unexplained(session) == (1, 0)


def test_counted_again_it_takes_the_place_of_what_was_kept(session: Session, now: datetime) -> None:
    make_closed(session, now=now)
    keep(session, now)
    make_closed(session, now=now)

    keep(session, now + timedelta(hours=1))

    assert unexplained(session) == (2, 2)


def test_it_is_read_in_two_statements_however_many_flags_there_are(session: Session, now: datetime) -> None:
    make_closed(session, now=now)
    keep(session, now)

    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(session.connection(), "before_cursor_execute", note)
    kept_flags(session, MONTH)
    event.remove(session.connection(), "before_cursor_execute", note)
    assert len(statements) == 2


def test_the_job_counts_once_for_each_quarter_of_an_hour(city: City) -> None:
    now = city.clock.now()
    city.database.write(lambda session: make_closed(session, now=now))
    for _ in range(3):
        city.database.write(count_soon, MONTH, now=now)

    drain(city.database)

    assert city.database.read(unexplained) == (1, 1)
    assert city.database.read(lambda session: session.scalar(select(func.count(JobRow.id)))) == 1
