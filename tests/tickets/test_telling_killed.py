"""kill -9 between a 终止 and the SMS that tells its citizen: one SMS leaves, or a person is asked to call."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database import Database
from core.jobs import dead_jobs
from tests.notices.killed import end_matter, taken, work_through
from tests.system.struck import Blow, is_killed
from tests.tickets.making import City
from tickets.actions.side_paths import End
from tickets.kinds import EndTold, TerminationReason
from tickets.model import Ending, Ticket
from tickets.rules import State

UNREACHABLE = End(TerminationReason.UNREACHABLE, "三天内五次拨打均无人接听")
RECOVERY = timedelta(minutes=2)
#: some of the commits that a worker makes to tell one citizen
COMMITS = (1, 2, 3, 5, 8)


class House:
    """A city in which one matter is ended by one process, and its citizen told by another."""

    def __init__(self, database: Database, url: str, folder: Path, now: datetime) -> None:
        self.database, self.url, self.folder, self.now = database, url, folder, now
        self.city: City = database.write(City)

    def signed(self, phone: str = "13812345678") -> int:
        def make(session: Session) -> int:
            return City.session_of(session, self.city).signed(self.now, phone=phone).id

        ticket_id: int = self.database.write(make)
        return ticket_id

    def ends(self, ticket_id: int, blow: Blow | None = None) -> bool:
        return is_killed(end_matter, self.url, ticket_id, UNREACHABLE, self.city.supervisor, self.now, blow=blow)

    def works(self, blow: Blow | None = None) -> bool:
        """Whether the blow fell; others then do what was left, and ask what became of it."""
        was_killed = is_killed(work_through, self.url, self.folder, self.now, blow=blow)
        for _ in range(2):
            self.now += RECOVERY
            assert not is_killed(work_through, self.url, self.folder, self.now)
        return was_killed

    def state(self, ticket_id: int) -> State:
        found: State = self.database.read(lambda session: session.get_one(Ticket, ticket_id).state)
        return found

    def told(self, ticket_id: int) -> EndTold | None:
        told = select(Ending.told).where(Ending.ticket_id == ticket_id)
        found: EndTold | None = self.database.read(lambda session: session.scalar(told))
        return found

    def texts(self) -> list[str]:
        return [sent["text"] for sent in taken(self.folder, "sms") if "终止办理" in sent["text"]]


@pytest.fixture
def house(database: Database, database_url: str, tmp_path: Path, now: datetime) -> House:
    return House(database, database_url, tmp_path, now)


@pytest.mark.parametrize(("at", "state", "n"), [("before", State.IN_PROGRESS, 0), ("after", State.TERMINATED, 1)])
def test_a_server_that_dies_with_the_act_has_told_the_citizen_once_or_has_not_ended_it(
    house: House, at: str, state: State, n: int
) -> None:
    ticket_id = house.signed()

    assert house.ends(ticket_id, Blow(at, 1))
    house.works()

    assert (house.state(ticket_id), len(house.texts())) == (state, n)


def test_a_worker_that_is_killed_at_a_commit_has_told_the_citizen_by_one_sms(house: House) -> None:
    for n in COMMITS:
        ticket_id = house.signed(phone=f"138000000{n:02d}")  # each another's: the third of a day would wait
        assert not house.ends(ticket_id)
        before = len(house.texts())

        assert house.works(Blow("before", n))

        assert (len(house.texts()) - before, house.told(ticket_id)) == (1, EndTold.TOLD), n
    assert house.database.read(dead_jobs) == []


def test_killed_just_before_the_provider_takes_it_a_person_is_asked_to_call(house: House) -> None:
    ticket_id = house.signed()
    assert not house.ends(ticket_id)

    assert house.works(Blow("asking", 1))

    assert (house.texts(), house.told(ticket_id)) == ([], EndTold.TO_CALL)
