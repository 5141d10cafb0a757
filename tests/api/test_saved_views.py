"""Everybody arranges the ticket list for themselves: named views and columns."""

import pytest

from tests.api.test_exports import town  # noqa: F401
from tests.api.test_tickets import Town

URGENT = {"name": "特急待派", "query": "state=to_dispatch&urgency=critical"}


async def test_a_view_is_kept_renamed_and_forgotten(town: Town) -> None:  # noqa: F811
    agent = town.browser(town.city.agent)

    kept = await agent.post("/saved-views", URGENT, expect=201)
    status, renamed = await agent.ask("PUT", f"/saved-views/{kept['id']}", json=URGENT | {"name": " 特急 "})
    assert (status, renamed["name"]) == (200, "特急")
    assert await agent.get("/saved-views") == [renamed]
    status, _ = await agent.ask("DELETE", f"/saved-views/{kept['id']}")

    assert status == 204
    assert await agent.get("/saved-views") == []


async def test_nobody_sees_or_changes_the_views_of_others(town: Town) -> None:  # noqa: F811
    agent, auditor = town.browser(town.city.agent), town.browser(town.city.auditor)
    kept = await agent.post("/saved-views", URGENT, expect=201)

    assert await auditor.get("/saved-views") == []
    for method in ("PUT", "DELETE"):
        status, answer = await auditor.ask(method, f"/saved-views/{kept['id']}", json=URGENT)
        assert (status, answer["code"]) == (404, "saved_view_not_found")
    await auditor.post("/saved-views", URGENT, expect=201)


async def test_a_name_stands_for_one_view_and_there_are_at_most_twenty(town: Town) -> None:  # noqa: F811
    agent = town.browser(town.city.agent)
    await agent.post("/saved-views", URGENT, expect=201)

    taken = await agent.post("/saved-views", URGENT, expect=409)
    for n in range(19):
        await agent.post("/saved-views", {"name": f"视图{n}"}, expect=201)
    full = await agent.post("/saved-views", {"name": "再一个"}, expect=409)

    assert (taken["code"], full["code"]) == ("saved_view_taken", "saved_views_full")


async def test_columns_are_chosen_per_person(town: Town) -> None:  # noqa: F811
    agent, auditor = town.browser(town.city.agent), town.browser(town.city.auditor)

    for columns in (["state"], ["due", "state", "due"]):
        status, _ = await agent.ask("PUT", "/ticket-columns", json={"columns": columns})
        assert status == 200
    refused, _ = await agent.ask("PUT", "/ticket-columns", json={"columns": ["password"]})

    assert refused == 422
    assert await agent.get("/ticket-columns") == {"columns": ["due", "state"]}
    assert await auditor.get("/ticket-columns") == {"columns": []}


async def test_keys_are_moved_per_person_and_back(town: Town) -> None:  # noqa: F811
    agent, auditor = town.browser(town.city.agent), town.browser(town.city.auditor)
    moved = {"dispatch.next": "KeyQ", "call.answer": "ctrl+shift+KeyA"}

    for keys in ({"dispatch.next": "KeyX"}, moved):
        status, kept = await agent.ask("PUT", "/own-keys", json={"keys": keys})
        assert (status, kept["keys"]) == (200, keys)

    assert await agent.get("/own-keys") == {"keys": moved}
    assert await auditor.get("/own-keys") == {"keys": {}}
    assert (await agent.ask("PUT", "/own-keys", json={"keys": {}}))[1] == {"keys": {}}


@pytest.mark.parametrize("key", ["F5", "F12", "Escape", "ArrowUp", "Enter", "ctrl+KeyW", "ctrl+Digit3", "ctrl+Space"])
async def test_what_browser_or_input_method_need_is_no_key_of_ones_own(town: Town, key: str) -> None:  # noqa: F811
    status, answer = await town.browser(town.city.agent).ask("PUT", "/own-keys", json={"keys": {"dispatch.next": key}})

    assert (status, answer["errors"][0]["code"]) == (422, "key_reserved")
