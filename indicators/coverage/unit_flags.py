"""Units and seats that differ from all the others by more than chance allows."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from indicators.answers import unit_answers
from indicators.coverage.fates import FateRow, fate_rows, fates_by_unit
from indicators.coverage.flags import FlagRow, Wanted
from indicators.coverage.rules import LEFT_OUT, Fate, Flag, has_perfect_few, is_beyond_chance
from indicators.satisfaction import AnswerRow, Part, Slice, answer_rows
from staff.model import Person, Unit
from telephony.model import Call
from telephony.rules import CallResult, RatingState

Line = TypeVar("Line", bound=tuple[Any, ...])
#: tickets named beside a unit
NAMED = 20


def selective(session: Session, wanted: Wanted) -> list[FlagRow]:
    """有选择邀请: a unit whose citizens are left out more often than those of all others."""
    counted = {
        unit_id: (sum(fates[fate] for fate in LEFT_OUT), _owed(fates))
        for unit_id, fates in fates_by_unit(session, wanted.period, now=wanted.now).items()
    }
    units = session.execute(select(Unit.id, Unit.name).where(Unit.id.in_(counted)))
    names = {unit_id: name for unit_id, name in units}  # noqa: C416 - a row is no pair to mypy
    return [
        FlagRow(
            Flag.SELECTIVE,
            unit_id,
            _key("unit", unit_id, wanted),
            wanted.period.ends_at,
            names.get(unit_id, ""),
            f"应邀 {of} 件，未邀 {left_out} 件，占比高于其他单位，超出偶然",
            [row.ticket.number for row in _left_out(session, unit_id, wanted)],
        )
        for unit_id, (left_out, of) in _flagged(counted, wanted)
        if unit_id
    ]


def selective_seat(session: Session, wanted: Wanted) -> list[FlagRow]:
    """坐席有选择请评: whoever passes fewer callers on to the rating than the others do."""
    counted = _asked_by_seat(session, wanted)
    names = session.execute(select(Person.id, Person.name).where(Person.id.in_(counted)))
    people = {person_id: name for person_id, name in names}  # noqa: C416 - a row is no pair to mypy
    return [
        FlagRow(
            Flag.SELECTIVE_SEAT,
            person_id,
            _key("person", person_id, wanted),
            wanted.period.ends_at,
            people.get(person_id, ""),
            f"接听 {of} 通，未请评 {left_out} 通，占比高于其他坐席，超出偶然",
            [],
        )
        for person_id, (left_out, of) in _flagged(counted, wanted)
    ]


def perfect_few(session: Session, wanted: Wanted) -> list[FlagRow]:
    """100 % 而参评少: everybody is satisfied, and hardly anybody was heard."""
    lines = [line for line in unit_answers(session, Slice(wanted.period)) if line.unit_id is not None]
    closed, answered = (sum(getattr(line.answers, part) for line in lines) for part in ("closed", "answered"))
    found = []
    for line in lines:
        own = line.answers
        elsewhere = {"closed_elsewhere": closed - own.closed, "answered_elsewhere": answered - own.answered}
        if has_perfect_few(own.closed, own.answered, own.satisfied, **elsewhere):
            rest = elsewhere["answered_elsewhere"] / elsewhere["closed_elsewhere"]
            shares = f"办结 {own.closed} 件，参评率 {own.answered / own.closed:.1%}，其他单位 {rest:.1%}"
            what = f"{own.answered} 人参评，全部满意；{shares}"
            found.append((line.unit_id or 0, line.unit_name, what))
    return [
        FlagRow(
            Flag.PERFECT_FEW,
            unit_id,
            _key("unit", unit_id, wanted),
            wanted.period.ends_at,
            name,
            what,
            [row.ticket_number or "" for row in _answered(session, unit_id, wanted)],
        )
        for unit_id, name, what in _paged(found, wanted)
    ]


def _owed(fates: Counter[Fate]) -> int:
    return sum(n for fate, n in fates.items() if fate is not Fate.QUEUED)


def _left_out(session: Session, unit_id: int, wanted: Wanted) -> list[FateRow]:
    return fate_rows(session, wanted.period, LEFT_OUT, unit_id=unit_id, now=wanted.now, limit=NAMED)


def _answered(session: Session, unit_id: int, wanted: Wanted) -> list[AnswerRow]:
    return answer_rows(session, Slice(wanted.period, unit_ids=(unit_id,)), Part.ANSWERED, limit=NAMED)


def _flagged(counted: Mapping[int, tuple[int, int]], wanted: Wanted) -> list[tuple[int, tuple[int, int]]]:
    """Those beyond chance, each compared with all the others together."""
    left_out, of = (sum(one[place] for one in counted.values()) for place in (0, 1))
    found = [
        (owner_id, own)
        for owner_id, own in counted.items()
        if is_beyond_chance(*own, left_out - own[0], of - own[1], compared=len(counted))
    ]
    return _paged(found, wanted)


def _paged(found: Iterable[Line], wanted: Wanted) -> list[Line]:
    """The first of each is an id: newest first, below the one asked for."""
    below = [row for row in found if wanted.after is None or row[0] < wanted.after]
    return sorted(below, key=lambda row: row[0], reverse=True)[: wanted.limit]


def _asked_by_seat(session: Session, wanted: Wanted) -> dict[int, tuple[int, int]]:
    """(not asked, answered) of each person; calls of a site that never asks say nothing of anybody."""
    not_asked = func.count(case((Call.rating == RatingState.NOT_ASKED, 1)))
    query = (
        select(Call.person_id, not_asked, func.count())
        .where(
            Call.began_at >= wanted.period.begins_at,
            Call.began_at < wanted.period.ends_at,
            Call.result == CallResult.ANSWERED,
            Call.person_id.is_not(None),
        )
        .group_by(Call.person_id)
    )
    return {person_id or 0: (left_out, of) for person_id, left_out, of in session.execute(query)}


def _key(kind: str, owner_id: int, wanted: Wanted) -> str:
    """A unit is flagged for a period: another period is looked at anew."""
    return f"{kind}:{owner_id}:{wanted.period.first}:{wanted.period.last}"
