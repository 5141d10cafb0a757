"""A hall registers matters and hands ratings over: signed, once each, and nobody rates another person's matter."""

import asyncio
import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from core.http_signatures import Message, sign_message
from docs.examples import platform_client
from evaluation.counters.model import CounterMatter, CounterMatterChange
from evaluation.model import LedgerEntry, Rating
from evaluation.rules import Channel, Subject
from tests.counters.hall import MASTER, MATTERS, NUMBER, PHONE, Hall, matter, rating
from tickets.platforms.rules import PlatformKey, platform_key

GUIDE = Path(__file__).parents[2] / "docs" / "counters.md"


async def test_a_matter_is_registered_once_and_keeps_no_personal_data(hall: Hall) -> None:
    first = await hall.register()
    again = await hall.register()

    assert first == again
    assert hall.counted(CounterMatter) == 1
    kept = hall.database.read(lambda session: _columns(session.scalars(select(CounterMatter)).one()))
    assert kept["unit_id"] == hall.unit_id
    assert kept["phone_masked"] == "199****0001"
    assert PHONE not in str(kept)


async def test_a_name_or_certificate_is_refused_not_dropped(hall: Hall) -> None:
    status, problem = await hall.ask("POST", MATTERS, matter(certificate_no="11010119900101001X"))

    assert status == 422
    assert problem["errors"][0]["code"] == "extra_forbidden"
    assert hall.counted(CounterMatter) == 0


async def test_a_correction_keeps_what_the_matter_said_before(hall: Hall) -> None:
    await hall.register()
    await hall.register(version=2, staff_number="G2000")
    late = await hall.register(version=1)

    assert late["version"] == 2
    before = hall.database.read(lambda session: session.scalars(select(CounterMatterChange.before)).all())
    assert [change["staff_number"] for change in before] == ["G1027"]
    staff = hall.database.read(lambda session: session.scalar(select(CounterMatter.staff_number)))
    assert staff == "G2000"


async def test_the_same_version_with_other_content_is_refused(hall: Hall) -> None:
    await hall.register()

    status, problem = await hall.ask("POST", MATTERS, matter(window_number="A03", staff_number="G2000"))

    assert (status, problem["code"]) == (409, "counter_version_taken")


@pytest.mark.parametrize(
    "change",
    [
        {"staff_number": "G2000"},
        {"unit_code": "unit-b"},
        {"phone": "19900000002"},
        {"window_number": "B01"},
        {"applied_at": "2026-10-12T00:50:00Z"},
    ],
)
async def test_a_bad_rating_cannot_be_moved_to_somebody_else(hall: Hall, change: dict[str, Any]) -> None:
    hall.open_window("B02", "unit-b")
    await hall.register(unit_code="unit-hall")
    await hall.rate(level=1)

    said = matter(version=2, unit_code="unit-hall") | change
    status, problem = await hall.ask("POST", MATTERS, said)

    assert (status, problem["code"]) == (409, "counter_matter_rated")


async def test_a_matter_rated_when_it_was_accepted_may_still_be_done(hall: Hall) -> None:
    await hall.register(stage="accepted", done_at=None)
    await hall.rate()

    told = await hall.register(version=2)

    assert (told["stage"], told["is_rated"]) == ("done", True)


async def test_a_rated_matter_counts_no_earlier_than_the_day_of_its_rating(hall: Hall) -> None:
    await hall.register(stage="accepted", done_at=None, applied_at="2026-09-20T01:00:00Z")
    await hall.rate(level=1)
    done = {"version": 2, "applied_at": "2026-09-20T01:00:00Z"}

    status, problem = await hall.ask("POST", MATTERS, matter(**done, done_at="2026-09-25T01:00:00Z"))
    assert (status, problem["code"]) == (409, "counter_matter_rated")
    status, problem = await hall.ask("POST", MATTERS, matter(**done, done_at="2026-10-12T15:59:00Z"))
    assert (status, problem["code"]) == (409, "counter_matter_rated")

    told = await hall.register(**done, done_at="2026-10-12T16:00:00Z")
    assert (told["stage"], told["is_rated"]) == ("done", True)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"done_at": None}, "done_at_wrong"),
        ({"stage": "accepted"}, "done_at_wrong"),
        ({"done_at": "2026-10-13T00:30:00Z"}, "done_before_applied"),
        ({"done_at": "2026-10-13T03:00:00Z"}, "in_the_future"),
        ({"number": "X 1/2"}, "string_pattern_mismatch"),
    ],
)
async def test_what_cannot_be_right_is_named(hall: Hall, change: dict[str, Any], code: str) -> None:
    status, problem = await hall.ask("POST", MATTERS, matter(**change))

    assert status == 422
    assert code in {fault["code"] for fault in problem["errors"]}


