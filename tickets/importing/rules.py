"""Judges each row: which topic, place and unit it names, or column and reason why it cannot go in.  Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tickets.importing.errors import FileUnreadable
from tickets.importing.reading import FORMULA, Sheet
from tickets.kinds import Urgency

TOPIC, PLACE, UNIT, URGENCY, CLASS, BASIS = "诉求分类", "地点", "承办单位", "紧急程度", "时限类别", "依据"
COLUMNS = (TOPIC, PLACE, UNIT, URGENCY, CLASS, BASIS)
NEEDED = (TOPIC, UNIT)
WHOLE_CITY = frozenset({"", "全市"})
#: as people write them
CLASS_NAMES = {"公用事业": "utility", "疑难": "complex"}
BASIS_MOST = 100
_STEP = re.compile(r"\s*[›>/／＞]\s*")
_URGENCIES = {name: urgency for urgency in Urgency for name in (urgency.value, urgency.name_zh)}


class ImportState(StrEnum):
    """How far an import is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True)
class Names:
    """Ids by every name that a file may use; a name that several bear has several ids."""

    topics: Mapping[str, Sequence[int]]
    places: Mapping[str, Sequence[int]]
    units: Mapping[str, Sequence[int]]
    #: topics that have others below them: tickets never carry these
    branches: frozenset[int]
    classes: frozenset[str]


@dataclass(frozen=True)
class Good:
    """A row that can go in."""

    row: int
    topic_id: int
    place_id: int | None
    unit_id: int
    urgency: Urgency | None
    limit_class: str
    basis: str


@dataclass(frozen=True)
class Bad:
    """A row that cannot, with the column and the reason."""

    row: int
    column: str
    reason: str


class RowRefused(ValueError):
    """Column and reason."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column, self.reason = column, reason


def plain_path(text: str) -> str:
    """城乡建设/供暖 and 城乡建设 › 供暖 are one name."""
    return " › ".join(_STEP.split(text.strip()))


def judge(sheet: Sheet, names: Names) -> list[Good | Bad]:
    """One verdict for each row, in order.  Raises FileUnreadable without the columns that are needed."""
    at = columns_of(sheet.header)
    return list(_judged(sheet, at, names))


def _judged(sheet: Sheet, at: Mapping[str, int], names: Names) -> Iterator[Good | Bad]:
    first_row: dict[tuple[int, int | None], int] = {}
    for number, cells in sheet.rows:
        said = {column: cells[index] if index < len(cells) else "" for column, index in at.items()}
        try:
            good = _good(number, said, names)
            earlier = first_row.setdefault((good.topic_id, good.place_id), number)
            if earlier != number:
                raise RowRefused(PLACE, f"与第 {earlier} 行的分类和地点重复")
        except RowRefused as refused:
            yield Bad(number, refused.column, refused.reason)
        else:
            yield good


def columns_of(header: Sequence[str]) -> dict[str, int]:
    """Where each known column stands.  Raises FileUnreadable."""
    found = {name: index for index, name in reversed(list(enumerate(header))) if name in COLUMNS}
    if missing := [name for name in NEEDED if name not in found]:
        raise FileUnreadable(reason=f"第一行缺少列“{'”、“'.join(missing)}”，应有：{'、'.join(COLUMNS)}")
    return found


def _good(number: int, said: Mapping[str, str], names: Names) -> Good:
    for column, value in said.items():
        if value == FORMULA:
            raise RowRefused(column, "单元格是公式，请粘贴为值")
    topic_id = _one(TOPIC, said[TOPIC], names.topics, "分类")
    if topic_id in names.branches:
        raise RowRefused(TOPIC, f"“{said[TOPIC]}”下面还有分类，请写到最末一级")
    place = said.get(PLACE, "")
    return Good(
        row=number,
        topic_id=topic_id,
        place_id=None if place in WHOLE_CITY else _one(PLACE, place, names.places, "地点"),
        unit_id=_one(UNIT, said[UNIT], names.units, "单位"),
        urgency=_urgency(said.get(URGENCY, "")),
        limit_class=_limit_class(said.get(CLASS, ""), names),
        basis=_basis(said.get(BASIS, "")),
    )


def _one(column: str, text: str, known: Mapping[str, Sequence[int]], what: str) -> int:
    if not text:
        raise RowRefused(column, f"没有填写{what}")
    found = known.get(plain_path(text), ())
    if not found:
        raise RowRefused(column, f"没有这个{what}：{text[:40]}")
    if len(found) > 1:
        raise RowRefused(column, f"有 {len(found)} 个同名的{what}“{text[:40]}”，请写全名或代码")
    return found[0]


def _urgency(text: str) -> Urgency | None:
    if not text:
        return None
    if text not in _URGENCIES:
        raise RowRefused(URGENCY, f"“{text[:20]}”不是 一般、紧急 或 特急")
    return _URGENCIES[text]


def _limit_class(text: str, names: Names) -> str:
    code = CLASS_NAMES.get(text, text)
    if code and code not in names.classes:
        raise RowRefused(CLASS, f"没有这个时限类别：{text[:20]}")
    return code


def _basis(text: str) -> str:
    if len(text) > BASIS_MOST:
        raise RowRefused(BASIS, f"超过 {BASIS_MOST} 个字")
    return text
