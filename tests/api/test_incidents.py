"""群体事件 over HTTP: declared from a pile, offered while an agent types, worded, counted and closed."""

from datetime import datetime, timedelta
from typing import Any

from tests.api.test_tickets import Town
from tests.tickets.making import City

BURST = "南湖大路供水主管爆裂，路面积水，整片小区停水。"


def burst(town: Town, now: datetime, n: int) -> list[str]:
    """Waiting tickets of so many callers."""

    def register(session: Any) -> list[str]:
        city = City.session_of(session, town.city)
        made = [city.listed(now, text=BURST, phone=f"1990000{k:04d}", title="停水") for k in range(n)]
        return [ticket.number for ticket in made]

    return town.database.write(register)


async def test_an_incident_from_the_pile_to_its_end(town: Town, now: datetime) -> None:
    first, *others = burst(town, now, 3)
    dispatcher, agent = town.browser(town.city.dispatcher), town.browser(town.city.agent)
    form = {
        "name": "南湖大路供水主管爆裂",
        "words": "供水公司正在抢修",
        "expected_at": (now + timedelta(hours=5)).isoformat(),
    }

    made = await dispatcher.post(f"/tickets/{first}/incident", {"form": form, "numbers": [*others, "261013999995"]})
    typed = {"text": "小区停水，路面积水", "place_id": town.city.nanhu.id}
    offered = (await agent.post("/desk/similar", typed))[0]
    joined = await agent.post("/drafts", {}, expect=201)
    await agent.post(
        f"/drafts/{joined['id']}/register",
        {
            "form": town.form(text=BURST, phone="19900000009"),
            "version": joined["version"],
            "destination": "join",
            "parent": offered["number"],
        },
        expect=201,
    )
    shown = await dispatcher.get(f"/incidents/{first}")

    assert [one["code"] for one in made["outcomes"]] == ["", "", "ticket_not_found"]
    assert (made["incident"]["people"], made["incident"]["told"]["waiting"]) == (3, 3)
    assert offered["number"] == first
    assert offered["said"].endswith("供水公司正在抢修。预计 10-13 14:00 恢复。")
    assert (shown["people"], shown["told"]["waiting"], shown["is_offered"]) == (4, 4, True)
    callers = await dispatcher.get(f"/incidents/{first}/callers?told=waiting")
    assert callers[0]["caller"]["phone"] == "199****0000"
    assert [caller["is_parent"] for caller in callers] == [True, False, False, False]

    again = await dispatcher.ask("PUT", f"/incidents/{first}", json={"form": form, "version": 1})
    assert again[0] == 200
    stale = await dispatcher.ask("PUT", f"/incidents/{first}", json={"form": form, "version": 1})
    assert (stale[0], stale[1]["code"], stale[1]["current"]["words"]) == (409, "version_conflict", "供水公司正在抢修")
    ended = await dispatcher.post(f"/incidents/{first}/end", {"note": "水已通"})
    assert (ended["is_offered"], ended["end_note"]) == (False, "水已通")
    assert [row["number"] for row in await dispatcher.get("/incidents?ended=true")] == [first]
    assert await dispatcher.get("/incidents") == []


async def test_every_fault_of_the_form_is_named_at_its_field(town: Town, now: datetime) -> None:
    number = burst(town, now, 1)[0]
    form = {"name": "爆", "words": "打 13800000000", "expected_at": now.isoformat()}

    status, answer = await town.browser(town.city.dispatcher).ask(
        "POST", f"/tickets/{number}/incident", json={"form": form, "numbers": []}
    )

    assert status == 422
    assert {(fault["loc"][-1], fault["code"]) for fault in answer["errors"]} == {
        ("name", "name_too_short"),
        ("words", "personal_data"),
        ("expected_at", "already_past"),
    }


async def test_an_agent_reads_incidents_and_declares_none_and_a_unit_reads_none(town: Town, now: datetime) -> None:
    number = burst(town, now, 1)[0]

    agent = town.browser(town.city.agent)

    status, _ = await agent.ask("POST", f"/tickets/{number}/incident", json={"form": {}})
    assert status == 403
    assert await agent.get("/incidents") == []
    status, _ = await town.browser(town.city.officer).ask("GET", "/incidents")
    assert status == 403
