"""A duty phone rings through the real protocol of the manager interface; each end of a try has its name."""

import asyncio
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

from telephony.duty_phone import AmiDutyPhone, PhoneNotReached, RingOutcome, RingUnknown
from telephony.settings import AmiSettings
from tests.fakes import HandClock
from tests.telephony.stand_in import Action, StandIn, stand_in


def phone_at(port: int, *, ring_s: int = 5, answer_within_s: float = 5) -> AmiDutyPhone:
    ami = AmiSettings(port=port, secret=SecretStr("quiet"), answer_within_s=answer_within_s, connect_within_s=2)
    clock = HandClock(datetime(2026, 10, 1, tzinfo=UTC))
    return AmiDutyPhone(ami, channel="PJSIP/{phone}@trunk", ring_s=ring_s, clock=clock)


def ends_with(reason: str) -> object:
    """Asterisk takes the order, and says later how it ended."""

    def answer(server: StandIn, action: Action) -> str:
        event = f"Event: OriginateResponse\r\nActionID: {action['actionid']}\r\nResponse: Failure\r\nReason: {reason}"
        asyncio.get_running_loop().call_soon(server.say, event)
        return "Response: Success\r\nMessage: Originate successfully queued"

    return answer


@pytest.mark.parametrize(
    ("reason", "outcome"),
    [
        ("4", RingOutcome.ANSWERED),
        ("5", RingOutcome.BUSY),
        ("3", RingOutcome.NO_ANSWER),
        ("1", RingOutcome.NO_ANSWER),
        ("0", RingOutcome.FAILED),
        ("8", RingOutcome.FAILED),
    ],
)
async def test_each_end_of_a_ring_has_its_name(reason: str, outcome: RingOutcome) -> None:
    async with stand_in() as asterisk:
        asterisk.answers["Originate"] = ends_with(reason)  # type: ignore[assignment]

        rung = await asyncio.to_thread(phone_at(asterisk.port).ring, 7, "154 0431 0001")

    assert rung is outcome
    sent = next(action for action in asterisk.received if action["action"] == "Originate")
    assert (sent["channel"], sent["context"], sent["actionid"]) == ("PJSIP/15404310001@trunk", "hotline-duty", "duty-7")


async def test_an_order_that_asterisk_refuses_has_not_rung() -> None:
    async with stand_in() as asterisk:
        asterisk.answers["Originate"] = lambda _, __: "Response: Error\r\nMessage: no such channel"

        with pytest.raises(PhoneNotReached):
            await asyncio.to_thread(phone_at(asterisk.port).ring, 7, "15404310001")


async def test_an_exchange_that_is_away_has_not_rung() -> None:
    async with stand_in() as asterisk:
        port = asterisk.port

    with pytest.raises(PhoneNotReached):
        await asyncio.to_thread(phone_at(port).ring, 7, "15404310001")


async def test_an_order_without_an_answer_may_have_rung() -> None:
    async with stand_in() as asterisk:
        asterisk.answers["Originate"] = lambda _, __: None

        with pytest.raises(RingUnknown):
            await asyncio.to_thread(phone_at(asterisk.port, answer_within_s=0.2).ring, 7, "15404310001")
