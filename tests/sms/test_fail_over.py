"""When one provider fails the next sends, and whatever happens a citizen gets one SMS."""

import itertools
from collections.abc import Sequence
from datetime import time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from core.jobs.runner import Runner
from core.jobs.work import Work
from sms.actions.handing import hand_over
from sms.inbox import record_report
from sms.model import HandOver
from sms.office import SmsOffice
from sms.providers.console import ConsoleProvider, Fault
from sms.providers.provider import Report
from sms.rules import Delivery, HandOverState, MessageState, Settled, next_day_at
from sms.settings import ProviderName, SmsSettings
from sms.templates import RATING_ECHO
from tests.sms.desk import PHONE_KEY, Desk

FIRST, SECOND = ProviderName.CONSOLE, ProviderName.TWILIO
ACCOUNT = {"account_sid": "AC0", "sender": "+15005550006"}


class Two:
    """A desk with two twins, `first` before `second`."""

    def __init__(self, desk: Desk, **chosen: object) -> None:
        self.desk = desk
        self.first, self.second = ConsoleProvider(), ConsoleProvider()
        self.second.name = SECOND
        rules = SmsSettings.model_validate({"providers": [FIRST, SECOND], "twilio": ACCOUNT, **chosen})
        desk.office = SmsOffice(rules, PHONE_KEY, {FIRST: self.first, SECOND: self.second})

    @property
    def sent(self) -> tuple[int, int]:
        return len(self.first.accepted), len(self.second.accepted)

    def hand_overs(self, message_id: int) -> Sequence[HandOver]:
        return self.desk.hand_overs(message_id)

    def states(self, message_id: int) -> list[tuple[ProviderName, HandOverState]]:
        return [(one.provider, one.state) for one in self.hand_overs(message_id)]


@pytest.fixture
def two(desk: Desk) -> Two:
    return Two(desk)


def test_the_first_that_is_up_sends_and_the_others_hear_nothing(two: Two) -> None:
    message = two.desk.queue()

    two.desk.work()

    assert (two.sent, two.states(message)) == ((1, 0), [(FIRST, HandOverState.ACCEPTED)])


@pytest.mark.parametrize(
    ("fault", "state", "code"),
    [
        (Fault.NOT_REACHED, HandOverState.NOT_REACHED, None),
        (Fault.TURNED_AWAY, HandOverState.TURNED_AWAY, "console_balance"),
    ],
)
def test_where_the_first_is_down_or_out_of_money_the_second_sends_at_once(
    two: Two, fault: Fault, state: HandOverState, code: str | None
) -> None:
    two.first.misbehave(fault)
    message = two.desk.queue()

    two.desk.work()

    assert two.sent == (0, 1)
    assert two.states(message) == [(FIRST, state), (SECOND, HandOverState.ACCEPTED)]
    assert two.hand_overs(message)[0].error_code == code
    assert two.desk.message(message).provider is SECOND


def test_a_phone_that_the_first_refuses_is_not_offered_to_the_second(two: Two) -> None:
    two.first.misbehave(Fault.REJECTED)
    message = two.desk.queue()

    two.desk.work()

    assert (two.sent, two.states(message)) == ((0, 0), [(FIRST, HandOverState.REJECTED)])
    assert two.desk.message(message).state is MessageState.FAILED


def test_accepted_and_then_timed_out_is_one_sms_and_the_second_never_hears_of_it(two: Two) -> None:
    two.first.misbehave(Fault.TIMEOUT_AFTER_ACCEPTANCE)
    message = two.desk.queue()

    two.desk.work()
    assert two.states(message) == [(FIRST, HandOverState.UNKNOWN)]
    two.desk.wait(timedelta(hours=2))

    assert two.sent == (1, 0)
    handed = two.hand_overs(message)[0]
    assert (handed.state, handed.was_unknown, handed.settled) == (HandOverState.ACCEPTED, True, Settled.ASKED)


def test_an_unknown_one_that_the_provider_proves_not_to_have_goes_on(two: Two) -> None:
    two.first.misbehave(Fault.LOST_FOR_CERTAIN, Fault.NOT_REACHED)
    message = two.desk.queue()

    two.desk.wait(timedelta(0))
    two.desk.wait(timedelta(minutes=2))

    assert two.sent == (0, 1)
    assert two.states(message) == [
        (FIRST, HandOverState.NOT_TAKEN),
        (FIRST, HandOverState.NOT_REACHED),
        (SECOND, HandOverState.ACCEPTED),
    ]
    assert two.hand_overs(message)[0].settled is Settled.ASKED


def test_unknown_for_the_second_time_it_is_asked_about_again(two: Two) -> None:
    two.first.misbehave(Fault.LOST_FOR_CERTAIN, Fault.TIMEOUT_AFTER_ACCEPTANCE)
    message = two.desk.queue()

    for _ in range(4):
        two.desk.wait(timedelta(minutes=2))

    assert (two.sent, two.desk.message(message).state) == ((1, 0), MessageState.DELIVERED)


def test_an_unknown_one_that_nobody_can_prove_absent_goes_nowhere(two: Two) -> None:
    two.first.misbehave(Fault.LOST)
    message = two.desk.queue()

    for _ in range(30):
        two.desk.wait(timedelta(hours=1))

    assert (two.sent, two.states(message)) == ((0, 0), [(FIRST, HandOverState.UNKNOWN)])


