"""Role × object × verb: a secret ticket is not there for whom it accuses, by any route; and nobody's data is bare."""

import contextlib
import json
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from sqlalchemy.orm import Session

from core.computer import Computer
from core.database import Database
from staff.rules import STAFF_ROLES, Actor, Role
from tests.api.test_access import SetClock
from tests.api.test_tickets import Browser, _log_in
from tests.api.whole import filled, routes, whole_server, without_digits
from tests.tickets.making import OFFICE, City
from tickets.actions.bulk import BulkAct
from tickets.actions.dispatching import dispatch_ticket, recall_ticket
from tickets.actions.handling import sign_ticket
from tickets.actions.helping import ask_help
from tickets.actions.indexing import index_ticket
from tickets.actions.merging import merge_ticket
from tickets.actions.oversight import issue_paper
from tickets.actions.papers import Paper
from tickets.actions.recusing import recuse
from tickets.kinds import OversightKind, Secrecy, TicketType
from tickets.photos.model import Photo
from tickets.photos.rules import Origin

NAME, PHONE, WORD = "欧阳青云", "13866554433", "锅炉房"
TEXT = f"南湖街道办干部收钱后让{WORD}夜里排烟，我叫{NAME}，电话{PHONE}。"
#: well formed, and of no ticket
NOWHERE = "261013999995"
#: what a secret ticket says and nobody else does
TELLTALES = (NAME, PHONE, WORD)


@dataclass(frozen=True)
class Hidden:
    """Numbers that the accused must not meet, the open ticket of its own that one of them was merged under."""

    numbers: tuple[str, ...]
    photo_id: int
    own: str


class World:
    """The small city, what is secret in it, and everybody at a browser."""

    def __init__(self, database: Database, client: TestClient[Any, Any], now: datetime) -> None:
        self.database, self.client, self.now = database, client, now
        self.city: City = database.write(City)
        self.hidden: Hidden = database.write(hide, self.city, now)
        self.recused: Actor = database.write(set_aside, self.city, self.hidden, now)

    def browser(self, actor: Actor) -> Browser:
        token = f"token-{actor.staff_number}"
        self.database.write(_log_in, actor, token=token, now=self.now)
        return Browser(self.client, token)

    def person(self, account: str, *roles: Role, unit: Any = None) -> Actor:
        def add(session: Session) -> Actor:
            return City.session_of(session, self.city).person(account, *roles, unit=unit)

        made: Actor = self.database.write(add)
        return made

    def kept_out(self) -> dict[str, Actor]:
        """The accused, somebody there with more offices, a stranger's unit, one who steps aside."""
        city = self.city
        return {
            "accused": city.street_officer,
            "two offices": self.person("two", Role.UNIT_OFFICER, Role.AUDITOR, Role.INSPECTOR, unit=city.street),
            "stranger": city.roads_officer,
            "recused": self.recused,
        }


