"""CMPP and SMPP over real connections: every message leaves once or is 结果未知, whatever the line does."""

import threading
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sms.providers.gateway.provider import GatewayProvider
from sms.providers.provider import (
    Accepted,
    Inbound,
    LateAnswer,
    OutcomeUnknown,
    ProviderNotReached,
    Rejected,
    Report,
    TurnedAway,
)
from sms.rules import Delivery
from tests.sms.cmpp_twin import SENDER, CmppWire
from tests.sms.gateway_twin import Fault, GatewayTwin, running
from tests.sms.gateways import LONG, PHONE, SHORT, City, city_of, gateway, outgoing

NO_ANSWER_S = 0.3


@pytest.fixture(params=["cmpp", "smpp"])
def city(request: pytest.FixtureRequest) -> Iterator[City]:
    with city_of(request.param) as city:
        yield city


def test_a_message_is_accepted_and_its_report_is_kept_before_it_is_answered(city: City) -> None:
    accepted = city.provider().send(outgoing())
    assert isinstance(accepted, Accepted)
    push = city.twin.report(accepted.provider_id)

    [report] = city.wait_for_heard()

    assert isinstance(report, Report)
    assert (report.provider_id, report.delivery, report.error_code) == (accepted.provider_id, Delivery.DELIVERED, None)
    assert report.phone == PHONE
    city.twin.wait_for(lambda: push.is_answered)
    assert city.twin.accepted == [SHORT]


def test_many_messages_share_one_line(city: City) -> None:
    provider = city.provider(window=4)
    found: list[object] = []

    def send(n: int) -> None:
        found.append(provider.send(outgoing(n, f"第{n}条")))

    threads = [threading.Thread(target=send, args=(n,)) for n in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({accepted.provider_id for accepted in found if isinstance(accepted, Accepted)}) == 40
    assert sorted(city.twin.accepted) == sorted(f"第{n}条" for n in range(40))
    assert (city.twin.log_ins, city.twin.open_most <= 4) == (1, True)


def test_a_long_text_leaves_in_parts_of_67_characters(city: City) -> None:
    accepted = city.provider().send(outgoing(text=LONG))

    assert isinstance(accepted, Accepted)
    assert len(city.twin.kept) == 2
    assert all(len(kept.content) <= 140 for kept in city.twin.kept)
    assert accepted.parts == tuple(kept.provider_id for kept in city.twin.kept)
    assert city.twin.accepted == [LONG]


def test_half_a_message_is_refused_and_goes_to_no_other_provider(city: City) -> None:
    city.twin.misbehave(Fault.SECOND_PART_REFUSED)

    refused = city.provider().send(outgoing(text=LONG))

    assert isinstance(refused, Rejected)
    assert refused.error_code.startswith("part:")


def test_a_refusal_has_its_code(city: City) -> None:
    city.twin.misbehave(Fault.REJECTED, Fault.TURNED_AWAY)
    provider = city.provider()

    refused, turned_away = provider.send(outgoing()), provider.send(outgoing(8))

    assert refused == Rejected({"cmpp": "CMPP13", "smpp": "ESME_RINVDSTADR"}[city.name])
    assert turned_away == TurnedAway({"cmpp": "CMPP8", "smpp": "ESME_RTHROTTLED"}[city.name])
    assert city.twin.accepted == []


def test_a_gateway_that_is_not_there_was_not_reached_and_is_left_alone_for_a_while(city: City) -> None:
    with running(GatewayTwin(CmppWire())) as other:
        port = other.port
    provider = gateway(city.name, port)

    with pytest.raises(ProviderNotReached):
        provider.send(outgoing())
    with pytest.raises(ProviderNotReached) as again:
        provider.send(outgoing())

    assert again.value.retry_after_s >= 2
    assert not provider.status.is_up
    assert provider.status.error


def test_a_wrong_password_sends_nothing_and_says_why(city: City) -> None:
    provider = city.provider(password="wrong")

    with pytest.raises(ProviderNotReached):
        provider.send(outgoing())

    assert "登录被拒" in provider.status.error
    assert (city.twin.refused_log_ins, city.twin.kept) == (1, [])


def test_an_answer_that_comes_too_late_still_settles_the_message(city: City) -> None:
    city.twin.misbehave(Fault.TIMEOUT_AFTER_ACCEPTANCE)
    provider = city.provider(timeout_s=NO_ANSWER_S)
    with pytest.raises(OutcomeUnknown):
        provider.send(outgoing())

    city.twin.answer_late()

    assert city.wait_for_heard() == [LateAnswer(provider.name, 7, 1, Accepted(city.twin.kept[0].provider_id))]
    assert city.twin.accepted == [SHORT]


def test_a_late_answer_may_prove_that_nothing_left(city: City) -> None:
    city.twin.misbehave(Fault.TURNED_AWAY_LATE)
    with pytest.raises(OutcomeUnknown):
        city.provider(timeout_s=NO_ANSWER_S).send(outgoing())

    city.twin.answer_late()

    [late] = city.wait_for_heard()
    assert isinstance(late, LateAnswer)
    assert isinstance(late.outcome, TurnedAway)
    assert city.twin.accepted == []


@pytest.mark.parametrize(
    ("fault", "sent"),
    [
        (Fault.BROKEN_BEFORE_ACCEPTANCE, []),
        (Fault.BROKEN_AFTER_ACCEPTANCE, [SHORT]),
        (Fault.GARBAGE_AFTER_ACCEPTANCE, [SHORT]),
        (Fault.LOST, []),
    ],
)
def test_a_line_that_breaks_in_the_middle_of_a_message_leaves_it_unknown(
    city: City, fault: Fault, sent: list[str]
) -> None:
    city.twin.misbehave(fault)
    provider = city.provider(timeout_s=NO_ANSWER_S if fault is Fault.LOST else 5)

    with pytest.raises(OutcomeUnknown):
        provider.send(outgoing())

    assert city.twin.accepted == sent
    assert isinstance(provider.send(outgoing(8, "下一条")), Accepted)
    assert city.twin.accepted == [*sent, "下一条"]


FAULTS = [
    None,
    Fault.REJECTED,
    Fault.TURNED_AWAY,
    Fault.BROKEN_BEFORE_ACCEPTANCE,
    Fault.BROKEN_AFTER_ACCEPTANCE,
    Fault.GARBAGE_AFTER_ACCEPTANCE,
    Fault.SECOND_PART_REFUSED,
]


@pytest.mark.parametrize("name", ["cmpp", "smpp"])
@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(FAULTS), st.booleans()), min_size=1, max_size=8))
def test_whatever_happens_no_message_leaves_twice_and_what_we_say_of_it_is_true(
    name: str, faults: list[tuple[Fault | None, bool]]
) -> None:
    with city_of(name) as city:
        provider = city.provider()
        for n, (fault, is_long) in enumerate(faults):
            if fault is not None:
                city.twin.misbehave(fault)
            text = (LONG if is_long else SHORT) + str(n)

            outcome = handed(provider, n, text)

            taken = city.twin.accepted.count(text)
            assert taken <= 1
            assert outcome is OutcomeUnknown or taken == (outcome is Accepted)


