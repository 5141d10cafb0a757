"""What people type, as it is kept: without what no eye sees, and nothing where there was no more than that."""

import re
import unicodedata
from typing import Any

from pydantic import BaseModel, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

#: never kept: control characters but for blanks and line ends, halves of a character, and what Unicode calls default
#: ignorable in category Cf but for what joins emoji and letters; with U+202A-202E and U+2066-2069 a text reads in
#: another order than it is stored in
_UNKEPT = re.compile(
    "[\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff0-\ufffb\ud800-\udfff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a]"
)
_BLANK = {"Cc", "Cf", "Zs", "Zl", "Zp"}
#: letters and marks without a shape of their own: Hangul fillers, empty Braille, Khmer vowels, variation selectors
_BLANK_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0").union(
    map(chr, range(0xFE00, 0xFE10)), map(chr, range(0xE0100, 0xE01F0))
)


def kept_text(text: str) -> str:
    """Every letter, emoji and line of it without blanks around; empty where nothing of it can be seen."""
    kept = without_unseen(text)
    return "" if _is_blank(kept) else kept.strip()


def without_unseen(text: str) -> str:
    return _UNKEPT.sub("", text)


def _is_blank(text: str) -> bool:
    return all(unicodedata.category(one) in _BLANK or one in _BLANK_LETTERS for one in text)


def with_our_line_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _kept(value: object) -> object:
    return kept_text(value) if isinstance(value, str) else value


def _typed_model(schema: Any) -> Any:
    """The same schema with `kept_text` before the texts of its fields.

    In the schema, as a validator before every field would turn strict JSON into Python, where a day is no text.
    """
    if schema["type"] != "model-fields":  # the model itself, and what judges it as a whole
        return {**schema, "schema": _typed_model(schema["schema"])}
    fields = {name: {**field, "schema": _typed_field(field["schema"])} for name, field in schema["fields"].items()}
    return {**schema, "fields": fields}


def _typed_field(schema: Any) -> Any:
    """Models in it see to their own fields."""
    match schema["type"]:
        case "str" if schema.get("strip_whitespace", True):
            return core_schema.no_info_before_validator_function(_kept, schema)
        case "default" | "nullable" | "function-after":
            return {**schema, "schema": _typed_field(schema["schema"])}
        case "list":
            return {**schema, "items_schema": _typed_field(schema["items_schema"])}
        case "dict":
            sides = ("keys_schema", "values_schema")
            return {**schema, **{side: _typed_field(schema[side]) for side in sides}}
    return schema


class Typed(BaseModel):
    """What comes from outside: each text in it is kept as `kept_text` says, before it is judged by anything else.

    Not one that says `strip_whitespace=False`: a password counts as it was typed.
    """

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        schema: CoreSchema = _typed_model(handler(source))
        return schema
