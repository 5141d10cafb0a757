"""Answers alone: of one channel, by the moment of rating, and of each channel and each agent; no silence."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, func
from sqlalchemy.orm import Session

from evaluation.rules import Channel
from evaluation.verdict import Answers
from indicators.answers import UnitAnswers, in_order
from indicators.satisfaction import Slice, rated_matters
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


def given_to_units(session: Session, wanted: Slice) -> list[UnitAnswers]:
    """The answers about each unit, in order of verdict, then of bad answers; no rank."""
    matter, rating, base = rated_matters(wanted)
    if matter is Call:
        return []
    query = base.outerjoin(Unit, Unit.id == matter.unit_id).where(rating.level.is_not(None))
    rows = session.execute(
        query.with_only_columns(matter.unit_id, Unit.name, *_counted(rating)).group_by(matter.unit_id, Unit.name)
    )
    return in_order([UnitAnswers(unit_id, name or "", _answers(n, good), 0) for unit_id, name, n, good in rows])


def given_by_channel(session: Session, wanted: Slice) -> dict[Channel, Answers]:
    """The answers of each channel, in the order of channels."""
    _, rating, base = rated_matters(wanted)
    query = base.where(rating.level.is_not(None)).with_only_columns(rating.channel, *_counted(rating))
    found = {channel: _answers(n, good) for channel, n, good in session.execute(query.group_by(rating.channel))}
    return {channel: found[channel] for channel in Channel if channel in found}


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
    _, rating, base = rated_matters(wanted)
    query = base.where(rating.level.is_not(None)).with_only_columns(*_counted(rating))
    return _answers(*session.execute(query).one())


def _counted(rating: Any) -> tuple[Any, Any]:
    return func.count(rating.level), func.count(case((rating.level >= SATISFIED_FROM, 1)))


def _answers(n: int, satisfied: int) -> Answers:
    return Answers(n, n, satisfied)
