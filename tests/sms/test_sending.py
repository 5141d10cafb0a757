"""A message leaves once, when it may, or not at all with a named reason."""

from datetime import datetime, timedelta

import pytest

from core.jobs.runner import Runner
from core.jobs.work import Work
from sms.actions.handing import hand_over
from sms.inbox import record_report
from sms.model import DeliveryReport
from sms.office import SmsOffice
from sms.providers.console import ConsoleProvider, Fault
from sms.providers.provider import Report
from sms.queries import reply as sms_reply
from sms.rules import SHANGHAI, Delivery, MessageState, NotSent
from sms.settings import ProviderName
from sms.templates import RATING_ECHO
from tests.sms.desk import OTHER_PHONE, PHONE, Desk, InterruptedProvider, make_office


def test_a_message_goes_from_waiting_to_delivered(desk: Desk) -> None:
    message = desk.queue()
    assert desk.message(message).state is MessageState.WAITING

    desk.work()
    assert desk.message(message).state is MessageState.SUBMITTED

    desk.wait(timedelta(seconds=3))
    delivered = desk.message(message)
    assert delivered.state is MessageState.DELIVERED
    assert delivered.delivered_at == desk.clock.now()
    assert delivered.masked_phone == "138****1234"
    assert [phone for _, phone, _ in desk.console.accepted] == [PHONE]


def test_nothing_leaves_at_night(desk: Desk) -> None:
    desk.clock.move_to(datetime(2026, 10, 13, 21, 0, tzinfo=SHANGHAI))
    message = desk.queue()

    desk.wait(timedelta(hours=10, minutes=59))
    assert desk.console.accepted == []

    desk.wait(timedelta(minutes=1))
    assert desk.message(message).handed_at == datetime(2026, 10, 14, 8, 0, tzinfo=SHANGHAI)


def test_a_citizen_gets_two_a_day_and_the_third_tomorrow(desk: Desk) -> None:
    sent = [desk.queue(template=RATING_ECHO, ticket="3821", level="满意") for _ in range(3)]

    desk.work()
    assert len(desk.console.accepted) == 2

    desk.clock.move_to(datetime(2026, 10, 14, 8, 0, tzinfo=SHANGHAI))
    desk.work()
    assert [message_id for message_id, _, _ in desk.console.accepted] == sent


def test_what_makes_sense_today_only_is_not_sent_tomorrow(desk: Desk) -> None:
    for _ in range(2):
        desk.queue(template=RATING_ECHO, ticket="3821", level="满意")
    third = desk.queue(template=RATING_ECHO, may_wait=False, ticket="3821", level="满意")

    desk.work()

    assert (desk.message(third).state, desk.message(third).reason) == (MessageState.NOT_SENT, NotSent.DAILY_LIMIT)


@pytest.mark.parametrize(
    ("phone", "reason"),
    [("0431-88990000", NotSent.LANDLINE), ("88990000", NotSent.LANDLINE), ("12345", NotSent.NO_MOBILE)],
)
def test_a_phone_that_gets_no_sms_is_named(desk: Desk, phone: str, reason: NotSent) -> None:
    message = desk.message(desk.queue(phone))

    desk.work()

    assert (message.state, message.reason) == (MessageState.NOT_SENT, reason)
    assert desk.console.accepted == []


def test_a_citizen_who_wrote_td_gets_nothing_more(desk: Desk) -> None:
    desk.queue()
    desk.work()
    waiting = desk.queue(code="AAAAAA", ticket="1111")

    desk.reply("TD")
    desk.work()

    assert desk.message(waiting).reason is NotSent.OPTED_OUT
    assert desk.message(desk.queue(code="BBBBBB", ticket="2222")).reason is NotSent.OPTED_OUT
    assert len(desk.console.accepted) == 1


def test_one_phone_has_one_open_request_and_the_next_waits_for_its_answer(desk: Desk) -> None:
    first, second = desk.queue(), desk.queue(ticket="1111", code="AAAAAA")
    desk.work()
    assert desk.message(second).state is MessageState.WAITING

    desk.reply("5")
    desk.work()

    assert desk.message(first).state is MessageState.REPLIED
    assert desk.message(second).state is MessageState.SUBMITTED


def test_the_next_request_also_goes_when_the_first_expires(desk: Desk) -> None:
    first, second = desk.queue(), desk.queue(ticket="1111", code="AAAAAA")
    desk.work()

    desk.wait(timedelta(hours=71))
    assert desk.message(second).state is MessageState.WAITING
    desk.wait(timedelta(hours=1))

    assert desk.message(first).state is MessageState.EXPIRED
    assert desk.message(second).state is MessageState.SUBMITTED