async def test_a_unit_that_nobody_knows_is_refused(hall: Hall) -> None:
    status, problem = await hall.ask("POST", MATTERS, matter(unit_code="nobody"))
    assert (status, problem["code"]) == (404, "counter_unit_unknown")
    status, problem = await hall.ask("POST", MATTERS, matter(window_number="Z99"))
    assert (status, problem["code"]) == (409, "counter_unit_missing")


async def test_a_rating_counts_once_however_often_it_is_sent(hall: Hall) -> None:
    await hall.register()
    status, first = await hall.rate(level=4, words="很快")
    _, again = await hall.rate(level=4, words="很快")

    assert status == 200
    assert first == again
    kept = hall.database.read(lambda session: _columns(session.scalars(select(Rating)).one()))
    assert (kept["subject"], kept["channel"], kept["level"]) == (Subject.COUNTER, Channel.DEVICE, 4)
    assert (kept["unit_id"], kept["is_real_name"], kept["ticket_id"]) == (hall.unit_id, False, None)
    line = hall.database.read(lambda session: json.loads(session.scalars(select(LedgerEntry.body)).one()))
    assert line["matter"] == kept["matter_id"]
    assert "很快" not in str(line)


async def test_a_second_rating_of_a_matter_is_refused(hall: Hall) -> None:
    await hall.register()
    await hall.rate()

    status, problem = await hall.rate(entry="entry-0002", level=1)

    assert (status, problem["code"]) == (409, "already_rated")
    assert problem["detail"] == "该办件已评价，无需重复评价"
    assert hall.levels() == [(5, True)]


async def test_two_at_once_are_one_rating(hall: Hall) -> None:
    await hall.register()

    answers = await asyncio.gather(*(hall.rate(entry=f"entry-000{n}", level=n) for n in range(1, 5)))

    assert sorted(status for status, _ in answers) == [200, 409, 409, 409]
    assert hall.counted() == 1


OWN: dict[str, Any] = {"is_real_name": True, "phone": PHONE, "channel": "app"}


async def test_the_matter_s_own_number_corrects_for_a_day_and_both_stay(hall: Hall) -> None:
    await hall.register()
    await hall.rate(**OWN)
    hall.pass_time(timedelta(hours=23, minutes=59))

    status, corrected = await hall.rate(entry="entry-0002", level=1, **OWN)
    assert (status, corrected["is_correction"]) == (200, True)
    hall.pass_time(timedelta(minutes=2))
    status, problem = await hall.rate(entry="entry-0003", level=5, **OWN)

    assert (status, problem["code"]) == (409, "already_rated")
    assert hall.levels() == [(5, False), (1, True)]


async def test_the_matter_s_own_number_replaces_what_nobody_proved_as_long_as_the_matter_is_open(hall: Hall) -> None:
    await hall.register()
    await hall.rate(channel="pc")
    hall.pass_time(timedelta(days=6, hours=23))

    _, told = await hall.ask("GET", f"{MATTERS}/{NUMBER}")
    status, replaced = await hall.rate(entry="entry-0002", level=1, **OWN)

    assert told["correct_until"] == "2026-10-20T01:00:00Z"
    assert (status, replaced["is_correction"]) == (200, True)
    assert hall.levels() == [(5, False), (1, True)]


async def test_after_a_day_the_hall_s_word_for_a_number_raises_nothing_that_nobody_proved(hall: Hall) -> None:
    await hall.register()
    await hall.rate(channel="pc", level=2)
    hall.pass_time(timedelta(hours=25))

    raised, _ = await hall.rate(entry="entry-0002", level=3, **OWN)
    lowered, _ = await hall.rate(entry="entry-0003", level=1, **OWN)
    raised_then, _ = await hall.rate(entry="entry-0004", level=5, **OWN)

    assert (raised, lowered, raised_then) == (409, 200, 409)
    assert hall.levels() == [(2, False), (1, True)]


async def test_whoever_replaced_it_has_a_day_to_correct_that(hall: Hall) -> None:
    await hall.register()
    await hall.rate(channel="pc")
    hall.pass_time(timedelta(days=6))
    await hall.rate(entry="entry-0002", level=1, **OWN)
    hall.pass_time(timedelta(hours=23, minutes=59))

    corrected, _ = await hall.rate(entry="entry-0003", level=2, **OWN)
    hall.pass_time(timedelta(minutes=1))
    late, problem = await hall.rate(entry="entry-0004", level=5, **OWN)

    assert (corrected, late, problem["code"]) == (200, 409, "already_rated")
    assert hall.levels() == [(5, False), (1, False), (2, True)]


async def test_once_the_matter_is_closed_what_nobody_proved_stands_too(hall: Hall) -> None:
    await hall.register()
    await hall.rate(channel="pc")
    hall.pass_time(timedelta(days=7))

    status, problem = await hall.rate(entry="entry-0002", level=1, **OWN)

    assert (status, problem["code"]) == (409, "already_rated")


async def test_nobody_without_a_proof_replaces_a_proven_rating(hall: Hall) -> None:
    await hall.register()
    await hall.rate(**OWN, level=1)

    status, problem = await hall.rate(entry="entry-0002", channel="pc")

    assert (status, problem["code"]) == (409, "already_rated")
    assert hall.levels() == [(1, True)]


