"""Durable jobs: written with what wants them, run in order, tried again, never finished twice."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core.database import Database
from core.errors import Conflict, Unavailable
from core.events import Event, Reaction, announce
from core.jobs import JobSettings, Work, count_jobs, dead_jobs, enqueue, job, queue, retry_dead
from core.jobs.drainer import Drainer
from core.jobs.errors import JobFinishedTwice, LeaseLost
from core.jobs.model import JobRow
from core.jobs.runner import Runner, drain, pause_after
from tests.fakes import HandClock


class ProviderAway(Unavailable):
    code = "provider_away"


class Diary:
    """What jobs did, as a service they ask for."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.lock = threading.Lock()
        self.fails = 0

    def write(self, line: str) -> None:
        with self.lock:
            self.lines.append(line)


def write_effect(session: Session, name: str) -> None:
    session.execute(text("INSERT INTO effects (name) VALUES (:name)"), {"name": name})


@job()
def do_thing(work: Work, *, name: str) -> None:
    work.finish(write_effect, name)


@job(retry=(ProviderAway,), tries_most=3)
def send_letter(work: Work, *, name: str) -> None:
    diary = work.service(Diary)
    diary.write(name)
    if diary.fails > 0:
        diary.fails -= 1
        raise ProviderAway


@job(order_key="letter box {box}")
def put_letter(work: Work, *, box: str, name: str) -> None:
    diary = work.service(Diary)
    diary.write(f"{box} {name} begins")
    time.sleep(0.01)
    diary.write(f"{box} {name} ends")


@job()
def finish_twice(work: Work, *, name: str) -> None:
    work.finish(write_effect, name)
    work.finish(write_effect, name)


@job()
def make_mistake(work: Work) -> None:
    raise ZeroDivisionError("13812345678 went wrong")


@dataclass(frozen=True)
class LetterWritten(Event):
    name: str


@pytest.fixture
def clock(now: datetime) -> HandClock:
    return HandClock(now)


@pytest.fixture
def database(open_database: Callable[..., Database], clock: HandClock) -> Database:
    database = open_database(clock=clock)
    database.write(lambda session: session.execute(text("CREATE TABLE effects (name VARCHAR(40))")).close())
    return database


def want(database: Database, function: Callable[..., None], **arguments: Any) -> None:
    database.write(enqueue, function, now=database.clock.now(), **arguments)


def effects(database: Database) -> list[str]:
    return database.read(lambda session: list(session.scalars(text("SELECT name FROM effects ORDER BY name"))))


def test_a_job_is_there_only_if_what_wanted_it_was_committed(database: Database, now: datetime) -> None:
    def want_and_fail(session: Session) -> None:
        enqueue(session, do_thing, now=now, name="lost")
        raise Conflict

    with pytest.raises(Conflict):
        database.write(want_and_fail)
    want(database, do_thing, name="kept")

    assert drain(database) == 1
    assert effects(database) == ["kept"]


def test_one_key_is_one_job(database: Database) -> None:
    for _ in range(3):
        want(database, do_thing, name="once", idempotency_key="letter 7")

    assert drain(database) == 1
    want(database, do_thing, name="once", idempotency_key="letter 7")
    assert drain(database) == 0


def test_an_event_leaves_a_job_row_for_each_durable_reaction(open_database: Callable[..., Database]) -> None:
    reactions = {
        LetterWritten: [
            Reaction("tests.do_thing", lambda event: {"name": event.name}, key=lambda event: f"react {event.name}")
        ]
    }
    database = open_database(reactions=reactions)

    database.write(announce, LetterWritten("a"))
    database.write(announce, LetterWritten("a"))

    rows = database.read(lambda session: [(row.kind, row.arguments) for row in session.scalars(select(JobRow))])
    assert rows == [("tests.do_thing", {"name": "a"})]


def test_a_job_is_not_run_before_it_is_due(database: Database, clock: HandClock) -> None:
    database.write(enqueue, do_thing, now=clock.now(), due_at=clock.now().replace(hour=5), name="later")

    assert drain(database) == 0
    clock.pass_time(5 * 3600)
    assert drain(database) == 1


def test_what_is_away_is_tried_again_later_and_then_given_to_a_person(database: Database, clock: HandClock) -> None:
    diary = Diary()
    diary.fails = 3
    want(database, send_letter, name="letter")

    assert drain(database, {Diary: diary}) == 1
    assert drain(database, {Diary: diary}) == 0
    for _ in range(2):
        clock.pass_time(60)
        drain(database, {Diary: diary})

    dead = database.read(dead_jobs, view=lambda rows: [(row.kind, row.tries, row.last_error) for row in rows])
    assert dead == [("tests.send_letter", 3, "ProviderAway: 暂时不可用，请稍后再试")]
    assert len(diary.lines) == 3


def test_a_dead_job_can_be_given_another_chance(database: Database, clock: HandClock) -> None:
    want(database, make_mistake)
    drain(database)
    [dead_id] = database.read(dead_jobs, view=lambda rows: [row.id for row in rows])

    database.write(retry_dead, dead_id, now=clock.now())

    assert database.read(count_jobs).open == 1
    assert drain(database) == 1
    assert database.read(count_jobs).dead == 1


