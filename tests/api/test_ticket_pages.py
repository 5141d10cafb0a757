"""Pages of the list of tickets: they join, a unit's as well, and no cursor or moment is a fault of ours."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests.api.test_tickets import Town, town_ticket
from tests.tickets.making import City


async def test_pages_of_a_list_join_without_gap_or_double(town: Town, now: datetime) -> None:
    past_the_calendar = datetime(2026, 12, 30, 2, tzinfo=UTC)
    for begins in (now, past_the_calendar, now, now, past_the_calendar, past_the_calendar, now):
        town.database.write(lambda session, begins=begins: town_ticket(session, town.city, begins))
    dispatcher = town.browser(town.city.dispatcher)

    seen: list[str] = []
    for sort in ("newest", "due"):
        seen.clear()
        after = ""
        while True:
            page = await dispatcher.get(f"/tickets?limit=3&sort={sort}{after}")
            seen += [row["number"] for row in page["rows"]]
            assert page["count"] == {"n": 7, "more": False}
            if page["next"] is None:
                break
            after = "&after=" + page["next"].replace("+", "%2B")
        assert len(seen) == len(set(seen)) == 7

    first = await dispatcher.get("/tickets?limit=3&sort=due")
    assert await dispatcher.get("/tickets?limit=3&sort=due&after=") == first
    status, answer = await dispatcher.ask("GET", "/tickets?after=nonsense")
    assert (status, answer["errors"][0]["code"]) == (422, "ticket_cursor_invalid")


def unit_ticket(session: Session, city: City, now: datetime) -> None:
    City.session_of(session, city).signed(now)


async def test_a_units_pages_join_without_gap_or_double_also_narrowed(town: Town, now: datetime) -> None:
    for kind in (unit_ticket, town_ticket, unit_ticket, unit_ticket, town_ticket, unit_ticket, unit_ticket):
        town.database.write(lambda session, kind=kind: kind(session, town.city, now))
    officer = town.browser(town.city.officer)

    for narrowed in ("", "&state=in_progress"):
        seen: list[str] = []
        page: dict[str, Any] = {"next": ""}
        while page["next"] is not None:
            page = await officer.get(f"/tickets?limit=2{narrowed}&after={page['next']}")
            seen += [row["number"] for row in page["rows"]]
            assert page["count"] == {"n": 5, "more": False}
        assert len(seen) == len(set(seen)) == 5
        assert seen == sorted(seen, reverse=True)


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00%2B08:00", "9999-12-31T23:59:59-08:00"])
async def test_a_moment_outside_every_calendar_is_refused_by_name(town: Town, moment: str) -> None:
    agent = town.browser(town.city.agent)

    for field, path in (("since", "/tickets?since="), ("until", "/tickets?until=")):
        status, answer = await agent.ask("GET", path + moment)
        assert (status, answer["errors"][0]["loc"]) == (422, ["query", field]), path
    status, answer = await agent.ask("GET", f"/tickets?sort=due&after={moment}~3")
    assert (status, answer["errors"][0]["code"]) == (422, "ticket_cursor_invalid")
