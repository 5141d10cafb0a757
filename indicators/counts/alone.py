"""Kept counts of what is rated without a question of ours: answered calls, and matters at windows.

One SQL expression says of a matter whose it is, on which day it counts and what was said; when it changes, what it
added is taken away and what it adds now is added.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from sqlalchemy import Select, case, delete, func, insert, literal, select
from sqlalchemy.orm import Session

from evaluation.counters.model import CounterMatter
from evaluation.model import Rating
from evaluation.rules import Subject
from indicators.counts.model import CountedAnswer, StaleAnswer
from indicators.counts.rules import NOBODY, CountedPart, Key, Kind, Scope, said_part
from indicators.counts.shanghai import day_of
from telephony.model import Call
from telephony.rules import CallResult

#: by the moment of closing, and by that of rating
ALONE = {
    Subject.AGENT: (Kind.AGENT_SAID, Kind.AGENT_RATED),
    Subject.COUNTER: (Kind.COUNTER_SAID, Kind.COUNTER_RATED),
}
#: whose sums are kept besides everybody's
OWNER_OF = {Subject.AGENT: Scope.PERSON, Subject.COUNTER: Scope.UNIT}
_SUBJECTS = {subject.value: subject for subject in ALONE}
_COLUMNS = ("subject", "matter_id", "owner_id", "day", "level", "channel", "said_on", "is_asked")


class Answered(NamedTuple):
    """What is counted of one call or matter; `day` None: it does not count by closing."""

    subject: str
    matter_id: int
    owner_id: int
    day: Any
    level: int | None
    channel: str | None
    said_on: Any
    is_asked: bool

    def places(self) -> Iterator[Key]:
        """The kept counts to which it adds one."""
        subject = _SUBJECTS[self.subject]
        by_closing, by_rating = ALONE[subject]
        parts = [] if self.day is None else [(by_closing, self.day, part) for part in self._parts()]
        if self.channel is not None and self.level is not None and self.said_on is not None:
            parts.append((by_rating, self.said_on, said_part(self.channel, self.level)))
        for kind, day, part in parts:
            yield Key(kind, Scope.ALL, NOBODY, day, part)
            yield Key(kind, OWNER_OF[subject], self.owner_id, day, part)

    def _parts(self) -> Iterator[str]:
        if self.level is None or self.channel is None:
            yield CountedPart.SILENT
        else:
            yield said_part(self.channel, self.level)
        if self.is_asked:
            yield CountedPart.ASKED


def answered(subject: Subject) -> Select[*tuple[Any, ...]]:
    """Every matter of the subject in the columns of counted_answers."""
    return _calls() if subject is Subject.AGENT else _matters()


def _calls() -> Select[*tuple[Any, ...]]:
    """Calls that somebody answered, with the key pressed afterwards."""
    that_counts = (Rating.call_id == Call.id) & Rating.is_current & (Rating.subject == Subject.AGENT)
    columns = (
        literal(Subject.AGENT.value).label("subject"),
        Call.id.label("matter_id"),
        func.coalesce(Call.person_id, NOBODY).label("owner_id"),
        day_of(Call.ended_at).label("day"),
        Rating.level,
        Rating.channel,
        day_of(Rating.recorded_at).label("said_on"),
        literal(True).label("is_asked"),
    )
    return select(*columns).outerjoin(Rating, that_counts).where(Call.result == CallResult.ANSWERED)


def _matters() -> Select[*tuple[Any, ...]]:
    """Done; or not done yet, and rated: leaving it open hides no bad answer."""
    that_counts = (Rating.matter_id == CounterMatter.id) & Rating.is_current & (Rating.subject == Subject.COUNTER)
    is_done = CounterMatter.done_at.is_not(None)
    columns = (
        literal(Subject.COUNTER.value).label("subject"),
        CounterMatter.id.label("matter_id"),
        CounterMatter.unit_id.label("owner_id"),
        case((is_done, day_of(CounterMatter.done_at)), else_=day_of(Rating.recorded_at)).label("day"),
        Rating.level,
        Rating.channel,
        day_of(Rating.recorded_at).label("said_on"),
        (CounterMatter.asked_at.is_not(None) | Rating.id.is_not(None)).label("is_asked"),
    )
    return select(*columns).outerjoin(Rating, that_counts).where(is_done | Rating.id.is_not(None))


def changes_alone(session: Session) -> Counter[Key]:
    """What calls and matters that changed add to kept counts since they were counted, or take away."""
    marks = session.execute(select(StaleAnswer.subject, StaleAnswer.matter_id).distinct()).all()
    return _difference(session, marks)[0] if marks else Counter()


def count_alone(session: Session, *, at_most: int) -> tuple[int, Counter[Key]]:
    """Take so many marks away; how many, and what is to be added to the kept counts."""
    found = select(StaleAnswer.id, StaleAnswer.subject, StaleAnswer.matter_id).order_by(StaleAnswer.id).limit(at_most)
    marks = session.execute(found).all()
    if not marks:
        return 0, Counter()
    added, rows = _difference(session, [(mark.subject, mark.matter_id) for mark in marks])
    for subject in ALONE:
        ids = {mark.matter_id for mark in marks if mark.subject == subject}
        ours = (CountedAnswer.subject == subject, CountedAnswer.matter_id.in_(ids))
        session.execute(delete(CountedAnswer).where(*ours))
    if rows:
        session.execute(insert(CountedAnswer), [row._asdict() for row in rows])
    session.execute(delete(StaleAnswer).where(StaleAnswer.id.in_([mark.id for mark in marks])))
    return len(marks), added


def _difference(session: Session, marks: Collection[Any]) -> tuple[Counter[Key], list[Answered]]:
    """And the rows as they are now."""
    added: Counter[Key] = Counter()
    rows: list[Answered] = []
    for subject in ALONE:
        ids = sorted({matter_id for marked, matter_id in marks if marked == subject})
        if not ids:
            continue
        counted = select(*(getattr(CountedAnswer, name) for name in _COLUMNS))
        before = counted.where(CountedAnswer.subject == subject, CountedAnswer.matter_id.in_(ids))
        added.subtract(key for row in _read(session, before) for key in row.places())
        now = answered(subject).where((Call if subject is Subject.AGENT else CounterMatter).id.in_(ids))
        present = _read(session, now)
        added.update(key for row in present for key in row.places())
        rows += present
    return Counter({key: n for key, n in added.items() if n}), rows


def _read(session: Session, query: Select[*tuple[Any, ...]]) -> list[Answered]:
    return [Answered(*row) for row in session.execute(query)]
