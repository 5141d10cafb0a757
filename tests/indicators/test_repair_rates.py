"""差评整改率 and 按期整改率: what counts, what is left out by name, and the second way to both."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from core.database import Database
from evaluation.repairs.actions.appealing import appeal_rating, uphold_appeal
from evaluation.repairs.actions.contacting import note_contact
from evaluation.repairs.actions.mending import book_fix, complete_repair, explain_repair, fix_at_once
from evaluation.repairs.forms import BookForm
from evaluation.rules import Channel
from indicators.periods import Period, shanghai_day
from indicators.publications.issue import issue_of
from indicators.queries import show
from indicators.recount import recount
from indicators.repairs import RepairPart, UnitRepairs, repair_rows, repairs_of_units
from indicators.satisfaction import Slice
from tests.evaluation.mending import Town, appeal, contact, decision, make_town, words
from tests.sms.desk import MovableClock
from tickets.clocks import local_day

FATES = ("open", "contacted", "fixed", "explained", "late", "unproven", "booked", "upheld", "corrected")


@pytest.fixture
def town(open_database: Callable[..., Database], clock: MovableClock) -> Town:
    return make_town(open_database, clock)


@pytest.fixture
def clock(now: Any) -> MovableClock:
    return MovableClock(now)


def live(town: Town, fate: str) -> None:
    number = town.badly_rated()
    if fate == "corrected":
        town.rate(town.repair(number).ticket_id, 5)
    if fate in {"open", "corrected"}:
        return
    if fate != "unproven":
        town.call(number)
    town.act(note_contact, number, contact())
    mend(town, number, fate)


def mend(town: Town, number: str, fate: str) -> None:
    """What comes after the contact."""
    if fate == "upheld":
        town.act(appeal_rating, number, appeal())
        town.act(uphold_appeal, number, decision(), by=town.town.supervisor)
    elif fate in {"explained", "unproven"}:
        town.act(explain_repair, number, words())
    elif fate == "booked":
        until_on = local_day(town.clock.now() + timedelta(days=60))
        town.act(book_fix, number, BookForm(words=words().words, until_on=until_on))
    elif fate in {"fixed", "late"}:
        town.act(fix_at_once, number, words())
    if fate in {"booked", "late"}:
        town.wait(days=12)
    if fate in {"booked", "late", "fixed"}:
        town.act(complete_repair, number, words())


def figures(town: Town, period: Period) -> dict[str, Any]:
    def read(session: Session) -> dict[str, Any]:
        both = {name: show(session, name, period.first, period.last) for name in ("repair_rate", "repair_on_time_rate")}
        rows = {part: len(repair_rows(session, part, period)) for part in RepairPart}
        return {"shown": both, "rows": rows, "differences": recount(session, period)}

    return town.database.read(read)


def test_each_fate_is_counted_once_and_what_is_left_out_is_named(town: Town) -> None:
    period = Period(shanghai_day(town.clock.now()), shanghai_day(town.clock.now() + timedelta(days=30)))
    for fate in FATES:
        live(town, fate)

    found = figures(town, period)

    fixed, timely = found["shown"]["repair_rate"], found["shown"]["repair_on_time_rate"]
    assert (fixed["numerator"], fixed["n"], fixed["withdrawn"], fixed["upheld"]) == (5, 7, 1, 1)
    assert (timely["numerator"], timely["n"], timely["rate"]) == (2, 7, pytest.approx(2 / 7, abs=1e-3))
    assert found["rows"] == {"valid": 7, "fixed": 5, "fixed_in_time": 2, "not_fixed": 2}
    assert found["differences"] == []
    told = town.database.read(issue_of, period, now=town.clock.now()).repairs
    assert [count.n for count in told] == [7, 5, 2, 1, 1]
    by_unit = town.database.read(repairs_of_units, Slice(period))
    assert sum(by_unit.values(), UnitRepairs(0, 0, 0)) == UnitRepairs(7, 5, 2)
    assert town.database.read(repairs_of_units, Slice(period, topic_id=0)) == {}
    assert town.database.read(repairs_of_units, Slice(period, channel=Channel.APP)) == {}


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fates=st.lists(st.sampled_from(FATES), max_size=4))
def test_the_second_way_agrees_whatever_happens(town: Town, fates: list[str]) -> None:
    period = Period(shanghai_day(town.clock.now()), shanghai_day(town.clock.now() + timedelta(days=60)))
    for fate in fates:
        live(town, fate)

    found = figures(town, period)

    assert found["differences"] == []
    shown = found["shown"]["repair_rate"]
    assert (found["rows"]["valid"], found["rows"]["fixed"]) == (shown["n"], shown["numerator"])