def test_a_mistake_of_ours_is_not_tried_again_and_its_text_is_masked(database: Database) -> None:
    want(database, make_mistake)

    drain(database)

    [error] = database.read(dead_jobs, view=lambda rows: [row.last_error for row in rows])
    assert error == "ZeroDivisionError: 138****5678 went wrong"


def test_pauses_grow_and_respect_what_the_provider_asked_for() -> None:
    pauses = [pause_after(tries, ProviderAway()) for tries in range(1, 20)]

    assert all(later >= earlier / 1.2 for earlier, later in pairwise(pauses))
    assert pauses[-1] <= 900 * 1.2
    assert pause_after(1, ProviderAway(retry_after_s=100)) >= 100


def test_effect_and_done_mark_are_one_and_cannot_come_twice(database: Database) -> None:
    want(database, finish_twice, name="effect")

    drain(database)

    assert effects(database) == ["effect"]
    assert database.read(count_jobs).open == 0


def test_finishing_twice_is_a_named_mistake(database: Database) -> None:
    want(database, do_thing, name="x")
    [claimed] = Runner(database).claim(1)
    work = Work(database, claimed, {})
    work.finish(write_effect, "x")

    with pytest.raises(JobFinishedTwice):
        work.finish(write_effect, "x")


def test_a_process_that_lost_its_lease_cannot_write_any_more(database: Database, clock: HandClock) -> None:
    want(database, do_thing, name="effect")
    slow, quick = Runner(database), Runner(database)
    [first] = slow.claim(1)
    assert quick.claim(1) == []
    clock.pass_time(31)

    [second] = quick.claim(1)
    quick.run(second)
    late = Work(database, first, {})
    for write in (late.note, late.finish):
        with pytest.raises(LeaseLost):
            write(write_effect, "again")

    assert effects(database) == ["effect"]


def test_a_job_whose_process_dies_each_time_is_given_to_a_person(database: Database, clock: HandClock) -> None:
    want(database, send_letter, name="poison")
    runner = Runner(database)

    claims = []
    for _ in range(5):
        claims.append(len(runner.claim(1)))
        clock.pass_time(31)

    assert claims == [1, 1, 1, 0, 0]
    assert database.read(count_jobs).dead == 1


def test_jobs_of_one_key_wait_for_each_other_and_a_dead_one_lets_them_pass(database: Database) -> None:
    want(database, make_mistake, order_key="k")
    want(database, do_thing, name="second", order_key="k")
    runner = Runner(database)

    [first] = runner.claim(5)
    runner.run(first)
    [second] = runner.claim(5)

    assert (first.kind, second.kind) == ("tests.make_mistake", "tests.do_thing")


def test_the_drainer_keeps_each_keys_order_while_keys_run_side_by_side(open_database: Callable[..., Database]) -> None:
    database, diary = open_database(), Diary()
    for n in range(6):
        for box in "ab":
            want(database, put_letter, box=box, name=str(n))
    drainer = Drainer(Runner(database, {Diary: diary}, JobSettings(threads=4)))

    drainer.start()
    wait_until(lambda: database.read(count_jobs).open == 0)
    drainer.close()

    for box in "ab":
        lines = [line for line in diary.lines if line.startswith(box)]
        assert lines == [f"{box} {n} {what}" for n in range(6) for what in ("begins", "ends")]


def test_a_new_job_wakes_the_drainer_at_once(open_database: Callable[..., Database]) -> None:
    database, diary = open_database(), Diary()
    drainer = Drainer(Runner(database, {Diary: diary}))
    drainer.start()
    wait_until(lambda: True)

    want(database, send_letter, name="now")
    wait_until(lambda: diary.lines == ["now"])
    drainer.close()

    assert database.read(count_jobs).open == 0


def test_a_long_job_keeps_its_lease(open_database: Callable[..., Database]) -> None:
    database, diary = open_database(), Diary()
    settings = JobSettings(lease_s=1)
    want(database, sleep_long, name="long")
    drainers = [Drainer(Runner(database, {Diary: diary}, settings)) for _ in range(2)]

    for drainer in drainers:
        drainer._runner.start()
        drainer._loop.start()
    wait_until(lambda: database.read(count_jobs).open == 0)
    for drainer in drainers:
        drainer.close()

    assert diary.lines == ["long"]


@job()
def sleep_long(work: Work, *, name: str) -> None:
    work.service(Diary).write(name)
    time.sleep(2.5)


def test_finished_jobs_are_forgotten_after_their_time(database: Database, clock: HandClock) -> None:
    want(database, do_thing, name="old")
    drain(database)
    clock.pass_time(60)

    assert database.write(queue.sweep, before=clock.now()) == 1


def wait_until(is_so: Callable[[], bool], within_s: float = 15) -> None:
    ends = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < ends, "it did not happen in time"
        time.sleep(0.01)
