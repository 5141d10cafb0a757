"""kill -9 while units are told: nothing is lost and nothing is sent twice, whichever moment it is."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from core.jobs import dead_jobs
from tests.notices.desk import DEPUTY, DUTY, LEADER, MAIL, ROBOT, NightDesk
from tests.notices.killed import send_out, taken, work_through
from tests.system.struck import Blow, is_killed
from tests.tickets.making import City
from tickets.actions.handling import sign_ticket
from tickets.kinds import Urgency
from tickets.notices.model import UnitNotice
from tickets.notices.ringing import RUNG
from tickets.notices.rules import NoticeState, NoticeWay
from tickets.rules import State

TEN_SECONDS, TEN_MINUTES = timedelta(seconds=10), timedelta(minutes=10)
#: by then the leases of a killed worker have run out
RECOVERY = timedelta(minutes=2)
FILES = {NoticeWay.SMS: "sms", NoticeWay.WEBHOOK: "robot", NoticeWay.EMAIL: "mail"}
#: kill at every so manieth commit of a worker: all of them in the long form
STRIDES = [pytest.param(7, id="some"), pytest.param(1, id="every commit", marks=pytest.mark.long)]
#: each strike is a process or three
DATABASES = pytest.mark.parametrize(
    "template", ["sqlite", pytest.param("postgresql", marks=pytest.mark.long)], indirect=True
)


class Night:
    """A desk whose work is done by processes that die."""

    def __init__(self, desk: NightDesk, url: str, folder: Path) -> None:
        self.desk, self.url, self.folder = desk, url, folder
        self.was_killed = False

    def works(self, blow: Blow | None = None) -> None:
        """A process does all that is due now, and the next one what a killed one has left."""
        self.was_killed = is_killed(work_through, self.url, self.folder, self.desk.now(), blow=blow)
        if self.was_killed:
            self.desk.clock.move_on(RECOVERY)
            assert not is_killed(work_through, self.url, self.folder, self.desk.now())

    def blows(self, at: str, stride: int) -> Iterator[Blow]:
        """One moment after the other, for as long as the process gets that far."""
        for n in range(1, 100, stride):
            yield Blow(at, n)
            if not self.was_killed:
                return

    def told(self, ticket_id: int) -> dict[NoticeWay, UnitNotice]:
        return {notice.way: notice for notice in self.desk.notices() if notice.ticket_id == ticket_id}

    def sign(self, ticket_id: int) -> None:
        self.desk.act(sign_ticket, ticket_id, by=self.desk.city.officer, now=self.desk.now())


@pytest.fixture
def night(desk: NightDesk, database_url: str, tmp_path: Path) -> Night:
    desk.roster(duty=DUTY, deputy=DEPUTY, leader=LEADER)
    desk.contact(email=MAIL, webhook=ROBOT)
    return Night(desk, database_url, tmp_path)


def assert_told_once_or_unknown(night: Night, ticket_id: int, blow: Blow) -> int:
    """By each way; the number of those of which nobody knows."""
    notices = night.told(ticket_id)
    assert set(notices) == set(FILES), blow
    for way, notice in notices.items():
        said = [one for one in taken(night.folder, FILES[way]) if notice.text and one["text"].endswith(notice.text)]
        assert notice.state in {NoticeState.SENT, NoticeState.UNKNOWN}, (blow, way)
        assert len(said) == 1 or (said == [] and notice.state is NoticeState.UNKNOWN), (blow, way)
    return sum(notice.state is NoticeState.UNKNOWN for notice in notices.values())


@DATABASES
@pytest.mark.parametrize("stride", STRIDES)
def test_whenever_a_worker_is_killed_each_way_tells_once_or_says_that_nobody_knows(night: Night, stride: int) -> None:
    kills = 0
    for blow in night.blows("before", stride):
        ticket_id = night.desk.dispatched(Urgency.URGENT)
        night.desk.clock.move_on(TEN_SECONDS)

        night.works(blow)

        kills += night.was_killed
        assert_told_once_or_unknown(night, ticket_id, blow)
        night.sign(ticket_id)

    assert kills >= 20 // stride
    assert night.desk.database.read(dead_jobs) == []


@DATABASES
def test_killed_just_before_a_carrier_takes_it_nobody_is_told_and_somebody_sees_that(night: Night) -> None:
    kills = 0
    for blow in night.blows("asking", 1):
        ticket_id = night.desk.dispatched(Urgency.URGENT)
        night.desk.clock.move_on(TEN_SECONDS)

        night.works(blow)

        kills += night.was_killed
        assert assert_told_once_or_unknown(night, ticket_id, blow) == night.was_killed
        night.sign(ticket_id)

    assert kills == len(FILES)


@pytest.mark.parametrize(("at", "state"), [("before", State.TO_DISPATCH), ("after", State.DISPATCHED)])
def test_a_dispatch_whose_server_dies_is_told_ten_seconds_later_or_never_was(
    night: Night, at: str, state: State
) -> None:
    desk, city = night.desk, night.desk.city
    ticket_id = desk.act(listed, city, desk.now())
    sent = {"unit_id": city.heating.id, "by": city.dispatcher}

    assert is_killed(send_out, night.url, ticket_id, desk.now(), sent, blow=Blow(at, 1))

    assert desk.ticket(ticket_id).state is state
    desk.clock.move_on(timedelta(seconds=2))
    night.works()
    desk.clock.move_on(timedelta(minutes=1))
    night.works()
    n = int(state is State.DISPATCHED)
    assert [len(taken(night.folder, way)) for way in FILES.values()] == [n, n, n]


def listed(session: Session, city: City, now: datetime) -> int:
    return City.session_of(session, city).listed(now).id


@DATABASES
@pytest.mark.parametrize("stride", STRIDES)
def test_whenever_a_worker_is_killed_the_duty_phone_rings_at_most_once_and_the_deputys_rings(
    night: Night, stride: int
) -> None:
    kills, blows = (
        0,
        [Blow("asking", 1), *(Blow("before", n) for n in range(1 if stride == 1 else 2, 8, 1 if stride == 1 else 2))],
    )
    for blow in blows:
        ticket_id, before = night.desk.dispatched(Urgency.CRITICAL), len(taken(night.folder, "phone"))
        begun = night.desk.now()
        night.desk.clock.move_on(TEN_SECONDS)
        night.works()

        night.desk.clock.move_to(begun + TEN_MINUTES)
        night.works(blow)
        kills += night.was_killed
        night.desk.clock.move_to(begun + 2 * TEN_MINUTES)
        night.works()

        rung = [ring["phone"] for ring in taken(night.folder, "phone")[before:]]
        outcomes = [line.particulars["outcome"] for line in night.desk.history(ticket_id, RUNG)]
        assert (rung, outcomes) in [
            ([DUTY, DEPUTY], ["answered", "answered"]),
            ([DUTY, DEPUTY], ["unknown", "answered"]),
            ([DEPUTY], ["unknown", "answered"]),
        ], blow
        night.sign(ticket_id)

    assert kills >= 3
