"""The field map: which of our values goes up under which name, how it is written, and what the exchange demands."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from core.calendar import SHANGHAI
from core.masking import mask_name, mask_phone, mask_text
from evaluation.submissions.rules import RecordKind
from evaluation.submissions.values import (
    FREE_TEXTS,
    MOMENTS,
    NAMES,
    NO_NAME,
    PHONES,
    SECRET,
    UNSHOWN,
    Said,
    Value,
    Values,
)

FIELD, NAME, VALUE, KINDS, NEEDED, LONGEST = "字段", "名称", "取值", "记录", "必填", "最长"
FORMAT, CODES, MASKED = "格式", "代码表", "脱敏"
COLUMNS = (FIELD, NAME, VALUE, KINDS, NEEDED, LONGEST, FORMAT, CODES, MASKED)
#: how provincial interfaces write a moment, and the same for strftime
FORMATS = {
    "yyyyMMddHHmmss": "%Y%m%d%H%M%S",
    "yyyy-MM-dd HH:mm:ss": "%Y-%m-%d %H:%M:%S",
    "yyyy-MM-ddTHH:mm:ss": "%Y-%m-%dT%H:%M:%S",
    "yyyyMMdd": "%Y%m%d",
    "yyyy-MM-dd": "%Y-%m-%d",
}
_SHIPPED = Path(__file__).with_name("fields.csv")


@dataclass(frozen=True)
class Field:
    """One field of the exchange; `codes` are (ours, theirs), empty where our own value goes up as it is."""

    field: str
    name: str
    value: Value
    kinds: frozenset[RecordKind]
    is_needed: bool
    longest: int | None
    format: str
    codes: tuple[tuple[str, str], ...]
    is_masked: bool


@dataclass(frozen=True)
class Fault:
    """Why a record cannot go up as it is."""

    field: str
    reason: str


@dataclass(frozen=True)
class Composed:
    """A record as it leaves, what is shown of it, and what is wrong with it."""

    body: Mapping[str, str]
    shown: Sequence[Mapping[str, str]]
    faults: Sequence[Fault]


@cache
def shipped_rows() -> tuple[tuple[str, ...], ...]:
    """The rows of the map that comes with the product, without its header: Guangdong's fields and those of 好差评."""
    _, *rows = csv.reader(io.StringIO(_SHIPPED.read_text(encoding="utf-8")))
    return tuple(tuple(row) for row in rows)


def compose(fields: Sequence[Field], kind: RecordKind, values: Values) -> Composed:
    """A record of this kind by the map: texts in the map's order, and every fault at once."""
    body: dict[str, str] = {}
    shown: list[dict[str, str]] = []
    faults: list[Fault] = []
    for field in fields:
        if kind not in field.kinds:
            continue
        written, reason = _written(field, values.get(field.value))
        if reason:
            faults.append(Fault(field.field, reason))
        body[field.field] = written
        shown.append({"field": field.field, "name": field.name, "value": _shown(field, written)})
    return Composed(body, shown, faults)


def _written(field: Field, said: Said) -> tuple[str, str]:
    """(as it goes up, what is wrong with it or "")."""
    try:
        text = ",".join(_coded(field, one) for one in _parts(field, said))
    except _NoCode as missing:
        return "", f"代码表中没有“{missing}”"
    if not text:
        return "", "必填，没有内容" if field.is_needed else ""
    if field.is_masked:
        text = masked(field.value, text)
    if field.longest is None or len(text) <= field.longest:
        return text, ""
    if field.value in FREE_TEXTS:
        return text[: field.longest], ""
    return text, f"{len(text)} 字，最长 {field.longest}"


class _NoCode(Exception):
    """The map's table of codes does not know our value."""


def _parts(field: Field, said: Said) -> Iterator[str]:
    match said:
        case None | "":
            return
        case list():
            yield from said
        case bool():
            yield "yes" if said else "no"
        case datetime():
            yield said.astimezone(SHANGHAI).strftime(FORMATS[field.format])
        case _:
            yield str(said)


def _coded(field: Field, one: str) -> str:
    if not field.codes:
        return one
    code = dict(field.codes).get(one)
    if code is None:
        raise _NoCode(one)
    return code


def masked(value: Value, text: str) -> str:
    """张*, 138****5678, and numbers in free text by their ends."""
    if value in NAMES:
        return text if text in {NO_NAME, SECRET} else mask_name(text)
    return mask_phone(text) if value in PHONES else mask_text(text)


def _shown(field: Field, written: str) -> str:
    """What people read of it: never a whole name or number, and of a citizen's words only how many there are."""
    if not written:
        return ""
    if field.value in UNSHOWN:
        return f"〔{len(written)} 字〕"
    is_plain = field.is_masked or field.value not in NAMES | PHONES
    return written if is_plain else masked(field.value, written)


def row_of(field: Field) -> tuple[str, ...]:
    """As it stands in the table."""
    kinds = "" if field.kinds == frozenset(RecordKind) else "、".join(k.name_zh for k in RecordKind if k in field.kinds)
    codes = " ".join(f"{ours}={theirs}" for ours, theirs in field.codes)
    longest = "" if field.longest is None else str(field.longest)
    yes = {True: "是", False: ""}
    return (
        field.field, field.name, field.value.value, kinds, yes[field.is_needed], longest, field.format, codes,
        yes[field.is_masked],
    )  # fmt: skip


def needs_format(value: Value) -> bool:
    return value in MOMENTS
