"""What may be said about the 95 % target."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.verdict import Answers, Verdict, needed_for_proof, needed_for_target, verdict, wilson


def test_the_worked_example_gives_three_denominators_and_no_verdict() -> None:
    answers = Answers(closed=1000, answered=260, satisfied=243)

    assert answers.rate == pytest.approx(0.935, abs=0.0005)
    assert answers.silence_as_satisfied == pytest.approx(0.983, abs=0.0005)
    assert answers.of_all_closed == pytest.approx(0.243, abs=0.0005)
    assert answers.interval == pytest.approx((0.898, 0.959), abs=0.0005)
    assert answers.verdict.name_zh == "不能判定"
    assert answers.point_below_target is True
    assert needed_for_target(243, 260) == 80


@pytest.mark.parametrize(
    ("satisfied", "answered", "expected"),
    [
        (293, 300, Verdict.REACHED),
        (292, 300, Verdict.OPEN),
        (485, 500, Verdict.REACHED),
        (484, 500, Verdict.OPEN),
        (73, 73, Verdict.REACHED),
        (72, 72, Verdict.TOO_FEW),
        (60, 72, Verdict.MISSED),
        (0, 1, Verdict.MISSED),
        (1, 1, Verdict.TOO_FEW),
        (0, 0, Verdict.TOO_FEW),
        (800, 1000, Verdict.MISSED),
    ],
)
def test_the_verdict_follows_its_order(satisfied: int, answered: int, expected: Verdict) -> None:
    assert verdict(satisfied, answered) is expected


def test_without_answers_there_is_no_percentage() -> None:
    answers = Answers(closed=12, answered=0, satisfied=0)

    assert (answers.rate, answers.interval, answers.point_below_target) == (None, None, None)
    assert Answers(closed=0, answered=0, satisfied=0).of_all_closed is None


def test_counts_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="3 satisfied of 2 answers"):
        Answers(closed=5, answered=2, satisfied=3)


counts = st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(counts)
def test_the_interval_holds_the_point_value(count: tuple[int, int]) -> None:
    low, high = wilson(*count)

    assert 0 <= low <= count[0] / count[1] <= high <= 1


@given(counts)
def test_the_needed_answers_are_enough_and_one_fewer_is_not(count: tuple[int, int]) -> None:
    satisfied, answered = count
    point, proof = needed_for_target(satisfied, answered), needed_for_proof(satisfied, answered)

    assert 100 * (satisfied + point) >= 95 * (answered + point)
    assert point == 0 or 100 * (satisfied + point - 1) < 95 * (answered + point - 1)
    assert verdict(satisfied + proof, answered + proof) is Verdict.REACHED
    assert proof == 0 or verdict(satisfied + proof - 1, answered + proof - 1) is not Verdict.REACHED