def hide(session: Session, city: City, now: datetime) -> Hidden:
    """One that the street held before it was accused, a sealed one, and one that was merged under the street's own."""
    city = City.session_of(session, city)
    accusing = {
        "type": TicketType.REPORT,
        "text": TEXT,
        "title": f"{WORD}夜里排烟",
        "caller_name": NAME,
        "phone": PHONE,
    }
    held, sealed, child = (city.listed(now, **accusing | {"secrecy": Secrecy.NONE}) for _ in range(3))
    dispatch_ticket(session, held.id, unit_id=city.street.id, by=city.dispatcher, office=OFFICE, now=now, reason="属地")
    recall_ticket(session, held.id, by=city.dispatcher, office=OFFICE, now=now)
    dispatch_ticket(session, held.id, unit_id=city.heating.id, by=city.dispatcher, office=OFFICE, now=now)
    sign_ticket(session, held.id, by=city.officer, now=now)
    ask_help(session, held.id, unit_id=city.community.id, task="配合核实", by=city.dispatcher, now=now)
    issue_paper(session, held.id, Paper(OversightKind.ORDER, "请尽快"), by=city.escalation, now=now)
    own = city.listed(
        now, title="南湖街道路面破损", text="南湖街道门前路面破损，影响通行，请尽快修补。", phone="13900001111"
    )
    dispatch_ticket(session, own.id, unit_id=city.street.id, by=city.dispatcher, office=OFFICE, now=now, reason="属地")
    merge_ticket(session, child.id, parent=own.id, by=city.dispatcher, now=now)
    for ticket in (held, sealed, child):
        ticket.accused, ticket.accused_unit_id = "南湖街道办", city.street.id
        ticket.secrecy = Secrecy.SEALED if ticket is sealed else Secrecy.FROM_ACCUSED
        session.flush()
        index_ticket(session, ticket.id, [WORD, "排烟"], key=OFFICE.phone_key)
    sealed.is_uncertain = True
    photo = Photo(
        ticket_id=held.id, origin=Origin.STAFF, sha256="0" * 64, width=1, height=1, size_bytes=1, added_at=now
    )
    photo.added_by = ""
    session.add(photo)
    session.flush()
    return Hidden((held.number, sealed.number, child.number), photo.id, own.number)


def set_aside(session: Session, city: City, hidden: Hidden, now: datetime) -> Actor:
    """Somebody of every office of the hotline, with an interest in all of them."""
    offices = [role for role in STAFF_ROLES if role is not Role.UNIT_OFFICER]
    by = City.session_of(session, city).person("aside", *offices)
    for number in hidden.numbers:
        recuse(session, number, person_id=by.person_id or 0, reason="亲属", by=city.supervisor, now=now)
    return by


@pytest.fixture
async def world(
    open_database: Callable[..., Database], computer: Computer, now: datetime, tmp_path: Path
) -> AsyncIterator[World]:
    database = open_database()
    async with whole_server(database, SetClock(now), computer, tmp_path) as client:
        yield World(database, client, now)


async def said(browser: Browser, method: str, path: str, body: Any = None) -> tuple[int, str]:
    """The status, and the whole answer as text with the headers that carry words."""
    sent = {"json": body} if body is not None else {}
    answer = await browser._client.request(method, path, headers=browser._headers, **sent)
    content = (await answer.read()).decode("utf-8", "replace")
    with contextlib.suppress(ValueError):
        content = json.dumps(json.loads(content), ensure_ascii=False)  # what is written \u6b27 is told as well
    return answer.status, content + answer.headers.get("Content-Disposition", "")


async def test_a_hidden_ticket_answers_every_route_as_one_that_does_not_exist(world: World) -> None:
    asked = [route for route in routes() if "{number}" in route.path and "/platforms" not in route.path]
    assert len(asked) > 50
    for who, actor in world.kept_out().items():
        browser = world.browser(actor)
        for route in asked:
            body = filled(route)
            nowhere = await said(browser, route.method, route.path.replace("{number}", NOWHERE), body)
            for number in world.hidden.numbers[:2]:
                found = await said(browser, route.method, route.path.replace("{number}", number), body)

                assert without_digits(found[1]) == without_digits(nowhere[1]), (who, route.method, route.path)
                assert found[0] == nowhere[0] >= 400, (who, route.method, route.path)


async def test_no_list_no_search_no_file_and_no_figure_names_a_hidden_ticket(world: World) -> None:
    listing = [route for route in routes() if route.method == "GET" and "{" not in route.path]
    first = world.hidden.numbers[0]
    wishes = ["", *(f"?q={word}" for word in (first, first[-4:], PHONE, PHONE[-4:], WORD)), "?tab=helping&kind=csv"]
    searched = re.compile("tickets|inbox|dispatch-list")
    for who, actor in world.kept_out().items():
        browser = world.browser(actor)
        for route in listing:
            for wish in wishes if searched.search(route.path) else wishes[:1]:
                _, content = await said(browser, "GET", route.path + wish)

                told = [word for word in (*world.hidden.numbers, NAME, PHONE, WORD) if word in content]
                assert told == [], (who, route.path + wish)


