"""Kept counts of calls and of matters at windows: those of the rows at every moment, whatever happens to one."""

import itertools
import random
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from evaluation.counters.model import CounterMatter
from evaluation.counters.rules import Stage, UserKind
from evaluation.model import Rating
from evaluation.rules import Channel, Subject
from indicators.answers import answers, unit_answers
from indicators.counts.actions import count_again
from indicators.counts.afresh import count_afresh
from indicators.counts.alone import changes_alone
from indicators.counts.model import CountedAnswer, DayCount, MonthCount, StaleAnswer
from indicators.counts.rules import Kind, Scope
from indicators.given import given, given_by_channel, given_to_agents
from indicators.recount import recount
from indicators.satisfaction import Basis, Part, Slice, answer_rows
from staff.model import Person
from telephony.model import Call
from telephony.rules import CallResult
from tests.core.test_chain import drop_guards
from tests.evaluation.city import make_call, make_unit
from tests.indicators.histories import LONG
from tests.indicators.test_afresh import kept_rows
from tickets.platforms.actions import add_platform

_NUMBERS = itertools.count(1)


class Floor:
    """Random lives of calls and of matters at windows."""

    def __init__(self, session: Session, seed: int, now: datetime) -> None:
        drop_guards(session, "ratings")
        self.session, self.draw, self.now = session, random.Random(seed), now
        self.units = [make_unit(session).id for _ in range(3)]
        self.people = [self.person(n) for n in range(3)]
        self.hall = add_platform(session, code="hall", name="大厅", write_back_url="", now=now).id
        self.calls = [make_call(session, now=self.moment()).id for _ in range(6)]
        self.matters = [self.matter(n) for n in range(6)]

    def moment(self) -> datetime:
        return self.now + timedelta(hours=self.draw.randint(-900, 900))

    def person(self, n: int) -> int:
        words = {"account": f"p{n}", "name": f"王{n}", "staff_number": f"A{n}", "password_hash": ""}
        person = Person(unit_id=self.units[0], **words)
        self.session.add(person)
        self.session.flush()
        return person.id

    def matter(self, n: int) -> int:
        words = {"item_code": "i", "item_name": "许可", "window_number": "A01", "staff_number": "G1", "version": 1}
        hashes = {"phone_hash": "", "tail_hash": "", "phone_masked": ""}
        at = self.moment()
        times = {"applied_at": at, "registered_at": at, "changed_at": at}
        matter = CounterMatter(
            platform_id=self.hall,
            number=f"M{n:06}",
            number_tail=f"{n:06}",
            stage=Stage.ACCEPTED,
            unit_id=self.draw.choice(self.units),
            user_kind=UserKind.PERSON,
            **words,
            **hashes,
            **times,
        )
        self.session.add(matter)
        self.session.flush()
        return matter.id

    def step(self) -> None:
        acts: list[Callable[[], None]] = [
            self.end_call, self.seat, self.press, self.finish, self.move, self.ask, self.rate, self.correct, self.forget
        ]  # fmt: skip
        self.draw.choice(acts)()
        self.session.flush()

    def end_call(self) -> None:
        result = self.draw.choice([CallResult.ANSWERED, CallResult.ANSWERED, CallResult.ABANDONED, None])
        self.call(result=result, ended_at=self.draw.choice([None, self.moment(), self.moment()]))

    def seat(self) -> None:
        self.call(person_id=self.draw.choice([None, *self.people]))

    def call(self, **values: object) -> None:
        self.session.execute(update(Call).where(Call.id == self.draw.choice(self.calls)).values(**values))

    def finish(self) -> None:
        self.change(done_at=self.draw.choice([None, self.moment(), self.moment()]))

    def move(self) -> None:
        self.change(unit_id=self.draw.choice(self.units))

    def ask(self) -> None:
        self.change(asked_at=self.draw.choice([None, self.moment()]))

    def change(self, **values: object) -> None:
        ours = CounterMatter.id == self.draw.choice(self.matters)
        self.session.execute(update(CounterMatter).where(ours).values(**values))

    def press(self) -> None:
        self.say(Subject.AGENT, Rating.call_id, self.draw.choice(self.calls), Channel.KEY)

    def rate(self) -> None:
        way = self.draw.choice([Channel.DEVICE, Channel.QR, Channel.APP])
        self.say(Subject.COUNTER, Rating.matter_id, self.draw.choice(self.matters), way)

    def say(self, subject: Subject, column: object, about: int, way: Channel) -> None:
        """Once; it is corrected by another act."""
        key = {Subject.AGENT: "call_id", Subject.COUNTER: "matter_id"}[subject]
        if self.session.scalar(select(func.count()).select_from(Rating).where(column == about)):  # type: ignore[arg-type]
            return
        source, at = f"floor:{next(_NUMBERS)}", self.moment()
        self.session.add(
            Rating(
                subject=subject,
                channel=way,
                level=self.draw.randint(1, 5),
                source=source,
                receipt=source,
                is_current=True,
                recorded_at=at,
                **{key: about},
            )
        )

    def correct(self) -> None:
        old = self.session.scalars(select(Rating).where(Rating.is_current).order_by(Rating.id).limit(1)).first()
        if old is None:
            return
        old.is_current = False
        self.session.flush()
        again = {name: getattr(old, name) for name in ("subject", "call_id", "matter_id", "channel")}
        source = f"floor:{next(_NUMBERS)}"
        at = old.recorded_at + timedelta(hours=1)
        self.session.add(
            Rating(**again, level=6 - old.level, source=source, receipt=source, is_current=True, recorded_at=at)
        )

    def forget(self) -> None:
        """A matter that the hall takes back, as nobody but the database's keeper can."""
        if self.draw.random() < 0.2 and len(self.matters) > 2:
            gone = self.matters.pop()
            self.session.execute(delete(Rating).where(Rating.matter_id == gone))
            self.session.execute(delete(CounterMatter).where(CounterMatter.id == gone))


