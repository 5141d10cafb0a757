"""What an audit of the demo city finds is what is meant to be found."""

from datetime import timedelta

import pytest

from indicators.coverage.flags import Wanted
from indicators.coverage.queries import audit, flagged
from indicators.coverage.rules import Flag, Stage
from indicators.coverage.sampling import sample
from indicators.periods import Period, shanghai_day, statistical_month
from tests.demo.conftest import START, Demo

#: one process loads the city, not each
pytestmark = pytest.mark.xdist_group("demo loaded")


def test_everything_in_the_demo_city_is_accounted_for_and_some_of_it_looks_odd(demo: Demo) -> None:
    today = shanghai_day(START)
    whole = Period(today - timedelta(days=61), today)

    found = demo.database.read(audit, whole, now=START)

    assert found.account.adds_up
    assert found.account.stages[Stage.RATED] > 20
    findings = [(one.flag, one.n) for one in found.flags if one.n and one.flag.is_finding]
    rows = [
        (one.row.numbers, one.row.what)
        for flag, _ in findings
        for one in demo.database.read(flagged, flag, Wanted(whole, START))
    ]
    assert rows == []
    odd = {one.flag: one.n for one in found.flags if one.n}
    assert 1 <= odd[Flag.CALLED_BEFORE] <= 8, odd


def test_an_inspector_has_looked_at_some_and_asked_again(demo: Demo) -> None:
    month = statistical_month(shanghai_day(START))

    drawn = demo.database.read(sample, month.before(), seed=month.before().last.isoformat(), n=12)

    assert drawn.agreement.reached > 3
    assert drawn.agreement.rate is not None
    assert len([row for row in drawn.rows if row.review is None]) > 0
