"""Kept counts: exact at every moment, whatever happens to a ticket, and however many count at once."""

import threading
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.cli import run
from core.database import Database
from evaluation.model import Rating
from evaluation.rules import Subject
from indicators.answers import answers, course, rolled_up, unit_answers
from indicators.counts.actions import count_again
from indicators.counts.counter import count_all, count_some
from indicators.counts.model import CountedTicket, DayCount, MonthCount, StaleTicket
from indicators.counts.queries import changes
from indicators.counts.rules import CountedPart, Standing
from indicators.periods import Period
from indicators.population import population
from indicators.recount import recount
from indicators.satisfaction import Part, Slice, answer_rows
from indicators.unit_scores import score_counts
from staff.queries import every_unit, reach_of, unit_by_id
from staff.rules import unit_path
from tests.core.test_chain import drop_guards
from tests.evaluation.city import make_ticket, make_unit
from tests.evaluation.lines import write_lines
from tests.indicators.histories import LONG, History, count_everything, slices
from tests.indicators.test_figures import DAY, MONTH, close, rate
from tickets.model import Ticket
from tickets.rules import State


def test_a_counted_ticket_is_read_from_the_kept_counts_alone(session: Session, now: datetime) -> None:
    rate(session, close(session, make_ticket(session, now=now), now), 5, at=now)
    before = answers(session, Slice(MONTH))

    count_everything(session, now)

    assert changes(session).cells == {}
    assert answers(session, Slice(MONTH)) == before
    for kept in (DayCount, MonthCount):
        session.execute(delete(kept))
    assert answers(session, Slice(MONTH)).closed == 0


def test_a_change_is_seen_before_it_is_counted(session: Session, now: datetime) -> None:
    ticket = make_ticket(session, now=now)
    count_everything(session, now)

    close(session, ticket, now)
    rate(session, ticket, 1, at=now)

    assert (answers(session, Slice(MONTH)).closed, answers(session, Slice(MONTH)).answered) == (1, 1)
    assert population(session, MONTH).standing[Standing.CLOSED] == 1


@pytest.mark.parametrize("seed", range(4))
def test_kept_counts_are_those_of_the_rows_after_any_history(session: Session, now: datetime, seed: int) -> None:
    history = History(session, seed, now)
    for step in range(60):
        history.step()
        if history.draw.random() < 0.3:
            count_again(session, now=now, at_most=history.draw.randint(1, 9))
        if step % 20 == 0:
            assert recount(session, LONG) == []

    assert recount(session, LONG) == []
    count_everything(session, now)
    assert changes(session).cells == {}
    assert recount(session, LONG) == []
    for part, n in (("closed", Part.CLOSED), ("answered", Part.ANSWERED), ("satisfied", Part.SATISFIED)):
        for wanted in slices(history):
            assert len(answer_rows(session, wanted, n, limit=1000)) == getattr(answers(session, wanted), part)


@pytest.mark.parametrize("seed", range(4, 6))
def test_the_months_satisfaction_in_a_units_inbox_is_that_of_the_rows_it_may_object_to(
    session: Session, now: datetime, seed: int
) -> None:
    history = History(session, seed, now)
    ever = now + timedelta(days=400)
    for step in range(60):
        history.step()
        if step % 10 == 9:
            count_again(session, now=now, at_most=history.draw.randint(1, 9))
            for units in ([history.units[0]], history.units):
                kept = answers(session, Slice(LONG, unit_ids=tuple(units)))
                rows = score_counts(session, "satisfaction", units, LONG, now=ever)
                assert (kept.answered, kept.satisfied) == (rows.n, rows.counted)


def test_months_and_the_days_around_them_add_up_to_any_period(session: Session, now: datetime) -> None:
    history = History(session, 5, now)
    for _ in range(120):
        history.step()
    count_everything(session, now)

    for first in (date(2026, 9, 1), date(2026, 9, 25), date(2026, 9, 26), date(2026, 9, 27), date(2026, 10, 25)):
        for last in (date(2026, 10, 25), date(2026, 10, 26), date(2026, 11, 24), date(2026, 11, 25)):
            period = Period(first, last)
            days = [Period(day, day) for day in (first + timedelta(n) for n in range((last - first).days + 1))]
            for wanted in slices(history):
                by_day = [one.closed for one in course(session, wanted, days)[0]]
                assert answers(session, replace(wanted, period=period)).closed == sum(by_day)
            assert sum(population(session, day).registered for day in days) == population(session, period).registered


def test_a_units_rows_hold_a_rated_ticket_that_ended_without_being_closed(session: Session, now: datetime) -> None:
    unit = make_unit(session)
    ticket = make_ticket(session, now=now, unit_id=unit.id)
    rate(session, ticket, 1, at=now)
    ticket.state, ticket.close_reason = State.ARCHIVED, None
    session.flush()

    wanted = Slice(MONTH, unit_ids=(unit.id,))

    assert answers(session, wanted).answered == 1
    assert [row.id for row in answer_rows(session, wanted, Part.ANSWERED)] == [ticket.id]


