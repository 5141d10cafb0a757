"""Everything counted at once is what was counted one by one, and no slice may be wrong unnoticed."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.model import Model
from indicators.counts.afresh import count_afresh
from indicators.counts.model import CountedTicket, DayCount, MonthCount
from indicators.counts.queries import changes
from indicators.counts.rules import Kind, Scope
from indicators.recount import recount
from tests.indicators.histories import LONG, History, count_everything


@pytest.mark.parametrize("seed", range(6, 9))
def test_counted_at_once_by_the_database_every_kept_row_is_the_same(session: Session, now: datetime, seed: int) -> None:
    history = History(session, seed, now)
    for _ in range(150):
        history.step()
    count_everything(session, now)
    one_by_one = [kept_rows(session, model) for model in (CountedTicket, DayCount, MonthCount)]

    counted = count_afresh(session, now=now)

    assert counted == len(history.tickets)
    assert [kept_rows(session, model) for model in (CountedTicket, DayCount, MonthCount)] == one_by_one
    assert changes(session).cells == {}


def kept_rows(session: Session, model: type[Model]) -> list[tuple[Any, ...]]:
    """Without those that have come to nothing."""
    found = session.execute(select(*model.__table__.c)).all()
    return sorted((tuple(row) for row in found if row[-1] != 0 or model is CountedTicket), key=str)


def test_every_slice_that_is_wrong_behind_the_products_back_is_named(session: Session, now: datetime) -> None:
    history = History(session, 12, now)
    for _ in range(150):
        history.step()
    count_everything(session, now)
    kinds = (Kind.HANDLING_SAID, Kind.HANDLING_RATED, Kind.DIRECT_SAID, Kind.DIRECT_RATED)
    expected = {
        Kind.HANDLING_SAID: {"handling/", "handling jiangsu", "handling three_rates"},
        Kind.HANDLING_RATED: {"handling rated"},
        Kind.DIRECT_SAID: {"direct/", "direct jiangsu", "direct three_rates"},
        Kind.DIRECT_RATED: {"direct rated"},
    }

    for kind in kinds:
        for scope in (Scope.ALL, Scope.UNIT):
            ours = (DayCount.kind == kind, DayCount.scope == scope)
            session.execute(update(DayCount).where(*ours).values(n=DayCount.n + 1))
            named = {one.figure for one in recount(session, LONG)}
            session.execute(update(DayCount).where(*ours).values(n=DayCount.n - 1))
            assert any(figure.startswith(f"kept {kind} of {scope}") for figure in named)
            if scope is Scope.ALL:
                missing = {one for one in expected[kind] if not any(figure.startswith(one) for figure in named)}
                assert missing == set()
    assert recount(session, LONG) == []