def test_a_withdrawn_one_is_not_sent_though_the_provider_proves_not_to_have_it(two: Two) -> None:
    two.first.misbehave(Fault.LOST_FOR_CERTAIN)
    message = two.desk.queue()
    two.desk.work()

    two.desk.withdraw(message)
    two.desk.wait(timedelta(minutes=2))

    assert (two.sent, two.desk.message(message).state) == ((0, 0), MessageState.NOT_SENT)


def test_a_report_that_settles_an_unknown_one_is_noted_as_such(two: Two) -> None:
    two.first.misbehave(Fault.LOST)
    message = two.desk.queue()
    two.desk.work()

    report = Report(FIRST, "console-7", Delivery.DELIVERED, None, message)
    two.desk.database.write(record_report, report, now=two.desk.clock.now())

    handed = two.hand_overs(message)[0]
    assert (handed.state, handed.settled) == (HandOverState.ACCEPTED, Settled.REPORTED)


def test_a_sender_killed_with_the_message_half_handed_over_leaves_it_unknown_at_that_provider(two: Two) -> None:
    message = two.desk.queue()
    killed = Work(two.desk.database, Runner(two.desk.database).claim(1)[0], {})
    killed.note(hand_over, message, attempt=1, office=two.desk.office, now=two.desk.clock.now())

    two.desk.wait(timedelta(minutes=5))

    assert (two.sent, two.states(message)) == ((0, 0), [(FIRST, HandOverState.UNKNOWN)])


def test_with_all_of_them_down_it_waits_and_leaves_once(two: Two) -> None:
    two.first.misbehave(Fault.NOT_REACHED, Fault.NOT_REACHED)
    two.second.misbehave(Fault.TURNED_AWAY, Fault.NOT_REACHED)
    message = two.desk.queue()

    two.desk.work()
    assert two.desk.message(message).state is MessageState.WAITING
    for _ in range(5):
        two.desk.wait(timedelta(minutes=1))

    assert sum(two.sent) == 1
    assert [one.n for one in two.hand_overs(message)] == [1, 2, 3, 4, 5]


class TestResting:
    """A provider that fails three times in a row is left alone for five minutes."""

    @staticmethod
    def staff_messages(two: Two, n: int) -> list[int]:
        """One after the other, to as many phones."""
        sent = []
        for number in range(n):
            sent.append(two.desk.queue(f"1390000{number:04d}", RATING_ECHO, ticket="3821", level="满意"))
            two.desk.work()
        return sent

    def test_after_three_failures_it_is_not_tried(self, two: Two) -> None:
        two.first.misbehave(*[Fault.NOT_REACHED] * 3)

        messages = self.staff_messages(two, 5)

        assert two.sent == (0, 5)
        assert [len(two.hand_overs(message)) for message in messages] == [2, 2, 2, 1, 1]

    def test_after_its_rest_it_is_tried_again(self, two: Two) -> None:
        two.first.misbehave(*[Fault.TURNED_AWAY] * 3)
        self.staff_messages(two, 3)

        two.desk.clock.move_on(timedelta(seconds=301))
        self.staff_messages(two, 1)

        assert two.sent == (1, 3)

    def test_lost_answers_rest_it_too_so_that_few_messages_become_unknown(self, two: Two) -> None:
        two.first.misbehave(*[Fault.LOST] * 10)

        messages = self.staff_messages(two, 6)

        states = [two.desk.message(message).state for message in messages]
        assert states.count(MessageState.UNKNOWN) == 3
        assert two.sent == (0, 3)

    def test_one_success_between_failures_keeps_it(self, two: Two) -> None:
        two.first.misbehave(Fault.NOT_REACHED, Fault.NOT_REACHED, Fault.NO_REPORT, Fault.NOT_REACHED)

        self.staff_messages(two, 5)

        assert two.sent == (2, 3)


_phones = (f"137{number:08d}" for number in itertools.count(1))
_FAULTS = st.lists(st.sampled_from([*Fault]).filter(lambda fault: fault is not Fault.REJECTED), max_size=6)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=_FAULTS, second=_FAULTS)
def test_whatever_goes_wrong_where_a_message_is_accepted_at_most_once(
    desk: Desk, first: list[Fault], second: list[Fault]
) -> None:
    two = Two(desk)
    two.first.misbehave(*first)
    two.second.misbehave(*second)
    desk.clock.move_to(next_day_at(desk.clock.now(), time(9)))
    message = desk.queue(next(_phones))

    for _ in range(20):
        desk.wait(timedelta(minutes=31))

    state = desk.message(message).state
    if state is MessageState.UNKNOWN:
        assert sum(two.sent) == 0
        assert two.states(message)[-1][1] is HandOverState.UNKNOWN
    else:
        assert sum(two.sent) == 1
        assert [state for _, state in two.states(message)].count(HandOverState.ACCEPTED) == 1


class TestSettings:
    """The order is a setting."""

    def test_the_old_key_is_refused_with_the_new_one(self) -> None:
        with pytest.raises(ValidationError, match=r'providers = \["console"\]'):
            SmsSettings.model_validate({"provider": "console"})

    @pytest.mark.parametrize(
        ("providers", "said"),
        [
            ([], "at least 1"),
            (["console", "console"], "twice"),
            (["twilio"], "sms.twilio needs account_sid and sender"),
        ],
    )
    def test_an_order_that_cannot_be_is_refused(self, providers: list[str], said: str) -> None:
        with pytest.raises(ValidationError, match=said):
            SmsSettings.model_validate({"providers": providers})

    @pytest.mark.parametrize("name", ProviderName)
    def test_every_provider_has_its_section(self, name: ProviderName) -> None:
        assert SmsSettings().of(name).price_li >= 0