def test_a_units_rows_hold_an_answer_at_once_that_was_rated_and_then_closed_by_the_unit(
    session: Session, now: datetime
) -> None:
    unit = make_unit(session)
    ticket = close(session, make_ticket(session, now=now, unit_id=unit.id), now + timedelta(days=90))
    rate(session, ticket, 2, at=now)
    drop_guards(session, "ratings", "rating_words")
    session.execute(update(Rating).where(Rating.ticket_id == ticket.id).values(subject=Subject.DIRECT))

    wanted = Slice(MONTH, Subject.DIRECT, unit_ids=(unit.id,))

    assert answers(session, wanted).answered == 1
    assert [row.id for row in answer_rows(session, wanted, Part.ANSWERED)] == [ticket.id]


def test_lines_of_units_add_up_also_within_a_topic(session: Session, now: datetime) -> None:
    history = History(session, 9, now)
    for _ in range(120):
        history.step()
    count_again(session, now=now, at_most=100)

    two, topic = tuple(history.units[:2]), history.topics[0]
    for wanted in (*slices(history), Slice(LONG, unit_ids=two), Slice(LONG, unit_ids=two, topic_id=topic)):
        total, lines = answers(session, wanted), unit_answers(session, wanted)
        assert sum(line.answers.closed for line in lines) == total.closed
        assert sum(line.not_invited for line in lines) == total.closed - sum(
            course(session, wanted, [LONG])[1].states.values()
        )


def test_rolled_up_lines_add_up_wherever_one_looks_from(session: Session, now: datetime) -> None:
    history = History(session, 11, now)
    top, middle, low = (unit_by_id(session, unit_id) for unit_id in history.units)
    middle.parent_id, middle.path = top.id, unit_path(top.path, middle.id)
    low.parent_id, low.path = middle.id, unit_path(middle.path, low.id)
    for _ in range(120):
        history.step()
    count_again(session, now=now, at_most=100)

    whole, below = Slice(LONG), Slice(LONG, unit_ids=tuple(history.units))
    roots = rolled_up(unit_answers(session, whole), every_unit(session), None)
    lines = rolled_up(unit_answers(session, below), reach_of(session, top, with_below=True), top)

    assert sum(line.answers.closed for line in roots) == answers(session, whole).closed
    assert sum(line.answers.closed for line in lines) == answers(session, below).closed > 0
    assert {(line.unit_id, line.with_below) for line in lines} <= {(top.id, False), (middle.id, True)}
    assert [line.has_below for line in lines if line.unit_id == middle.id] == [True]


def test_a_ticket_that_is_no_more_is_counted_no_more(session: Session, now: datetime) -> None:
    ticket = make_ticket(session, now=now)
    count_everything(session, now)

    session.execute(delete(Ticket).where(Ticket.id == ticket.id))

    assert population(session, MONTH).registered == 0
    count_everything(session, now)
    assert population(session, MONTH).registered == 0
    assert session.scalar(select(func.count()).select_from(CountedTicket)) == 0


def test_the_recount_names_a_kept_count_that_is_wrong_and_a_rebuild_mends_it(
    database: Database,
    database_url: str,
    now: datetime,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    database.write(lambda session: rate(session, close(session, make_ticket(session, now=now), now), 5, at=now))
    database.write(write_lines)
    count_all(database)
    wrong = update(DayCount).where(DayCount.part == CountedPart.SATISFIED, DayCount.scope == "all").values(n=3)
    database.write(lambda session: session.execute(wrong) and None)
    wrong_month = update(MonthCount).where(MonthCount.part == CountedPart.SATISFIED, MonthCount.scope == "topic")
    database.write(lambda session: session.execute(wrong_month.values(n=5)) and None)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOTLINE_DATABASE__URL", database_url)
    day = ["--from", str(DAY), "--to", str(DAY)]

    assert run(["indicators", "recount", *day]) == 1

    named = capsys.readouterr().out
    assert "satisfaction/handling satisfied: 3 shown, 1 recounted" in named
    assert "kept handling of all satisfied: 3 shown, 1 recounted" in named
    assert "month 2026-09-26 handling of topic satisfied: 5 shown, 1 recounted" in named
    assert run(["indicators", "rebuild"]) == 0
    assert run(["indicators", "recount", *day]) == 0


def test_counting_beside_writers_loses_and_doubles_nothing(database: Database, now: datetime) -> None:
    ids = database.write(lambda session: [make_ticket(session, now=now).id for _ in range(12)])

    def live(begin: int) -> None:
        for turn in range(8):
            for ticket_id in ids[begin::2]:
                state = State.PARKED if turn % 2 else State.CLOSED
                database.write(lambda s, i=ticket_id, to=state: s.execute(
                    update(Ticket).where(Ticket.id == i).values(state=to)))  # fmt: skip

    def count() -> None:
        for _ in range(12):
            count_some(database)

    threads = [threading.Thread(target=live, args=(n,)) for n in range(2)]
    threads += [threading.Thread(target=count) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found_meanwhile = database.read(recount, LONG)
    count_all(database)

    assert found_meanwhile == []
    assert database.read(recount, LONG) == []
    assert database.read(lambda session: session.scalar(select(func.count()).select_from(StaleTicket))) == 0
