"""Pydantic's findings as our faults: where, a stable code, a Chinese sentence; never the input itself."""

import json
import re
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from web.api.shapes import Fault

#: A Chinese sentence for each kind of finding; the fields come from pydantic's context.
SENTENCES = {
    "missing": "必须填写",
    "extra_forbidden": "没有这个字段",
    "string_type": "应为文字",
    "string_too_short": "至少 {min_length} 个字",
    "string_too_long": "最多 {max_length} 个字",
    "string_pattern_mismatch": "格式不对",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "int_parsing_size": "数字太大",
    "float_type": "应为数字",
    "float_parsing": "应为数字",
    "bool_type": "应为是或否",
    "bool_parsing": "应为是或否",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "不小于 {ge}",
    "less_than": "应小于 {lt}",
    "less_than_equal": "不大于 {le}",
    "enum": "只能是 {expected} 之一",
    "literal_error": "只能是 {expected} 之一",
    "list_type": "应为列表",
    "too_short": "至少 {min_length} 项",
    "too_long": "最多 {max_length} 项",
    "dict_type": "应为对象",
    "model_type": "应为对象",
    "datetime_parsing": "应为日期时间",
    "datetime_from_date_parsing": "应为日期时间",
    "datetime_type": "应为日期时间",
    "timezone_aware": "日期时间要带时区",
    "date_parsing": "应为日期",
    "date_from_datetime_parsing": "应为日期",
    "date_type": "应为日期",
    "nul_character": "不能含有空字符",
}


_QUOTED = re.compile(r"'([^']*)'")


def faults_of(error: ValidationError, place: str) -> list[Fault]:
    """Every finding of `error`, each located under `place` (path, query or body)."""
    return [_fault(found, place) for found in error.errors(include_url=False, include_input=False)]


def _fault(found: ErrorDetails, place: str) -> Fault:
    context: dict[str, Any] = dict(found.get("ctx", {}))
    if found["type"] == "value_error":
        raised = context.get("error")
        code = getattr(raised, "code", "value_error")
        return Fault(loc=[place, *found["loc"]], code=code, message=str(raised) or "填写有误")
    if "expected" in context:  # 'consult', 'help' or 'other'
        context["expected"] = "、".join(_QUOTED.findall(str(context["expected"])))
    sentence = SENTENCES.get(found["type"], "填写有误")
    return Fault(loc=[place, *found["loc"]], code=found["type"], message=sentence.format_map(_Lenient(context)))


class _Lenient(dict[str, Any]):
    """A context that leaves an unknown name blank, so that a message never fails to be made."""

    def __missing__(self, key: str) -> str:
        return ""


def nul_faults(raw: bytes) -> list[Fault]:
    """Where a JSON body holds the character U+0000, which PostgreSQL cannot store."""
    if b"\\u0000" not in raw:
        return []
    return [
        Fault(loc=["body", *loc], code="nul_character", message=SENTENCES["nul_character"])
        for loc, text in _texts(json.loads(raw), ())
        if "\0" in text
    ]


def _texts(value: object, loc: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    match value:
        case str():
            yield loc, value
        case dict():
            for key, inner in value.items():
                yield loc, str(key)
                yield from _texts(inner, (*loc, str(key)))
        case list():
            for index, inner in enumerate(value):
                yield from _texts(inner, (*loc, index))