@pytest.mark.parametrize("seed", range(3))
def test_what_is_kept_of_calls_and_windows_is_that_of_the_rows(session: Session, now: datetime, seed: int) -> None:
    floor = Floor(session, seed, now)
    for step in range(90):
        floor.step()
        if floor.draw.random() < 0.3:
            count_again(session, now=now, at_most=floor.draw.randint(1, 9))
        if step % 30 == 0:
            assert recount(session, LONG) == []

    assert recount(session, LONG) == []
    while count_again(session, now=now):
        pass
    assert changes_alone(session) == {}
    assert recount(session, LONG) == []
    one_by_one = [kept_rows(session, model) for model in (CountedAnswer, DayCount, MonthCount)]
    count_afresh(session, now=now)
    assert [kept_rows(session, model) for model in (CountedAnswer, DayCount, MonthCount)] == one_by_one


@pytest.mark.parametrize("subject", [Subject.AGENT, Subject.COUNTER])
def test_each_number_has_as_many_rows_behind_it(session: Session, now: datetime, subject: Subject) -> None:
    floor = Floor(session, 7, now)
    for _ in range(90):
        floor.step()
    count_again(session, now=now, at_most=40)

    wanted = Slice(LONG, subject)
    total = answers(session, wanted)
    for part, n in ((Part.CLOSED, total.closed), (Part.ANSWERED, total.answered), (Part.SATISFIED, total.satisfied)):
        assert len(answer_rows(session, wanted, part, limit=1000)) == n
    assert sum(one.answered for one in given_by_channel(session, wanted).values()) == total.answered
    rated = Slice(LONG, subject, basis=Basis.RATED)
    assert len(answer_rows(session, rated, Part.ANSWERED, limit=1000)) == given(session, rated).answered
    lines = given_to_agents(session, wanted) if subject is Subject.AGENT else unit_answers(session, wanted)
    assert sum(line.answers.closed for line in lines) == total.closed > 0


def test_a_sum_of_calls_or_windows_that_is_wrong_is_named(session: Session, now: datetime) -> None:
    floor = Floor(session, 9, now)
    for _ in range(90):
        floor.step()
    while count_again(session, now=now):
        pass

    for kind, owner in (
        (Kind.AGENT_SAID, Scope.PERSON),
        (Kind.AGENT_RATED, Scope.PERSON),
        (Kind.COUNTER_SAID, Scope.UNIT),
        (Kind.COUNTER_RATED, Scope.UNIT),
    ):
        for scope in (Scope.ALL, owner):
            ours = (DayCount.kind == kind, DayCount.scope == scope)
            session.execute(update(DayCount).where(*ours).values(n=DayCount.n + 1))
            named = {one.figure for one in recount(session, LONG)}
            session.execute(update(DayCount).where(*ours).values(n=DayCount.n - 1))
            assert any(figure.startswith(f"kept {kind} of {scope}") for figure in named)
            assert any(figure.startswith((f"{kind.split('_')[0]} ", f"{kind.split('_')[0]}/")) for figure in named)
    assert recount(session, LONG) == []
    assert session.scalar(select(func.count()).select_from(StaleAnswer)) == 0
