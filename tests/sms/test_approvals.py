"""What providers have not approved is not sent through them, and nothing is lost for it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from core.errors import Invalid
from sms.actions.approving import note_configured, record_approval
from sms.approvals import NEW_WITH_RECORD, may_carry, standing
from sms.errors import TemplateNotFound
from sms.model import TemplateApproval
from sms.office import SmsOffice
from sms.providers.console import ConsoleProvider
from sms.queries import newest_approvals
from sms.rules import ApprovalState, MessageState, NotSent, next_day_at
from sms.settings import ProviderName, SmsSettings
from sms.templates import LOG_IN_CODE, RATING, RATING_DIRECT, RATING_ECHO, TEMPLATES, Template
from staff.rules import Actor, Role
from tests.sms.desk import PHONE_KEY, Desk
from tests.sms.test_confirming import Page, page, two

__all__ = ["page", "two"]

TENCENT, CMPP = ProviderName.TENCENT, ProviderName.CMPP
PENDING, APPROVED, REFUSED = ApprovalState.PENDING, ApprovalState.APPROVED, ApprovalState.REFUSED
SOMEBODY = Actor(None, "李明", "A012", frozenset({Role.SUPERVISOR}), None)
CLOUD = {"secret_id": "AKID", "sdk_app_id": "1400", "templates": {"rating": "1001", "rating_echo": "1002"}}
LINE = {"host": "localhost", "account": "901234", "sender": "106900001"}


class Judged:
    """Twins under the names of Tencent, which has ids of two templates, and of a CMPP gateway, in this order."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.twins = {name: ConsoleProvider() for name in (TENCENT, CMPP)}
        for name, twin in self.twins.items():
            twin.name = name
        self.configure()

    def configure(self, **chosen: object) -> None:
        rules = SmsSettings.model_validate({"providers": [TENCENT, CMPP], "tencent": CLOUD, "cmpp": LINE, **chosen})
        self.desk.office = SmsOffice(rules, PHONE_KEY, self.twins)

    def start(self) -> None:
        """As a server does."""
        self.desk.database.write(note_configured, office=self.desk.office, now=self.desk.clock.now())

    def say(
        self,
        provider: ProviderName,
        state: ApprovalState,
        template: str = "rating",
        id_: str = "",
        reason: str = "不合规",
    ) -> None:
        self.desk.database.write(
            record_approval,
            template,
            provider=provider,
            state=state,
            provider_template_id=id_,
            reason=reason,
            office=self.desk.office,
            by=SOMEBODY,
            now=self.desk.clock.now(),
        )

    def state(self, provider: ProviderName, template: Template = RATING) -> ApprovalState | None:
        lines = self.desk.database.read(newest_approvals)
        found = standing(self.desk.office, provider, template, lines)
        return found.state if found else None

    def lines(self) -> list[tuple[str, str, str]]:
        def read(session: Session) -> list[tuple[str, str, str]]:
            rows = session.scalars(select(TemplateApproval).order_by(TemplateApproval.id))
            return [(row.provider.value, row.template, row.said_by) for row in rows]

        return self.desk.database.read(read)

    @property
    def sent(self) -> tuple[int, int]:
        return len(self.twins[TENCENT].accepted), len(self.twins[CMPP].accepted)


@pytest.fixture
def judged(desk: Desk) -> Judged:
    desk.clock.move_to(next_day_at(desk.clock.now(), time(9)))
    return Judged(desk)


@pytest.mark.parametrize("has_started", [False, True])
def test_a_site_that_sends_today_goes_on_sending(judged: Judged, has_started: bool) -> None:
    if has_started:
        judged.start()

    judged.desk.queue()
    judged.desk.work()

    assert judged.sent == (1, 0)
    assert {judged.state(TENCENT), judged.state(CMPP), judged.state(CMPP, LOG_IN_CODE)} == {APPROVED}


