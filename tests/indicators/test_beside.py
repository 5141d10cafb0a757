"""Beside the headline: reasonable matters, other places' formulas, channels, agents, the moment of rating."""

from datetime import datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given as any_of
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from evaluation.classes.rules import ExclusionRule, MatterClass
from evaluation.formulas import DEFINITIONS, Formula
from evaluation.model import Rating
from evaluation.rules import Channel, Subject
from evaluation.verdict import Answers
from indicators.answers import unit_answers
from indicators.elsewhere import Elsewhere, Share, elsewhere, weighted
from indicators.exclusions import ClassedAnswers, exclusion_rows, with_exclusions, without
from indicators.given import given, given_by_channel, given_to_agents, given_to_units
from indicators.overview import overview
from indicators.periods import Period
from indicators.recount import recount
from indicators.satisfaction import Basis, Part, Slice, answer_rows
from staff.model import Person
from tests.core.test_chain import drop_guards
from tests.evaluation.city import make_call, make_ticket, make_unit
from tests.indicators.test_figures import DAY, MONTH, close, decide, rate, worked_example

RULE = ExclusionRule(frozenset({MatterClass.NO_POLICY, MatterClass.UNREASONABLE}), Fraction(1, 4))
TODAY = Slice(Period(DAY, DAY))


def rated(session: Session, now: datetime, unit: int, *levels: int) -> list[int]:
    """Tickets of the unit, closed and rated so; their ids."""
    made = [close(session, make_ticket(session, now=now, unit_id=unit), now) for _ in levels]
    for ticket, level in zip(made, levels, strict=True):
        rate(session, ticket, level, at=now)
    return [ticket.id for ticket in made]


def test_what_was_classed_before_the_rating_is_left_out_beside_the_headline_and_listed(
    session: Session, now: datetime
) -> None:
    unit = make_unit(session).id
    early, late, solvable = (close(session, make_ticket(session, now=now, unit_id=unit), now) for _ in range(3))
    rated(session, now, unit, 5, 5, 5, 5, 5)
    for ticket, at, kind in (
        (early, now - timedelta(hours=1), MatterClass.NO_POLICY),
        (late, now + timedelta(hours=1), MatterClass.UNREASONABLE),
        (solvable, now - timedelta(hours=1), MatterClass.SOLVABLE),
    ):
        decide(session, ticket, at, kind)
        rate(session, ticket, 1, at=now)

    shown = overview(session, TODAY, [TODAY.period], RULE)
    rows = exclusion_rows(session, TODAY, RULE)

    assert shown.trend[-1] == Answers(8, 8, 5)
    assert (shown.reasonable, shown.classed) == (Answers(7, 7, 5), 1)
    assert [(row.ticket_number, row.is_before_rating, row.decided_by) for row in rows] == [
        (late.number, False, "张审（S001）"),
        (early.number, True, "张审（S001）"),
    ]
    assert recount(session, Period(DAY, DAY), RULE) == []


def test_a_class_of_an_earlier_round_leaves_nothing_out_of_the_last(session: Session, now: datetime) -> None:
    unit = make_unit(session).id
    ticket = close(session, make_ticket(session, now=now, unit_id=unit), now)
    decide(session, ticket, now - timedelta(hours=1), MatterClass.NO_POLICY)
    rate(session, ticket, 1, at=now)
    rate(session, ticket, 2, at=now + timedelta(hours=3), rework_no=1)
    rated(session, now, unit, 5, 5, 5, 5)

    [line] = with_exclusions(session, TODAY, unit_answers(session, TODAY), RULE)

    assert (line.classed, line.reasonable) == (0, line.answers)


def test_above_the_cap_nothing_more_is_left_out(session: Session, now: datetime) -> None:
    unit = make_unit(session).id
    rated(session, now, unit, 5, 5, 5, 5)
    for _ in range(4):
        ticket = close(session, make_ticket(session, now=now, unit_id=unit), now)
        decide(session, ticket, now - timedelta(hours=1), MatterClass.UNREASONABLE)
        rate(session, ticket, 1, at=now)

    [line] = with_exclusions(session, TODAY, unit_answers(session, TODAY), RULE)

    assert (line.classed, line.answers, line.reasonable) == (4, Answers(8, 8, 4), Answers(6, 6, 4))


@any_of(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60), st.integers(0, 60), st.integers(0, 100))
def test_leaving_out_never_takes_more_than_the_cap_and_never_adds(
    good: int, bad: int, classed_good: int, classed_bad: int, percent: int
) -> None:
    classed = ClassedAnswers(min(good, classed_good), min(bad, classed_bad))
    before = Answers(good + bad, good + bad, good)

    after = without(before, classed, ExclusionRule(frozenset(MatterClass), Fraction(percent, 100)))

    gone = before.answered - after.answered
    assert 0 <= gone * 100 <= percent * before.answered
    assert before.satisfied - after.satisfied == min(gone, classed.satisfied)
    assert after.bad <= before.bad


def of_formula(found: list[Elsewhere], formula: Formula) -> Elsewhere:
    return next(one for one in found if one.definition.formula is formula)


