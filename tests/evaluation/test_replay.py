"""Figures read ratings and invitations; what the ledger says decides whether these are what was given."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

import indicators.recounts.jobs
from evaluation.actions.answering import Answer, record_agent_rating, record_answer
from evaluation.actions.ending import expire_invitation, refuse_invitation, void_invitations
from evaluation.actions.inviting import invite_citizen
from evaluation.checkpoints.queries import newest_checkpoints
from evaluation.model import Invitation, Rating, RatingReason, RatingWords
from evaluation.replay.queries import replay, replay_by
from evaluation.rules import Channel, InvitationState, Level
from evaluation.settings import EvaluationSettings
from indicators.periods import shanghai_day, statistical_month
from indicators.recounts.actions import plan_recount
from indicators.recounts.queries import last_recount
from sms.providers.console import ConsoleProvider
from tests.core.test_chain import drop_guards
from tests.evaluation.city import make_call, make_ticket
from tests.evaluation.house import House
from tests.sms.desk import make_office

assert indicators.recounts.jobs.__doc__
RATINGS: Any = Rating.__table__
INVITATIONS: Any = Invitation.__table__
COLUMNS = [column.name for column in RATINGS.columns]
#: for each column something else that another rating could have as well
OTHERWISE: dict[str, Callable[[Any], Any]] = {
    "subject": lambda was: "direct" if was != "direct" else "handling",
    "invitation_id": lambda was: None,
    "ticket_id": lambda was: None,
    "call_id": lambda was: (was or 0) + 1,
    "matter_id": lambda was: 9,
    "window_id": lambda was: 9,
    "unit_id": lambda was: None,
    "channel": lambda was: "qr",
    "level": lambda was: 5 if was != 5 else 1,
    "is_solved": lambda was: not was,
    "is_real_name": lambda was: not was,
    "source": lambda was: f"{was}0",
    "corrects_id": lambda was: None,
    "is_current": lambda was: not was,
    "receipt": lambda was: was[::-1],
    "recorded_at": lambda was: was - timedelta(days=31),
}
OFFICE = make_office(ConsoleProvider())
_sources = itertools.count(1)


class Story:
    """Citizens who are asked; `ratings` and `invitations` by what became of them."""

    def __init__(self, session: Session, now: datetime) -> None:
        self.session, self.now = session, now
        self.ratings: list[int] = []
        self.asked: list[int] = []

    def ask(self) -> Invitation:
        ticket = make_ticket(self.session, now=self.now)
        asked = invite_citizen(self.session, ticket.id, office=OFFICE, settings=EvaluationSettings(), now=self.now)
        self.asked.append(asked.id)
        return asked

    def answer(self, asked: Invitation, level: Level) -> None:
        said = Answer(level, Channel.SMS, f"sms:{next(_sources)}", is_solved=level.is_satisfied)
        self.ratings.append(record_answer(self.session, asked.id, said, now=self.now).id)

    def silent(self) -> None:
        self.ask()

    def answered(self) -> None:
        self.answer(self.ask(), Level.DISSATISFIED)

    def corrected(self) -> None:
        asked = self.ask()
        for level in (Level.SATISFIED, Level.VERY_DISSATISFIED, Level.DISSATISFIED):
            self.answer(asked, level)

    def refused(self) -> None:
        refuse_invitation(self.session, self.ask().id, channel=Channel.SMS, now=self.now)

    def thought_over(self) -> None:
        asked = self.ask()
        refuse_invitation(self.session, asked.id, channel=Channel.SMS, now=self.now)
        self.answer(asked, Level.SATISFIED)

    def refused_for_good(self) -> None:
        self.refused()
        self._run_out(self.asked[-1])

    def expired(self) -> None:
        self._run_out(self.ask().id)

    def _run_out(self, asked: int) -> None:
        over = self.session.get_one(Invitation, asked).expires_at
        expire_invitation(self.session, asked, now=over)

    def voided(self) -> None:
        void_invitations(self.session, self.ask().ticket_id, rework_no=1, now=self.now)

    def key_pressed(self) -> None:
        call = make_call(self.session, now=self.now)
        self.ratings.append(
            record_agent_rating(self.session, call.id, Level.SATISFIED, person_id=None, now=self.now).id
        )


ACTS = (
    Story.silent,
    Story.answered,
    Story.corrected,
    Story.refused,
    Story.thought_over,
    Story.refused_for_good,
    Story.expired,
    Story.voided,
    Story.key_pressed,
)
patient = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
acts = st.lists(st.sampled_from(ACTS), min_size=0, max_size=6)


@contextmanager
def story_of(session: Session, now: datetime, *told: Callable[[Story], None]) -> Iterator[Story]:
    """What was played, without guards; gone afterwards."""
    point = session.begin_nested()
    try:
        story = Story(session, now)
        for act in told:
            act(story)
        session.flush()
        drop_guards(session, "ratings", "rating_words")
        yield story
    finally:
        point.rollback()
        session.expunge_all()


@patient
@given(told=acts)
def test_whatever_became_of_the_questions_it_is_what_the_ledger_says(
    session: Session, now: datetime, told: list[Callable[[Story], None]]
) -> None:
    with story_of(session, now, *told) as story:
        found = replay(session)

        assert (found.ratings, found.fault) == (len(story.ratings), None)


@patient
@given(data=st.data(), told=acts)
def test_any_column_of_any_rating_that_was_changed_is_named(
    session: Session, now: datetime, data: st.DataObject, told: list[Callable[[Story], None]]
) -> None:
    with story_of(session, now, *told, Story.corrected, Story.key_pressed) as story:
        rating_id = data.draw(st.sampled_from(story.ratings))
        row = session.execute(select(RATINGS).where(RATINGS.c.id == rating_id)).one()._asdict()
        column = data.draw(st.sampled_from([name for name in OTHERWISE if OTHERWISE[name](row[name]) != row[name]]))

        forged = {column: OTHERWISE[column](row[column])}
        session.execute(update(RATINGS).where(RATINGS.c.id == rating_id).values(forged))

        fault = replay(session).fault
        assert fault is not None
        assert f"rating {rating_id}: " in fault
        assert column in fault


def test_no_column_of_a_rating_is_left_out() -> None:
    """`person_id` and `id` are compared as well; changing them here would need other rows."""
    assert set(OTHERWISE) | {"id", "person_id"} == set(COLUMNS)


@patient
@given(data=st.data(), told=acts)
def test_a_rating_that_was_taken_away_is_named(
    session: Session, now: datetime, data: st.DataObject, told: list[Callable[[Story], None]]
) -> None:
    with story_of(session, now, *told, Story.answered, Story.key_pressed) as story:
        corrected = set(session.scalars(select(RATINGS.c.corrects_id).where(RATINGS.c.corrects_id.is_not(None))))
        gone = data.draw(st.sampled_from([rating for rating in story.ratings if rating not in corrected]))

        take_away(session, gone)

        assert f"rating {gone} is gone" in (replay(session).fault or "")


def take_away(session: Session, rating_id: int) -> None:
    for table in (RatingWords, RatingReason):
        session.execute(delete(table).where(table.rating_id == rating_id))
    session.execute(delete(RATINGS).where(RATINGS.c.id == rating_id))


@patient
@given(data=st.data(), told=acts, with_words=st.booleans())
def test_a_rating_that_nobody_gave_is_named(
    session: Session, now: datetime, data: st.DataObject, told: list[Callable[[Story], None]], *, with_words: bool
) -> None:
    with story_of(session, now, *told, Story.answered) as story:
        model = data.draw(st.sampled_from(story.ratings))
        row = session.execute(select(RATINGS).where(RATINGS.c.id == model)).one()._asdict()
        forged = row | {"id": 10**9, "source": "sms:0", "receipt": "FORGED", "level": 5}
        session.execute(insert(RATINGS).values(forged))
        if with_words:  # and it claims the line of another as its own
            entry = session.scalar(select(RatingWords.entry_id).where(RatingWords.rating_id == model))
            session.add(RatingWords(rating_id=10**9, entry_id=entry))
            session.flush()

        assert replay(session).fault == "rating 1000000000: no line of the ledger says it"


@patient
@given(data=st.data(), told=acts)
def test_an_invitation_that_ended_otherwise_than_its_lines_say_is_named(
    session: Session, now: datetime, data: st.DataObject, told: list[Callable[[Story], None]]
) -> None:
    with story_of(session, now, *told, Story.answered, Story.silent) as story:
        asked = data.draw(st.sampled_from(story.asked))
        was = session.scalars(select(INVITATIONS.c.state).where(INVITATIONS.c.id == asked)).one()
        ends = (InvitationState.ANSWERED, InvitationState.REFUSED, InvitationState.EXPIRED, InvitationState.VOIDED)

        forged = {"state": data.draw(st.sampled_from([end for end in ends if end is not was]))}
        session.execute(update(INVITATIONS).where(INVITATIONS.c.id == asked).values(forged))

        fault = replay(session).fault
        assert fault is not None
        assert f"invitation {asked}: state is {forged['state']}" in fault


def test_answers_that_were_made_silence_are_found_as_the_reviewer_made_them(session: Session, now: datetime) -> None:
    with story_of(session, now, Story.answered, Story.expired) as story:
        take_away(session, story.ratings[0])
        session.execute(update(INVITATIONS).values(state=InvitationState.EXPIRED))

        assert f"rating {story.ratings[0]} is gone" in (replay(session).fault or "")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE ratings SET level = 5",
        "UPDATE ratings SET level = level",
        "UPDATE ratings SET is_current = true WHERE NOT is_current",
        "UPDATE ratings SET is_current = false, level = 5 WHERE is_current",
        "UPDATE ratings SET recorded_at = '2026-01-01 00:00:00'",
        "DELETE FROM ratings WHERE id = (SELECT max(id) FROM ratings)",
        "DELETE FROM rating_words",
        "UPDATE rating_words SET entry_id = NULL",
    ],
)
def test_the_database_itself_refuses_to_change_a_rating(session: Session, now: datetime, change: str) -> None:
    story = Story(session, now)
    story.corrected()
    session.flush()

    with pytest.raises(DBAPIError, match=r"stay as they were given|append-only"), session.begin_nested():
        session.execute(text(change))


@pytest.mark.parametrize("template", ["sqlite"], indirect=True)
def test_every_column_but_the_one_that_counts_is_under_guard(session: Session) -> None:
    """PostgreSQL compares whole rows; on SQLite a column that is added later has to be named."""
    guard = session.scalars(text("SELECT sql FROM sqlite_master WHERE name = 'ratings_no_update'")).one()

    assert [name for name in COLUMNS if f"OLD.{name} IS NEW.{name}" not in guard] == ["is_current"]


def test_the_nights_walk_finds_a_rating_that_was_made_better(house: House) -> None:
    house.rate(Level.DISSATISFIED)
    house.night()
    house.forge("UPDATE ratings SET level = 5")
    house.rate(Level.SATISFIED)

    house.night()

    walk_ = house.city.database.read(newest_checkpoints, "ledger")[0].walk
    assert walk_ is not None
    assert walk_.fault is not None
    assert "rating 1: level is 5, line 2 says 2" in walk_.fault


def test_in_many_short_reads_the_same_is_found_as_in_one(house: House) -> None:
    for level in Level:
        house.rate(level)

    assert replay_by(house.city.database.read) == house.city.database.read(replay)
    assert house.city.database.read(replay).fault is None


def test_the_recount_of_the_night_finds_what_figures_and_recount_agree_on(house: House) -> None:
    house.rate(Level.DISSATISFIED)
    house.forge("UPDATE ratings SET level = 5")
    now = house.city.clock.now()
    house.city.database.write(plan_recount, now=now)

    house.city.clock.move_on(timedelta(days=1))
    house.work()

    run = house.city.database.read(last_recount, statistical_month(shanghai_day(now)))
    assert run is not None
    assert (run.differences, run.named) == (1, ["ledger rating 1: level is 5, line 2 says 2: stored / ledger"])
