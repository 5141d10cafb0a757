"""What a window's QR code opens: by two ends of numbers, once each, and nothing for whoever guesses."""

import re
from datetime import timedelta

import pytest
import structlog
from sqlalchemy import Update, select, update
from sqlalchemy.orm import Session

from evaluation.counters.model import CounterMatter, CounterWindow
from evaluation.counters.rules import GENERAL_MOST_AN_HOUR, WindowKey, device_key, window_link
from evaluation.counters.windows import renew_link
from evaluation.model import Rating
from evaluation.rules import CODE_TRIES, CODE_TRIES_WITHIN, Channel
from tests.counters.hall import LINK_KEY, NUMBER, PHONE, Hall

TAILS = {"number": NUMBER[-6:], "tail": PHONE[-4:]}


def link(hall: Hall) -> str:
    return "/c/" + window_link(WindowKey(hall.window_id, 1), master=LINK_KEY)


async def opened(hall: Hall) -> tuple[str, str]:
    """The address and the text of the rating page."""
    answer = await hall.client.post(link(hall), data=TAILS)
    assert answer.status == 200
    return answer.url.path, await answer.text()


def _execute(session: Session, change: Update) -> None:
    session.execute(change)


def nonce(html: str) -> str:
    found = re.search(r'name="nonce" value="([0-9a-f]{16})"', html)
    assert found
    return found[1]


async def test_two_ends_of_numbers_open_the_matter_and_the_answer_has_a_receipt(hall: Hall) -> None:
    await hall.register()
    address, html = await opened(hall)
    form = {"level": "2", "solved": "no", "reason_attitude": "1", "words": "没人理", "nonce": nonce(html)}

    for _ in range(2):
        answer = await hall.client.post(address, data=form)
        html = await answer.text()
        assert answer.status == 200

    receipt, channel = hall.database.read(lambda session: session.execute(select(Rating.receipt, Rating.channel)).one())
    assert receipt in html
    assert "态度" in html
    assert channel is Channel.QR
    assert hall.levels() == [(2, True)]


async def test_the_same_link_corrects_and_another_opening_of_the_same_matter_does_not(hall: Hall) -> None:
    """Whoever works at the window knows both ends of the numbers too."""
    await hall.register()
    address, html = await opened(hall)
    await hall.client.post(address, data={"level": "1", "nonce": nonce(html)})
    hall.pass_time(timedelta(minutes=10))

    other, html = await opened(hall)
    refused = await hall.client.post(other, data={"level": "5", "nonce": "0" * 16})

    assert "非常不满意" not in html
    assert "该办件已评价，无需重复评价" in html
    assert refused.status == 409
    await hall.client.post(address, data={"level": "3", "nonce": "1" * 16})
    assert hall.levels() == [(1, False), (3, True)]


async def test_a_device_s_rating_is_not_overwritten_by_two_ends_of_numbers(hall: Hall) -> None:
    await hall.register()
    await hall.rate(level=1)

    address, _ = await opened(hall)
    await hall.client.post(address, data={"level": "5", "nonce": "0" * 16})

    assert hall.levels() == [(1, True)]


@pytest.mark.parametrize("wrong", [{"tail": "0002"}, {"number": "999999"}, {"number": ""}])
async def test_whatever_is_wrong_the_words_are_the_same(hall: Hall, wrong: dict[str, str]) -> None:
    await hall.register()

    answer = await hall.client.post(link(hall), data=TAILS | wrong)

    assert answer.status == 403
    assert "办件编号或手机尾号不正确" in await answer.text()


async def test_the_fifth_wrong_phone_closes_that_way_for_the_right_one_too(hall: Hall) -> None:
    await hall.register()
    for _ in range(5):
        await hall.client.post(link(hall), data=TAILS | {"tail": "0002"})

    answer = await hall.client.post(link(hall), data=TAILS)

    assert answer.status == 403
    assert hall.counted() == 0


async def test_nobody_closes_that_way_for_good_it_opens_again_after_a_day(hall: Hall) -> None:
    await hall.register()
    for _ in range(5):
        await hall.client.post(link(hall), data=TAILS | {"tail": "0002"})

    hall.pass_time(timedelta(hours=24))

    address, _ = await opened(hall)
    assert address.startswith("/c/matter/")


