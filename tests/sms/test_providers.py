"""Every provider keeps the same promises: the same tests run against the console and against each twin."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from core.clock import Clock, SystemClock
from sms.providers import console
from sms.providers.aliyun import AliyunProvider
from sms.providers.console import ConsoleProvider
from sms.providers.provider import (
    Accepted,
    OutcomeUnknown,
    Outgoing,
    Provider,
    ProviderNotReached,
    Rejected,
    TurnedAway,
)
from sms.providers.tencent import TencentProvider
from sms.providers.twilio import TwilioProvider
from sms.rules import Delivery
from sms.settings import AliyunSettings, ProviderName, TencentSettings, TwilioSettings
from tests.sms import aliyun_twin, tencent_twin
from tests.sms.aliyun_twin import AliyunTwin
from tests.sms.serving import Fault, Served, running
from tests.sms.tencent_twin import TencentTwin
from tests.sms.twilio_twin import ACCOUNT, NUMBER, TOKEN, TwilioTwin

PUBLIC = "https://12345.example.org"
SIGNATURE = "【长春12345】"
SYSTEM = SystemClock()


def twilio(base_url: str, timeout_s: float = 0.5, token: str = TOKEN) -> TwilioProvider:
    settings = TwilioSettings(account_sid=ACCOUNT, sender=NUMBER, base_url=base_url, timeout_s=timeout_s)
    return TwilioProvider(settings, auth_token=token, public_address=PUBLIC)


def tencent(
    base_url: str, token: str = tencent_twin.SECRET_KEY, clock: Clock = SYSTEM, timeout_s: float = 0.5
) -> TencentProvider:
    settings = TencentSettings(
        secret_id=tencent_twin.SECRET_ID,
        sdk_app_id=tencent_twin.APP,
        templates=tencent_twin.TEMPLATES,
        base_url=base_url,
        timeout_s=timeout_s,
    )
    return TencentProvider(settings, secret_key=token, signature=SIGNATURE, clock=clock)


def aliyun(
    base_url: str, token: str = aliyun_twin.KEY_SECRET, clock: Clock = SYSTEM, timeout_s: float = 0.5
) -> AliyunProvider:
    settings = AliyunSettings(
        access_key_id=aliyun_twin.KEY_ID, templates=aliyun_twin.TEMPLATES, base_url=base_url, timeout_s=timeout_s
    )
    return AliyunProvider(settings, key_secret=token, signature=SIGNATURE, clock=clock)


@dataclass(frozen=True)
class Cloud:
    """A provider behind HTTP, its twin, and the codes with which it refuses."""

    twin: Callable[[], Any]
    provider: Callable[..., Provider]
    rejected: str
    turned_away: str
    forged: str


CLOUDS = {
    "twilio": Cloud(TwilioTwin, twilio, "21211", "20429", "20003"),
    "tencent": Cloud(
        TencentTwin,
        tencent,
        "InvalidParameterValue.IncorrectPhoneNumber",
        "FailedOperation.InsufficientBalanceInSmsPackage",
        "AuthFailure.SignatureFailure",
    ),
    "aliyun": Cloud(AliyunTwin, aliyun, "isv.MOBILE_NUMBER_ILLEGAL", "isv.AMOUNT_NOT_ENOUGH", "SignatureDoesNotMatch"),
}


@dataclass
class Case:
    """A provider, how it is told to misbehave, and what the other side has."""

    name: str
    provider: Provider
    twin: Any

    def misbehave(self, fault: str) -> None:
        faults: Any = console.Fault if self.name == "console" else Fault
        self.twin.misbehave(faults(fault))

    @property
    def accepted(self) -> int:
        return len(self.twin.accepted if self.name == "console" else self.twin.kept)

    def deliver(self) -> None:
        """The last one arrives."""
        if self.name == "twilio":
            self.twin.report(self.twin.kept[-1].sid, "delivered")
        elif self.name == "tencent":
            self.twin.report(self.twin.kept[-1].serial)
        elif self.name == "aliyun":
            self.twin.report(self.twin.kept[-1].biz_id)


def on_line(name: str) -> Iterator[Case]:
    cloud = CLOUDS[name]
    twin: Served = cloud.twin()
    with running(twin) as served:
        yield Case(name, cloud.provider(served.base_url), served)


@pytest.fixture(params=["console", *CLOUDS])
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Case]:
    if request.param == "console":
        twin = ConsoleProvider(tmp_path / "console.jsonl")
        yield Case("console", twin, twin)
        return
    yield from on_line(request.param)


@pytest.fixture(params=[*CLOUDS])
def line(request: pytest.FixtureRequest) -> Iterator[Case]:
    """One of those behind HTTP."""
    yield from on_line(request.param)


def outgoing(message_id: int = 7, code: str = "K7M2QX", phone: str = "13800001234", n: int = 1) -> Outgoing:
    text = f"{SIGNATURE}工单3821已答复,请评价;码{code}"
    variables = {"ticket": "3821", "code": code}
    return Outgoing(message_id, phone, text, datetime.now(UTC), ProviderName.CONSOLE, n, "rating", variables)


class TestEveryProvider:
    """What a message's way depends on."""

    def test_a_message_is_accepted_found_and_reported(self, case: Case) -> None:
        sent = outgoing()
        accepted = case.provider.send(sent)
        assert isinstance(accepted, Accepted)

        case.deliver()

        assert isinstance(case.provider.find(sent), Accepted)
        assert case.provider.reports(sent, accepted.provider_id)[-1].delivery is Delivery.DELIVERED
        assert case.accepted == 1

    def test_what_was_never_sent_is_not_found(self, case: Case) -> None:
        case.provider.send(outgoing())
        case.deliver()

        assert case.provider.find(outgoing(8, "AAAAAA")) is None

    def test_a_refusal_has_its_code(self, case: Case) -> None:
        case.misbehave("rejected")

        refused = case.provider.send(outgoing())

        assert refused == Rejected(CLOUDS[case.name].rejected if case.name in CLOUDS else "console_rejected")
        assert case.accepted == 0

    def test_one_without_money_or_patience_turns_it_away_and_does_not_send_it(self, case: Case) -> None:
        case.misbehave("turned_away")

        refused = case.provider.send(outgoing())

        assert refused == TurnedAway(CLOUDS[case.name].turned_away if case.name in CLOUDS else "console_balance")
        assert case.accepted == 0

    def test_a_timeout_after_acceptance_is_unknown_and_then_found(self, case: Case) -> None:
        case.misbehave("timeout_after_acceptance")
        sent = outgoing()

        with pytest.raises(OutcomeUnknown):
            case.provider.send(sent)
        case.deliver()

        assert isinstance(case.provider.find(sent), Accepted)
        assert case.accepted == 1


