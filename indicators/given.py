"""Answers alone: of one channel, by the moment of rating, and of each channel and each agent; no silence."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from evaluation.rules import Channel, Subject
from evaluation.verdict import Answers
from indicators.answers import UnitAnswers, answers_alone, in_order, unit_names
from indicators.counts.alone import ALONE
from indicators.counts.alone_queries import counts_alone, counts_by_owner
from indicators.counts.queries import Changes, Counts, Owner, changes, counts_by_unit, said_counts
from indicators.counts.rules import SAID_OF, Kind, said_of_part
from indicators.satisfaction import Basis, Slice
from staff.model import Person
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
        return _counter_units(session, wanted, changed)
    changed = changes(session) if changed is None else changed
    owner = Owner(wanted.unit_ids, wanted.topic_id)
    parts = () if wanted.channel is None else (f"{wanted.channel}.",)
    [by_unit], names = counts_by_unit(session, changed, [wanted.period], kind=kind, owner=owner, parts=parts)
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
    if wanted.has_no_rows or wanted.subject is not Subject.AGENT:
        return []
    found = counts_by_owner(session, wanted.period, wanted.subject, _alone_kind(wanted))
    people = session.execute(select(Person.id, Person.name, Person.staff_number).where(Person.id.in_(list(found))))
    known = {person_id: (name, number) for person_id, name, number in people}
    lines = [
        AgentAnswers(person_id or None, *known.get(person_id, ("", "")), _with_silence(counted, wanted))
        for person_id, counted in found.items()
    ]
    heard = [line for line in lines if line.answers.closed]
    return sorted(heard, key=lambda line: (*line.answers.place, line.name, line.staff_number))


def _with_silence(counted: Counts, wanted: Slice) -> Answers:
    return answers_in(words_of(counted, wanted.channel)) if wanted.has_answers_only else answers_alone(counted)


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
    if wanted.has_no_rows or wanted.subject not in ALONE:
        return Counter()
    unit_ids = wanted.unit_ids if wanted.subject is Subject.COUNTER else None
    return words_of(counts_alone(session, [wanted.period], _alone_kind(wanted), unit_ids)[0], wanted.channel)


def _alone_kind(wanted: Slice) -> Kind:
    return ALONE[wanted.subject][wanted.basis is Basis.RATED]


def _counter_units(session: Session, wanted: Slice, changed: Changes | None) -> list[UnitAnswers]:
    if wanted.has_no_rows or wanted.subject is not Subject.COUNTER:
        return []
    found = counts_by_owner(session, wanted.period, wanted.subject, _alone_kind(wanted), wanted.unit_ids, changed)
    names = unit_names(session, found)
    lines = [
        UnitAnswers(unit_id, names.get(unit_id, ""), answers_in(words_of(counted, wanted.channel)), 0)
        for unit_id, counted in found.items()
    ]
    return in_order([line for line in lines if line.answers.answered])


def _answers(n: int, satisfied: int) -> Answers:
    return Answers(n, n, satisfied)
