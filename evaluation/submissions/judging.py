"""A field map as somebody wrote it: every fault by row and column, all or nothing.  Pure."""

import re
from collections.abc import Iterator, Mapping

from evaluation.submissions import fields
from evaluation.submissions.fields import (
    CODES,
    COLUMNS,
    FIELD,
    FORMAT,
    FORMATS,
    KINDS,
    LONGEST,
    MASKED,
    NAME,
    NEEDED,
    VALUE,
    Field,
)
from evaluation.submissions.rules import RecordKind
from evaluation.submissions.values import Value
from tickets.importing.errors import FileUnreadable
from tickets.importing.reading import FORMULA, Sheet
from tickets.importing.rules import Bad, RowRefused

_FIELD = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,59}", re.ASCII)
_CODE = re.compile(r"([a-z_]{1,30})=([^\s=]{1,30})", re.ASCII)
_YES = {"是": True, "": False, "否": False}
_LONGEST_MOST = 4_000
_NAME_MOST = 40
#: a record without these can be neither told from others nor placed
_INDISPENSABLE = (Value.NUMBER, Value.SERIAL)


def judge_fields(sheet: Sheet) -> tuple[list[Field], list[Bad]]:
    """The fields in their order, and every fault.  Raises FileUnreadable without one of the columns."""
    at = {name: index for index, name in reversed(list(enumerate(sheet.header))) if name in COLUMNS}
    if missing := [name for name in COLUMNS if name not in at]:
        raise FileUnreadable(reason=f"第一行缺少列“{'”、“'.join(missing)}”，应有：{'、'.join(COLUMNS)}")
    judged = list(_judged(sheet, at))
    good = [field for field in judged if isinstance(field, Field)]
    bad = [field for field in judged if isinstance(field, Bad)]
    absent = [] if bad else [value for value in _INDISPENSABLE if all(field.value is not value for field in good)]
    return good, [*bad, *(Bad(1, VALUE, f"没有取值为 {value.value} 的字段") for value in absent)]


def _judged(sheet: Sheet, at: Mapping[str, int]) -> Iterator[Field | Bad]:
    first_row: dict[tuple[str, RecordKind], int] = {}
    for number, cells in sheet.rows:
        said = {column: cells[index].strip() if index < len(cells) else "" for column, index in at.items()}
        try:
            field = _field(said)
            for kind in sorted(field.kinds):
                earlier = first_row.setdefault((field.field, kind), number)
                if earlier != number:
                    raise RowRefused(FIELD, f"与第 {earlier} 行重复：同一记录的同一字段只能有一行")
        except RowRefused as refused:
            yield Bad(number, refused.column, refused.reason)
        else:
            yield field


def _field(said: Mapping[str, str]) -> Field:
    for column, text in said.items():
        if text == FORMULA:
            raise RowRefused(column, "单元格是公式，请粘贴为值")
    if not _FIELD.fullmatch(said[FIELD]):
        raise RowRefused(FIELD, "应为字母开头的字段名，不超过 60 个字符")
    if not 0 < len(said[NAME]) <= _NAME_MOST:
        raise RowRefused(NAME, f"请填写，不超过 {_NAME_MOST} 个字")
    value = _value(said[VALUE])
    return Field(
        field=said[FIELD],
        name=said[NAME],
        value=value,
        kinds=_kinds(said[KINDS]),
        is_needed=_yes(NEEDED, said),
        longest=_longest(said[LONGEST]),
        format=_format(value, said[FORMAT]),
        codes=_codes(said[CODES]),
        is_masked=_yes(MASKED, said),
    )


def _value(text: str) -> Value:
    if text not in set(Value):
        raise RowRefused(VALUE, f"“{text[:20]}”不是可用的取值，见 docs/submissions.md")
    return Value(text)


def _kinds(text: str) -> frozenset[RecordKind]:
    if not text:
        return frozenset(RecordKind)
    by_name = {kind.name_zh: kind for kind in RecordKind} | {kind.value: kind for kind in RecordKind}
    names = [name.strip() for name in re.split(r"[、,，]", text)]
    if unknown := [name for name in names if name not in by_name]:
        raise RowRefused(KINDS, f"“{unknown[0][:20]}”不是 {'、'.join(kind.name_zh for kind in RecordKind)} 之一")
    return frozenset(by_name[name] for name in names)


def _yes(column: str, said: Mapping[str, str]) -> bool:
    if said[column] not in _YES:
        raise RowRefused(column, "应为“是”或空")
    return _YES[said[column]]


def _longest(text: str) -> int | None:
    if not text:
        return None
    longest = int(text) if text.isdecimal() and len(text) <= len(str(_LONGEST_MOST)) else 0
    if not 0 < longest <= _LONGEST_MOST:
        raise RowRefused(LONGEST, f"应为 1 到 {_LONGEST_MOST} 的整数，或空")
    return longest


def _format(value: Value, text: str) -> str:
    if fields.needs_format(value) and text not in FORMATS:
        raise RowRefused(FORMAT, f"时间的格式应为 {'、'.join(FORMATS)} 之一")
    if text and not fields.needs_format(value):
        raise RowRefused(FORMAT, "只有时间有格式")
    return text


def _codes(text: str) -> tuple[tuple[str, str], ...]:
    pairs = []
    for pair in text.split():
        found = _CODE.fullmatch(pair)
        if found is None:
            raise RowRefused(CODES, f"“{pair[:30]}”应写作 本系统的值=交换平台的代码，用空格隔开")
        pairs.append((found[1], found[2]))
    if len(dict(pairs)) < len(pairs):
        raise RowRefused(CODES, "同一个值有两个代码")
    return tuple(pairs)
