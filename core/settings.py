"""Reads config.toml and the environment into typed sections; whatever it does not know stops the start by name."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from core.errors import StartRefused

PREFIX = "HOTLINE_"
#: Names with our prefix that are not settings: secrets (core/secrets.py) and where the configuration lies.
RESERVED = ("HOTLINE_SECRET_", "HOTLINE_CONFIG")


class Section(BaseModel):
    """A group of settings; every field has a description, unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True, hide_input_in_errors=True)


Settings = TypeVar("Settings", bound=Section)


class WrongSettings(StartRefused):
    """The configuration names something unknown, or a value that cannot be."""

    code = "wrong_settings"
    message = "配置有误：{faults}"


def load_settings(kind: type[Settings], path: Path | None, environ: Mapping[str, str]) -> Settings:
    """The settings of `kind`: file first, then HOTLINE_SECTION__KEY from the environment.  Raises WrongSettings."""
    tree, origins = _read(path), {}
    for name, location, value in _from_environment(environ):
        _place(tree, location, _typed(kind, location, value))
        origins[location] = name
    try:
        return kind.model_validate(tree)
    except ValidationError as error:
        raise WrongSettings(faults="；".join(_said(error, path, origins))) from error


def _read(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise WrongSettings(faults=f"找不到配置文件 {path}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise WrongSettings(faults=f"{path} 无法解析：{error}") from error


def _from_environment(environ: Mapping[str, str]) -> Iterator[tuple[str, tuple[str, ...], str]]:
    for name, value in sorted(environ.items()):
        if name.startswith(PREFIX) and not name.startswith(RESERVED):
            yield name, tuple(name.removeprefix(PREFIX).lower().split("__")), value


def _place(tree: dict[str, Any], location: tuple[str, ...], value: Any) -> None:
    *parents, last = location
    for parent in parents:
        below = tree.setdefault(parent, {})
        if not isinstance(below, dict):
            below = tree[parent] = {}
        tree = below
    tree[last] = value


def _typed(kind: type[BaseModel], location: tuple[str, ...], text: str) -> Any:
    """Lists and tables are written as JSON in the environment; everything else is read from its text."""
    annotation: Any = kind
    for name in location:
        if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
            return text
        field = annotation.model_fields.get(name)
        if field is None:
            return text
        annotation = field.annotation
    if text[:1] not in "[{":
        return text
    try:
        return TypeAdapter(annotation).validate_json(text)
    except ValidationError:
        return text


def _said(error: ValidationError, path: Path | None, origins: Mapping[tuple[str, ...], str]) -> Iterator[str]:
    for fault in error.errors(include_url=False, include_input=False):
        location = tuple(str(part) for part in fault["loc"])
        where = _origin(location, origins) or f"{path or 'config.toml'} 中的 {'.'.join(location)}"
        yield f"未知的设置 {where}" if fault["type"] == "extra_forbidden" else f"{where}：{fault['msg']}"


def _origin(location: tuple[str, ...], origins: Mapping[tuple[str, ...], str]) -> str | None:
    """The variable that set this place, the table around it, or something inside it."""
    for given, name in origins.items():
        shorter = min(len(given), len(location))
        if given[:shorter] == location[:shorter]:
            return name
    return None
