"""What no provider can say of a message, a person says once, with how it was found out; and what SMS cost."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web as http
from aiohttp.test_utils import TestClient, TestServer

from sms.actions.confirming import confirm_not_sent, confirm_sent
from sms.costs import provider_months
from sms.errors import OutcomeKnown
from sms.office import SmsOffice
from sms.providers.console import Fault
from sms.rules import HandOverState, MessageState, Settled
from sms.settings import ProviderName
from staff.rules import Actor, Role
from tests.api.logins import log_in
from tests.sms.desk import OTHER_PHONE, PHONE, Desk
from tests.sms.test_fail_over import FIRST, SECOND, Two
from web import sms_costs, sms_messages, sms_templates
from web.api import SERVICES, Services
from web.api.problems import problems
from web.settings import WebSettings

SOMEBODY = Actor(None, "李明", "A012", frozenset({Role.SUPERVISOR}), None)
REASON = "在通道后台查到发送记录"


@pytest.fixture
def two(desk: Desk) -> Two:
    return Two(desk)


def lost(two: Two) -> int:
    """A message whose answer was lost."""
    two.first.misbehave(Fault.LOST)
    message = two.desk.queue()
    two.desk.work()
    return message


class TestFindingOut:
    """By a person."""

    def test_what_has_left_waits_for_its_answer(self, two: Two) -> None:
        message = lost(two)

        two.desk.database.write(confirm_sent, message, by=SOMEBODY, reason=REASON, now=two.desk.clock.now())

        assert two.desk.message(message).state is MessageState.SUBMITTED
        handed = two.desk.hand_overs(message)[0]
        assert (handed.state, handed.settled) == (HandOverState.ACCEPTED, Settled.PERSON)
        assert (handed.settled_by, handed.settled_reason) == ("李明（A012）", REASON)
        two.desk.reply("5")
        assert two.desk.message(message).state is MessageState.REPLIED

    def test_what_has_not_left_fails_frees_the_phone_and_is_not_sent_again(self, two: Two) -> None:
        message, following = lost(two), two.desk.queue(ticket="1111", code="AAAAAA")

        two.desk.database.write(confirm_not_sent, message, by=SOMEBODY, reason=REASON, now=two.desk.clock.now())
        for _ in range(4):
            two.desk.wait(timedelta(minutes=20))

        failed = two.desk.message(message)
        assert (failed.state, failed.error_code) == (MessageState.FAILED, "not_sent")
        assert two.desk.hand_overs(message)[0].state is HandOverState.NOT_TAKEN
        assert [sent for sent, _, _ in [*two.first.accepted, *two.second.accepted]] == [following]

    @pytest.mark.parametrize("confirm", [confirm_sent, confirm_not_sent])
    def test_what_is_known_is_not_said_otherwise(self, two: Two, confirm: Any) -> None:
        message = two.desk.queue()
        two.desk.work()

        with pytest.raises(OutcomeKnown):
            two.desk.database.write(confirm, message, by=SOMEBODY, reason=REASON, now=two.desk.clock.now())

    def test_the_second_of_two_who_found_out_is_told(self, two: Two) -> None:
        message, now = lost(two), two.desk.clock.now()
        two.desk.database.write(confirm_sent, message, by=SOMEBODY, reason=REASON, now=now)

        with pytest.raises(OutcomeKnown):
            two.desk.database.write(confirm_not_sent, message, by=SOMEBODY, reason=REASON, now=now)


class TestCosts:
    """Parts times the price of the day."""

    def test_what_was_accepted_costs_and_what_was_not_does_not(self, desk: Desk) -> None:
        two = Two(desk, console={"price_li": 45}, twilio={"account_sid": "AC0", "sender": "+1", "price_li": 320})
        two.first.misbehave(Fault.NOT_REACHED)
        desk.queue()
        desk.work()
        two.first.misbehave(Fault.NO_REPORT, Fault.LOST)
        desk.queue(OTHER_PHONE)
        desk.work()
        desk.queue("13700001111")
        desk.work()

        months = {one.provider: one for one in desk.database.read(provider_months, now=desk.clock.now())}

        assert set(months) == {FIRST, SECOND}
        first, second = months[FIRST], months[SECOND]
        assert (first.month, first.messages, first.cost_li, first.failed, first.unknown) == ("2026-10", 1, 45, 1, 1)
        assert (second.messages, second.parts, second.cost_li) == (1, 1, 320)

    def test_a_month_is_shanghais_and_a_later_price_changes_nothing(self, desk: Desk) -> None:
        Two(desk, console={"price_li": 45})
        desk.queue()
        desk.work()
        Two(desk, console={"price_li": 50})
        desk.clock.move_on(timedelta(days=31))
        desk.queue(OTHER_PHONE)
        desk.work()

        months = desk.database.read(provider_months, now=desk.clock.now())

        assert [(one.month, one.cost_li) for one in months] == [("2026-11", 50), ("2026-10", 45)]


Client = TestClient[http.Request, http.Application]


class Page:
    """The pages on SMS over the API."""

    def __init__(self, two: Two, client: Client, instances: dict[type, Any]) -> None:
        self.two, self.client, self.instances = two, client, instances

    async def ask(self, method: str, path: str, role: Role, body: object = None) -> tuple[int, Any]:
        headers = {"Cookie": f"hotline={role.value}", "X-CSRF-Token": f"csrf-{role.value}"}
        async with self.client.request(method, f"/api{path}", json=body, headers=headers) as answer:
            return answer.status, await answer.json(content_type=None) if answer.content_type.endswith("json") else None


@pytest.fixture
async def page(two: Two) -> AsyncIterator[Page]:
    app = http.Application(middlewares=[problems])
    instances: dict[type, Any] = {SmsOffice: two.desk.office}
    app[SERVICES] = Services(two.desk.database.serving, two.desk.clock, WebSettings(), instances)
    for module in (sms_messages, sms_costs, sms_templates):
        module.api.add_to(app)
    for role in (Role.SUPERVISOR, Role.CALLBACK):
        log_in(two.desk.database, role, token=role.value, now=two.desk.clock.now())
    async with TestClient(TestServer(app)) as client:
        yield Page(two, client, instances)


async def test_the_page_shows_each_hand_over_and_who_settled_it_how(page: Page) -> None:
    page.two.first.misbehave(Fault.TURNED_AWAY)
    page.two.second.misbehave(Fault.LOST)
    message = page.two.desk.queue(PHONE)
    page.two.desk.work()

    shown = (await page.ask("GET", "/sms/messages", Role.SUPERVISOR))[1]["rows"][0]
    assert [(one["provider"], one["state"], one["error_code"]) for one in shown["hand_overs"]] == [
        ("console", "turned_away", "console_balance"),
        ("twilio", "unknown", None),
    ]

    path = f"/sms/messages/{message}/sent"
    assert (await page.ask("POST", path, Role.CALLBACK, {"reason": REASON}))[0] == 403
    assert (await page.ask("POST", path, Role.SUPERVISOR, {"reason": " "}))[0] == 422
    status, after = await page.ask("POST", path, Role.SUPERVISOR, {"reason": REASON})
    assert (status, after["state"]) == (200, "submitted")
    assert (after["hand_overs"][1]["settled"], after["hand_overs"][1]["settled_reason"]) == ("person", REASON)
    status, problem = await page.ask("POST", f"/sms/messages/{message}/not-sent", Role.SUPERVISOR, {"reason": REASON})
    assert (status, problem["code"]) == (409, "sms_outcome_known")
    assert (await page.ask("POST", "/sms/messages/99/sent", Role.SUPERVISOR, {"reason": REASON}))[0] == 404


async def test_costs_are_shown_and_taken_away_by_those_who_pay(page: Page) -> None:
    page.two.desk.queue()
    page.two.desk.work()

    status, costs = await page.ask("GET", "/sms/costs", Role.SUPERVISOR)
    assert (status, costs["order"]) == (200, ["console", "twilio"])
    assert (costs["rows"][0]["messages"], costs["rows"][0]["cost_li"]) == (1, 45)
    assert (await page.ask("GET", "/sms/costs", Role.CALLBACK))[0] == 403
    assert (await page.ask("GET", "/sms/costs/export?kind=xlsx", Role.SUPERVISOR))[0] == 200


async def test_each_template_says_its_parts_and_where_it_is_registered(page: Page) -> None:
    rules = page.two.desk.office.settings
    tencent = rules.tencent.model_copy(
        update={"secret_id": "AKID", "sdk_app_id": "1400", "templates": {"rating": "1000001"}}
    )
    chosen = rules.model_copy(update={"tencent": tencent, "providers": (ProviderName.TENCENT, ProviderName.CONSOLE)})
    page.instances[SmsOffice] = SmsOffice(chosen, b"key", page.two.desk.office.providers)

    templates = {one["name"]: one for one in (await page.ask("GET", "/sms/templates", Role.SUPERVISOR))[1]}

    assert [(one["provider"], one["provider_template_id"]) for one in templates["rating"]["standings"]] == [
        ("tencent", "1000001")
    ]
    assert (templates["rating"]["missing_at"], templates["rating_echo"]["missing_at"]) == ([], ["tencent"])
    assert all(one["parts"] == (1 if one["longest"] <= 70 else -(-one["longest"] // 67)) for one in templates.values())
