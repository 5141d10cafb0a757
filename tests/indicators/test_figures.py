"""Figures with honest denominators, each computed a second way from raw rows."""

import json
import random
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.cli import run
from core.database import Database
from evaluation.classes.model import ClassDecision
from evaluation.classes.rules import MatterClass
from evaluation.model import Invitation, Rating
from evaluation.rules import Channel, InvitationState, Subject
from indicators.answers import answers, unit_answers
from indicators.calls import CallPart, call_rows
from indicators.cards import CARDS, IndicatorUnknown, card
from indicators.counts.rules import Standing
from indicators.on_time import TimelyPart, timely_rows
from indicators.periods import Period, PeriodBackwards, PeriodTooFar, asked_period, statistical_month
from indicators.population import population, population_rows
from indicators.queries import show
from indicators.recount import recount, satisfaction_again
from indicators.satisfaction import Part, Slice, answer_rows
from telephony.rules import CallResult
from tests.core.test_chain import drop_guards
from tests.evaluation.city import make_call, make_ticket, make_unit
from tests.evaluation.lines import write_lines
from tickets.kinds import CloseReason
from tickets.model import HistoryLine, Ticket
from tickets.rules import State

DAY = date(2026, 10, 13)
MONTH = Period(date(2026, 9, 26), date(2026, 10, 25))


def close(session: Session, ticket: Ticket, at: datetime) -> Ticket:
    ticket.state, ticket.closed_at, ticket.close_reason = State.CLOSED, at, CloseReason.RATED
    session.flush()
    return ticket


def rate(
    session: Session,
    ticket: Ticket,
    *levels: int,
    at: datetime,
    rework_no: int = 0,
    every: timedelta = timedelta(hours=1),
) -> None:
    """Invite and answer with `levels`, one after the other; each later one within a day is a correction."""
    n = session.query(Invitation).count()
    invitation = Invitation(
        subject=Subject.HANDLING,
        ticket_id=ticket.id,
        rework_no=rework_no,
        unit_id=ticket.unit_id,
        phone_hash="",
        tail_hash="",
        code=f"C{n:06d}",
        state=InvitationState.ANSWERED if levels else InvitationState.INVITED,
        invited_at=at,
        expires_at=at + timedelta(days=7),
    )
    session.add(invitation)
    session.flush()
    before: Rating | None = None
    for count, level in enumerate(levels):
        if before:
            before.is_current = False
        rating = Rating(
            subject=Subject.HANDLING,
            invitation_id=invitation.id,
            ticket_id=ticket.id,
            unit_id=ticket.unit_id,
            channel=Channel.SMS,
            level=level,
            source=f"test:{invitation.id}:{count}",
            corrects_id=before.id if before else None,
            is_current=True,
            receipt=f"R{invitation.id}-{count}",
            recorded_at=at + every * count,
        )
        session.add(rating)
        session.flush()
        before = rating


def worked_example(session: Session, now: datetime) -> None:
    """1,000 closed, 260 answered, 243 of them satisfied."""
    unit = make_unit(session).id
    for count in range(1000):
        ticket = close(session, make_ticket(session, now=now, unit_id=unit), now)
        if count < 260:
            rate(session, ticket, 5 if count < 243 else 2, at=now)