def test_another_phone_does_not_wait(desk: Desk) -> None:
    desk.queue()
    other = desk.queue(OTHER_PHONE)

    desk.work()

    assert desk.message(other).state is MessageState.SUBMITTED


def test_a_refused_message_frees_the_phone(desk: Desk) -> None:
    desk.console.misbehave(Fault.REJECTED)
    first, second = desk.queue(), desk.queue(ticket="1111", code="AAAAAA")

    desk.work()

    assert (desk.message(first).state, desk.message(first).error_code) == (MessageState.FAILED, "console_rejected")
    assert desk.message(second).state is MessageState.SUBMITTED


def test_a_provider_out_of_reach_is_tried_again(desk: Desk) -> None:
    desk.console.misbehave(Fault.NOT_REACHED)
    message = desk.queue()
    desk.work()
    assert desk.message(message).state is MessageState.WAITING

    desk.wait(timedelta(minutes=1))

    assert desk.message(message).state is MessageState.SUBMITTED
    assert len(desk.console.accepted) == 1


def test_a_phone_is_free_again_though_the_first_hand_over_reached_nobody(desk: Desk) -> None:
    desk.console.misbehave(Fault.NOT_REACHED)
    first, second = desk.queue(), desk.queue(ticket="1111", code="AAAAAA")
    desk.work()

    desk.wait(timedelta(hours=2))
    assert desk.message(first).state is MessageState.SUBMITTED
    desk.wait(timedelta(hours=71))
    assert desk.message(second).state is MessageState.WAITING
    desk.wait(timedelta(hours=1))

    assert desk.message(first).state is MessageState.EXPIRED
    assert desk.message(second).state is MessageState.SUBMITTED


def test_a_provider_away_for_two_days_loses_nothing(desk: Desk) -> None:
    desk.console.misbehave(*[Fault.NOT_REACHED] * 60)
    message = desk.queue()

    for _ in range(2 * 24 * 4):
        desk.wait(timedelta(minutes=18))

    assert desk.message(message).state is not MessageState.WAITING
    assert len(desk.console.accepted) == 1


def test_a_timeout_after_acceptance_is_asked_about_and_never_sent_twice(desk: Desk) -> None:
    desk.console.misbehave(Fault.TIMEOUT_AFTER_ACCEPTANCE)
    message = desk.queue()
    desk.work()
    assert desk.message(message).state is MessageState.UNKNOWN

    desk.wait(timedelta(minutes=1))
    assert desk.message(message).state is MessageState.SUBMITTED

    desk.wait(timedelta(hours=2))
    assert desk.message(message).state is MessageState.DELIVERED
    assert len(desk.console.accepted) == 1


def test_what_the_provider_never_got_stays_unknown_and_is_not_sent_again(desk: Desk) -> None:
    desk.console.misbehave(Fault.LOST)
    message = desk.queue()

    for _ in range(30):
        desk.wait(timedelta(hours=8))

    assert desk.message(message).state is MessageState.UNKNOWN
    assert desk.message(message).asked == desk.office.settings.ask_times
    assert desk.console.accepted == []


def test_a_sender_killed_between_hand_over_and_answer_does_not_send_again(desk: Desk) -> None:
    message = desk.queue()
    desk.console.misbehave(Fault.TIMEOUT_AFTER_ACCEPTANCE)
    claimed = Runner(desk.database).claim(1)[0]
    killed = Work(desk.database, claimed, {})
    outgoing = killed.note(hand_over, message, attempt=1, office=desk.office, now=desk.clock.now())
    assert outgoing is not None

    desk.wait(timedelta(minutes=5))
    desk.wait(timedelta(minutes=30))

    assert desk.message(message).state is MessageState.UNKNOWN
    assert desk.console.accepted == []


def test_two_jobs_that_would_send_the_same_message_at_once_lose_nothing(desk: Desk) -> None:
    first, second = desk.queue(), desk.queue(ticket="1111", code="AAAAAA")
    desk.work()
    desk.wait(timedelta(minutes=59, seconds=59))
    desk.reply("5")
    desk.clock.move_on(timedelta(seconds=1))
    provider = InterruptedProvider(Fault.NOT_REACHED)
    runner = Runner(desk.database, {SmsOffice: make_office(provider)})
    sending = [job for job in runner.claim(10) if job.kind == "sms.send_message"]
    assert len(sending) == 2

    provider.meanwhile = lambda: runner.run(sending.pop()) if sending else None
    while sending:
        runner.run(sending.pop(0))
    desk.wait(timedelta(minutes=1))

    assert desk.message(first).state is MessageState.REPLIED
    assert desk.message(second).state is MessageState.SUBMITTED
    assert [sent for sent, _, _ in [*desk.console.accepted, *provider.accepted]] == [first, second]


