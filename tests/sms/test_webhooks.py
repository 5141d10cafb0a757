"""What Twilio pushes is believed with a fitting signature over our configured address, and with nothing else."""

from collections.abc import AsyncIterator
from urllib.parse import urlencode

import pytest
from aiohttp import web as http
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import select

from sms.model import DeliveryReport, Reply
from sms.office import SmsOffice
from sms.providers.twilio import TwilioWebhooks
from sms.rules import MessageState
from sms.settings import ProviderName, TwilioSettings
from tests.sms.desk import PHONE, Desk
from tests.sms.serving import running
from tests.sms.test_providers import PUBLIC, twilio
from tests.sms.twilio_twin import ACCOUNT, NUMBER, TOKEN, TwilioTwin
from web.api import SERVICES, Services
from web.api.problems import problems
from web.settings import WebSettings
from web.sms_webhooks import api

Client = TestClient[http.Request, http.Application]
SETTINGS = TwilioSettings(account_sid=ACCOUNT, sender=NUMBER)
INBOUND = f"{PUBLIC}/webhooks/twilio/inbound"


class Line:
    """A desk that sends through Twilio's twin, and the web server that Twilio pushes to."""

    def __init__(self, desk: Desk, twin: TwilioTwin, client: Client) -> None:
        self.desk, self.twin, self.client = desk, twin, client

    async def push(self, pushed: tuple[str, dict[str, str], str]) -> int:
        path, form, signature = pushed
        headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
        return (await self.client.post(path, data=urlencode(form), headers=headers)).status


@pytest.fixture
async def line(desk: Desk) -> AsyncIterator[Line]:
    with running(TwilioTwin()) as twin:
        desk.provider = twilio(twin.base_url)
        chosen = desk.office.settings.model_copy(update={"providers": (ProviderName.TWILIO,)})
        desk.office = SmsOffice(chosen, desk.office.phone_key, {ProviderName.TWILIO: desk.provider})
        webhooks = TwilioWebhooks(SETTINGS, auth_token=TOKEN, public_address=PUBLIC)
        app = http.Application(middlewares=[problems])
        instances = {SmsOffice: desk.office, TwilioWebhooks: webhooks}
        app[SERVICES] = Services(desk.database.serving, desk.clock, WebSettings(), instances)
        api.add_to(app)
        async with TestClient(TestServer(app)) as client:
            yield Line(desk, twin, client)


async def test_a_message_is_sent_reported_and_answered_through_twilio(line: Line) -> None:
    message = line.desk.queue()
    line.desk.work()
    sid = line.twin.kept[0].sid

    assert await line.push(line.twin.report(sid, "sent")) == 204
    assert await line.push(line.twin.report(sid, "delivered")) == 204
    assert line.desk.message(message).state is MessageState.DELIVERED
    assert await line.push(line.twin.inbound(INBOUND, f"+86{PHONE}", "不满意,没人来")) == 200

    reply = line.desk.database.read(lambda session: session.scalar(select(Reply)))
    assert reply is not None
    assert (reply.message_id, reply.level, reply.comment) == (message, 2, "没人来")


async def test_a_push_repeated_or_out_of_order_changes_nothing(line: Line) -> None:
    message = line.desk.queue()
    line.desk.work()
    sid = line.twin.kept[0].sid

    for status in ("delivered", "sent", "delivered", "queued"):
        assert await line.push(line.twin.report(sid, status)) == 204
    for _ in range(3):
        assert await line.push(line.twin.inbound(INBOUND, PHONE, "5")) == 200

    assert line.desk.message(message).state is MessageState.REPLIED
    reports = line.desk.database.read(lambda session: len(session.scalars(select(DeliveryReport)).all()))
    replies = line.desk.database.read(lambda session: len(session.scalars(select(Reply)).all()))
    assert (reports, replies) == (2, 1)


async def test_a_forged_push_is_refused_and_changes_nothing(line: Line) -> None:
    message = line.desk.queue()
    line.desk.work()
    path, form, signature = line.twin.report(line.twin.kept[0].sid, "failed", 30003)

    assert await line.push((path, form, "forged")) == 403
    assert await line.push((path, form, "")) == 403
    assert await line.push((path, {**form, "ErrorCode": "1"}, signature)) == 403
    assert await line.push((path.replace("message=", "message=9"), form, signature)) == 403
    assert await line.push(line.twin.inbound("http://127.0.0.1/webhooks/twilio/inbound", PHONE, "5")) == 403
    assert line.desk.message(message).state is MessageState.SUBMITTED


async def test_a_failure_is_told_with_twilios_code(line: Line) -> None:
    message = line.desk.queue()
    line.desk.work()

    await line.push(line.twin.report(line.twin.kept[0].sid, "undelivered", 30003))

    assert (line.desk.message(message).state, line.desk.message(message).error_code) == (MessageState.FAILED, "30003")


async def test_a_form_that_cannot_be_read_is_refused_clearly(line: Line) -> None:
    form = "application/x-www-form-urlencoded"
    path = "/webhooks/twilio/inbound"

    assert (await line.client.post(path, data=b"\xff\xfe", headers={"Content-Type": form})).status == 400
    assert (await line.client.post(path, data="a=%ff", headers={"Content-Type": form})).status == 400
    assert (await line.client.post(path, json={})).status == 415
    assert (await line.client.post(path, data="", headers={"Content-Type": form})).status == 403