def test_a_start_writes_down_once_what_the_settings_name(judged: Judged) -> None:
    judged.start()
    first = judged.lines()
    judged.start()

    assert judged.lines() == first
    assert len(first) == 2 + len(TEMPLATES) - len(NEW_WITH_RECORD)
    assert {by for _, _, by in first} == {"config.toml"}


@pytest.mark.parametrize("state", [PENDING, REFUSED])
def test_what_the_first_refused_goes_by_the_second(judged: Judged, state: ApprovalState) -> None:
    judged.start()
    judged.say(TENCENT, state)

    judged.desk.queue()
    judged.desk.queue(phone="13700001111", template=RATING_ECHO, ticket="1234", level="满意")
    judged.desk.work()

    assert judged.sent == (1, 1)


def test_what_nobody_approved_waits_a_day_and_then_a_person_takes_over(judged: Judged) -> None:
    judged.say(TENCENT, REFUSED)
    judged.start()
    judged.say(CMPP, PENDING)
    message = judged.desk.queue()

    judged.desk.work()
    assert judged.desk.message(message).state is MessageState.WAITING
    for _ in range(4):
        judged.desk.wait(timedelta(hours=5))
    assert (judged.sent, judged.desk.message(message).state) == ((0, 0), MessageState.WAITING)
    judged.desk.wait(timedelta(hours=5))

    found = judged.desk.message(message)
    assert (judged.sent, found.state, found.reason) == ((0, 0), MessageState.NOT_SENT, NotSent.NOT_APPROVED)
    assert judged.desk.hand_overs(message) == []


@pytest.mark.parametrize("has_started", [False, True])
def test_no_start_says_that_a_carrier_approved_what_is_new_with_the_record(judged: Judged, has_started: bool) -> None:
    if has_started:
        judged.start()

    assert (judged.state(CMPP), judged.state(CMPP, RATING_DIRECT)) == (APPROVED, PENDING)


def test_what_nobody_approved_holds_up_no_other_question_of_its_phone(judged: Judged) -> None:
    judged.desk.queue(template=RATING_DIRECT)
    judged.desk.work()
    judged.desk.queue()
    judged.desk.work()

    assert judged.sent == (1, 0)


def test_a_phone_that_is_free_again_goes_to_what_may_be_sent(judged: Judged) -> None:
    judged.desk.queue()
    judged.desk.work()
    judged.desk.queue(template=RATING_DIRECT)
    judged.desk.queue(ticket="5678", code="ABC234")
    judged.desk.work()
    assert judged.sent == (1, 0)

    judged.desk.reply("5")
    judged.desk.work()

    assert judged.sent == (2, 0)


def test_what_is_approved_meanwhile_leaves_within_a_quarter_of_an_hour(judged: Judged) -> None:
    judged.say(TENCENT, REFUSED)
    judged.say(CMPP, PENDING)
    judged.desk.queue()
    judged.desk.work()

    judged.say(CMPP, APPROVED)
    judged.desk.wait(timedelta(minutes=15))

    assert judged.sent == (0, 1)


def test_a_log_in_code_that_nobody_may_send_is_given_up_at_once(judged: Judged) -> None:
    judged.start()
    judged.say(CMPP, REFUSED, "log_in_code")

    message = judged.desk.queue(template=LOG_IN_CODE, code="123456")
    judged.desk.work()

    assert judged.desk.message(message).reason is NotSent.NOT_APPROVED


def test_other_words_are_pending_by_themselves(judged: Judged) -> None:
    judged.start()

    judged.configure(signature="【松江12345】")
    assert (judged.state(TENCENT), judged.state(CMPP)) == (APPROVED, PENDING)
    judged.configure(rating_address="other.example/r")
    assert (judged.state(TENCENT), judged.state(TENCENT, RATING_ECHO)) == (PENDING, APPROVED)
    judged.say(CMPP, APPROVED)
    assert judged.state(CMPP) is APPROVED