async def test_another_person_s_number_rates_nothing(hall: Hall) -> None:
    await hall.register()

    status, problem = await hall.rate(is_real_name=True, phone="19900000002")

    assert (status, problem["code"]) == (403, "counter_phone_wrong")
    assert hall.counted() == 0


@pytest.mark.parametrize(
    ("change", "code"), [({"channel": "sms"}, "channel_not_yours"), ({"is_real_name": True}, "phone_missing")]
)
async def test_a_hall_says_nothing_in_another_channel_s_name(hall: Hall, change: dict[str, Any], code: str) -> None:
    await hall.register()

    status, problem = await hall.rate(**change)

    assert (status, problem["errors"][0]["code"]) == (422, code)


async def test_a_matter_of_last_week_is_no_longer_rated(hall: Hall) -> None:
    await hall.register()
    hall.pass_time(timedelta(days=7))

    status, problem = await hall.rate()

    assert (status, problem["code"]) == (409, "invitation_expired")


async def test_a_hall_learns_that_a_matter_was_rated_but_not_how(hall: Hall) -> None:
    await hall.register()
    await hall.rate(level=1)

    status, told = await hall.ask("GET", f"{MATTERS}/{NUMBER}")

    assert status == 200
    assert told["is_rated"] is True
    assert "level" not in told


async def test_another_hall_knows_nothing_of_it(hall: Hall) -> None:
    await hall.register()

    for method, path, body in (("GET", MATTERS, None), ("POST", f"{MATTERS}/{NUMBER}/ratings", rating())):
        to = f"{path}/{NUMBER}" if method == "GET" else path
        status, problem = await hall.ask(method, to, body, key=hall.other_key)
        assert (status, problem["code"]) == (404, "counter_matter_unknown")
    assert hall.counted() == 0


def other_level(message: Message) -> None:
    message.body = message.body.replace(b'"level": 1', b'"level": 5')


def no_signature(message: Message) -> None:
    del message.headers["Signature"]


@pytest.mark.parametrize(
    "how",
    [
        {"spoil": other_level},
        {"spoil": no_signature},
        {"key": PlatformKey("hall.1", b"another key")},
        {"key": platform_key(MASTER, "nobody", 1)},
        {"at": datetime.fromisoformat("2026-10-13T00:54:00+00:00")},
        {"at": datetime.fromisoformat("2026-10-13T01:06:00+00:00")},
        {"to": f"{MATTERS}/XZ20261013000018/ratings"},
    ],
    ids=["body", "no signature", "key", "hall", "late", "early", "other matter"],
)
async def test_what_was_not_signed_as_it_stands_changes_nothing(hall: Hall, how: dict[str, Any]) -> None:
    await hall.register()

    status, problem = await hall.ask("POST", f"{MATTERS}/{NUMBER}/ratings", rating(level=1), **how)

    assert (status, problem["code"]) == (401, "signature_wrong")
    assert hall.counted() == 0


async def test_a_request_sent_again_by_a_listener_changes_nothing(hall: Hall) -> None:
    """Within its five minutes it is the same telling, afterwards it is nobody's."""
    await hall.register()
    path = f"{MATTERS}/{NUMBER}/ratings"
    message = Message("POST", f"https://hotline.example{path}", json.dumps(rating()).encode())
    sign_message(message, key_id=hall.key.id, key=hall.key.secret, now=hall.clock.now())
    message.headers["Content-Type"] = "application/json"

    first = await hall.send("POST", path, message)
    again = await hall.send("POST", path, message)
    hall.pass_time(timedelta(minutes=6))
    late = await hall.send("POST", path, message)

    assert first == again
    assert (late[0], late[1]["code"]) == (401, "signature_wrong")
    assert hall.counted() == 1


async def test_the_guide_s_example_does_what_it_says(hall: Hall) -> None:
    said_matter, matter_answer, said_rating, rating_answer = map(
        json.loads, re.findall(r"```json\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    )

    told = await _as_the_guide_does(hall, MATTERS, said_matter)
    rated = await _as_the_guide_does(hall, f"{MATTERS}/{said_matter['number']}/ratings", said_rating)

    assert told == matter_answer
    mine = {"receipt", "recorded_at"}
    assert {name: rated[name] for name in rated if name not in mine} == {
        name: rating_answer[name] for name in rating_answer if name not in mine
    }


async def _as_the_guide_does(hall: Hall, path: str, said: dict[str, Any]) -> Any:
    body = json.dumps(said).encode()
    at = int(hall.clock.now().timestamp())
    headers = platform_client.signed("POST", path, body, key_id=hall.key.id, key=hall.key.secret, now=at)
    answer = await hall.client.post(path, data=body, headers=headers)
    assert answer.status == 200, await answer.text()
    return await answer.json()


def _columns(row: Any) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in row.__table__.columns}
