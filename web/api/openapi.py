"""The OpenAPI 3.1 page, made from the same annotations that read the requests."""

import inspect
from collections.abc import Iterable
from typing import Any

from aiohttp import web as http
from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from web.api.access import CSRF_HEADER, SAFE, Public
from web.api.routes import IDEMPOTENCY_HEADER, IDEMPOTENCY_KEY_MOST, Route
from web.api.shapes import TITLES, Problem

REF = "#/components/schemas/{model}"
COOKIE_SCHEME = "login"

Schema = dict[str, Any]
Reader = TypeAdapter[Any]


def document(routes: Iterable[Route], *, title: str, version: str, cookie: str) -> Schema:
    """The whole description: paths, and every model once under components."""
    routes = list(routes)
    models, schemas = _schemas(routes)
    paths: dict[str, Schema] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, models)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version},
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {COOKIE_SCHEME: {"type": "apiKey", "in": "cookie", "name": cookie}},
        },
    }


def _schemas(routes: list[Route]) -> tuple[dict[tuple[Any, JsonSchemaMode], Schema], Schema]:
    """The schema of every body and answer of the routes, also of lists, and the definitions they refer to."""
    wanted: dict[tuple[Any, JsonSchemaMode], None] = {(Problem, "serialization"): None}
    for route in routes:
        if route.binding.body:
            wanted[(route.binding.body[1], "validation")] = None
        if _is_shown(route.binding.answer):
            wanted[(route.binding.answer, "serialization")] = None
    inputs = [(kind, mode, Reader(kind)) for kind, mode in wanted]
    schemas, definitions = TypeAdapter.json_schemas(inputs, ref_template=REF)
    return dict(schemas), definitions.get("$defs", {})


def _is_shown(answer: Any) -> bool:
    """Whether an answer is JSON, not nothing and not a file."""
    return answer is not None and not (isinstance(answer, type) and issubclass(answer, http.StreamResponse))


def _operation(route: Route, models: dict[tuple[Any, JsonSchemaMode], Schema]) -> Schema:
    summary, _, description = inspect.cleandoc(route.handler.__doc__ or route.handler.__name__).partition("\n")
    resource = route.handler.__module__.rsplit(".", 1)[-1]
    operation: Schema = {
        "operationId": f"{resource}_{route.handler.__name__}",
        "tags": [resource],
        "summary": summary,
        "parameters": [*_path_parameters(route), *_query_parameters(route), *_header_parameters(route)],
        "responses": _responses(route, models),
    }
    if description.strip():
        operation["description"] = description.strip()
    if route.binding.body:
        content = {"application/json": {"schema": models[(route.binding.body[1], "validation")]}}
        operation["requestBody"] = {"required": True, "content": content}
    if not isinstance(route.allowed, Public):
        operation["security"] = [{COOKIE_SCHEME: []}]
    return operation


def _path_parameters(route: Route) -> list[Schema]:
    return [
        {"name": name, "in": "path", "required": True, "schema": adapter.json_schema(ref_template=REF)}
        for name, adapter in route.binding.path.items()
    ]


def _query_parameters(route: Route) -> list[Schema]:
    if route.binding.query is None:
        return []
    schema = route.binding.query[1].model_json_schema(ref_template=REF)
    inner = schema.get("$defs", {})
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": _inlined(part, inner)}
        for name, part in schema.get("properties", {}).items()
    ]


def _inlined(schema: Any, definitions: Schema) -> Any:
    """A schema without references: query models are not listed under components."""
    if isinstance(schema, list):
        return [_inlined(part, definitions) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _inlined(definitions[schema["$ref"].rsplit("/", 1)[-1]], definitions)
    return {key: _inlined(part, definitions) for key, part in schema.items()}


def _header_parameters(route: Route) -> list[Schema]:
    parameters: list[Schema] = []
    if route.method not in SAFE and not isinstance(route.allowed, Public):
        parameters.append({"name": CSRF_HEADER, "in": "header", "required": True, "schema": {"type": "string"}})
    if route.idempotent:
        text = {"type": "string", "minLength": 1, "maxLength": IDEMPOTENCY_KEY_MOST, "pattern": "^[!-~]+$"}
        parameters.append({"name": IDEMPOTENCY_HEADER, "in": "header", "required": False, "schema": text})
    return parameters


def _responses(route: Route, models: dict[tuple[Any, JsonSchemaMode], Schema]) -> Schema:
    responses: Schema = {str(route.status): _success(route, models)}
    problem = {"application/problem+json": {"schema": models[(Problem, "serialization")]}}
    for status in _refusals(route):
        responses[str(status)] = {"description": TITLES[status], "content": problem}
    return responses


def _success(route: Route, models: dict[tuple[Any, JsonSchemaMode], Schema]) -> Schema:
    answer = route.binding.answer
    if answer is None:
        return {"description": "done"}
    if not _is_shown(answer):
        return {"description": "a file", "content": {media_type: {} for media_type in route.files}}
    schema = models[(answer, "serialization")]
    return {"description": "ok", "content": {"application/json": {"schema": schema}}}


def _refusals(route: Route) -> list[int]:
    """The statuses that this route can answer with."""
    unsafe = route.method not in SAFE
    refusals = {503, *route.also}
    if not isinstance(route.allowed, Public):
        refusals |= {401, 403}
    if unsafe:
        refusals |= {403, 409}
    if route.binding.path:
        refusals.add(404)
    if route.binding.may_be_invalid:
        refusals.add(422)
    if route.binding.body:
        refusals |= {400, 413, 415}
    if route.idempotent:
        refusals.add(400)
    return sorted(refusals)
