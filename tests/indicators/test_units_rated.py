"""A rating counts for the unit that was rated: moving the ticket cleans nobody and burdens nobody."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from core import migrate
from core.database import Database
from evaluation.formulas import Formula
from evaluation.model import Invitation, Rating
from evaluation.rules import Subject
from evaluation.verdict import Answers
from indicators.answers import answers, unit_answers
from indicators.counts.actions import count_again
from indicators.counts.afresh import count_afresh
from indicators.counts.counter import count_all
from indicators.counts.queries import changes
from indicators.elsewhere import elsewhere
from indicators.given import given_to_units
from indicators.recount import recount
from indicators.satisfaction import Basis, Part, Slice, answer_rows
from indicators.unit_scores import score_counts, ticket_id_of_row
from tests.core.test_chain import drop_guards
from tests.evaluation.city import make_ticket, make_unit
from tests.indicators.histories import LONG, History, count_everything
from tests.indicators.test_figures import MONTH, close, rate
from tickets.model import Ticket
from tickets.rules import State

#: the whole of a page: every unit's line by closing and by rating, its scores, the rows behind it
Figures = dict[tuple[str, int], Any]


def of(session: Session, unit_id: int, **more: Any) -> Answers:
    return answers(session, Slice(MONTH, unit_ids=(unit_id,), **more))


def every_round(session: Session, unit_id: int) -> tuple[int, int]:
    """Satisfied and all answers where those before a rework count too."""
    found = elsewhere(session, Slice(MONTH, unit_ids=(unit_id,)), weights=(1, 1, 1))
    [share] = next(one.shares for one in found if one.definition.formula is Formula.JIANGSU)
    return share.numerator, share.n


def rows(session: Session, unit_id: int, part: Part = Part.CLOSED, **more: Any) -> list[tuple[int, str | None]]:
    found = answer_rows(session, Slice(MONTH, unit_ids=(unit_id,), **more), part)
    return [(row.id, row.unit_name) for row in found]


def hand_over(session: Session, ticket: Ticket, unit_id: int) -> Ticket:
    """As a dispatch after a rework has it: the round of the other unit begins."""
    ticket.unit_id, ticket.state, ticket.rework_no = unit_id, State.IN_PROGRESS, ticket.rework_no + 1
    ticket.closed_at = ticket.close_reason = None
    session.flush()
    return ticket


def rated_badly(session: Session, now: datetime) -> tuple[Ticket, int, int]:
    """Closed by one unit and rated badly; and another unit."""
    one, other = make_unit(session).id, make_unit(session).id
    ticket = close(session, make_ticket(session, now=now, unit_id=one), now)
    rate(session, ticket, 1, at=now)
    return ticket, one, other


def test_a_bad_rating_stays_with_the_unit_that_was_rated_wherever_the_ticket_goes(
    session: Session, now: datetime
) -> None:
    ticket, one, other = rated_badly(session, now)
    count_everything(session, now)

    hand_over(session, ticket, other)

    for _ in range(2):  # before it is counted again, and after
        assert (of(session, one), of(session, other)) == (Answers(1, 1, 0), Answers(0, 0, 0))
        assert [name for _, name in rows(session, one)] == [unit_answers(session, Slice(MONTH))[0].unit_name]
        assert rows(session, one, Part.DISSATISFIED)[0][0] == ticket.id
        assert rows(session, other) == []
        assert recount(session, MONTH) == []
        count_everything(session, now)
    assert changes(session).cells == {}


def test_closed_by_another_unit_without_a_new_answer_the_bad_one_is_still_the_first_ones(
    session: Session, now: datetime
) -> None:
    ticket, one, other = rated_badly(session, now)
    close(session, hand_over(session, ticket, other), now + timedelta(days=2))
    rate(session, ticket, at=now + timedelta(days=2), rework_no=1)

    assert (of(session, one), of(session, other)) == (Answers(1, 1, 0), Answers(0, 0, 0))
    assert recount(session, MONTH) == []


def test_rated_as_anothers_work_the_last_word_is_the_others_and_the_first_stays_where_every_round_counts(
    session: Session, now: datetime
) -> None:
    ticket, one, other = rated_badly(session, now)
    close(session, hand_over(session, ticket, other), now + timedelta(days=2))
    rate(session, ticket, 5, at=now + timedelta(days=2), rework_no=1)

    for _ in range(2):
        assert (of(session, one), of(session, other)) == (Answers(0, 0, 0), Answers(1, 1, 1))
        assert (every_round(session, one), every_round(session, other)) == ((0, 1), (1, 1))
        [line] = given_to_units(session, Slice(MONTH, basis=Basis.RATED))
        assert (line.unit_id, line.answers) == (other, Answers(1, 1, 1))
        assert (rows(session, one), len(rows(session, other))) == ([], 1)
        assert len(rows(session, other, basis=Basis.RATED)) == 1
        assert recount(session, MONTH) == []
        count_everything(session, now)

    count_afresh(session, now=now)
    assert (every_round(session, one), every_round(session, other)) == ((0, 1), (1, 1))
    assert recount(session, MONTH) == []


def test_within_a_topic_it_is_the_same(session: Session, now: datetime) -> None:
    history = History(session, 21, now)
    ticket, one, other = rated_badly(session, now)
    ticket.topic_id = history.topics[0]
    close(session, hand_over(session, ticket, other), now + timedelta(days=2))
    rate(session, ticket, 5, at=now + timedelta(days=2), rework_no=1)
    count_everything(session, now)

    def told(unit_id: int) -> tuple[int, int]:
        wanted = Slice(MONTH, unit_ids=(unit_id,), topic_id=history.topics[0])
        found = elsewhere(session, wanted, weights=(1, 1, 1))
        [share] = next(one.shares for one in found if one.definition.formula is Formula.JIANGSU)
        return share.numerator, share.n

    assert (told(one), told(other)) == ((0, 1), (1, 1))
    assert [line.unit_id for line in unit_answers(session, Slice(MONTH, topic_id=history.topics[0]))] == [other]


def test_who_is_silent_is_silent_about_the_unit_that_was_asked_about(session: Session, now: datetime) -> None:
    one, other = make_unit(session).id, make_unit(session).id
    ticket = close(session, make_ticket(session, now=now, unit_id=one), now)
    rate(session, ticket, at=now)

    ticket.unit_id = other
    session.flush()

    assert (of(session, one), of(session, other)) == (Answers(1, 0, 0), Answers(0, 0, 0))
    close(session, hand_over(session, ticket, other), now)
    assert (of(session, one), of(session, other)) == (Answers(0, 0, 0), Answers(1, 0, 0))
    assert recount(session, MONTH) == []


def test_an_answer_at_once_that_was_rated_before_any_unit_had_it_is_no_units(session: Session, now: datetime) -> None:
    drop_guards(session, "ratings", "rating_words")
    ticket, _, other = rated_badly(session, now)
    of_ticket = Rating.ticket_id == ticket.id
    session.execute(update(Rating).where(of_ticket).values(subject=Subject.DIRECT, unit_id=None))
    close(session, hand_over(session, ticket, other), now)

    direct = Slice(MONTH, Subject.DIRECT)
    assert [(line.unit_id, line.answers) for line in unit_answers(session, direct)] == [(None, Answers(1, 1, 0))]
    assert rows(session, other, subject=Subject.DIRECT) == []
    assert recount(session, MONTH) == []


def test_a_units_own_score_holds_the_bad_rating_it_may_object_to_and_not_anothers(
    session: Session, now: datetime
) -> None:
    ticket, one, other = rated_badly(session, now)
    hand_over(session, ticket, other)

    def score(unit_id: int) -> tuple[int, int]:
        found = score_counts(session, "satisfaction", [unit_id], MONTH, now=now)
        return found.n, found.counted

    assert (score(one), score(other)) == ((1, 0), (0, 0))
    assert ticket_id_of_row(session, "satisfaction", one, ticket.id, MONTH, now=now) == ticket.id
    assert ticket_id_of_row(session, "satisfaction", other, ticket.id, MONTH, now=now) is None


@pytest.mark.parametrize("seed", range(31, 34))
def test_moving_what_was_rated_or_asked_about_changes_no_units_figures(
    session: Session, now: datetime, seed: int
) -> None:
    history, draw = History(session, seed, now), random.Random(seed)
    for _ in range(80):
        history.step()
    count_again(session, now=now, at_most=40)
    before = figures(session, history)

    for ticket in history.tickets:
        if is_told(session, ticket):
            ticket.unit_id = draw.choice([None, *history.units])
            session.flush()
        if draw.random() < 0.4:
            count_again(session, now=now, at_most=3)

    assert figures(session, history) == before
    assert recount(session, LONG) == []
    count_everything(session, now)
    assert figures(session, history) == before


def is_told(session: Session, ticket: Ticket) -> bool:
    """Of each of its subjects a unit was rated, or was asked about in this round."""
    rated = session.query(Rating).filter_by(ticket_id=ticket.id)
    asked = session.query(Invitation).filter_by(ticket_id=ticket.id, rework_no=ticket.rework_no)
    subjects = {one.subject for one in rated}
    has_direct = ticket.close_reason is None and ticket.state in {State.ANSWERED, State.ARCHIVED}
    is_direct_told = Subject.DIRECT in subjects or not has_direct
    return (Subject.HANDLING in subjects or asked.count() > 0) and is_direct_told


def figures(session: Session, history: History) -> Figures:
    found: Figures = {}
    for subject in (Subject.HANDLING, Subject.DIRECT):
        for line in unit_answers(session, Slice(LONG, subject)):
            found[f"{subject} closed", line.unit_id or 0] = line.answers, line.not_invited
        for line in given_to_units(session, Slice(LONG, subject, basis=Basis.RATED)):
            found[f"{subject} rated", line.unit_id or 0] = line.answers
        for unit_id in history.units:
            told = elsewhere(session, Slice(LONG, subject, unit_ids=(unit_id,)), weights=(1, 1, 1))
            found[f"{subject} elsewhere", unit_id] = [one.shares for one in told]
            shown = answer_rows(session, Slice(LONG, subject, unit_ids=(unit_id,)), Part.CLOSED, limit=1000)
            found[f"{subject} rows", unit_id] = [(row.id, row.unit_name, row.level) for row in shown]
    for unit_id in history.units:
        found["score", unit_id] = score_counts(
            session, "satisfaction", [unit_id], LONG, now=history.now + timedelta(days=400)
        )
    return found


def test_what_an_older_release_had_counted_for_the_holder_is_counted_for_the_rated_unit(
    database: Database, now: datetime
) -> None:
    ticket_id, one, other = database.write(_moved_with_its_rating, now)
    count_all(database)
    migrate.downgrade(database.writing, _below("0133"))
    with database.writing.begin() as connection:
        for statement in _counted_for(ticket_id, other):
            connection.execute(text(statement))
    migrate.upgrade(database.writing)
    count_all(database)

    assert (database.read(of, one), database.read(of, other)) == (Answers(1, 1, 0), Answers(0, 0, 0))
    assert database.read(recount, LONG) == []


def _counted_for(ticket_id: int, unit_id: int) -> Iterator[str]:
    """As that release left it: everything counted, for the unit that holds the ticket."""
    yield "DELETE FROM stale_tickets"
    yield (
        "INSERT INTO counted_tickets (ticket_id, unit_id, topic_id, is_in_time, handled_on, handled_level, "
        "handled_said_on, handled_channel, handled_every, is_responded, is_delivered, invitation) "
        f"VALUES ({ticket_id}, {unit_id}, 0, false, '2026-10-13', 1, '2026-10-13', 'sms', 1, false, false, 'answered')"
    )
    parts = [("handling", "dissatisfied"), ("handling", "answered"), ("handling_said", "sms.1")]
    for kind, part in [*parts, ("handling_rated", "sms.1")]:
        for scope, owner_id in (("all", 0), ("unit", unit_id), *([("topic", 0)] if kind == "handling" else [])):
            yield (
                "INSERT INTO day_counts (kind, scope, owner_id, day, part, n) "
                f"VALUES ('{kind}', '{scope}', {owner_id}, '2026-10-13', '{part}', 1)"
            )


def _moved_with_its_rating(session: Session, now: datetime) -> tuple[int, int, int]:
    ticket, one, other = rated_badly(session, now)
    hand_over(session, ticket, other)
    return ticket.id, one, other


def _below(revision: str) -> str:
    chain = migrate.chain()
    return chain[chain.index(revision) - 1]
