"""Answers alone: of one channel, by the moment of rating, and of each channel and each agent; no silence."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, func
from sqlalchemy.orm import Session

from evaluation.rules import Channel
from evaluation.verdict import Answers
from indicators.answers import UnitAnswers, in_order
from indicators.counts.queries import Changes, Counts, Owner, changes, counts_by_unit, said_counts
from indicators.counts.rules import SAID_OF, Kind, said_of_part
from indicators.satisfaction import Basis, Slice, rated_matters
from staff.model import Person, Unit
from telephony.model import Call
from tickets.rules import SATISFIED_FROM


@dataclass(frozen=True)
class AgentAnswers:
    """What callers said of one agent's calls; `person_id` None where nobody sat at the seat that answered."""

    person_id: int | None
    name: str
    staff_number: str
    answers: Answers


#: how many answers of each channel and level
Words = Counter[tuple[str, int]]


def words_of(counted: Counts, channel: Channel | None = None) -> Words:
    """The answers that count, perhaps of one channel only."""
    words: Words = Counter()
    for (_, part), n in counted.items():
        said = said_of_part(part)
        if said is not None and channel in {None, said[0]}:
            words[said] += n
    return words


def said_kind(wanted: Slice) -> Kind | None:
    """Under which the answers of the slice are kept; None: they are counted where they lie."""
    kinds = SAID_OF.get(wanted.subject)
    return None if kinds is None else kinds[wanted.basis is Basis.RATED]


def given_to_units(session: Session, wanted: Slice, changed: Changes | None = None) -> list[UnitAnswers]:
    """The answers about each unit, in order of verdict, then of bad answers; no rank."""
    kind = said_kind(wanted)
    if kind is None:
        return _to_units_where_they_lie(session, wanted)
    changed = changes(session) if changed is None else changed
    owner = Owner(wanted.unit_ids, wanted.topic_id)
    [by_unit], names = counts_by_unit(session, changed, [wanted.period], kind=kind, owner=owner)
    lines = [
        UnitAnswers(unit_id or None, names.get(unit_id, ""), answers_in(words_of(counted, wanted.channel)), 0)
        for unit_id, counted in by_unit.items()
    ]
    return in_order([line for line in lines if line.answers.answered])


def given_by_channel(session: Session, wanted: Slice) -> dict[Channel, Answers]:
    """The answers of each channel, in the order of channels."""
    words = _words(session, wanted)
    by_channel: dict[str, Words] = {}
    for (channel, level), n in words.items():
        by_channel.setdefault(channel, Counter())[channel, level] += n
    return {channel: answers_in(by_channel[channel]) for channel in Channel if channel in by_channel}


def given_to_agents(session: Session, wanted: Slice) -> list[AgentAnswers]:
    """Of each agent, silence included; by bad answers, then by name; no rank."""
    matter, rating, base = rated_matters(wanted)
    if matter is not Call:
        return []
    who = Call.person_id, Person.name, Person.staff_number
    query = base.outerjoin(Person, Person.id == Call.person_id).group_by(*who)
    rows = session.execute(query.with_only_columns(*who, func.count(), *_counted(rating)))
    lines = [
        AgentAnswers(person_id, name or "", number or "", Answers(closed, n, good))
        for person_id, name, number, closed, n, good in rows
    ]
    return sorted(lines, key=lambda line: (*line.answers.place, line.name, line.staff_number))


def given(session: Session, wanted: Slice) -> Answers:
    """All answers of the slice."""
    return answers_in(_words(session, wanted))


def answers_in(words: Words) -> Answers:
    """With nobody silent."""
    return _answers(words.total(), sum(n for (_, level), n in words.items() if level >= SATISFIED_FROM))


def _words(session: Session, wanted: Slice) -> Words:
    kind = said_kind(wanted)
    if kind is not None:
        owner = Owner(wanted.unit_ids, wanted.topic_id)
        return words_of(said_counts(session, changes(session), wanted.period, kind=kind, owner=owner), wanted.channel)
    _, rating, base = rated_matters(wanted)
    query = base.where(rating.level.is_not(None)).with_only_columns(rating.channel, rating.level, func.count())
    rows = session.execute(query.group_by(rating.channel, rating.level))
    return Counter({(channel, level): n for channel, level, n in rows})


def _to_units_where_they_lie(session: Session, wanted: Slice) -> list[UnitAnswers]:
    """Of counter matters; a call has no unit."""
    matter, rating, base = rated_matters(wanted)
    if matter is Call:
        return []
    query = base.outerjoin(Unit, Unit.id == matter.unit_id).where(rating.level.is_not(None))
    rows = session.execute(
        query.with_only_columns(matter.unit_id, Unit.name, *_counted(rating)).group_by(matter.unit_id, Unit.name)
    )
    return in_order([UnitAnswers(unit_id, name or "", _answers(n, good), 0) for unit_id, name, n, good in rows])


def _counted(rating: Any) -> tuple[Any, Any]:
    return func.count(rating.level), func.count(case((rating.level >= SATISFIED_FROM, 1)))


def _answers(n: int, satisfied: int) -> Answers:
    return Answers(n, n, satisfied)
