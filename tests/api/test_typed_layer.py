"""The typed HTTP layer: what it reads, what it refuses, and how it says so."""

import json
from collections.abc import AsyncIterator
from enum import StrEnum
from typing import Any

import pytest
from aiohttp import web as http
from aiohttp.test_utils import TestClient, TestServer
from pydantic import Field

from core.clock import SystemClock
from core.database import Database
from core.errors import Conflict, NotFound
from web.api import PUBLIC, SERVICES, Api, Body, Query, Request, RowId, Services, View
from web.api.openapi import document
from web.api.problems import problems
from web.settings import WebSettings

Client = TestClient[http.Request, http.Application]


class NewNote(Body):
    text: str = Field(min_length=2, max_length=20)
    level: int = Field(ge=1, le=5)
    tags: list[str] = Field(default_factory=list)


class Filters(Query):
    unit: list[int] = Field(default_factory=list)
    most: int = 25


class Kind(StrEnum):
    """What a note may be."""

    WORD = "word"
    LINE = "line"
    PAGE = "page"


class Kinds(Query):
    kind: Kind = Kind.WORD


class NoteView(View):
    id: int
    text: str


class NoteGone(NotFound):
    code = "note_gone"
    message = "没有这条记录：{note_id}"


class NoteClosed(Conflict):
    code = "note_closed"
    message = "记录已关闭"


api = Api()


@api.post("/units/{unit_id}/notes", role=PUBLIC, status=201)
async def add_note(request: Request, unit_id: RowId, body: NewNote) -> NoteView:
    """Add a note."""
    return NoteView(id=unit_id, text=body.text)


@api.get("/notes", role=PUBLIC)
async def list_notes(request: Request, query: Filters) -> list[NoteView]:
    """List notes."""
    return [NoteView(id=unit, text="件") for unit in query.unit[: query.most]]


@api.get("/kinds", role=PUBLIC)
async def list_kinds(request: Request, query: Kinds) -> list[NoteView]:
    """List kinds."""
    return [NoteView(id=1, text=query.kind)]


@api.get("/notes/{note_id}", role=PUBLIC)
async def one_note(request: Request, note_id: RowId) -> NoteView:
    """Show one note."""
    if note_id == 1:
        raise NoteClosed
    if note_id == 2:
        raise ZeroDivisionError
    raise NoteGone(note_id=note_id)


@pytest.fixture
async def client(database: Database) -> AsyncIterator[Client]:
    app = http.Application(middlewares=[problems], client_max_size=4096)
    app[SERVICES] = Services(database.serving, SystemClock(), WebSettings())
    api.add_to(app)
    async with TestClient(TestServer(app)) as served:
        yield served


async def post(
    client: Client, content: bytes, *, path: str = "/api/units/7/notes", kind: str = "application/json"
) -> Any:
    answer = await client.post(path, data=content, headers={"Content-Type": kind})
    return answer.status, await answer.json(content_type=None)


async def test_a_right_request_is_answered_with_its_view(client: Client) -> None:
    status, body = await post(client, json.dumps({"text": "暖气不热", "level": 3}).encode())

    assert (status, body) == (201, {"id": 7, "text": "暖气不热"})


async def test_every_fault_of_path_and_body_is_told_at_once(client: Client) -> None:
    content = json.dumps({"text": "x", "level": "3", "tags": ["ok", 1], "colour": "red"}).encode()

    status, body = await post(client, content, path="/api/units/0/notes")

    assert status == 422
    assert body["code"] == "invalid"
    assert {tuple(fault["loc"]): fault["code"] for fault in body["errors"]} == {
        ("path", "unit_id"): "greater_than_equal",
        ("body", "text"): "string_too_short",
        ("body", "level"): "int_type",
        ("body", "tags", 1): "string_type",
        ("body", "colour"): "extra_forbidden",
    }


async def test_blanks_are_no_words_and_none_stand_around_them(client: Client) -> None:
    blank, _ = await post(client, json.dumps({"text": " \u3000\r\n\t ", "level": 3}).encode())
    around, body = await post(client, json.dumps({"text": "\u3000暖气不热 \n", "level": 3}).encode())

    assert (blank, around, body["text"]) == (422, 201, "暖气不热")


@pytest.mark.parametrize(
    "unseen", ["\u200b", "\u202e\u202c", "\u2060\ufeff", "\u00ad", "\u3164", "\u2800", "\u200d\ufe0f"]
)
async def test_what_no_eye_sees_is_refused_as_nothing_is(client: Client, unseen: str) -> None:
    empty = await post(client, json.dumps({"text": "", "level": 3}).encode())
    raw = await post(client, json.dumps({"text": unseen * 10, "level": 3}, ensure_ascii=False).encode())
    escaped = await post(client, json.dumps({"text": unseen * 10, "level": 3}).encode())

    assert empty == raw == escaped
    assert empty[1]["errors"][0]["code"] == "string_too_short"


