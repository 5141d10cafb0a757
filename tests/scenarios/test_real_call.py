"""A real SIP call on a real Asterisk through the real server, from ring to rating, read back from the API."""

import asyncio
from pathlib import Path

import pytest

from telephony.exchange.real import RealExchange
from tests.ports import ports
from tests.scenarios import sipp
from tests.scenarios.desk import SEAT, Page, Row, assert_all_is_there, founded, logged_in, register
from tests.scenarios.stage import CALLER_PORT, SEAT_PORTS
from tests.scenarios.table import CALLER, Does, SeatPlan
from tests.system.server import running_server

pytestmark = [pytest.mark.needs("asterisk"), pytest.mark.timeout(240)]

WEB_PORT = ports() + 90
#: The caller presses 5 again and again: while talking it is only a tone, after the seat has gone it is the rating.
PRESSES_FIVE = tuple(Does(1.5, key="5") for _ in range(30))


@pytest.fixture
def environment(asterisk: RealExchange, tmp_path: Path) -> dict[str, str]:
    """The server's settings: a founded city with one desk telephone, and the Asterisk that runs."""
    places = asterisk.places
    places.queue_log.write_text("")  # the calls of other tests are none of this server's
    return founded(
        tmp_path,
        ami_port=asterisk.ami.port,
        queue_log=places.queue_log,
        recordings=places.recordings,
        web_port=WEB_PORT,
    )


async def test_a_real_call_becomes_one_call_one_ticket_and_one_rating(
    environment: dict[str, str], asterisk: RealExchange, tmp_path: Path
) -> None:
    with running_server(["serve"], port=WEB_PORT, folder=tmp_path, environment=environment) as server:
        async with logged_in(server.url, "agent1") as agent, logged_in(server.url, "supervisor1") as supervisor:
            seat = await agent.post("seat/login", number=SEAT)
            listening = asyncio.create_task(agent.listen(f"seat:{seat['id']}"))
            await agent.post("seat/ready")
            await agent.until(lambda told: told["row"]["state"] == "ready" and told["row"]["is_pushed"])

            call_id, ticket = await live_through(agent, asterisk, tmp_path)

            await assert_all_is_there(agent, supervisor, call_id, ticket)
            assert agent.states("seat:")[-4:] == ["ready", "ringing", "talking", "wrap_up"]
            assert agent.states("call:") == ["ringing", "talking", "rating", "ended"]
            assert [told["seq"] for told in agent.heard] == list(range(1, len(agent.heard) + 1))
            listening.cancel()


async def live_through(agent: Page, asterisk: RealExchange, folder: Path) -> tuple[int, Row]:
    """Ring, answer, register, hang up, rate: the call's id and its ticket."""
    address = f"{asterisk.exchange.address}:{asterisk.exchange.sip_port}"
    telephone = sipp.seat(folder, SeatPlan(SEAT), port=SEAT_PORTS[SEAT])
    speech = asterisk.places.prompts / "greeting.alaw"
    caller = sipp.call(
        folder, exchange=address, dials="12345", steps=PRESSES_FIVE, speech=speech, port=CALLER_PORT, caller=CALLER
    )
    try:
        talking = await agent.until(lambda told: bool(told["row"].get("call")) and told["row"]["state"] == "talking")
        call_id = talking["row"]["call"]["id"]
        ticket = await register(agent, call_id)
        await agent.post(f"calls/{call_id}/hang-up")
        await asyncio.to_thread(caller.wait, 30)
    finally:
        caller.stop()
        telephone.stop()
    await agent.until(lambda told: told["topic"] == f"call:{call_id}" and told["row"]["state"] == "ended")
    await agent.put(f"calls/{call_id}/outcome", outcome="ticket")
    return call_id, ticket
