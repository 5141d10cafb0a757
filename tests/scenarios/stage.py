"""Plays a scenario on the real Asterisk: SIPp for caller and seats, AMI for the queue."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import SecretStr

from telephony.exchange.configuration import PROMPTS, ExchangeSecrets
from telephony.exchange.real import RealExchange
from telephony.exchange.settings import ExchangeSettings
from telephony.settings import AmiSettings
from tests.ports import ports
from tests.scenarios import sipp
from tests.scenarios.link import AmiLink
from tests.scenarios.table import Scenario, SeatPlan

QUEUE = "12345"
DIAL_IN = "123459"
SECRET = "scenario-secret"
SILENCE = b"\xd5"
CALLER_PORT = ports()
SEAT_PORTS = {"8101": ports() + 4, "8102": ports() + 8, "8103": ports() + 12}

Happens = Callable[[str], Awaitable[None]]


def ami_settings(*, port: int) -> AmiSettings:
    """How the scenarios' exchange is reached."""
    return AmiSettings(port=port, secret=SecretStr(SECRET), reconnect_after_s=0.1)


def real_exchange(folder: Path, *, prompts: Path = PROMPTS) -> RealExchange:
    """An Asterisk with the lines, seats and short times of the scenario table."""
    first_port = ports() + 60
    settings = ExchangeSettings.model_validate(
        {
            "folder": folder,
            "sip_port": first_port,
            "http_port": first_port + 1,
            "rtp_from": first_port + 4,
            "rtp_to": first_port + 19,
            "lines": [
                {"id": "hotline", "numbers": ["12345"], "queue": QUEUE},
                {"id": "heating", "numbers": ["12319"], "queue": QUEUE},
            ],
            "dial_in_number": DIAL_IN,
            "key_wait_s": 2,
            "browser_seats": ["8001-8003"],
            "phones": [
                {"number": number, "contact": f"sip:{number}@{sipp.SEATS_AT}:{port}"}
                for number, port in SEAT_PORTS.items()
            ],
            "ring_s": 3,
            "wait_at_most_s": 10,
            "rating_wait_s": 2,
        }
    )
    secrets = ExchangeSecrets(ami=SECRET, seats=b"scenario seats")
    return RealExchange(settings, ami_settings(port=first_port + 2), secrets, prompts=prompts)


def short_prompts(folder: Path) -> Path:
    """Every prompt as one second of silence: the calls keep their shape and take a fifth of the time."""
    folder.mkdir()
    for prompt in PROMPTS.glob("*.alaw"):
        (folder / prompt.name).write_bytes(SILENCE * 8000)
    return folder


@dataclass
class RealStage:
    """One exchange, one link to it, a folder for SIPp."""

    exchange: RealExchange
    link: AmiLink
    folder: Path
    speech: Path = PROMPTS / "busy.alaw"
    _running: list[sipp.Sipp] = field(default_factory=list)

    async def empty_queue(self) -> None:
        """Let seats go that another test has left in the queue."""
        for number in SEAT_PORTS:
            await self.link.ask("QueueRemove", Queue=QUEUE, Interface=f"PJSIP/{number}")

    async def bring_together(self, scenario: Scenario) -> list[sipp.Sipp]:
        """Seats ready and the caller on the way; what comes then is not waited for."""
        for plan in scenario.seats:
            self._running.append(sipp.seat(self.folder, plan, port=SEAT_PORTS[plan.number]))
        await self._join(plan for plan in scenario.seats if plan.joins == "before the call")
        self._dial(scenario)
        return self._running

    async def play(self, scenario: Scenario, *, happens: Happens | None = None) -> None:
        """Play it to its end; `happens` is told "seat rings", "talking" and "ended" as they come."""
        since = len(self.link.messages)
        telling = asyncio.create_task(tell_moments(self.link, happens, since)) if happens else None
        try:
            *_, caller = await self.bring_together(scenario)
            if later := [plan for plan in scenario.seats if plan.joins == "while the other rings"]:
                await self.link.until(told("AgentCalled"), since=since)
                await self._join(later)
            await asyncio.to_thread(caller.wait, 40)
            await self.link.until(is_callers_end, since=since)
            if telling:
                await telling
        finally:
            if telling:
                telling.cancel()
            await self._clear(scenario)

    def _dial(self, scenario: Scenario) -> None:
        address = f"{self.exchange.exchange.address}:{self.exchange.exchange.sip_port}"
        caller = sipp.call(
            self.folder, exchange=address, dials=scenario.dials, steps=scenario.caller, speech=self.speech,
            port=CALLER_PORT,
        )  # fmt: skip
        self._running.append(caller)

    async def _join(self, plans: Iterable[SeatPlan]) -> None:
        for plan in plans:
            reply = await self.link.ask("QueueAdd", Queue=QUEUE, Interface=f"PJSIP/{plan.number}")
            assert reply["Response"] == "Success", reply

    async def _clear(self, scenario: Scenario) -> None:
        for plan in scenario.seats:
            await self.link.ask("QueueRemove", Queue=QUEUE, Interface=f"PJSIP/{plan.number}")
        for process in self._running:
            process.stop()
        self._running.clear()


async def tell_moments(link: AmiLink, happens: Happens, since: int) -> None:
    """Tell of the moments of one call as they come."""
    for event, moment in (("AgentCalled", "seat rings"), ("AgentConnect", "talking")):
        await link.until(told(event), since=since)
        await happens(moment)
    await link.until(is_callers_end, since=since)
    await happens("ended")


def is_callers_end(fields: dict[str, str]) -> bool:
    """Whether this message is the caller's last."""
    return fields.get("Event") == "Hangup" and fields["Uniqueid"] == fields["Linkedid"]


def told(event: str) -> Callable[[dict[str, str]], bool]:
    """Whether a message is such an event."""
    return lambda fields: fields.get("Event") == event
