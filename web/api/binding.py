"""Reads a request into a handler's arguments, by the handler's own annotations."""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, get_origin, get_type_hints

from aiohttp import web as http
from pydantic import BaseModel, TypeAdapter, ValidationError

from core.errors import Invalid
from web.api.faults import SENTENCES, faults_of, nul_faults
from web.api.problems import RequestRefused
from web.api.shapes import Body, Fault, Query

Handler = Callable[..., Awaitable[Any]]
Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True)
class Binding:
    """What a handler takes and gives: adapters for its path, models for query and body, its answer's type."""

    path: Mapping[str, TypeAdapter[Any]]
    path_types: Mapping[str, Any]
    query: tuple[str, type[Query]] | None
    body: tuple[str, type[Body]] | None
    answer: Any

    @classmethod
    def of(cls, handler: Handler) -> "Binding":
        """Read the annotations once, when the route is declared.  Raises TypeError for one we cannot place."""
        hints = get_type_hints(handler, include_extras=True)
        answer = hints.pop("return", None)
        names = list(inspect.signature(handler).parameters)[1:]
        types = {name: hints[name] for name in names}
        queries = [(name, kind) for name, kind in types.items() if _is_a(kind, Query)]
        bodies = [(name, kind) for name, kind in types.items() if _is_a(kind, Body)]
        if len(queries) > 1 or len(bodies) > 1:
            raise TypeError(f"{handler.__name__} takes more than one query or body")
        path = {name: kind for name, kind in types.items() if not _is_a(kind, Query | Body)}
        return cls(
            path={name: TypeAdapter(kind) for name, kind in path.items()},
            path_types=path,
            query=queries[0] if queries else None,
            body=bodies[0] if bodies else None,
            answer=None if answer is type(None) else answer,
        )

    @property
    def may_be_invalid(self) -> bool:
        return bool(self.path or self.query or self.body)

    async def read(self, raw: http.Request) -> dict[str, Any]:
        """The handler's keyword arguments.  Raises Invalid with every fault at once, or RequestRefused (400, 415)."""
        faults: list[Fault] = []
        arguments = self._read_path(raw.match_info, faults)
        if self.query:
            name, model = self.query
            arguments[name] = _read_query(raw, model, faults)
        if self.body:
            name, body = self.body
            arguments[name] = _read_body(await _json_bytes(raw), body, faults)
        if faults:
            raise Invalid([(tuple(fault.loc), fault.code, fault.message) for fault in faults])
        return arguments

    def _read_path(self, values: Mapping[str, str], faults: list[Fault]) -> dict[str, Any]:
        arguments = {}
        for name, adapter in self.path.items():
            try:
                arguments[name] = adapter.validate_strings(_without_nul(values[name]))
            except ValidationError as error:
                faults += [fault.model_copy(update={"loc": ["path", name]}) for fault in faults_of(error, "path")]
            except NulCharacter:
                faults.append(_nul_fault("path", name))
        return arguments


class NulCharacter(ValueError):
    """U+0000, which PostgreSQL cannot store."""


def _is_a(kind: Any, bases: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, bases)


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise NulCharacter
    return text


def _nul_fault(place: str, name: str) -> Fault:
    return Fault(loc=[place, name], code="nul_character", message=SENTENCES["nul_character"])


def _read_query(raw: http.Request, model: type[Model], faults: list[Fault]) -> Model | None:
    """A list field takes every value of its name, any other field the last one."""
    values: dict[str, Any] = {}
    for name in set(raw.query):
        given = raw.query.getall(name)
        field = model.model_fields.get(name)
        many = field is not None and get_origin(field.annotation) is list
        values[name] = given if many else given[-1]
        if any("\0" in value for value in given):
            faults.append(_nul_fault("query", name))
    try:
        return model.model_validate(values)
    except ValidationError as error:
        faults += faults_of(error, "query")
        return None


async def _json_bytes(raw: http.Request) -> bytes:
    if raw.content_type != "application/json":
        raise RequestRefused(415, "unsupported_media_type", "请求内容应为 application/json")
    return await raw.read()


def _read_body(content: bytes, model: type[Model], faults: list[Fault]) -> Model | None:
    try:
        content.decode()
        body = model.model_validate_json(content)
    except UnicodeDecodeError as error:
        raise RequestRefused(400, "not_utf8", "请求内容不是 UTF-8 文字") from error
    except ValidationError as error:
        if any(found["type"] == "json_invalid" for found in error.errors(include_url=False, include_input=False)):
            raise RequestRefused(400, "bad_json", "请求内容不是合法的 JSON") from error
        faults += faults_of(error, "body")
        return None
    faults += nul_faults(content)
    return body
