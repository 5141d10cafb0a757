"""Half-written acts: found again at another desk, by nobody else, until they are given, and a week at most."""

from datetime import timedelta

import pytest

from tests.api.test_access import SetClock
from tests.api.test_tickets import Town
from tests.tickets.making import City

WORDS = {"explanation": "该小区管网由城管局委托单位管理", "proposed_unit_id": "0"}


@pytest.fixture
def number(town: Town) -> str:
    return town.database.write(lambda session: City.session_of(session, town.city).dispatched(town.moment).number)


async def test_what_was_typed_is_found_again_by_whoever_typed_it_and_by_nobody_else(town: Town, number: str) -> None:
    path = f"/tickets/{number}/act-drafts/note"
    agent, auditor = town.browser(town.city.agent), town.browser(town.city.auditor)
    assert await agent.get(path) == {"form": {}, "saved_at": None}

    status, kept = await agent.ask("PUT", path, json={"form": WORDS | {"basis_text": ""}})

    assert (status, kept["form"]) == (200, WORDS)
    assert (await agent.get(path)) == kept
    assert (await agent.get(path.replace("note", "audit")))["form"] == {}
    assert (await auditor.get(path))["form"] == {}


async def test_once_it_is_given_nothing_is_kept(town: Town, number: str) -> None:
    path = f"/tickets/{number}/act-drafts/note"
    agent = town.browser(town.city.agent)
    await agent.ask("PUT", path, json={"form": WORDS})

    status, kept = await agent.ask("PUT", path, json={"form": {}})

    assert (status, kept) == (200, {"form": {}, "saved_at": None})
    assert (await agent.get(path))["saved_at"] is None


async def test_who_may_not_see_the_ticket_keeps_nothing_of_it(town: Town, number: str) -> None:
    path = f"/tickets/{number}/act-drafts/return"
    stranger = town.browser(town.city.roads_officer)

    status, answer = await stranger.ask("PUT", path, json={"form": WORDS})

    assert (status, answer["code"]) == (404, "ticket_not_found")
    assert (await stranger.ask("GET", path))[0] == 404


async def test_what_cannot_be_a_form_is_refused_with_the_field(town: Town, number: str) -> None:
    agent = town.browser(town.city.agent)
    path = f"/tickets/{number}/act-drafts/note"

    for form in ({"text": "长" * 2_001}, {"Bad Name": "x"}, {f"field_{chr(97 + n)}": "x" for n in range(21)}, {"a": 1}):
        status, answer = await agent.ask("PUT", path, json={"form": form})
        assert (status, answer["code"]) == (422, "invalid"), form
    assert (await agent.ask("PUT", f"/tickets/{number}/act-drafts/NOT-AN-ACT", json={"form": WORDS}))[0] == 422


async def test_what_lay_for_a_week_goes_with_the_next_words(town: Town, number: str, clock: SetClock) -> None:
    path = f"/tickets/{number}/act-drafts/note"
    agent = town.browser(town.city.agent)
    await agent.ask("PUT", path, json={"form": WORDS})

    clock.moment = town.moment = town.moment + timedelta(days=7, seconds=1)
    agent = town.browser(town.city.agent)
    await agent.ask("PUT", path.replace("note", "supplement"), json={"form": WORDS})

    assert (await agent.get(path))["form"] == {}
