"""One-time codes: sent to the phone of an officer on duty, the same answer for everybody, few tries, each logged."""

import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from aiohttp import web as http
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.audit.model import AuditRow
from core.database import Database
from core.errors import Invalid
from sms.model import Message
from sms.office import SmsOffice
from sms.providers.console import ConsoleProvider
from sms.settings import ProviderName, SmsSettings
from staff.actions import add_person, add_unit
from staff.duty import ShiftForm, add_shift
from staff.errors import MobileTaken
from staff.log_in_codes import CODES_PER_PHONE, LASTS, TRIES_MOST, bind_mobile
from staff.model import LogInCode
from staff.rules import Actor, DutyRank, Role, UnitKind
from tests.api.test_access import SetClock
from web import log_in_codes
from web.api import SERVICES, Services
from web.api.problems import problems
from web.settings import WebSettings

Client = TestClient[http.Request, http.Application]
BOUND, ON_DUTY, SUPERVISORS, NOBODYS = "15404330001", "15404330002", "15404330003", "15404330009"


@pytest.fixture
def clock(now: datetime) -> SetClock:
    return SetClock(now)


@pytest.fixture
async def client(database: Database, clock: SetClock) -> AsyncIterator[Client]:
    database.write(found, clock.now())
    office = SmsOffice(SmsSettings(), b"a key for tests", {ProviderName.CONSOLE: ConsoleProvider()})
    app = http.Application(middlewares=[problems])
    app[SERVICES] = Services(database.serving, clock, WebSettings(), {SmsOffice: office})
    log_in_codes.api.add_to(app)
    async with TestClient(TestServer(app)) as served:
        yield served


def found(session: Session, now: datetime) -> None:
    unit = add_unit(session, code="heating", name="市供热公司", kind=UnitKind.UTILITY)
    people = {}
    for account, *roles in (("bound", Role.UNIT_OFFICER), ("duty", Role.UNIT_OFFICER), ("boss", Role.SUPERVISOR)):
        people[account] = add_person(
            session, unit_id=unit.id, account=account, name="李四", staff_number=account.upper(), roles=roles
        ).id
    bind_mobile(session, people["bound"], phone=BOUND)
    bind_mobile(session, people["boss"], phone=SUPERVISORS)
    keeper = Actor(None, "李四", "U01", frozenset({Role.UNIT_OFFICER}), unit.id)
    shift = ShiftForm("李四", ON_DUTY, DutyRank.DUTY, now, now + timedelta(hours=12), people["duty"])
    add_shift(session, unit.id, shift, by=keeper, now=now)


async def ask(client: Client, phone: str) -> tuple[int, object]:
    answer = await client.post("/api/session/codes", json={"phone": phone})
    return answer.status, await answer.json()


async def log_in(client: Client, phone: str, code: str) -> int:
    return (await client.post("/api/session/by-code", json={"phone": phone, "code": code})).status


def sent(database: Database) -> list[tuple[str, str]]:
    """(phone, code) of each message, oldest first."""
    messages = database.read(lambda session: session.scalars(select(Message).order_by(Message.id)).all())
    return [(message.phone, re.findall(r"\d{6}", message.text)[0]) for message in messages]


@pytest.mark.parametrize("phone", [BOUND, ON_DUTY])
async def test_a_bound_phone_and_one_on_the_roster_get_a_code_that_logs_in_once(
    client: Client, database: Database, phone: str
) -> None:
    await ask(client, phone)
    [(told, code)] = sent(database)

    statuses = [await log_in(client, phone, code), await log_in(client, phone, code)]

    assert told == phone
    assert statuses == [201, 401]


async def test_full_width_digits_are_the_same_code(client: Client, database: Database) -> None:
    await ask(client, BOUND)
    [(_, code)] = sent(database)

    typed = " ".join(chr(ord(digit) + 0xFEE0) for digit in code)

    assert await log_in(client, "154 0433 0001", typed) == 201


async def test_the_answer_is_the_same_for_a_phone_that_nobody_has_and_for_other_roles(
    client: Client, database: Database
) -> None:
    answers = [await ask(client, phone) for phone in (BOUND, NOBODYS, SUPERVISORS)]

    assert answers == [(201, {"lasts_s": 300})] * 3
    assert [phone for phone, _ in sent(database)] == [BOUND]
    again = [await ask(client, phone) for phone in (BOUND, NOBODYS)]
    assert [status for status, _ in again] == [429, 429]
    wrong = [await log_in(client, phone, "000000") for phone in (NOBODYS, SUPERVISORS)]
    assert wrong == [401, 401]


async def test_after_the_shift_the_rosters_phone_gets_no_code(
    client: Client, database: Database, clock: SetClock
) -> None:
    clock.moment += timedelta(hours=12)

    await ask(client, ON_DUTY)

    assert sent(database) == []


async def test_a_code_is_dead_after_some_wrong_tries_and_after_five_minutes(
    client: Client, database: Database, clock: SetClock
) -> None:
    await ask(client, BOUND)
    [(_, code)] = sent(database)
    wrong = "000000" if code != "000000" else "111111"
    tries = [await log_in(client, BOUND, wrong) for _ in range(TRIES_MOST)]
    clock.moment += LASTS + timedelta(seconds=1)
    await ask(client, BOUND)
    _, (_, second) = sent(database)

    assert tries == [401] * TRIES_MOST
    clock.moment += LASTS
    assert await log_in(client, BOUND, second) == 401


async def test_the_right_code_does_not_help_after_too_many_wrong_ones(client: Client, database: Database) -> None:
    await ask(client, BOUND)
    [(_, code)] = sent(database)
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(TRIES_MOST):
        await log_in(client, BOUND, wrong)

    assert await log_in(client, BOUND, code) in {401, 429}


async def test_codes_for_one_phone_are_few(client: Client, clock: SetClock) -> None:
    (_, _), (_, an_hour) = CODES_PER_PHONE
    statuses = []
    for _ in range(an_hour + 1):
        statuses.append((await ask(client, BOUND))[0])
        clock.moment += timedelta(minutes=4)

    assert statuses == [201] * an_hour + [429]


async def test_everything_is_logged_and_neither_phone_nor_code_is_anywhere(client: Client, database: Database) -> None:
    await ask(client, BOUND)
    await ask(client, NOBODYS)
    [(_, code)] = sent(database)
    await log_in(client, BOUND, code)

    rows = database.read(lambda session: session.scalars(select(AuditRow).order_by(AuditRow.id)).all())
    codes = database.read(lambda session: session.scalars(select(LogInCode)).all())
    assert [(row.action, row.actor) for row in rows] == [
        ("ask_log_in_code", "李四（BOUND）"),
        ("ask_log_in_code", "未登记号码"),
        ("log_in_by_code", "李四（BOUND）"),
    ]
    kept = str([vars(row) for row in (*rows, *codes)])
    assert not any(secret in kept for secret in (BOUND, NOBODYS, f"'{code}'"))


async def test_what_is_no_mobile_is_named(client: Client) -> None:
    assert (await ask(client, "0431-88887777"))[0] == 422
    assert (await ask(client, "abc"))[0] == 422


def test_a_mobile_is_bound_to_one_person_only(session: Session, now: datetime) -> None:
    found(session, now)
    other = add_person(session, unit_id=1, account="x", name="王五", staff_number="X", roles=[Role.UNIT_OFFICER])

    with pytest.raises(MobileTaken):
        bind_mobile(session, other.id, phone=BOUND)
    with pytest.raises(Invalid):
        bind_mobile(session, other.id, phone="12345")