def test_one_month_has_as_many_satisfaction_rates_as_there_are_formulas(session: Session, now: datetime) -> None:
    worked_example(session, now)

    found = elsewhere(session, TODAY, weights=(20, 40, 40))

    assert [one.definition for one in found] == list(DEFINITIONS.values())
    shown = {one.definition.formula: (one.shares[0].numerator, one.shares[0].n) for one in found[:5]}
    assert shown == {
        Formula.DEFAULT_GOOD: (983, 1000),
        Formula.ALL_CLOSED: (243, 1000),
        Formula.JIANGSU: (243, 260),
        Formula.CALLBACK: (0, 0),
        Formula.WITHOUT_FAIRLY: (243, 260),
    }
    three = of_formula(found, Formula.THREE_RATES)
    assert ([(share.numerator, share.n) for share in three.shares], three.rate) == (
        [(0, 1000), (0, 0), (243, 260)],
        None,
    )


def test_answers_before_a_rework_and_fairly_satisfied_ones_make_the_difference(session: Session, now: datetime) -> None:
    ticket = close(session, make_ticket(session, now=now), now)
    rate(session, ticket, 2, at=now)
    rate(session, ticket, 3, at=now + timedelta(hours=3), rework_no=1)
    drop_guards(session, "ratings", "rating_words")
    for rating in session.query(Rating):
        rating.channel, rating.is_solved = Channel.CALLBACK, True

    found = elsewhere(session, TODAY, weights=(0, 50, 50))

    shares = {one.definition.formula: (one.shares[0].numerator, one.shares[0].n) for one in found}
    assert (shares[Formula.JIANGSU], shares[Formula.CALLBACK]) == ((1, 2), (1, 1))
    assert shares[Formula.WITHOUT_FAIRLY] == (0, 1)
    assert of_formula(found, Formula.THREE_RATES).rate == pytest.approx(1.0)
    assert recount(session, Period(DAY, DAY)) == []


def test_three_rates_are_weighed_as_the_site_says_and_not_without_one_of_them() -> None:
    shares = (Share("响应率", 9, 10), Share("解决率", 1, 2), Share("满意率", 4, 4))

    assert weighted(shares, (20, 40, 40)) == pytest.approx(0.78)
    assert weighted((*shares[:2], Share("满意率", 0, 0)), (20, 40, 40)) is None
    assert weighted(shares, (0, 0, 0)) is None


def test_of_one_channel_and_by_the_moment_of_rating_there_are_answers_only(session: Session, now: datetime) -> None:
    unit = make_unit(session).id
    rated(session, now, unit, 5, 2)
    early = close(session, make_ticket(session, now=now, unit_id=unit), now - timedelta(days=60))
    rate(session, early, 4, at=now)
    close(session, make_ticket(session, now=now, unit_id=unit), now)
    by_call = close(session, make_ticket(session, now=now, unit_id=unit), now)
    rate(session, by_call, 1, at=now)
    drop_guards(session, "ratings")
    session.query(Rating).filter_by(ticket_id=by_call.id).update({"channel": Channel.CALLBACK})

    by_rating, sms = Slice(TODAY.period, basis=Basis.RATED), Slice(TODAY.period, channel=Channel.SMS)

    assert given(session, by_rating) == Answers(4, 4, 2)
    assert given(session, sms) == Answers(2, 2, 1)
    assert given_by_channel(session, TODAY) == {Channel.SMS: Answers(2, 2, 1), Channel.CALLBACK: Answers(1, 1, 0)}
    assert [line.answers for line in given_to_units(session, by_rating)] == [Answers(4, 4, 2)]
    assert early.id in [row.id for row in answer_rows(session, by_rating, Part.CLOSED)]
    assert [row.level for row in answer_rows(session, sms, Part.DISSATISFIED)] == [2]
    assert [one.definition.formula for one in elsewhere(session, by_rating, weights=(1, 1, 1))] == [
        Formula.JIANGSU,
        Formula.CALLBACK,
        Formula.WITHOUT_FAIRLY,
    ]
    shown = overview(session, by_rating, [by_rating.period])
    assert (shown.trend, shown.asked.states) == ([Answers(4, 4, 2)], {})
    assert recount(session, TODAY.period) == []
    assert recount(session, MONTH) == []


def test_agents_stand_by_bad_answers_with_their_silent_callers_and_are_of_no_unit_and_no_topic(
    session: Session, now: datetime
) -> None:
    people = [
        Person(account=name, name=name, staff_number=number, unit_id=make_unit(session).id, password_hash="")
        for name, number in (("王一", "A1"), ("李二", "A2"))
    ]
    session.add_all(people)
    session.flush()
    for person, level in ((people[0], 5), (people[1], 1), (people[1], None)):
        call = make_call(session, now=now)
        call.person_id = person.id
        session.flush()
        if level is not None:
            key = {"source": f"key:call:{call.id}", "receipt": f"K{call.id}", "recorded_at": now}
            session.add(
                Rating(subject=Subject.AGENT, call_id=call.id, channel=Channel.KEY, level=level, is_current=True, **key)
            )
    session.flush()

    lines = given_to_agents(session, Slice(Period(DAY, DAY), Subject.AGENT))

    assert [(line.name, line.answers) for line in lines] == [("李二", Answers(2, 1, 0)), ("王一", Answers(1, 1, 1))]
    assert given_to_agents(session, TODAY) == []

    for other in (Slice(TODAY.period, Subject.AGENT, unit_ids=(1,)), Slice(TODAY.period, Subject.AGENT, topic_id=1)):
        assert answer_rows(session, other, Part.CLOSED) == []
        assert overview(session, other, [other.period]).trend == [Answers(0, 0, 0)]
        assert given(session, other) == Answers(0, 0, 0)
