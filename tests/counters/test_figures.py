"""窗口事项 as a figure of its own: what was done, asked and answered, whoever counts it, and general words apart."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from evaluation.actions.answering import Answer
from evaluation.counters.forms import MatterForm
from evaluation.counters.matters import register_matter
from evaluation.counters.rating import note_asked, rate_matter, rate_window
from evaluation.counters.rules import Stage, UserKind
from evaluation.counters.windows import add_window
from evaluation.rules import Channel, InvitationState, Level, Subject
from evaluation.verdict import Answers
from indicators.answers import course, unit_answers
from indicators.counters import CounterScope, counter_lines, general_ratings_in
from indicators.given import given as all_given
from indicators.given import given_by_channel, given_to_units
from indicators.periods import Period
from indicators.recount import satisfaction_again
from indicators.satisfaction import Basis, Part, Slice, answer_rows
from staff.model import Unit
from staff.rules import UnitKind
from tickets.platforms.actions import add_platform

PERIOD = Period(date(2026, 9, 26), date(2026, 10, 25))
BEFORE = PERIOD.before()
KEY = b"a key that only tests use"


class Counter:
    """A hall with two windows of two units, in one session."""

    def __init__(self, session: Session, now: datetime) -> None:
        self.session, self.now, self.n = session, now, 0
        self.hall = add_platform(session, code="hall", name="大厅", write_back_url="", now=now)
        for code in ("unit-a", "unit-b"):
            name = f"单位{code[-1].upper()}"
            session.add(
                Unit(
                    path=f"/{code}/",
                    code=code,
                    name=name,
                    short_name=name,
                    kind=UnitKind.CITY_DEPARTMENT,
                    office_hours="",
                )
            )
        session.flush()
        self.windows = [
            add_window(session, hall="hall", unit_code=f"unit-{letter}", number=number, name="窗口", now=now)
            for letter, number in (("a", "A01"), ("b", "B01"))
        ]

    def matter(
        self, *, window: int = 0, days_ago: int = 0, is_done: bool = True, level: int | None = None, asked: bool = False
    ) -> int:
        self.n += 1
        at = self.now - timedelta(days=days_ago, hours=1)
        form = MatterForm(
            number=f"XZ{self.n:08}",
            item_code=f"item-{window}",
            item_name="许可",
            stage=Stage.DONE if is_done else Stage.ACCEPTED,
            window_number=self.windows[window].number,
            staff_number="G1",
            applied_at=at,
            done_at=at if is_done else None,
            user_kind=UserKind.PERSON,
        )
        matter_id = register_matter(self.session, self.hall.id, form, phone_key=KEY, now=self.now).id
        if asked:
            note_asked(self.session, self.windows[window], matter_id, now=self.now)
        if level is not None:
            said = Answer(Level(level), Channel.DEVICE, f"device:{matter_id}:x")
            rate_matter(self.session, matter_id, said, is_real_name=False, open_days=60, now=self.now)
        return matter_id


def test_done_asked_answered_and_satisfied_are_counted_and_general_words_are_apart(
    session: Session, now: datetime
) -> None:
    counter = Counter(session, now)
    counter.matter(level=5)
    counter.matter(level=1)
    counter.matter(asked=True)
    counter.matter(window=1)
    counter.matter(is_done=False)
    counter.matter(is_done=False, level=2)
    counter.matter(days_ago=30, level=5)
    rate_window(session, counter.windows[0].id, Answer(Level(1), Channel.QR, "window:1:x"), now=now)

    wanted = Slice(PERIOD, Subject.COUNTER)
    (before, counted), asked = course(session, wanted, [BEFORE, PERIOD])

    assert (before.closed, before.answered, before.satisfied) == (1, 1, 1)
    assert (counted.closed, counted.answered, counted.satisfied) == (5, 3, 1)
    assert asked.states == {InvitationState.ANSWERED: 3, InvitationState.INVITED: 1}
    lines = unit_answers(session, wanted)
    assert {line.unit_name: (line.answers.closed, line.not_invited) for line in lines} == {
        "单位A": (4, 0),
        "单位B": (1, 1),
    }
    general = general_ratings_in(session, PERIOD)
    assert (general.answered, general.satisfied) == (1, 0)


def test_by_window_item_and_person_the_parts_add_up(session: Session, now: datetime) -> None:
    counter = Counter(session, now)
    for window, level in ((0, 5), (0, None), (1, 2)):
        counter.matter(window=window, level=level)

    for scope in CounterScope:
        lines = counter_lines(session, PERIOD, scope)
        assert sum(line.answers.closed for line in lines) == 3
        assert sum(line.answers.satisfied for line in lines) == 1
    assert [line.code for line in counter_lines(session, PERIOD, CounterScope.WINDOW)] == ["大厅 A01", "大厅 B01"]


def test_the_rows_behind_each_number_are_those_that_it_counts(session: Session, now: datetime) -> None:
    counter = Counter(session, now)
    good, bad, silent = counter.matter(level=4), counter.matter(level=2), counter.matter()
    wanted = Slice(PERIOD, Subject.COUNTER)

    rows = {part: [row.id for row in answer_rows(session, wanted, part)] for part in Part}

    assert rows[Part.CLOSED] == [silent, bad, good]
    assert rows[Part.SATISFIED] == [good]
    assert rows[Part.DISSATISFIED] == [bad]
    assert rows[Part.SILENT] == rows[Part.NOT_INVITED] == [silent]
    assert answer_rows(session, wanted, Part.CLOSED, after=bad)[0].id == good


def test_by_channel_and_by_the_moment_of_rating_there_are_answers_only(session: Session, now: datetime) -> None:
    counter = Counter(session, now)
    counter.matter(level=5)
    counter.matter(days_ago=30, level=1)
    counter.matter()
    rated = Slice(PERIOD, Subject.COUNTER, basis=Basis.RATED)

    assert all_given(session, rated) == Answers(2, 2, 1)
    assert given_by_channel(session, Slice(PERIOD, Subject.COUNTER)) == {Channel.DEVICE: Answers(1, 1, 1)}
    assert all_given(session, replace(rated, channel=Channel.QR)) == Answers(0, 0, 0)
    assert [line.unit_name for line in given_to_units(session, rated)] == ["单位A"]


MATTERS = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 40), st.booleans(), st.none() | st.integers(1, 5)), max_size=12
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(MATTERS)
def test_whatever_was_said_the_second_way_counts_the_same(
    session: Session, now: datetime, said: list[tuple[int, int, bool, int | None]]
) -> None:
    with session.begin_nested() as nested:
        counter = Counter(session, now)
        for window, days_ago, is_done, level in said:
            counter.matter(window=window, days_ago=days_ago, is_done=is_done, level=level)
        for period in (BEFORE, PERIOD):
            counted = course(session, Slice(period, Subject.COUNTER), [period])[0][0]
            again = satisfaction_again(session, period, Subject.COUNTER)
            assert again == {"closed": counted.closed, "n": counted.answered, "satisfied": counted.satisfied}
        nested.rollback()
