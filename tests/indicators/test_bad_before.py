"""另有前次差评: what a later round's answer has replaced stands beside the line of the unit that was rated."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from evaluation.classes.rules import EXCLUSIONS
from evaluation.rules import Channel
from evaluation.verdict import Answers
from indicators.overview import overview
from indicators.periods import Period
from indicators.recount import recount
from indicators.satisfaction import Basis, Slice
from tests.indicators.histories import LONG, History, count_everything
from tests.indicators.test_figures import MONTH, close, rate
from tests.indicators.test_units_rated import hand_over, rated_badly
from tickets.model import Topic


def lines(session: Session, period: Period = MONTH, **more: object) -> dict[int | None, tuple[Answers, int]]:
    wanted = Slice(period, **more)  # type: ignore[arg-type]
    found = overview(session, wanted, [period], EXCLUSIONS).units
    assert all(line.unit_name for line in found if line.unit_id is not None)
    return {line.unit_id: (line.answers, line.bad_before) for line in found}


@pytest.mark.parametrize("basis", list(Basis))
def test_a_bad_rating_that_another_units_good_one_replaced_stands_beside_the_first_ones_line(
    session: Session, now: datetime, basis: Basis
) -> None:
    ticket, one, other = rated_badly(session, now)
    topic = Topic(code="B1", name="供热", full_name="供热", level=1)
    session.add(topic)
    session.flush()
    ticket.topic_id = topic.id
    close(session, hand_over(session, ticket, other), now + timedelta(days=2))
    rate(session, ticket, 5, at=now + timedelta(days=2), rework_no=1)

    expected = {one: (Answers(0, 0, 0), 1), other: (Answers(1, 1, 1), 0)}
    for _ in range(2):  # before it is counted, and after
        assert lines(session, basis=basis) == expected
        assert lines(session, basis=basis, topic_id=topic.id) == expected
        assert lines(session, basis=basis, unit_ids=(one,)) == {one: expected[one]}
        assert lines(session, basis=basis, channel=Channel.CALLBACK) == {}
        assert recount(session, MONTH) == []
        count_everything(session, now)


def test_one_that_the_same_unit_mended_stands_beside_its_own_line(session: Session, now: datetime) -> None:
    ticket, one, _ = rated_badly(session, now)
    close(session, hand_over(session, ticket, one), now + timedelta(days=2))
    rate(session, ticket, 4, at=now + timedelta(days=2), rework_no=1)

    assert lines(session) == {one: (Answers(1, 1, 1), 1)}


def test_one_that_still_counts_or_was_good_is_none_before(session: Session, now: datetime) -> None:
    ticket, one, other = rated_badly(session, now)
    close(session, hand_over(session, ticket, other), now + timedelta(days=2))

    assert lines(session) == {one: (Answers(1, 1, 0), 0)}

    rate(session, ticket, 3, at=now + timedelta(days=2), rework_no=1)
    close(session, hand_over(session, ticket, one), now + timedelta(days=4))
    rate(session, ticket, 5, at=now + timedelta(days=4), rework_no=2)
    assert lines(session) == {one: (Answers(1, 1, 1), 1)}


@pytest.mark.parametrize("seed", range(51, 53))
def test_the_recount_agrees_on_any_history(session: Session, now: datetime, seed: int) -> None:
    history = History(session, seed, now)
    for _ in range(80):
        history.step()

    assert lines(session, LONG)
    assert recount(session, LONG) == []
