"""Days that no calendar holds and ids that no database holds are refused at their field, whichever form has them."""

from typing import Any

import pytest

from tests.api.test_tickets import Browser, Town
from tests.tickets.making import City, reply_form

DAYS = ("0001-01-01", "2200-01-01", "9999-12-31")
IDS = (0, -1, 2**53, 2**63, 10**30)
REASON = "管网改造需要更多时间，请批准"


def signed(town: Town) -> str:
    return town.database.write(lambda session: City.session_of(session, town.city).signed(town.moment).number)


async def refused(browser: Browser, path: str, body: dict[str, Any]) -> tuple[int, set[str]]:
    """The status, and the fields of the body that were named."""
    status, answer = await browser.ask("POST", path, json=body)
    fields = {next(part for part in reversed(fault["loc"]) if isinstance(part, str)) for fault in answer["errors"]}
    return status, fields


@pytest.mark.parametrize("day", DAYS)
async def test_a_day_that_no_calendar_holds_is_refused_at_its_field(town: Town, day: str) -> None:
    city, number = town.city, signed(town)
    supervisor, officer = town.browser(city.supervisor), town.browser(city.officer)
    reply = reply_form().model_dump(mode="json") | {"finish_on": day}
    asked = {"kind": "parking", "reason": REASON, "plan": "列入明年改造", "review_on": day, "until_on": day}
    bulletin = {"title": "值班", "text": "值守。", "valid_until": day, "receive_by": day}
    line = {"topic_id": city.topic.id, "unit_id": city.roads.id, "basis": "会商纪要", "begins_on": day}
    for browser, path, body, fields in (
        (supervisor, f"/tickets/{number}/park", {"plan": "明年", "review_on": day}, {"review_on"}),
        (officer, f"/tickets/{number}/requests", {"form": asked}, {"review_on", "until_on"}),
        (officer, f"/tickets/{number}/reply", {"form": reply}, {"finish_on"}),
        (supervisor, "/bulletins", {"form": bulletin}, {"valid_until", "receive_by"}),
        (supervisor, "/catalogue/lines", {"form": line, "version": 1}, {"begins_on"}),
    ):
        assert await refused(browser, path, body) == (422, fields), path


@pytest.mark.parametrize("wrong_id", IDS)
async def test_an_id_that_no_database_holds_is_refused_at_its_field(town: Town, wrong_id: int) -> None:
    city, number = town.city, signed(town)
    bulletin = {"title": "值班", "text": "值守。", "valid_until": "2026-12-31", "unit_ids": [wrong_id]}
    ids = {"place_id": wrong_id, "topic_id": wrong_id, "accused_unit_id": wrong_id}
    returned = city.return_form().model_dump(mode="json") | {"basis_id": wrong_id, "proposed_unit_id": wrong_id}
    for who, path, form in (
        (city.supervisor, "/bulletins", bulletin),
        (city.agent, "/tickets", town.form(**ids)),
        (city.officer, f"/tickets/{number}/return", returned),
        (city.dispatcher, f"/tickets/{number}/incident", {"name": "停热", "words": "正在抢修中", "place_id": wrong_id}),
    ):
        status, fields = await refused(town.browser(who), path, {"form": form})
        assert (status, {field for field in fields if field.endswith(("_id", "_ids"))}) == (
            422,
            {field for field, value in form.items() if value in (wrong_id, [wrong_id])},
        ), path
