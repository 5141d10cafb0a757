"""The limits of a city's profile as a table: rows judged before any is put in, and written back.  Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tickets.clocks import Allowance, Key
from tickets.importing.errors import FileUnreadable
from tickets.importing.reading import FORMULA, Sheet
from tickets.importing.rules import CLASS, CLASS_NAMES, URGENCY, Bad, RowRefused
from tickets.kinds import Measure, Named, Step, TicketType, Urgency

STEP, TYPE, AMOUNT, MEASURE, SOURCE = "环节", "诉求类型", "时限", "计量", "出处"
COLUMNS = (STEP, TYPE, URGENCY, CLASS, AMOUNT, MEASURE, SOURCE)
NEEDED = (STEP, AMOUNT, MEASURE, SOURCE)
#: longer than any limit, short of what a calendar could count
AMOUNT_MOST = 2_000
CLASS_MOST, SOURCE_MOST = 40, 100
#: counted in measures that end within the day that they name
_MAY_BE_NONE = frozenset({Measure.DAYS})
_Choice = TypeVar("_Choice", bound=Named)


@dataclass(frozen=True)
class LimitRow:
    """One limit; `key` says for which step, type, urgency and class, `source` where the number comes from."""

    key: Key
    allowance: Allowance
    source: str


def judge_limits(sheet: Sheet) -> tuple[list[LimitRow], list[Bad]]:
    """The rows, and every fault; a step without any row is one.  Raises FileUnreadable without the needed columns."""
    at = {name: index for index, name in reversed(list(enumerate(sheet.header))) if name in COLUMNS}
    if missing := [name for name in NEEDED if name not in at]:
        raise FileUnreadable(reason=f"第一行缺少列“{'”、“'.join(missing)}”，应有：{'、'.join(COLUMNS)}")
    judged = list(_judged(sheet, at))
    rows = [row for row in judged if isinstance(row, LimitRow)]
    bad = [row for row in judged if isinstance(row, Bad)]
    named = {row.key[0] for row in rows}
    absent = [] if bad else [step.name_zh for step in Step if step not in named]
    return rows, [*bad, *(Bad(1, STEP, f"没有“{name}”的时限") for name in absent)]


def _judged(sheet: Sheet, at: Mapping[str, int]) -> Iterator[LimitRow | Bad]:
    first_row: dict[Key, int] = {}
    for number, cells in sheet.rows:
        said = {column: cells[index].strip() if index < len(cells) else "" for column, index in at.items()}
        try:
            row = _row(said)
            earlier = first_row.setdefault(row.key, number)
            if earlier != number:
                raise RowRefused(STEP, f"与第 {earlier} 行的环节、类型、紧急程度和类别重复")
        except RowRefused as refused:
            yield Bad(number, refused.column, refused.reason)
        else:
            yield row


def _row(said: Mapping[str, str]) -> LimitRow:
    for column, value in said.items():
        if value == FORMULA:
            raise RowRefused(column, "单元格是公式，请粘贴为值")
    limit_class = CLASS_NAMES.get(said.get(CLASS, ""), said.get(CLASS, ""))
    if len(limit_class) > CLASS_MOST:
        raise RowRefused(CLASS, f"超过 {CLASS_MOST} 个字")
    if not 0 < len(said[SOURCE]) <= SOURCE_MOST:
        raise RowRefused(SOURCE, f"请写明出处，不超过 {SOURCE_MOST} 个字")
    step = _needed(STEP, said, Step)
    type_, urgency = _chosen(TYPE, said, TicketType), _chosen(URGENCY, said, Urgency)
    return LimitRow((step, type_, urgency, limit_class or None), _allowance(said), said[SOURCE])


def _allowance(said: Mapping[str, str]) -> Allowance:
    measure = _needed(MEASURE, said, Measure)
    least = 0 if measure in _MAY_BE_NONE else 1
    amount = int(said[AMOUNT]) if said[AMOUNT].isdecimal() and len(said[AMOUNT]) <= len(str(AMOUNT_MOST)) else -1
    if not least <= amount <= AMOUNT_MOST:
        raise RowRefused(AMOUNT, f"应为 {least} 到 {AMOUNT_MOST} 的整数")
    return Allowance(amount, measure)


def _needed(column: str, said: Mapping[str, str], choices: type[_Choice]) -> _Choice:
    chosen = _chosen(column, said, choices)
    if chosen is None:
        raise RowRefused(column, "没有填写")
    return chosen


def _chosen(column: str, said: Mapping[str, str], choices: type[_Choice]) -> _Choice | None:
    """By its code or as people call it; None where nothing is said: for all of them."""
    text = said.get(column, "")
    if not text:
        return None
    found = next((one for one in choices if text in {one.value, one.name_zh, _name(one)}), None)
    if found is None:
        raise RowRefused(column, f"“{text[:20]}”不是 {'、'.join(map(_name, choices))} 之一")
    return found


def _name(chosen: Named | None) -> str:
    """As it stands in the table: 工作日, where a sentence says 5 个工作日."""
    return chosen.name_zh.removeprefix("个") if chosen else ""


def as_table(rows: Sequence[LimitRow]) -> Iterator[tuple[str, ...]]:
    """The header and the rows, as judge_limits reads them."""
    yield COLUMNS
    class_names = {code: name for name, code in CLASS_NAMES.items()}
    for row in sorted(rows, key=_in_order):
        step, type_, urgency, limit_class = row.key
        whose = (_name(step), _name(type_), _name(urgency), class_names.get(limit_class or "", limit_class or ""))
        yield (*whose, str(row.allowance.amount), _name(row.allowance.measure), row.source)


def _in_order(row: LimitRow) -> tuple[int, str, str, str]:
    """Steps as the life of a ticket has them; of each, the limit for all first."""
    step, type_, urgency, limit_class = row.key
    return list(Step).index(step), type_ or "", urgency or "", limit_class or ""