def test_the_command_line_prints_the_worked_example(
    database: Database,
    database_url: str,
    now: datetime,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    database.write(worked_example, now)
    database.write(write_lines)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOTLINE_DATABASE__URL", database_url)
    day = ["--from", str(DAY), "--to", str(DAY)]

    assert run(["indicators", "show", "satisfaction", *day, "--json"]) == 0

    shown = json.loads(capsys.readouterr().out)
    assert shown["rate"] == pytest.approx(0.935, abs=0.0005)
    assert (shown["n"], shown["closed"], shown["satisfied"]) == (260, 1000, 243)
    assert shown["silence_as_satisfied"] == pytest.approx(0.983, abs=0.0005)
    assert shown["of_all_closed"] == pytest.approx(0.243, abs=0.0005)
    assert shown["wilson95"] == pytest.approx([0.898, 0.959], abs=0.0005)
    assert shown["verdict"] == "不能判定"
    assert shown["needed_for_target"] == 80
    assert run(["indicators", "recount", *day]) == 0


def test_without_answers_there_is_no_percentage(session: Session, now: datetime) -> None:
    close(session, make_ticket(session, now=now), now)

    shown = show(session, "satisfaction", DAY, DAY)

    assert (shown["rate"], shown["wilson95"], shown["verdict"]) == (None, None, "样本不足")


def test_a_rework_nobody_rated_does_not_wipe_out_the_bad_answer(session: Session, now: datetime) -> None:
    ticket = close(session, make_ticket(session, now=now), now)
    rate(session, ticket, 1, at=now)
    rate(session, ticket, at=now + timedelta(days=2), rework_no=1)

    assert answers(session, Slice(Period(DAY, DAY))).satisfied == 0


def test_after_a_rework_the_second_rating_counts(session: Session, now: datetime) -> None:
    ticket = close(session, make_ticket(session, now=now), now)
    rate(session, ticket, 1, at=now)
    rate(session, ticket, 5, at=now + timedelta(days=2), rework_no=1)

    counted = answers(session, Slice(Period(DAY, DAY)))

    assert (counted.answered, counted.satisfied) == (1, 1)


def test_a_bad_answer_counts_though_the_ticket_is_kept_open(session: Session, now: datetime) -> None:
    rate(session, make_ticket(session, now=now, state=State.TO_CALLBACK), 1, at=now)
    rate(session, make_ticket(session, now=now, state=State.PARKED), 2, at=now)

    counted = answers(session, Slice(Period(DAY, DAY)))

    assert (counted.closed, counted.answered, counted.satisfied) == (2, 2, 0)


def test_the_day_ends_at_midnight_in_shanghai(session: Session, now: datetime) -> None:
    last_moment = Period(DAY, DAY).ends_at - timedelta(microseconds=1)
    close(session, make_ticket(session, now=now), last_moment)
    close(session, make_ticket(session, now=now), Period(DAY, DAY).ends_at)

    assert answers(session, Slice(Period(DAY, DAY))).closed == 1


def test_units_stand_in_order_of_verdict_and_bad_answers(session: Session, now: datetime) -> None:
    small, missed, open_one = (make_unit(session, name).id for name in ("甲", "乙", "丙"))
    for unit, good, bad in ((small, 3, 0), (missed, 50, 40), (open_one, 95, 5)):
        for count in range(good + bad):
            ticket = close(session, make_ticket(session, now=now, unit_id=unit), now)
            rate(session, ticket, 5 if count < good else 1, at=now)

    lines = unit_answers(session, Slice(Period(DAY, DAY)))

    assert [(line.unit_name, line.answers.verdict.name_zh) for line in lines] == [
        ("乙", "未达标"),
        ("丙", "不能判定"),
        ("甲", "样本不足"),
    ]


def test_every_number_opens_its_rows(session: Session, now: datetime) -> None:
    good, bad, silent, unasked = (close(session, make_ticket(session, now=now), now) for _ in range(4))
    rate(session, good, 5, at=now)
    rate(session, bad, 2, at=now)
    rate(session, silent, at=now)

    def numbers(part: Part) -> list[str]:
        return sorted(row.ticket_number or "" for row in answer_rows(session, Slice(Period(DAY, DAY)), part))

    assert numbers(Part.CLOSED) == sorted(one.number for one in (good, bad, silent, unasked))
    assert numbers(Part.ANSWERED) == sorted([good.number, bad.number])
    assert numbers(Part.SATISFIED) == [good.number]
    assert numbers(Part.DISSATISFIED) == [bad.number]
    assert numbers(Part.SILENT) == sorted([silent.number, unasked.number])
    assert numbers(Part.NOT_INVITED) == [unasked.number]


def test_connect_rate_and_15_seconds_count_whoever_asked_for_a_person(session: Session, now: datetime) -> None:
    make_call(session, now=now, waited_s=15.0)
    make_call(session, now=now, waited_s=15.1)
    make_call(session, now=now, waited_s=None)
    make_call(session, now=now, result=CallResult.ABANDONED)
    make_call(session, now=now, result=CallResult.HUNG_UP_IN_GREETING, queued=False)
    make_call(session, now=now, result=CallResult.UNKNOWN)
    make_call(session, now=now, result=None)

    rate_shown = show(session, "connect_rate", DAY, DAY)
    fast_shown = show(session, "answered_in_15s", DAY, DAY)

    assert (rate_shown["rate"], rate_shown["numerator"], rate_shown["n"], rate_shown["excluded"]) == (0.75, 3, 4, 3)
    assert (fast_shown["rate"], fast_shown["numerator"]) == (0.25, 1)
    rows = call_rows(session, "answered_in_15s", CallPart.NUMERATOR, Period(DAY, DAY))
    assert [call.waited_s for call in rows] == [15.0]


def test_the_population_account_adds_up(session: Session, now: datetime) -> None:
    for state in State:
        ticket = make_ticket(session, now=now, state=state)
        if state is State.ARCHIVED:
            line = {"ticket_id": ticket.id, "at": now, "action": "archive", "actor_label": "系统", "version": 2}
            session.add(HistoryLine(**line, from_state=State.REJECTED, to_state=State.ARCHIVED, particulars={}))
    session.flush()

    account = population(session, Period(DAY, DAY))

    assert account.registered == len(State) - 2
    assert account.adds_up
    assert account.standing[Standing.REJECTED] == 2
    for standing, count in account.standing.items():
        assert len(population_rows(session, Period(DAY, DAY), standing)) == count
    assert len(population_rows(session, Period(DAY, DAY), None)) == account.registered
    assert recount(session, Period(DAY, DAY)) == []


def test_the_recount_finds_a_figure_that_was_tampered_with(session: Session, now: datetime) -> None:
    ticket = close(session, make_ticket(session, now=now), now)
    rate(session, ticket, 5, 1, at=now)
    drop_guards(session, "ratings", "rating_words")
    session.execute(update(Rating).where(Rating.level == 1).values(is_current=False))
    session.execute(update(Rating).where(Rating.level == 5).values(is_current=True))

    found = recount(session, Period(DAY, DAY))

    named = [(one.figure, one.part, one.shown, one.recounted) for one in found]
    assert named[0] == ("satisfaction/handling", "satisfied", 1, 0)
    assert ("kept handling of all", "satisfied", 1, 0) in named


@pytest.mark.parametrize("seed", range(6))
def test_both_ways_agree_on_any_history(session: Session, now: datetime, seed: int) -> None:
    drop_guards(session, "ratings")
    draw = random.Random(seed)
    units = [make_unit(session).id for _ in range(3)]
    for _ in range(60):
        _live_through(session, draw, units, now)
    for _ in range(40):
        result = draw.choice([None, *CallResult])
        at = now + timedelta(hours=draw.randint(-900, 900))
        call = make_call(
            session, now=at, result=result, waited_s=draw.choice([None, 3.0, 15.0, 40.0]), queued=draw.random() < 0.8
        )
        if draw.random() < 0.5:
            session.add(
                Rating(
                    subject=Subject.AGENT, call_id=call.id, channel=Channel.KEY, level=draw.randint(1, 5),
                    source=f"key:call:{call.id}", is_current=True, receipt=f"K{call.id}", recorded_at=at,
                )
            )  # fmt: skip
    session.flush()

    for period in (MONTH, Period(DAY, DAY), statistical_month(date(2026, 9, 1))):
        assert recount(session, period) == []
    assert satisfaction_again(session, MONTH, Subject.HANDLING)["n"] > 0


def _live_through(session: Session, draw: random.Random, units: list[int], now: datetime) -> None:
    """A ticket with any state, rated in any round, corrected or not, closed or not."""
    at = now + timedelta(hours=draw.randint(-900, 900))
    ticket = make_ticket(session, now=at, unit_id=draw.choice(units), state=draw.choice(list(State)))
    if draw.random() < 0.6:
        close(session, ticket, at + timedelta(hours=draw.randint(1, 300)))
        ticket.state = draw.choice([State.CLOSED, State.ARCHIVED])
    for rework_no in range(draw.randint(0, 2)):
        levels = [draw.randint(1, 5) for _ in range(draw.choice([0, 1, 1, 2, 3]))]
        rate(session, ticket, *levels, at=at + timedelta(days=3 * rework_no), rework_no=rework_no)
    for rating in session.scalars(select(Rating).filter_by(ticket_id=ticket.id)):
        rating.channel = draw.choice(list(Channel))
        rating.is_solved = draw.choice([None, True, False])
    for _ in range(draw.choice([0, 0, 1])):
        decide(session, ticket, at + timedelta(hours=draw.randint(-5, 100)), draw.choice(list(MatterClass)))


def decide(session: Session, ticket: Ticket, at: datetime, matter_class: MatterClass, *, rework_no: int = 0) -> None:
    """A class, decided at any time."""
    session.add(
        ClassDecision(
            ticket_id=ticket.id, rework_no=rework_no, matter_class=matter_class, reason="依据现行条例", decided_at=at,
            decided_by="张审（S001）", is_current=True,
        )
    )  # fmt: skip
    session.flush()


def test_a_statistical_month_runs_from_the_26th_to_the_25th() -> None:
    assert statistical_month(date(2026, 10, 13)) == MONTH
    assert statistical_month(date(2026, 10, 26)) == Period(date(2026, 10, 26), date(2026, 11, 25))
    assert statistical_month(date(2026, 1, 3)) == Period(date(2025, 12, 26), date(2026, 1, 25))
    assert MONTH.before() == Period(date(2026, 8, 26), date(2026, 9, 25))
    assert Period(DAY, DAY).before() == Period(date(2026, 10, 12), date(2026, 10, 12))


def test_a_period_that_runs_backwards_and_an_unknown_figure_are_refused(session: Session) -> None:
    with pytest.raises(PeriodBackwards):
        Period(date(2026, 10, 2), date(2026, 10, 1))
    with pytest.raises(PeriodTooFar):
        Period(date(1, 1, 1), date(2026, 10, 1))
    with pytest.raises(PeriodTooFar):
        Period(date(2026, 10, 1), date.max)
    with pytest.raises(PeriodTooFar):
        asked_period(date(2000, 1, 1), date(2015, 1, 1), DAY)
    with pytest.raises(IndicatorUnknown, match="happiness"):
        card("happiness")


@pytest.mark.parametrize("name", CARDS)
def test_every_figure_shows_its_card(session: Session, name: str) -> None:
    shown = show(session, name, DAY, DAY)

    assert shown["card"]["title"]
    assert shown["card"]["version"] >= 1
    assert session.scalars(select(Ticket.id).limit(1)).first() is None


def due(session: Session, now: datetime, *, answered_at: datetime | None, **changes: object) -> Ticket:
    """A ticket whose citizen clock ends at `now`."""
    ticket = make_ticket(session, now=now - timedelta(days=5))
    ticket.citizen_due_at, ticket.answered_at = now, answered_at
    for name, value in changes.items():
        setattr(ticket, name, value)
    session.flush()
    return ticket


def test_overdue_open_tickets_stay_in_the_denominator_of_the_on_time_rate(session: Session, now: datetime) -> None:
    early, late = now - timedelta(minutes=1), now + timedelta(minutes=1)
    due(session, now, answered_at=early, state=State.CLOSED, closed_at=late, close_reason=CloseReason.RATED)
    due(session, now, answered_at=early, state=State.TO_CALLBACK)
    overdue = due(session, now, answered_at=None, state=State.IN_PROGRESS)
    too_late = due(session, now, answered_at=now, state=State.CLOSED, closed_at=late, close_reason=CloseReason.RATED)
    due(session, now, answered_at=early, state=State.ANSWERED, closed_at=early)
    due(session, now, answered_at=None, state=State.REJECTED, closed_at=early)

    shown = show(session, "on_time_rate", DAY, DAY, now=late)
    rows = timely_rows(session, TimelyPart.LATE, Period(DAY, DAY), now=late)

    assert (shown["rate"], shown["numerator"], shown["n"]) == (0.5, 2, 4)
    assert [ticket.id for ticket in rows] == [too_late.id, overdue.id]
    assert recount(session, Period(DAY, DAY)) == []


def test_what_falls_due_later_is_no_part_of_the_on_time_rate_yet(session: Session, now: datetime) -> None:
    due(session, now, answered_at=None, state=State.IN_PROGRESS)

    shown = show(session, "on_time_rate", DAY, DAY, now=now - timedelta(minutes=1))

    assert (shown["rate"], shown["n"]) == (None, 0)