def handed(provider: GatewayProvider, n: int, text: str) -> type:
    """What our side says of it."""
    try:
        return type(provider.send(outgoing(n, text)))
    except (OutcomeUnknown, ProviderNotReached) as error:
        return type(error)


def test_a_full_window_keeps_a_message_here(city: City) -> None:
    city.twin.misbehave(*[Fault.TIMEOUT_AFTER_ACCEPTANCE] * 4)
    provider = city.provider(window=4, timeout_s=NO_ANSWER_S)
    for n in range(4):
        with pytest.raises(OutcomeUnknown):
            provider.send(outgoing(n))

    with pytest.raises(ProviderNotReached):
        provider.send(outgoing(9, "第五条"))

    assert len(city.twin.kept) == 4
    city.twin.answer_late()
    city.wait_for_heard(4)
    assert isinstance(provider.send(outgoing(9, "第五条")), Accepted)


def test_what_was_not_kept_is_pushed_again_and_then_counts(city: City) -> None:
    provider = city.provider()
    accepted = provider.send(outgoing())
    assert isinstance(accepted, Accepted)
    city.is_full = True
    push = city.twin.report(accepted.provider_id)
    city.wait_for_refused()
    assert not push.is_answered

    city.is_full = False
    city.twin.push_again()

    city.wait_for_heard()
    city.twin.wait_for(lambda: push.is_answered)


def test_a_process_that_keeps_nothing_answers_nothing(city: City) -> None:
    deaf = gateway(city.name, city.twin.port)
    accepted = deaf.send(outgoing())
    assert isinstance(accepted, Accepted)
    push = city.twin.report(accepted.provider_id)
    deaf.send(outgoing(8))
    assert not push.is_answered
    deaf.close()
    city.twin.wait_for(lambda: not city.twin.has_a_line)

    city.provider().stay()

    city.twin.wait_for(lambda: push.is_answered)
    assert len(city.heard) == 1


