"""Who publishes, which months may be published, and how counts are put together until they point at nobody."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from pydantic import Field

from core.errors import FaultLine
from indicators.periods import Period, statistical_month
from staff.rules import Role
from tickets.forms import Form
from tickets.redaction import boxes_of

PUBLISHERS = (Role.SUPERVISOR,)
READERS = (*PUBLISHERS, Role.ADMINISTRATOR, Role.INSPECTOR)
#: fewer answers than these say something about somebody: they are told together with others
GROUP_LEAST = 5
OTHER_UNITS, OTHER_TOPICS = "其他单位", "其他分类"
TITLE_MOST, TEXT_MOST, UNIT_MOST = 40, 800, 60


@dataclass(frozen=True)
class Cell:
    """So many answers of one level about one unit's matters of one topic."""

    unit: str
    topic: str
    level: int
    n: int


@dataclass(frozen=True)
class SafeCells:
    """`left_out`: answers that are too few to be told even when all are put together."""

    cells: list[Cell]
    left_out: int


def groups(sizes: Mapping[str, int], *, other: str, least: int = GROUP_LEAST) -> dict[str, str]:
    """Which group each name is told in: its own, or `other` with the rest; no group holds less than `least`.

    Where the rest alone is too few, the smallest of the others joins it, so that nobody can subtract what is told
    from a whole.  Only a whole that is too few itself stays one group below `least`.
    """
    rest = {name for name, n in sizes.items() if n < least}
    by_size = sorted(sizes.keys() - rest, key=lambda name: (sizes[name], name))
    for name in by_size:
        if not rest or sum(sizes[one] for one in rest) >= least:
            break
        rest.add(name)
    return {name: other if name in rest else name for name in sizes}


def safe_cells(cells: Iterable[Cell], *, least: int = GROUP_LEAST) -> SafeCells:
    """Every unit, and every topic of a unit, with at least so many answers."""
    told = _regrouped(list(cells), "unit", other=OTHER_UNITS, least=least)
    if sum(cell.n for cell in told) < least:
        return SafeCells([], sum(cell.n for cell in told))
    by_unit = {unit: [cell for cell in told if cell.unit == unit] for unit in sorted({cell.unit for cell in told})}
    safe = [
        cell for of_unit in by_unit.values() for cell in _regrouped(of_unit, "topic", other=OTHER_TOPICS, least=least)
    ]
    return SafeCells(sorted(safe, key=lambda cell: (cell.unit, cell.topic, -cell.level)), 0)


def _regrouped(cells: list[Cell], by: str, *, other: str, least: int) -> list[Cell]:
    sizes: Counter[str] = Counter()
    for cell in cells:
        sizes[getattr(cell, by)] += cell.n
    told_as = groups(sizes, other=other, least=least)
    counted: Counter[tuple[str, str, int]] = Counter()
    for cell in cells:
        unit = told_as[cell.unit] if by == "unit" else cell.unit
        topic = told_as[cell.topic] if by == "topic" else cell.topic
        counted[unit, topic, cell.level] += cell.n
    return [Cell(*place, n) for place, n in counted.items()]


def is_month(period: Period) -> bool:
    """Only whole statistical months are published."""
    return period == statistical_month(period.last)


def month_faults(period: Period, *, today: date) -> list[FaultLine]:
    """What keeps a period from being published; `today` is the day in Shanghai."""
    rules = (
        (is_month(period), "not_a_month", "只能公开完整的统计月（26 日至次月 25 日）"),
        (period.last < today, "month_not_over", "本统计月尚未结束，不能公开"),
    )
    return [(("body", "first"), code, message) for holds, code, message in rules if not holds]


class CaseForm(Form):
    """典型案例: what was asked and what was done, in words that point at nobody."""

    title: str = Field("", max_length=TITLE_MOST)
    text: str = Field("", max_length=TEXT_MOST)
    unit: str = Field("", max_length=UNIT_MOST)


def case_faults(form: CaseForm) -> list[FaultLine]:
    """What keeps a case from being published; words that look personal are named."""
    faults: list[FaultLine] = [
        (("body", "form", name), f"{name}_missing", message)
        for name, message in (("title", "请填写标题"), ("text", "请填写案例内容"))
        if not getattr(form, name)
    ]
    for name in ("title", "text"):
        words = getattr(form, name)
        if found := [words[box.begins : box.ends] for box in boxes_of(words)]:
            message = f"像是能认出个人的内容：{'、'.join(found[:3])}，请改写后再公开"
            faults.append((("body", "form", name), f"{name}_personal", message))
    return faults