def test_an_undeliverable_message_fails_with_its_code(desk: Desk) -> None:
    desk.console.misbehave(Fault.UNDELIVERABLE)
    message = desk.queue()
    desk.work()

    desk.wait(timedelta(seconds=3))

    assert (desk.message(message).state, desk.message(message).error_code) == (
        MessageState.FAILED,
        "console_undeliverable",
    )


@pytest.mark.parametrize("fault", [Fault.REPORTED_TWICE, Fault.OUT_OF_ORDER])
def test_reports_that_come_twice_or_out_of_order_count_once(desk: Desk, fault: Fault) -> None:
    desk.console.misbehave(fault)
    message = desk.queue()
    desk.work()

    desk.wait(timedelta(seconds=3))

    def reports(session):  # type: ignore[no-untyped-def]
        return session.query(DeliveryReport).count()

    assert desk.message(message).state is MessageState.DELIVERED
    assert desk.database.read(reports) == 2


def test_a_report_that_overtakes_the_providers_answer_is_not_lost(desk: Desk) -> None:
    desk = Desk(desk.database, desk.clock, ConsoleProvider(draw_id=lambda: "known"))
    early = Report(ProviderName.CONSOLE, "console-known", Delivery.DELIVERED)
    desk.database.write(record_report, early, now=desk.clock.now())
    message = desk.queue()

    desk.work()

    assert desk.message(message).state is MessageState.DELIVERED


def test_a_report_settles_an_unknown_outcome(desk: Desk) -> None:
    desk.console.misbehave(Fault.LOST)
    message = desk.queue()
    desk.work()

    report = Report(ProviderName.CONSOLE, "console-7", Delivery.DELIVERED, None, message)
    desk.database.write(record_report, report, now=desk.clock.now())

    assert (desk.message(message).state, desk.message(message).provider_id) == (MessageState.DELIVERED, "console-7")


def test_a_message_without_news_is_asked_about_with_growing_pauses(desk: Desk) -> None:
    desk.console.misbehave(Fault.NO_REPORT)
    message = desk.queue()

    for _ in range(200):
        desk.wait(timedelta(hours=1))

    assert desk.message(message).state is MessageState.EXPIRED


def test_a_message_that_could_not_leave_in_time_is_not_sent(desk: Desk) -> None:
    desk.queue()
    late = desk.queue(ticket="1111", code="AAAAAA", not_after=desk.clock.now() + timedelta(hours=2))
    desk.work()

    desk.wait(timedelta(hours=1, minutes=59))
    assert desk.message(late).state is MessageState.WAITING
    desk.wait(timedelta(hours=1))
    desk.reply("5")
    desk.work()

    assert (desk.message(late).state, desk.message(late).reason) == (MessageState.NOT_SENT, NotSent.TOO_LATE)
    assert len(desk.console.accepted) == 1


def test_a_withdrawn_message_that_waits_never_leaves(desk: Desk) -> None:
    first, second = desk.queue(), desk.queue(ticket="1111", code="AAAAAA")
    desk.work()

    desk.withdraw(second)
    desk.reply("5")
    desk.wait(timedelta(hours=2))

    assert (desk.message(second).state, desk.message(second).reason) == (MessageState.NOT_SENT, NotSent.WITHDRAWN)
    assert [sent for sent, _, _ in desk.console.accepted] == [first]


def test_a_withdrawn_message_that_has_left_frees_its_phone_and_still_takes_a_late_reply(desk: Desk) -> None:
    first, second = desk.queue(), desk.queue(OTHER_PHONE)
    desk.work()
    following = desk.queue(ticket="1111", code="AAAAAA")
    desk.work()
    assert desk.message(following).state is MessageState.WAITING

    desk.withdraw(first)
    desk.withdraw(second)
    desk.work()

    assert desk.message(following).state is MessageState.SUBMITTED
    late = desk.reply("5", phone=OTHER_PHONE)
    assert late is not None
    assert desk.database.read(sms_reply, late).message_id == second


def test_a_message_withdrawn_while_it_is_handed_over_is_not_handed_over_again(desk: Desk) -> None:
    provider = InterruptedProvider(Fault.NOT_REACHED)
    desk = Desk(desk.database, desk.clock, provider)
    message = desk.queue()
    provider.meanwhile = lambda: desk.withdraw(message)

    desk.work()
    desk.wait(timedelta(minutes=1))

    assert desk.message(message).state is MessageState.NOT_SENT
    assert provider.accepted == []