def test_a_reply_comes_with_the_suffix_it_was_sent_to(city: City) -> None:
    provider = city.provider(suffix_digits=4)
    provider.send(outgoing(message_id=1234567))
    assert city.twin.kept[0].source == f"{SENDER}4567"

    city.twin.reply(PHONE, "5", dest=f"{SENDER}4567")

    [inbound] = city.wait_for_heard()
    assert isinstance(inbound, Inbound)
    assert (inbound.phone, inbound.text, inbound.suffix) == (PHONE, "5", "4567")


def test_a_long_reply_is_put_together_and_every_part_is_answered(city: City) -> None:
    city.provider().stay()

    pushes = city.twin.reply(PHONE, "2 等了三天没有人来,打电话也没有人接", dest=SENDER, parts=3)

    [inbound] = city.wait_for_heard()
    assert isinstance(inbound, Inbound)
    assert inbound.text == "2 等了三天没有人来,打电话也没有人接"
    city.twin.wait_for(lambda: all(push.is_answered for push in pushes))


def test_a_reply_pushed_again_on_a_new_line_is_the_same_reply(city: City) -> None:
    provider = city.provider()
    provider.stay()
    city.is_full = True
    [push] = city.twin.reply(PHONE, "5", dest=SENDER)
    city.wait_for_refused()
    city.is_full = False
    city.twin.push_again()
    first = city.wait_for_heard()[-1]
    city.twin.wait_for(lambda: push.is_answered)
    n = len(city.heard)
    push.is_answered = False  # our answer got lost with the line
    city.twin.drop_lines()
    city.twin.wait_for(lambda: not city.twin.has_a_line)

    reconnect(city, provider)

    again = city.wait_for_heard(n + 1)[-1]
    assert isinstance(first, Inbound)
    assert isinstance(again, Inbound)
    assert first.provider_id == again.provider_id


def test_the_same_digit_written_twice_is_two_replies(city: City) -> None:
    city.provider().stay()

    [push] = city.twin.reply(PHONE, "5", dest=SENDER)
    city.twin.wait_for(lambda: push.is_answered)
    city.twin.reply(PHONE, "5", dest=SENDER)

    first, second = city.wait_for_heard(2)
    assert isinstance(first, Inbound)
    assert isinstance(second, Inbound)
    assert first.provider_id != second.provider_id


def test_silence_is_answered_by_a_question(city: City) -> None:
    provider = city.provider(idle_s=0.05, answer_s=0.05)
    provider.stay()

    city.twin.wait_for(lambda: city.twin.questions >= 5)

    assert provider.status.is_up
    assert city.twin.log_ins == 1


def test_a_gateway_that_answers_nothing_three_times_is_connected_to_anew(city: City) -> None:
    provider = city.provider(idle_s=0.05, answer_s=0.05)
    provider.stay()
    city.twin.is_mute = True
    city.twin.wait_for(lambda: not city.twin.has_a_line)
    assert city.twin.questions == 3

    city.twin.is_mute = False
    reconnect(city, provider)

    assert city.twin.log_ins == 2


def test_a_process_that_need_not_stay_hangs_up_when_it_is_idle(city: City) -> None:
    provider = city.provider(idle_s=0.05)
    assert isinstance(provider.send(outgoing()), Accepted)

    city.twin.wait_for(lambda: not city.twin.has_a_line)

    assert city.twin.questions == 0
    assert isinstance(provider.send(outgoing(8)), Accepted)


def test_the_gateway_may_ask_and_say_goodbye(city: City) -> None:
    provider = city.provider()
    provider.stay()

    city.twin.say_goodbye()

    city.twin.wait_for(lambda: not city.twin.has_a_line)
    assert isinstance(provider.send(outgoing()), Accepted)


def test_neither_protocol_has_a_question_about_one_message(city: City) -> None:
    provider = city.provider()
    provider.send(outgoing())

    assert provider.find(outgoing()) is None
    assert provider.reports(outgoing(), "1") == []


def reconnect(city: City, provider: GatewayProvider) -> None:
    """As the one that keeps the line does, over and over."""
    before = city.twin.log_ins
    while city.twin.log_ins == before:
        provider.stay()