async def test_neither_its_parent_nor_what_is_typed_nor_a_photo_leads_to_a_hidden_ticket(world: World) -> None:
    own = world.hidden.own
    typed = {"text": TEXT, "place_id": world.city.nanhu.id}
    ways: list[tuple[str, str, Any]] = [
        ("GET", f"/api/tickets/{own}{tail}", None)
        for tail in ("", "/history", "/similar", "/citizen", "/photos", "/ratings", "/rulings", "/views")
    ]
    ways += [
        ("GET", f"/api/photos/{world.hidden.photo_id}", None),
        ("GET", f"/api/photos/{world.hidden.photo_id}/thumbnail", None),
        ("GET", f"/api/dispatch-list/{own}", None),
        ("POST", "/api/desk/similar", typed),
    ]
    for who, actor in world.kept_out().items():
        browser = world.browser(actor)
        for method, path, body in ways:
            _, content = await said(browser, method, path, body)

            told = [word for word in (*world.hidden.numbers, *TELLTALES) if word in content]
            assert told == [], (who, path)


async def test_acts_on_several_refuse_a_hidden_ticket_as_one_that_does_not_exist(world: World) -> None:
    several = "/api/ticket-list/acts"
    ways = [("/api/dispatch-list/pile", {}), *((several, {"act": act.value, "words": "请核实"}) for act in BulkAct)]
    for who, actor in world.kept_out().items():
        browser = world.browser(actor)
        for path, wish in ways:
            for number in world.hidden.numbers:
                body = {**wish, "numbers": [number, NOWHERE], "unit_id": world.city.heating.id}
                status, content = await said(browser, "POST", path, body)
                if status == 200:
                    hidden, nowhere = (without_digits(json.dumps(one)) for one in json.loads(content))
                    assert hidden == nowhere, (who, path)


async def test_the_live_socket_tells_the_accused_nothing(world: World) -> None:
    for who, actor in world.kept_out().items():
        browser = world.browser(actor)
        async with world.client.ws_connect("/api/live", headers=browser._headers) as socket:
            for number in world.hidden.numbers:
                await socket.send_json({"subscribe": f"ticket:{number}"})
                told = await socket.receive_json(timeout=10)

                assert (told["kind"], told["code"]) == ("refused", "ticket_not_found"), who


async def test_a_telephone_number_tells_a_unit_nothing_of_who_asked_for_secrecy(world: World) -> None:
    browser = world.browser(world.city.officer)  # holds one of them rightly

    _, by_word = await said(browser, "GET", f"/api/tickets?q={WORD}")
    _, by_phone = await said(browser, "GET", f"/api/tickets?q={PHONE}")
    _, by_tail = await said(browser, "GET", f"/api/tickets?q={PHONE[-4:]}")

    number = world.hidden.numbers[0]
    assert (number in by_word, number in by_phone, number in by_tail) == (True, False, False)


async def test_nobody_of_any_office_meets_a_bare_name_or_number_without_asking_for_it(world: World) -> None:
    asked = [route for route in routes() if route.method == "GET" and set(_names(route.path)) <= {"number"}]
    offices = [role for role in STAFF_ROLES if role is not Role.UNIT_OFFICER]
    for actor in (world.person("all-offices", *offices), world.city.agent, world.city.officer):
        browser = world.browser(actor)
        for route in asked:
            for number in world.hidden.numbers[:2] if "{number}" in route.path else ("",):
                _, content = await said(browser, "GET", route.path.replace("{number}", number))

                assert [word for word in (NAME, PHONE) if word in content] == [], (actor.name, route.path)


def _names(path: str) -> list[str]:
    return [part.partition("}")[0] for part in path.split("{")[1:]]
