"""What a hall may not rewrite of a matter: whose it is, and in which month it counts."""

from datetime import datetime
from typing import Any

import pytest

from tests.counters.hall import MATTERS, Hall, matter


async def test_a_unit_without_a_window_at_the_hall_is_refused_until_it_has_one(hall: Hall) -> None:
    status, problem = await hall.ask("POST", MATTERS, matter(unit_code="unit-b"))
    assert (status, problem["errors"][0]["code"]) == (422, "unit_not_in_hall")
    await hall.register()
    status, problem = await hall.ask("POST", MATTERS, matter(version=2, unit_code="unit-b"))
    assert (status, problem["errors"][0]["code"]) == (422, "unit_not_in_hall")

    hall.open_window("B02", "unit-b")

    assert (await hall.register(version=2, unit_code="unit-b"))["version"] == 2


async def test_a_matter_is_said_again_though_its_unit_has_left_the_hall(hall: Hall) -> None:
    hall.open_window("B02", "unit-b")
    first = await hall.register(unit_code="unit-b")
    hall.move_window("B02", "unit-hall")

    assert await hall.register(unit_code="unit-b") == first


@pytest.mark.parametrize(
    "change", [{"stage": "accepted", "done_at": None}, {"done_at": "2026-10-25T16:00:00Z"}], ids=["back", "on"]
)
async def test_a_matter_that_was_done_does_not_leave_a_month_that_is_over(hall: Hall, change: dict[str, Any]) -> None:
    await hall.register()
    hall.clock.move_to(datetime.fromisoformat("2026-10-25T16:00:00+00:00"))

    status, problem = await hall.ask("POST", MATTERS, matter(version=2, **change))
    told = await hall.register(version=2, done_at="2026-10-13T00:50:00Z")

    assert (status, problem["code"]) == (409, "counter_matter_counted")
    assert (told["version"], told["stage"]) == (2, "done")


async def test_a_matter_done_by_mistake_is_taken_back_while_its_month_runs(hall: Hall) -> None:
    await hall.register()
    hall.clock.move_to(datetime.fromisoformat("2026-10-25T15:59:00+00:00"))

    told = await hall.register(version=2, stage="accepted", done_at=None)

    assert told["stage"] == "accepted"


async def test_a_matter_is_not_moved_into_a_month_that_was_counted(hall: Hall) -> None:
    await hall.register()
    earlier = {"applied_at": "2026-09-20T01:00:00Z", "done_at": "2026-09-25T15:59:00Z"}

    status, problem = await hall.ask("POST", MATTERS, matter(version=2, **earlier))

    assert (status, problem["code"]) == (409, "counter_matter_counted")