def test_a_clouds_new_id_is_prepared_while_the_old_one_sends(judged: Judged) -> None:
    judged.start()
    judged.say(TENCENT, PENDING, id_="2001")
    assert judged.state(TENCENT) is APPROVED

    judged.configure(tencent={**CLOUD, "templates": {"rating": "2001"}})
    assert judged.state(TENCENT) is PENDING
    judged.configure(tencent={**CLOUD, "templates": {"rating": "3001"}})
    assert judged.state(TENCENT) is APPROVED


def test_a_template_that_comes_later_has_to_be_approved_by_a_gateway(judged: Judged) -> None:
    judged.start()

    lines = judged.desk.database.read(newest_approvals)

    assert standing(judged.desk.office, CMPP, replace(RATING, name="newer"), lines).state is PENDING  # type: ignore[union-attr]


def test_what_cannot_be_is_refused_at_its_field(judged: Judged) -> None:
    for fault, said in {
        "reason": {"provider": CMPP, "state": REFUSED, "reason": ""},
        "provider": {"provider": ProviderName.TWILIO, "state": APPROVED},
        "provider_template_id": {"provider": TENCENT, "state": PENDING, "template": "terminated"},
    }.items():
        with pytest.raises(Invalid) as refused:
            judged.say(**said)  # type: ignore[arg-type]
        assert [where for (_, where), _, _ in refused.value.faults] == [fault]
    with pytest.raises(TemplateNotFound):
        judged.say(CMPP, APPROVED, "no_such")
    assert judged.lines() == []


def test_a_line_stays_as_it_was_said(judged: Judged) -> None:
    judged.say(CMPP, REFUSED)

    def forget(session: Session) -> None:
        session.delete(session.scalars(select(TemplateApproval)).one())

    with pytest.raises(DatabaseError):
        judged.desk.database.write(forget)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=st.lists(st.tuples(st.sampled_from([TENCENT, CMPP]), st.sampled_from(ApprovalState)), max_size=5))
def test_only_the_newest_word_of_each_provider_decides(
    judged: Judged, said: list[tuple[ProviderName, ApprovalState]]
) -> None:
    for provider in (TENCENT, CMPP):
        judged.say(provider, APPROVED)
    for provider, state in said:
        judged.say(provider, state)
    message = judged.desk.message(judged.desk.queue(may_wait=False))

    allowed = may_carry(judged.desk.office, message, judged.desk.database.read(newest_approvals))

    newest: Mapping[ProviderName, ApprovalState] = {TENCENT: APPROVED, CMPP: APPROVED, **dict(said)}
    assert allowed == [name for name in (TENCENT, CMPP) if newest[name] is APPROVED]


async def test_a_supervisor_puts_a_refusal_on_record_and_the_page_says_what_waits(page: Page) -> None:
    judged = Judged(page.two.desk)
    page.instances[SmsOffice] = judged.desk.office
    judged.start()
    path, said = "/sms/templates/rating/approvals", {"provider": "tencent", "state": "refused", "reason": "缺退订说明"}

    assert (await page.ask("POST", path, Role.CALLBACK, said))[0] == 403
    assert (await page.ask("POST", path, Role.SUPERVISOR, {**said, "reason": " "}))[0] == 422
    assert (await page.ask("POST", "/sms/templates/none/approvals", Role.SUPERVISOR, said))[0] == 404
    status, after = await page.ask("POST", path, Role.SUPERVISOR, said)
    assert (status, after["lines"][0]["said_by"].startswith("config")) == (201, False)
    assert [(one["provider"], one["state"], one["provider_template_id"]) for one in after["standings"]] == [
        ("tencent", "refused", "1001"),
        ("cmpp", "approved", ""),
    ]
    await page.ask("POST", path, Role.SUPERVISOR, {**said, "provider": "cmpp", "state": "pending"})
    judged.desk.queue()
    judged.desk.work()

    shown = (await page.ask("GET", "/sms/messages", Role.SUPERVISOR))[1]["rows"][0]

    assert (shown["state"], shown["waits_for_approval"], shown["hand_overs"]) == ("waiting", True, [])
