"""公开 over HTTP: a supervisor looks, tells a month and a case, and takes the case back; others are refused."""

from datetime import timedelta

from tests.api.test_access import SetClock
from tests.api.test_tickets import Town


async def test_a_supervisor_looks_at_the_month_tells_it_once_and_says_why_when_it_is_told_again(
    town: Town, clock: SetClock
) -> None:
    town.moment = clock.moment = town.moment + timedelta(days=20)
    supervisor = town.browser(town.city.supervisor)

    month = await supervisor.get("/publications/preview")
    told = await supervisor.post("/publications", {"first": month["first"]}, expect=201)
    status, problem = await supervisor.ask("POST", "/publications", json={"first": month["first"], "note": "再发"})
    (shown,) = await supervisor.get("/publications")
    again = await supervisor.get("/publications/preview")

    assert (month["first"], month["last"], month["may_publish"], month["told"]) == (
        "2026-09-26", "2026-10-25", True, [],
    )  # fmt: skip
    assert told["issue"] == month["issue"] == shown["issue"]
    assert (status, problem["code"]) == (409, "publication_unchanged")
    assert [version["id"] for version in again["told"]] == [told["id"]]


async def test_a_day_in_the_middle_of_a_month_is_no_month(town: Town) -> None:
    status, problem = await town.browser(town.city.supervisor).ask(
        "POST", "/publications", json={"first": "2026-09-01"}
    )

    assert status == 422
    assert "not_a_month" in str(problem)


async def test_a_case_with_personal_words_is_refused_at_its_field_and_a_plain_one_is_told_and_withdrawn(
    town: Town,
) -> None:
    supervisor = town.browser(town.city.supervisor)
    plain = {"title": "老旧小区供暖恢复", "text": "换热站当天检修，室温达标。", "unit": "市住建局"}

    status, problem = await supervisor.ask(
        "POST", "/typical-cases", json={"form": {**plain, "text": "来电13800000000，已解决。"}}
    )
    made = await supervisor.post("/typical-cases", {"form": plain}, expect=201)
    gone = await supervisor.post(f"/typical-cases/{made['id']}/withdraw", {"reason": "内容有误"})
    (listed,) = await supervisor.get("/typical-cases")

    assert status == 422
    assert problem["errors"][0]["loc"] == ["body", "form", "text"]
    assert gone["withdrawn_by"] == town.city.supervisor.label
    assert listed["withdraw_reason"] == "内容有误"


async def test_whoever_may_not_publish_neither_looks_nor_tells(town: Town) -> None:
    for browser in (town.browser(town.city.dispatcher), town.browser(town.city.officer)):
        for method, path in (("POST", "/publications"), ("GET", "/publications"), ("GET", "/typical-cases")):
            status, _ = await browser.ask(method, path, json={} if method == "POST" else None)
            assert status == 403
