"""kill -9 between a ticket and its first job, and in the middle of that: it reaches the dispatch list once."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database import Database
from core.jobs import dead_jobs
from tests.notices.killed import take_in, work_through
from tests.system.struck import Blow, is_killed
from tests.tickets.making import City
from tickets.model import HistoryLine, Ticket
from tickets.rules import State

RECOVERY = timedelta(minutes=2)


def states(session: Session) -> list[State]:
    return list(session.scalars(select(Ticket.state)))


def acts(session: Session) -> list[str]:
    return list(session.scalars(select(HistoryLine.action).order_by(HistoryLine.id)))


@pytest.mark.parametrize(("at", "n"), [("before", 0), ("after", 1)])
def test_a_ticket_whose_server_dies_before_its_first_job_is_on_the_list_once_or_never_was(
    database: Database, database_url: str, tmp_path: Path, now: datetime, at: str, n: int
) -> None:
    city = database.write(City)
    assert is_killed(take_in, database_url, city.form(), city.agent, now, blow=Blow(at, 1))
    assert database.read(states) == [State.REGISTERED] * n

    assert not is_killed(work_through, database_url, tmp_path, now)

    assert database.read(states) == [State.TO_DISPATCH] * n
    assert database.read(acts) == ["register", "list"] * n


def test_killed_in_the_middle_of_its_first_job_it_is_on_the_list_once(
    database: Database, database_url: str, tmp_path: Path, now: datetime
) -> None:
    city, kills = database.write(City), 0
    for blow in (Blow("before", 1), Blow("after", 1), Blow("before", 2), Blow("after", 2)):
        assert not is_killed(take_in, database_url, city.form(), city.agent, now)

        kills += is_killed(work_through, database_url, tmp_path, now, blow=blow)
        now += RECOVERY
        assert not is_killed(work_through, database_url, tmp_path, now)

    assert kills == 4
    assert database.read(states) == [State.TO_DISPATCH] * 4
    assert database.read(acts) == ["register", "list"] * 4
    assert database.read(dead_jobs) == []
