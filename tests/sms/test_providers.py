"""Every provider keeps the same promises: the same tests run against the console and against Twilio's twin."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sms.providers import console
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
from sms.providers.twilio import TwilioProvider
from sms.rules import Delivery
from sms.settings import TwilioSettings
from tests.sms import twilio_twin
from tests.sms.twilio_twin import ACCOUNT, NUMBER, TOKEN, TwilioTwin, running

PUBLIC = "https://12345.example.org"


@dataclass
class Case:
    """A provider, how it is told to misbehave, and what the other side has."""

    provider: Provider
    faults: Any
    twin: Any

    def misbehave(self, fault: str) -> None:
        self.twin.misbehave(self.faults.Fault(fault))

    @property
    def accepted(self) -> list[str]:
        if isinstance(self.twin, ConsoleProvider):
            return [text for _, _, text in self.twin.accepted]
        return [kept.body for kept in self.twin.kept]

    def deliver(self, provider_id: str) -> None:
        if isinstance(self.twin, TwilioTwin):
            self.twin.report(provider_id, "delivered")


def twilio(base_url: str, timeout_s: float = 0.5, token: str = TOKEN) -> TwilioProvider:
    settings = TwilioSettings(account_sid=ACCOUNT, sender=NUMBER, base_url=base_url, timeout_s=timeout_s)
    return TwilioProvider(settings, auth_token=token, public_address=PUBLIC)


@pytest.fixture(params=["console", "twilio"])
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Case]:
    if request.param == "console":
        twin = ConsoleProvider(tmp_path / "console.jsonl")
        yield Case(twin, console, twin)
        return
    with running(TwilioTwin()) as served:
        yield Case(twilio(served.base_url), twilio_twin, served)


def outgoing(message_id: int = 7, text: str = "【长春12345】请评价", phone: str = "13800001234") -> Outgoing:
    return Outgoing(message_id, phone, text, datetime.now(UTC))


def test_a_message_is_accepted_found_and_reported(case: Case) -> None:
    accepted = case.provider.send(outgoing())
    assert isinstance(accepted, Accepted)

    case.deliver(accepted.provider_id)

    assert case.provider.find(outgoing()) == accepted
    assert case.provider.reports(accepted.provider_id)[-1].delivery is Delivery.DELIVERED
    assert case.accepted == ["【长春12345】请评价"]


def test_what_was_never_sent_is_not_found(case: Case) -> None:
    case.provider.send(outgoing())

    assert case.provider.find(outgoing(8, "【长春12345】另一条")) is None


def test_a_refusal_has_its_code(case: Case) -> None:
    case.misbehave("rejected")

    refused = case.provider.send(outgoing())

    assert isinstance(refused, Rejected)
    assert refused.error_code in {"console_rejected", "21211"}
    assert case.accepted == []


def test_a_timeout_after_acceptance_is_unknown_and_then_found(case: Case) -> None:
    case.misbehave("timeout_after_acceptance")

    with pytest.raises(OutcomeUnknown):
        case.provider.send(outgoing())

    assert case.provider.find(outgoing()) is not None
    assert len(case.accepted) == 1


@pytest.mark.parametrize("fault", ["broken", "stumbled", "garbage"])
def test_whatever_breaks_after_acceptance_is_unknown_not_failed(fault: str) -> None:
    with running(TwilioTwin()) as twin:
        provider = twilio(twin.base_url)
        twin.misbehave(twilio_twin.Fault(f"{fault}_after_acceptance"))

        with pytest.raises(OutcomeUnknown):
            provider.send(outgoing())

        assert provider.find(outgoing()) == Accepted(twin.kept[0].sid)


def test_being_turned_away_means_that_nothing_was_sent() -> None:
    with running(TwilioTwin()) as twin:
        twin.misbehave(twilio_twin.Fault.TURNED_AWAY)

        assert twilio(twin.base_url).send(outgoing()) == TurnedAway("20429")
        assert twilio(twin.base_url, token="wrong").send(outgoing()) == TurnedAway("20003")

        assert twin.kept == []


def test_a_server_that_is_not_there_was_not_reached() -> None:
    with pytest.raises(ProviderNotReached):
        twilio("http://127.0.0.1:9").send(outgoing())
    with pytest.raises(ProviderNotReached):
        twilio("http://127.0.0.1:9").find(outgoing())


def test_twilio_is_given_our_address_and_the_international_number() -> None:
    with running(TwilioTwin()) as twin:
        twilio(twin.base_url).send(outgoing())

    assert twin.kept[0].to == "+8613800001234"
    assert twin.kept[0].status_callback == f"{PUBLIC}/webhooks/twilio/status?message=7"


def test_a_message_that_twilio_has_forgotten_has_no_reports() -> None:
    with running(TwilioTwin()) as twin:
        assert twilio(twin.base_url).reports("SM" + "9" * 32) == []


def test_the_same_text_sent_long_ago_is_another_message() -> None:
    with running(TwilioTwin()) as twin:
        twilio(twin.base_url).send(outgoing())
        tomorrow = Outgoing(8, "13800001234", "【长春12345】请评价", datetime(2099, 1, 1, tzinfo=UTC))

        assert twilio(twin.base_url).find(tomorrow) is None


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
    assert before.find(outgoing(8, "【长春12345】旧库的同号短信")) is None
    assert path.stat().st_mode & 0o077 == 0