class TestBehindHttp:
    """What can go wrong on a line."""

    @pytest.mark.parametrize("fault", ["broken", "stumbled", "garbage"])
    def test_whatever_breaks_after_acceptance_is_unknown_not_failed(self, line: Case, fault: str) -> None:
        line.misbehave(f"{fault}_after_acceptance")
        sent = outgoing()

        with pytest.raises(OutcomeUnknown):
            line.provider.send(sent)
        line.deliver()

        assert isinstance(line.provider.find(sent), Accepted)
        assert line.accepted == 1

    def test_a_wrong_key_means_that_nothing_was_sent(self, line: Case) -> None:
        cloud = CLOUDS[line.name]

        assert cloud.provider(line.twin.base_url, token="wrong").send(outgoing()) == TurnedAway(cloud.forged)
        assert line.accepted == 0

    @pytest.mark.parametrize("name", CLOUDS)
    def test_a_server_that_is_not_there_was_not_reached(self, name: str) -> None:
        away = CLOUDS[name].provider("http://127.0.0.1:9")

        with pytest.raises(ProviderNotReached):
            away.send(outgoing())
        with pytest.raises(ProviderNotReached):
            away.find(outgoing())


class TestTwilio:
    """Its own ways."""

    def test_it_is_given_our_address_and_the_international_number(self) -> None:
        with running(TwilioTwin()) as twin:
            twilio(twin.base_url).send(outgoing())

        assert twin.kept[0].to == "+8613800001234"
        assert twin.kept[0].status_callback == f"{PUBLIC}/webhooks/twilio/status?message=7"

    def test_a_message_that_it_has_forgotten_has_no_reports(self) -> None:
        with running(TwilioTwin()) as twin:
            assert twilio(twin.base_url).reports(outgoing(), "SM" + "9" * 32) == []

    def test_the_same_text_sent_long_ago_is_another_message(self) -> None:
        with running(TwilioTwin()) as twin:
            sent = outgoing()
            twilio(twin.base_url).send(sent)
            tomorrow = Outgoing(8, sent.phone, sent.text, datetime(2099, 1, 1, tzinfo=UTC))

            assert twilio(twin.base_url).find(tomorrow) is None


