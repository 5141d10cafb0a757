"""Figures rolled up by the tree of units: the own part and that of each unit right below add up to the whole."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Generic, Protocol, Self, TypeVar

from staff.model import Unit
from staff.rules import is_within


class Addable(Protocol):
    def __add__(self, other: Self, /) -> Self: ...


Part = TypeVar("Part", bound=Addable)


@dataclass(frozen=True)
class Branch(Generic[Part]):
    """A line of the page; `is_own`: the unit at the top without what is below it."""

    unit: Unit
    is_own: bool
    has_below: bool
    part: Part


def branches(units: Sequence[Unit], parts: Mapping[int, Part], *, top: Unit | None) -> list[Branch[Part]]:
    """`units` are `top` and all below it (None: the whole city's); who has no part gets no line.

    Each unit's part goes into one line: the own one, or that of the unit right below `top` under which it stands.
    """
    lines = []
    if top is not None and top.id in parts:
        lines.append(Branch(top, True, False, parts[top.id]))
    for unit in units:
        if unit.parent_id != (top.id if top is not None else None):
            continue
        below = [other for other in units if is_within(other.path, unit.path)]
        found = [parts[one.id] for one in below if one.id in parts]
        if found:
            lines.append(Branch(unit, False, len(below) > 1, added(found)))
    return lines


def added(parts: Iterable[Part]) -> Part:
    """Of at least one."""
    return reduce(add, parts)
