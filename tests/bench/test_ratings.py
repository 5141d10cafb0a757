"""The ratings of the benchmark are such as the product has: its figures agree with their rows, until one is changed."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bench.places import fresh_database
from bench.ratings.city import found_rated_city
from bench.ratings.loading import load_ratings
from core import migrate
from core.clock import SystemClock
from evaluation.model import Rating
from evaluation.rules import Subject
from indicators.counts.counter import count_all
from indicators.counts.model import CountedAnswer, CountedTicket, DayCount, MonthCount
from indicators.coverage.fates import losses
from indicators.periods import Period, shanghai_day
from indicators.recount import compared_figures, recount

FEW = 3_300
#: the revision before what was said was kept
BEFORE = "0106"


def test_a_year_of_made_up_ratings_agrees_with_its_rows_until_one_is_changed_behind_the_product(tmp_path: Path) -> None:
    now = SystemClock().now()
    year = Period(shanghai_day(now - timedelta(days=380)), shanghai_day(now - timedelta(days=20)))
    compared: set[str] = set()

    with fresh_database(tmp_path / "ratings.db") as database:
        city = database.write(found_rated_city, now=now)
        load_ratings(database, city, FEW, now=now, has_trail=True)
        found = database.read_at_length(
            lambda session: list(
                compared_figures(session, year, told=lambda figure, _: compared.add(figure.split()[0]))
            )
        )
        lost = database.read(losses, year, now=now)
        behind = update(Rating).where(Rating.subject == Subject.AGENT, Rating.id < FEW).values(level=1)
        count_all(database)
        with database.writing.begin() as connection:
            for guard in ("ratings_agent_doubted_by_update", "ratings_no_update"):
                connection.exec_driver_sql(f"DROP TRIGGER {guard}")
            connection.execute(behind)
        changed = database.read_at_length(recount, year)

    assert found == []
    assert {"satisfaction/agent", "satisfaction/counter", "kept", "month", "reasonable", "handling/sms"} <= compared
    assert sum(loss.n for loss in lost) > 100
    assert {"satisfaction/agent"} <= {one.figure for one in changed}


def test_an_upgrade_fills_in_what_is_counted_afresh(tmp_path: Path) -> None:
    now = SystemClock().now()
    with fresh_database(tmp_path / "ratings.db") as database:
        city = database.write(found_rated_city, now=now)
        load_ratings(database, city, FEW, now=now, has_trail=False)
        afresh = database.read_at_length(kept)

        migrate.downgrade(database.writing, BEFORE)
        migrate.upgrade(database.writing)
        count_all(database)

        assert database.read_at_length(kept) == afresh


def kept(session: Session) -> list[set[tuple[object, ...]]]:
    """Every row of the kept counts."""
    tables = (CountedTicket, CountedAnswer, DayCount, MonthCount)
    return [{tuple(row) for row in session.execute(select(*table.__table__.c))} for table in tables]
