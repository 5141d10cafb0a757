"""When a ticket may leave without a dispatcher: only where the topic's own past says so."""

import pytest

from nlp.classifier import (
    Abstention,
    Certainty,
    Decision,
    DispatchRecord,
    Suggestion,
    Suggestions,
    decide,
    fit_threshold,
)

GOOD = DispatchRecord("010101", threshold=0.9, n=240, wrong=4)


def sure(confidence: float, code: str = "010101") -> Suggestions:
    return Suggestions("model", (Suggestion(code, ("城乡建设", "供热", "供暖不热"), confidence, ()),))


def test_a_sure_ticket_of_a_measured_topic_goes_by_itself() -> None:
    assert decide(sure(0.9), {"010101": GOOD}) is Decision.AUTO


@pytest.mark.parametrize(
    "record",
    [
        DispatchRecord("010101", threshold=0.95, n=240, wrong=0),
        DispatchRecord("010101", threshold=0.9, n=199, wrong=0),
        DispatchRecord("010101", threshold=0.9, n=240, wrong=5),
        DispatchRecord("010101", threshold=0.9, n=0, wrong=0),
        DispatchRecord("010101", threshold=0.9, n=240, wrong=0, is_on=False),
    ],
    ids=["not sure enough", "too few tickets", "too many errors", "never measured", "switched off"],
)
def test_otherwise_a_person_decides(record: DispatchRecord) -> None:
    assert decide(sure(0.94), {"010101": record}) is Decision.SUGGEST


def test_a_topic_without_a_record_is_only_suggested() -> None:
    assert decide(sure(0.99, "070201"), {"010101": GOOD}) is Decision.SUGGEST


def test_where_the_classifier_is_silent_nothing_is_decided() -> None:
    assert decide(Suggestions("model", abstained=Abstention.EMPTY), {"010101": GOOD}) is Decision.NOTHING


def test_the_threshold_is_the_lowest_that_keeps_the_error() -> None:
    past = [(0.95, True)] * 210 + [(0.8, True)] * 40 + [(0.7, False)] * 6 + [(0.6, True)] * 10

    assert fit_threshold(past) == (0.8, 250, 0)


def test_tickets_of_one_confidence_stand_or_fall_together() -> None:
    past = [(0.9, True)] * 200 + [(0.8, True), (0.8, False)] * 20

    assert fit_threshold(past) == (0.9, 200, 0)


def test_too_short_a_past_gives_a_threshold_that_nothing_reaches() -> None:
    threshold, n, wrong = fit_threshold([(1.0, True)] * 199)

    assert threshold > 1
    assert (n, wrong) == (0, 0)


@pytest.mark.parametrize(
    ("confidence", "word"), [(1.0, "很可能"), (0.8, "很可能"), (0.79, "可能"), (0.45, "可能"), (0.44, "不确定")]
)
def test_confidence_has_a_word(confidence: float, word: str) -> None:
    assert Certainty.of(confidence).name_zh == word