async def test_another_citizen_who_opens_theirs_counts_against_nobody_with_the_same_number_tail(hall: Hall) -> None:
    await hall.register(number="AA000017", phone="19900000002")
    await hall.register(number="BB000017")
    for _ in range(6):
        await opened(hall)

    answer = await hall.client.post(link(hall), data=TAILS | {"tail": "0002"}, allow_redirects=False)

    assert answer.status == 303


async def test_refused_tries_are_logged_and_stop_their_address_for_a_while(hall: Hall) -> None:
    await hall.register()
    with structlog.testing.capture_logs() as lines:
        for _ in range(CODE_TRIES):
            await hall.client.post(link(hall), data=TAILS | {"number": "999999"})

    refused = await hall.client.post(link(hall), data=TAILS, allow_redirects=False)
    hall.pass_time(CODE_TRIES_WITHIN)
    later = await hall.client.post(link(hall), data=TAILS, allow_redirects=False)

    assert [line["event"] for line in lines].count("counter matter refused") == CODE_TRIES
    assert (refused.status, later.status) == (403, 303)


async def test_another_window_of_another_hall_opens_nothing_of_it(hall: Hall) -> None:
    await hall.register()
    hall.database.write(_execute, update(CounterMatter).values(platform_id=2))

    assert (await hall.client.post(link(hall), data=TAILS)).status == 403


async def test_a_made_up_renewed_or_closed_link_opens_nothing(hall: Hall) -> None:
    good = link(hall)
    other_purpose = device_key(WindowKey(hall.window_id, 1), master=LINK_KEY)
    made_up = [good[:-1] + ("A" if good[-1] != "A" else "B"), "/c/1.1.", "/c/x", f"/c/{other_purpose}"]
    assert len(good.rpartition(".")[2]) * 6 >= 128
    for address in made_up:
        assert (await hall.client.get(address)).status == 404
    assert (await hall.client.get(good)).status == 200

    hall.database.write(renew_link, hall.window_id)
    assert (await hall.client.get(good)).status == 404
    hall.database.write(_execute, update(CounterWindow).values(is_active=False))
    assert (await hall.client.get(f"{good}/service")).status == 404


async def test_a_window_is_rated_without_a_matter_once_a_day_and_counted_apart(hall: Hall) -> None:
    address = f"{link(hall)}/service"
    await hall.client.get(address)

    for level in ("5", "1"):
        answer = await hall.client.post(address, data={"level": level})
        assert answer.status == 200
        assert "今天已评价过该窗口" in await answer.text()

    assert hall.levels() == [(5, True)]
    kept = hall.database.read(lambda session: session.execute(select(Rating.matter_id, Rating.window_id)).one())
    assert tuple(kept) == (None, hall.window_id)
    hall.pass_time(timedelta(days=1))
    await hall.client.post(address, data={"level": "1"})
    assert hall.levels() == [(5, True), (1, True)]


async def test_who_carries_no_cookie_is_asked_for_one_and_nothing_is_lost(hall: Hall) -> None:
    answer = await hall.client.post(f"{link(hall)}/service", data={"level": "4", "words": "很好"})

    html = await answer.text()
    assert answer.status == 422
    assert "Cookie" in html
    assert "很好" in html
    assert hall.counted() == 0


async def test_a_window_takes_so_many_general_ratings_an_hour(hall: Hall) -> None:
    address = f"{link(hall)}/service"
    for _ in range(GENERAL_MOST_AN_HOUR + 1):
        hall.client.session.cookie_jar.clear()
        await hall.client.get(address)
        answer = await hall.client.post(address, data={"level": "5"})

    assert answer.status == 429
    assert hall.counted() == GENERAL_MOST_AN_HOUR


async def test_a_form_without_a_level_keeps_what_was_typed(hall: Hall) -> None:
    await hall.register()
    address, html = await opened(hall)

    answer = await hall.client.post(address, data={"words": "等了很久", "reason_overdue": "1", "nonce": nonce(html)})
    html = await answer.text()

    assert answer.status == 422
    assert "请先选择一个满意程度" in html
    assert "等了很久" in html
    assert re.search(r'name="reason_overdue" value="1" checked', html)
