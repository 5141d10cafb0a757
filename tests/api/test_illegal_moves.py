"""Every illegal move over the API by every role: refused with its code, and nothing has changed."""

from collections.abc import AsyncIterator
from datetime import datetime
from itertools import product
from typing import Any

import pytest
from aiohttp import web as http
from aiohttp.test_utils import TestClient, TestServer

from app.resources import APIS
from core.computer import Computer
from core.database import Database
from staff.rules import STAFF_ROLES, Actor, Role
from tests.api.test_access import SetClock
from tests.api.test_tickets import Browser, Town
from tests.api.wishes import Wishes, drafts, everything, one_in_each_state, versions
from tests.tickets import law
from tests.tickets.making import OFFICE, City
from tickets.rules import Action, State
from tickets.settings import TicketOffice
from web.api import SERVICES, Services
from web.api.problems import problems
from web.settings import WebSettings

OF_DRAFTS = {Action.REGISTER, Action.DISCARD}
#: no route leads there: only jobs of ours do it
OF_THE_SYSTEM = {Action.ARCHIVE, Action.ANSWER_CHILD, Action.STEP_ASIDE}
#: by act: which roles may do it in some state
MAY_SOMEWHERE = {
    action: frozenset[str]().union(*(who for (_, act), (who, _) in law.BY_LAW.items() if act == action.value))
    for action in Action
}


@pytest.fixture
async def town(database: Database, computer: Computer, now: datetime) -> AsyncIterator[Town]:
    app = http.Application(middlewares=[problems])
    app[SERVICES] = Services(database.serving, SetClock(now), WebSettings(), {TicketOffice: OFFICE, Computer: computer})
    for api in APIS:
        api.add_to(app)
    async with TestClient(TestServer(app)) as client:
        yield Town(database, client, now)


def one_of_each_role(town: Town) -> dict[Role, Browser]:
    """The unit's officer is of the unit that has the tickets."""
    city = town.city
    known = {Role.UNIT_OFFICER: city.officer}
    others = [role for role in STAFF_ROLES if role not in known]

    def add(session: Any) -> dict[Role, Actor]:
        there = City.session_of(session, city)
        return {role: there.person(f"the-{role}", role) for role in others}

    return {role: town.browser(person) for role, person in (known | town.database.write(add)).items()}


def refusal_by_law(state: State, action: Action, role: Role) -> tuple[int, str] | None:
    """How it is refused; None: it is lawful."""
    if action in OF_THE_SYSTEM:
        return 404, "not_found"
    if role not in MAY_SOMEWHERE[action]:
        return 403, "role_missing"
    if law.leads_to(state, action, frozenset({role.value})) is not None:
        return None
    if (state.value, action.value) in law.BY_LAW:
        return 403, "role_refused"
    # what is granted is whatever the unit asked for: elsewhere there is nothing
    return 409, "no_request" if action is Action.EXTEND else "move_refused"


async def test_every_illegal_move_is_refused_to_every_role_and_leaves_no_trace(town: Town, now: datetime) -> None:
    """All states × acts × roles.  Where a role may never do an act its route says so before it looks at the ticket, so
    that one state stands for all.
    """
    people, numbers = one_of_each_role(town), town.database.write(one_in_each_state, town.city, now)
    wishes = Wishes(town.city, now, versions=town.database.read(versions))
    before, asked, wrong = town.database.read(everything), 0, []

    for action, (role, browser) in product(set(Action) - OF_DRAFTS, people.items()):
        for state in numbers if role in MAY_SOMEWHERE[action] else [State.IN_PROGRESS]:
            expected = refusal_by_law(state, action, role)
            if expected is None:
                continue
            asked += 1
            found = await refusal(browser, *wishes.of(action, numbers[state], numbers[State.REGISTERED]))
            if not fits(found, expected, role):
                wrong.append((state.value, action.value, role.value, expected, found))

    assert wrong == []
    assert asked > 1_800
    assert town.database.read(everything) == before


async def test_a_draft_that_is_over_is_not_thrown_away_and_only_an_open_one_is_registered(
    town: Town, now: datetime
) -> None:
    people, known = one_of_each_role(town), town.database.write(drafts, town.city, now)
    wishes = Wishes(town.city, now)
    before = town.database.read(everything)

    for action, (role, browser) in product(OF_DRAFTS, people.items()):
        is_let_in = role in MAY_SOMEWHERE[action]
        expected = (409, "draft_closed") if is_let_in else (403, "role_missing")
        over = State.VOID if action is Action.REGISTER else State.REGISTERED
        for state in (over, State.VOID) if is_let_in else (State.DRAFT,):
            path = f"/drafts/{known[state]}/{action.value}"
            assert await refusal(browser, "POST", path, wishes.bodies[action]) == expected, (state, action, role)

    assert town.database.read(everything) == before


def fits(found: tuple[int, str], expected: tuple[int, str], role: Role) -> bool:
    """An officer does not even see what the unit never had."""
    return found == expected or (role is Role.UNIT_OFFICER and found == (404, "ticket_not_found"))


async def refusal(browser: Browser, method: str, path: str, body: dict[str, Any]) -> tuple[int, str]:
    """Status and code; of a pile of one, what that one was refused with."""
    status, answer = await browser.ask(method, path, json=body)
    if isinstance(answer, list):
        return {"move_refused": 409, "role_refused": 403}.get(answer[0]["code"], status), answer[0]["code"]
    return status, answer.get("code", "")