class TestClouds:
    """Tencent and Aliyun send templates."""

    def test_tencent_is_given_the_variables_in_the_order_of_the_text(self) -> None:
        with running(TencentTwin()) as twin:
            sent = outgoing()
            tencent(twin.base_url).send(sent)

        kept = twin.kept[0]
        assert (kept.phone, kept.template, kept.parameters) == ("+8613800001234", "1000001", ["3821", "K7M2QX"])
        assert kept.session == sent.key

    def test_aliyun_is_given_the_variables_by_name(self) -> None:
        with running(AliyunTwin()) as twin:
            sent = outgoing()
            aliyun(twin.base_url).send(sent)

        kept = twin.kept[0]
        assert (kept.phone, kept.template) == ("13800001234", "SMS_1000001")
        assert kept.parameters == {"ticket": "3821", "code": "K7M2QX"}
        assert kept.out_id == sent.key

    def test_the_same_hand_over_repeated_on_the_way_is_refused_by_aliyun_and_stays_one_message(self) -> None:
        with running(AliyunTwin()) as twin:
            sent = outgoing()
            aliyun(twin.base_url).send(sent)

            with pytest.raises(OutcomeUnknown):
                aliyun(twin.base_url).send(sent)

        assert len(twin.kept) == 1

    def test_what_failed_is_reported_with_its_code(self) -> None:
        with running(TencentTwin()) as there, running(AliyunTwin()) as here:
            sent = outgoing()
            serial, biz_id = tencent(there.base_url).send(sent), aliyun(here.base_url).send(sent)
            assert isinstance(serial, Accepted)
            assert isinstance(biz_id, Accepted)
            there.report(there.kept[0].serial, "FAIL", "MK:0001")
            here.report(here.kept[0].biz_id, success=False, code="MK:0001")

            for report in (
                *tencent(there.base_url).reports(sent, serial.provider_id),
                *aliyun(here.base_url).reports(sent, biz_id.provider_id),
            ):
                assert (report.delivery, report.error_code) == (Delivery.FAILED, "MK:0001")


def test_the_console_remembers_over_a_restart_and_forgets_a_torn_line(tmp_path: Path) -> None:
    path = tmp_path / "console.jsonl"
    before = ConsoleProvider(path)
    accepted = before.send(outgoing())
    with path.open("a", encoding="utf-8") as file:
        file.write('{"provider_id": "console-0000')

    after = ConsoleProvider(path)
    second = after.send(outgoing(8))

    assert after.find(outgoing()) == accepted
    assert ConsoleProvider(path).find(outgoing(8)) == second
    assert before.find(outgoing(8)) == second
    assert before.find(outgoing(8, "OLDDB2")) is None
    assert path.stat().st_mode & 0o077 == 0
