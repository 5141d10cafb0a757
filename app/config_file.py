"""Writes config.toml from the settings themselves: `python -m app.config_file > config.toml`."""

import json
import sys
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from app.settings import Settings

HEAD = """\
# Everything that can be set, with its default.  Remove the "#" before a key to change it.
#
# The environment goes before this file: HOTLINE_WEB__PORT=8080 sets [web] port, lists are written as JSON.
# A key or variable that is not listed here stops the start and is named.
#
# Secrets do not belong here: HOTLINE_SECRET_TWILIO_AUTH_TOKEN=text:… (or base64) gives one.  Keys that nobody gives are
# made at the first start and kept in <data_folder>/secrets, where only this user may read them.
"""


def explained_config() -> str:
    """config.toml as it is shipped."""
    return "\n".join([HEAD, *_lines(Settings, Settings(), ())]).rstrip() + "\n"


def _lines(kind: type[BaseModel], section: BaseModel, path: tuple[str, ...]) -> Iterator[str]:
    """A table's own keys first, then the tables inside it, as TOML wants them."""
    tables = {name for name in kind.model_fields if isinstance(getattr(section, name), BaseModel)}
    values = section.model_dump(mode="json") | dict.fromkeys(_secrets(section), "")
    for name, field in kind.model_fields.items():
        if name not in tables:
            yield f"# {_sentence(field)}"
            yield f"# {name} = {_toml(values[name])}"
    yield ""
    for name, field in kind.model_fields.items():
        if name in tables:
            inner = getattr(section, name)
            yield f"# {_sentence(field)}"
            yield f"[{'.'.join((*path, name))}]"
            yield from _lines(type(inner), inner, (*path, name))


def _sentence(field: FieldInfo) -> str:
    """The description as a sentence; one that begins with a value, e.g. an address, keeps its spelling."""
    description = field.description or ""
    begins_with_word = description.partition(" ")[0].rstrip(",;:").isalpha()
    return (description[:1].upper() if begins_with_word else description[:1]) + description[1:].rstrip(".") + "."


def _secrets(section: BaseModel) -> list[str]:
    return [name for name, value in section if isinstance(value, SecretStr)]


def _toml(value: Any) -> str:
    """A JSON value as TOML writes it."""
    match value:
        case None:
            return '""  # not set'
        case list():
            return f"[{', '.join(map(_toml, value))}]"
        case dict():
            inner = ", ".join(f"{name} = {_toml(one)}" for name, one in value.items() if one is not None)
            return f"{{ {inner} }}" if inner else "{}"
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    sys.stdout.write(explained_config())
