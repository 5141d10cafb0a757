"""What Tencent and Aliyun push is believed at its secret address and nowhere else, and counts once."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web as http
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import select

from sms.model import DeliveryReport, Reply
from sms.office import SmsOffice
from sms.pushing import PushDoor
from sms.rules import MessageState, Settled
from sms.settings import ProviderName
from tests.sms.aliyun_twin import AliyunTwin
from tests.sms.clouds import ALIYUN, TENCENT, cloud_office
from tests.sms.desk import PHONE, PHONE_KEY, Desk
from tests.sms.serving import Fault, running
from tests.sms.tencent_twin import TencentTwin
from web.api import SERVICES, Services
from web.api.problems import problems
from web.settings import WebSettings
from web.sms_pushes import api

Client = TestClient[http.Request, http.Application]
DOOR = PushDoor.of(b"a secret that only tests use", {TENCENT, ALIYUN})


class Line:
    """A desk that sends through both twins, Tencent first, and the web server to which they push."""

    def __init__(self, desk: Desk, there: TencentTwin, here: AliyunTwin, client: Client) -> None:
        self.desk, self.tencent, self.aliyun, self.client = desk, there, here, client

    async def push(self, name: ProviderName, kind: str, pushed: object, token: str | None = None) -> tuple[int, Any]:
        address = f"/webhooks/{name}/{DOOR.tokens[name] if token is None else token}/{kind}"
        async with self.client.post(address, json=pushed) as answer:
            return answer.status, await answer.json()

    def count(self, kind: type) -> int:
        return self.desk.database.read(lambda session: len(session.scalars(select(kind)).all()))


@pytest.fixture
async def line(desk: Desk) -> AsyncIterator[Line]:
    with running(TencentTwin(clock=desk.clock)) as there, running(AliyunTwin(clock=desk.clock)) as here:
        desk.office = cloud_office(desk, there, here)
        app = http.Application(middlewares=[problems])
        instances = {SmsOffice: desk.office, PushDoor: DOOR}
        app[SERVICES] = Services(desk.database.serving, desk.clock, WebSettings(), instances)
        api.add_to(app)
        async with TestClient(TestServer(app)) as client:
            yield Line(desk, there, here, client)


async def test_a_message_is_sent_reported_and_answered_through_tencent(line: Line) -> None:
    message = line.desk.queue()
    line.desk.work()
    report = line.tencent.report(line.tencent.kept[0].serial)
    reply = line.tencent.reply(PHONE, "不满意,没人来")

    for _ in range(2):
        assert (await line.push(TENCENT, "status", report))[1]["result"] == 0
    assert line.desk.message(message).state is MessageState.DELIVERED
    for _ in range(3):
        assert (await line.push(TENCENT, "reply", reply))[0] == 200

    assert line.desk.message(message).state is MessageState.REPLIED
    assert (line.count(DeliveryReport), line.count(Reply)) == (1, 1)


async def test_without_money_at_tencent_it_goes_and_is_answered_through_aliyun(line: Line) -> None:
    line.tencent.misbehave(Fault.TURNED_AWAY)
    message = line.desk.queue()
    line.desk.work()
    assert (len(line.tencent.kept), len(line.aliyun.kept)) == (0, 1)

    for _ in range(2):
        assert (await line.push(ALIYUN, "report", line.aliyun.report(line.aliyun.kept[0].biz_id)))[1]["code"] == 0
    assert line.desk.message(message).state is MessageState.DELIVERED
    for _ in range(3):
        await line.push(ALIYUN, "up", line.aliyun.reply(PHONE, "5"))

    assert line.desk.message(message).state is MessageState.REPLIED
    assert (line.count(DeliveryReport), line.count(Reply)) == (1, 1)


async def test_aliyuns_report_settles_a_message_whose_answer_was_lost_by_the_key_it_carried(line: Line) -> None:
    line.tencent.misbehave(Fault.TURNED_AWAY)
    line.aliyun.misbehave(Fault.BROKEN_AFTER_ACCEPTANCE)
    message = line.desk.queue()
    line.desk.work()
    assert line.desk.message(message).state is MessageState.UNKNOWN

    await line.push(ALIYUN, "report", line.aliyun.report(line.aliyun.kept[0].biz_id))

    assert line.desk.message(message).state is MessageState.DELIVERED
    assert line.desk.hand_overs(message)[-1].settled is Settled.REPORTED
    assert (len(line.tencent.kept), len(line.aliyun.kept)) == (0, 1)


async def test_a_forged_push_is_refused_and_changes_nothing(line: Line) -> None:
    message = line.desk.queue()
    line.desk.work()
    report = line.tencent.report(line.tencent.kept[0].serial, "FAIL", "MK:0001")

    for token in ("x", "0" * 40, DOOR.tokens[ALIYUN], "错"):
        assert (await line.push(TENCENT, "status", report, token))[0] == 403
        assert (await line.push(TENCENT, "reply", line.tencent.reply(PHONE, "1"), token))[0] == 403
    assert (await line.push(ALIYUN, "up", line.aliyun.reply(PHONE, "1"), DOOR.tokens[TENCENT]))[0] == 403

    assert line.desk.message(message).state is MessageState.SUBMITTED
    assert line.count(Reply) == 0


@pytest.mark.parametrize("pushed", [{"mobile": 1}, [], "x", [{"sid": 3}], None])
async def test_a_push_that_cannot_be_read_is_refused_clearly(line: Line, pushed: object) -> None:
    assert (await line.push(TENCENT, "reply", pushed))[0] == 400
    if pushed != []:
        assert (await line.push(TENCENT, "status", pushed))[0] == 400


async def test_a_template_without_an_id_there_goes_another_way(line: Line) -> None:
    rules = line.desk.office.settings
    narrowed = rules.tencent.model_copy(update={"templates": {"rating_echo": "1000002"}})
    settings = rules.model_copy(update={"tencent": narrowed})
    line.desk.office = SmsOffice(settings, PHONE_KEY, line.desk.office.providers)
    message = line.desk.queue()

    line.desk.work()

    assert (len(line.tencent.kept), len(line.aliyun.kept)) == (0, 1)
    assert [one.provider for one in line.desk.hand_overs(message)] == [ALIYUN]


async def test_an_address_holds_more_than_128_bits_and_is_no_other_providers(line: Line) -> None:
    addresses = DOOR.addresses("https://12345.example.org")

    assert set(addresses) == {"tencent status", "tencent reply", "aliyun report", "aliyun up"}
    assert all(len(bytes.fromhex(token)) >= 16 for token in DOOR.tokens.values())
    assert len(set(DOOR.tokens.values())) == 2