async def test_what_turns_the_order_of_letters_is_not_kept_and_emoji_are(client: Client) -> None:
    status, body = await post(client, json.dumps({"text": "暖\u200b气\u202e👨‍👩‍👧\u2066", "level": 3}).encode())

    assert (status, body["text"]) == (201, "暖气👨‍👩‍👧")


async def test_what_was_typed_is_never_echoed(client: Client) -> None:
    status, body = await post(client, json.dumps({"text": "19900001234 李四" * 5, "level": 3}).encode())

    assert status == 422
    assert "19900001234" not in json.dumps(body, ensure_ascii=False)


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"{", "bad_json"), (b"", "bad_json"), (b'{"text": "\xff\xfe", "level": 1}', "not_utf8")],
    ids=["cut short", "empty", "not UTF-8"],
)
async def test_what_cannot_be_parsed_is_a_400(client: Client, content: bytes, code: str) -> None:
    status, body = await post(client, content)

    assert (status, body["code"]) == (400, code)


async def test_content_that_does_not_keep_its_encoding_is_a_400(client: Client) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}

    answer = await client.post("/api/units/7/notes", data=b"no gzip at all", headers=headers)

    assert answer.status == 400
    assert (await answer.json(content_type=None))["code"] == "bad_encoding"


async def test_a_form_is_not_json(client: Client) -> None:
    status, body = await post(client, b"text=1", kind="application/x-www-form-urlencoded")

    assert (status, body["code"]) == (415, "unsupported_media_type")


async def test_a_body_over_the_limit_is_a_413(client: Client) -> None:
    status, body = await post(client, b" " * 5000)

    assert (status, body["code"]) == (413, "too_large")


async def test_the_nul_character_is_refused_where_it_stands(client: Client) -> None:
    status, body = await post(client, b'{"text": "ab", "level": 1, "tags": ["fine", "a\\u0000"]}')

    assert status == 422
    assert [(fault["loc"], fault["code"]) for fault in body["errors"]] == [(["body", "tags", 1], "nul_character")]


async def test_a_backslash_before_u0000_is_only_text(client: Client) -> None:
    status, _ = await post(client, b'{"text": "a\\\\u0000", "level": 1}')

    assert status == 201


async def test_a_list_in_the_query_takes_every_value_of_its_name(client: Client) -> None:
    answer = await client.get("/api/notes?unit=3&unit=4&most=1")

    assert [note["id"] for note in await answer.json()] == [3]


async def test_an_unknown_or_mistyped_query_is_a_422(client: Client) -> None:
    answer = await client.get("/api/notes?units=3&most=many")

    assert answer.status == 422
    assert {fault["code"] for fault in (await answer.json())["errors"]} == {"extra_forbidden", "int_parsing"}


async def test_what_a_choice_may_be_is_told_in_chinese(client: Client) -> None:
    answer = await client.get("/api/kinds?kind=song")

    assert [fault["message"] for fault in (await answer.json())["errors"]] == ["只能是 word、line、page 之一"]


@pytest.mark.parametrize(("note_id", "status", "code"), [(1, 409, "note_closed"), (9, 404, "note_gone")])
async def test_our_errors_become_problems_by_their_family(client: Client, note_id: int, status: int, code: str) -> None:
    answer = await client.get(f"/api/notes/{note_id}")

    problem = await answer.json(content_type="application/problem+json")
    assert (answer.status, problem["code"]) == (status, code)


async def test_a_bug_is_a_500_that_tells_nothing(client: Client) -> None:
    answer = await client.get("/api/notes/2")

    assert answer.status == 500
    assert "ZeroDivision" not in await answer.text()


async def test_a_method_that_is_not_there_is_a_405_that_names_those_that_are(client: Client) -> None:
    answer = await client.delete("/api/notes/2")

    assert answer.status == 405
    assert answer.headers["Allow"] == "GET"


def test_the_description_lists_every_route_with_its_refusals() -> None:
    described = document(api.routes, title="t", version="1", cookie="hotline")

    operation = described["paths"]["/api/units/{unit_id}/notes"]["post"]
    assert sorted(operation["responses"]) == ["201", "400", "403", "404", "409", "413", "415", "422", "503"]
    assert operation["requestBody"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/NewNote"}
    assert {parameter["name"] for parameter in described["paths"]["/api/notes"]["get"]["parameters"]} == {
        "unit",
        "most",
    }


def test_a_forwarded_address_is_believed_from_a_named_proxy_only() -> None:
    from web.api.request import client_address

    named = WebSettings(trusted_proxies=["10.0.0.0/8"])

    assert client_address("192.0.2.1", ["203.0.113.9"], named) == "192.0.2.1"
    assert client_address("10.1.1.1", ["198.51.100.7, 203.0.113.9, 10.2.2.2"], named) == "203.0.113.9"
