"""通知公告 over HTTP: a supervisor publishes, units sign, others are refused."""

from datetime import datetime, timedelta

from tests.api.test_access import SetClock
from tests.api.test_tickets import Town
from tickets.clocks import local_day


async def test_from_publishing_to_an_overdue_receipt_to_withdrawing(town: Town, now: datetime, clock: SetClock) -> None:
    supervisor, unit = town.browser(town.city.supervisor), town.browser(town.city.officer)
    today = local_day(now)
    form = {
        "title": "供暖季值班要求",
        "text": "各单位须二十四小时值守。",
        "valid_until": (today + timedelta(days=9)).isoformat(),
        "receive_by": today.isoformat(),
    }

    made = await supervisor.post("/bulletins", {"form": form}, expect=201)
    (read,) = await unit.get("/unit/bulletins")
    (signed,) = await unit.post(f"/unit/bulletins/{made['id']}/receive", {})
    town.moment = clock.moment = now + timedelta(days=1)
    supervisor = town.browser(town.city.supervisor)
    (shown,) = await supervisor.get("/bulletins")
    missing = await supervisor.get(f"/bulletins/{made['id']}/receipts?missing=true")
    gone = await supervisor.post(f"/bulletins/{made['id']}/withdraw", {"reason": "已有新规定"})

    assert (made["n"], made["received"], made["late"]) == (5, 0, 0)
    assert (read["title"], read["received_at"], read["is_late"]) == ("供暖季值班要求", None, False)
    assert signed["received_by"] == town.city.officer.label
    assert (shown["received"], shown["late"]) == (1, 4)
    assert [row["unit"] for row in missing] == ["市城管局", "朝阳区政府", "南湖街道办", "南湖社区"]
    assert (gone["is_over"], gone["late"]) == (True, 0)
    assert await town.browser(town.city.roads_officer).get("/unit/bulletins") == []


async def test_a_past_day_is_named_at_its_field(town: Town) -> None:
    form = {"title": "值班", "text": "值守。", "valid_until": "2020-01-01"}

    status, answer = await town.browser(town.city.supervisor).ask("POST", "/bulletins", json={"form": form})

    assert status == 422
    assert "valid_until_past" in str(answer)


async def test_a_dispatcher_neither_publishes_nor_reads_and_a_unit_reads_its_own_only(town: Town) -> None:
    for browser in (town.browser(town.city.dispatcher), town.browser(town.city.officer)):
        for method, path in (("POST", "/bulletins"), ("GET", "/bulletins"), ("GET", "/bulletins/1/receipts")):
            status, _ = await browser.ask(method, path, json={} if method == "POST" else None)
            assert status == 403
