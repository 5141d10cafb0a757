"""A report that arrives while our own transaction still writes the provider's number of the message: it finds it.

Two transactions of PostgreSQL do not see each other's rows; SQLite has one writer.
"""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session

from sms.actions.handing import hand_over
from sms.actions.settling import mark_unknown, record_outcome
from sms.inbox import record_report
from sms.office import SmsOffice
from sms.providers.provider import Accepted, Report
from sms.providers.tencent import TencentReport, pushed_report
from sms.rules import Delivery, MessageState
from sms.settings import ProviderName, SmsSettings
from tests.sms import aliyun_twin, tencent_twin, twilio_twin
from tests.sms.desk import PHONE, PHONE_KEY, Desk

ID = "their-number-1"
ACCOUNTS: dict[ProviderName, dict[str, object]] = {
    ProviderName.TWILIO: {"account_sid": twilio_twin.ACCOUNT, "sender": twilio_twin.NUMBER},
    ProviderName.ALIYUN: {"access_key_id": aliyun_twin.KEY_ID, "templates": aliyun_twin.TEMPLATES},
    ProviderName.TENCENT: {
        "secret_id": tencent_twin.SECRET_ID,
        "sdk_app_id": tencent_twin.APP,
        "templates": tencent_twin.TEMPLATES,
    },
}
#: statements of a transaction between which the other one may come
MOMENTS = range(6)

pytestmark = [
    pytest.mark.parametrize("template", ["postgresql"], indirect=True),
    pytest.mark.parametrize("provider", ACCOUNTS),
    pytest.mark.parametrize("was_unknown", [False, True], ids=["answered", "asked about"]),
]
Act = Callable[[Session], object]


@pytest.mark.parametrize("moment", MOMENTS)
def test_an_answer_recorded_while_the_report_is_kept_leaves_it_delivered(
    desk: Desk, provider: ProviderName, was_unknown: bool, moment: int
) -> None:
    message = handed_over(desk, provider, was_unknown=was_unknown)

    interleaved(desk, reported(desk, provider, message), answered(desk, message), moment)

    assert desk.message(message).state is MessageState.DELIVERED


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_report_kept_while_the_answer_is_recorded_leaves_it_delivered(
    desk: Desk, provider: ProviderName, was_unknown: bool, moment: int
) -> None:
    message = handed_over(desk, provider, was_unknown=was_unknown)

    interleaved(desk, answered(desk, message), reported(desk, provider, message), moment)

    assert desk.message(message).state is MessageState.DELIVERED


def handed_over(desk: Desk, provider: ProviderName, *, was_unknown: bool) -> int:
    rules = SmsSettings.model_validate({"providers": [provider], provider: ACCOUNTS[provider]})
    desk.office = SmsOffice(rules, PHONE_KEY, {})
    message, now = desk.queue(), desk.clock.now()
    desk.database.write(lambda session: hand_over(session, message, attempt=None, office=desk.office, now=now))
    if was_unknown:
        desk.database.write(mark_unknown, message, office=desk.office, now=now)
    return message


def answered(desk: Desk, message: int) -> Act:
    now, after = desk.clock.now(), timedelta(minutes=5)
    return lambda session: record_outcome(session, message, Accepted(ID), check_after=after, now=now)


def reported(desk: Desk, provider: ProviderName, message: int) -> Act:
    """As each of them tells: Tencent names the phone, the others carry our own number along."""
    report = Report(provider, ID, Delivery.DELIVERED, message_id=message)
    if provider is ProviderName.TENCENT:
        report = pushed_report(TencentReport(sid=ID, report_status="SUCCESS", mobile=PHONE))
    return lambda session: record_report(session, report, now=desk.clock.now())


def interleaved(desk: Desk, one: Act, other: Act, moment: int) -> None:
    """The other begins before this statement of the one, and ends before it goes on unless it has to wait for it."""
    beside = threading.Thread(target=desk.database.write, args=(other,))
    seen = 0

    def act(session: Session) -> None:
        def before(_: ORMExecuteState) -> None:
            nonlocal seen
            seen += 1
            if seen == moment + 1:
                beside.start()
                beside.join(0.3)

        event.listen(session, "do_orm_execute", before)
        one(session)

    desk.database.write(act)
    if beside.ident is None:
        beside.start()
    beside.join()
