"""The device at a window: known by its key, shows what its window finished, counts what is pressed once."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from evaluation.counters.model import CounterMatter, CounterWindow
from evaluation.counters.rules import WindowKey, device_key, window_link
from evaluation.counters.windows import renew_device
from evaluation.model import Rating, RatingReason
from evaluation.rules import BadReason, Channel
from tests.counters.hall import LINK_KEY, Hall


def key(hall: Hall, no: int = 1) -> str:
    return device_key(WindowKey(hall.window_id, no), master=LINK_KEY)


async def call(hall: Hall, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    answer = await hall.client.request(method, f"/api/device/{path}", json=body)
    return answer.status, await answer.json(content_type=None) if answer.status != 204 else None


@pytest.fixture
async def device(hall: Hall) -> Hall:
    """Signed in at window A03."""
    hall.database.write(renew_device, hall.window_id)
    assert (await call(hall, "POST", "sign-in", {"key": key(hall)}))[0] == 200
    return hall


async def state(hall: Hall) -> Any:
    status, said = await call(hall, "GET", "state")
    assert status == 200, said
    return said


async def pressed(hall: Hall, matter_id: int, **changes: Any) -> tuple[int, Any]:
    return await call(
        hall, "POST", "ratings", {"matter_id": matter_id, "entry": "pressed-1", "level": 5, "reasons": []} | changes
    )


async def test_it_shows_the_matter_that_its_window_has_finished_and_nothing_of_the_citizen(device: Hall) -> None:
    assert (await state(device))["matter"] is None
    await device.register()

    shown = (await state(device))["matter"]

    assert (shown["number_tail"], shown["item_name"]) == ("000017", "食品经营许可证核发")
    assert set(shown) == {"id", "number_tail", "item_name"}
    device.pass_time(timedelta(minutes=15))
    assert (await state(device))["matter"] is None


async def test_what_is_pressed_counts_once_however_often_it_is_sent(device: Hall) -> None:
    await device.register()
    matter_id = (await state(device))["matter"]["id"]

    first = await pressed(device, matter_id, level=1, reasons=["attitude"])
    again = await pressed(device, matter_id, level=1, reasons=["attitude"])

    assert first == again
    assert first[0] == 200
    assert set(first[1]) == {"receipt"}
    assert device.levels() == [(1, True)]
    channel = device.database.read(lambda session: session.scalar(select(Rating.channel)))
    reasons = device.database.read(lambda session: session.scalars(select(RatingReason.reason)).all())
    assert (channel, list(reasons)) == (Channel.DEVICE, [BadReason.ATTITUDE])
    assert (await state(device))["matter"] is None


async def test_nobody_presses_a_second_time(device: Hall) -> None:
    await device.register()
    matter_id = (await state(device))["matter"]["id"]
    await pressed(device, matter_id, level=1)

    status, problem = await pressed(device, matter_id, level=5, entry="pressed-2")

    assert (status, problem["code"]) == (409, "already_rated")
    assert device.levels() == [(1, True)]


async def test_what_waited_without_network_is_taken_later(device: Hall) -> None:
    await device.register()
    matter_id = (await state(device))["matter"]["id"]
    device.pass_time(timedelta(hours=30))

    assert (await pressed(device, matter_id))[0] == 200


async def test_a_matter_of_another_window_cannot_be_rated_here(device: Hall) -> None:
    await device.register(window_number="B01", unit_code="unit-hall")
    matter_id = device.database.read(lambda session: session.scalar(select(CounterMatter.id)))

    status, problem = await pressed(device, matter_id or 0)

    assert (status, problem["code"]) == (404, "counter_matter_unknown")
    assert device.counted() == 0


async def test_that_the_question_was_asked_is_kept_once_and_only_of_its_own_window(device: Hall) -> None:
    await device.register()
    await device.register(number="OTHER-000001", window_number="B01", unit_code="unit-hall")
    answers = [await call(device, "POST", "shown", {"matter_id": matter_id}) for matter_id in (1, 2)]
    assert [status for status, _ in answers] == [204, 404]
    first = device.clock.now()
    device.pass_time(timedelta(minutes=1))
    await call(device, "POST", "shown", {"matter_id": 1})

    asked = device.database.read(
        lambda session: session.scalars(select(CounterMatter.asked_at).order_by(CounterMatter.id)).all()
    )
    assert list(asked) == [first, None]


async def test_a_renewed_made_up_or_foreign_key_opens_nothing(device: Hall) -> None:
    await device.register()
    foreign = window_link(WindowKey(device.window_id, 1), master=LINK_KEY)
    for wrong in ("1.1.made-up-made-up", foreign, key(device, 0), key(device, 2)):
        assert (await call(device, "POST", "sign-in", {"key": wrong}))[0] == 401
    assert (await call(device, "GET", "state"))[0] == 200

    device.database.write(renew_device, device.window_id)

    assert (await call(device, "GET", "state"))[0] == 401
    assert (await pressed(device, 1))[0] == 401
    device.client.session.cookie_jar.clear()
    assert (await call(device, "GET", "state"))[0] == 401
    assert device.counted() == 0


async def test_it_is_seen_that_the_device_is_there(device: Hall) -> None:
    await state(device)

    seen = device.database.read(lambda session: session.scalar(select(CounterWindow.device_seen_at)))
    assert seen == device.clock.now()
