"""The same walk on the built-in exchange, as in the demo: the agent answers, holds and hangs up on the page."""

import asyncio
from pathlib import Path

import pytest
from pydantic import SecretStr

from core.clock import SystemClock
from telephony.exchange.builtin import BuiltInExchange
from telephony.exchange.demo_call import Deed, Pace, Stage
from telephony.settings import AmiSettings
from tests.ports import ports
from tests.scenarios.desk import SEAT, assert_all_is_there, founded, logged_in, register
from tests.scenarios.stage import SECRET
from tests.scenarios.table import CALLER
from tests.system.server import running_server

pytestmark = pytest.mark.timeout(240)
WEB_PORT = ports() + 91
PACE = Pace(greeting_s=0.5, ring_s=20, rating_s=15, farewell_s=0.2)


async def test_an_agent_answers_holds_and_hangs_up_on_the_page(tmp_path: Path) -> None:
    ami = AmiSettings(secret=SecretStr(SECRET)).model_copy(update={"port": 0})
    exchange = BuiltInExchange(tmp_path / "exchange", ami, clock=SystemClock(), pace=PACE)
    await exchange.start()
    environment = founded(
        tmp_path,
        ami_port=exchange.port,
        queue_log=exchange.queue_log,
        recordings=exchange.recordings,
        web_port=WEB_PORT,
    )
    start = running_server(["serve"], port=WEB_PORT, folder=tmp_path, environment=environment)
    server = await asyncio.to_thread(start.__enter__)
    try:
        async with logged_in(server.url, "agent1") as agent, logged_in(server.url, "supervisor1") as supervisor:
            seat = await agent.post("seat/login", number=SEAT)
            listening = asyncio.create_task(agent.listen(f"seat:{seat['id']}"))
            await agent.post("seat/ready")
            await agent.until(lambda told: told["row"]["state"] == "ready" and told["row"]["is_pushed"])

            caller = exchange.place_call(CALLER)
            ringing = await agent.until(lambda told: told["row"]["state"] == "ringing")
            call_id = ringing["row"]["call"]["id"]
            pop = await agent.get(f"calls/{call_id}/pop")
            await agent.post(f"calls/{call_id}/answer")
            await agent.until(lambda told: told["row"]["state"] == "talking")
            await agent.post(f"calls/{call_id}/hold")
            await agent.until(lambda told: told["row"]["state"] == "holding")
            await agent.post(f"calls/{call_id}/resume")
            await agent.until(lambda told: agent.states("seat:")[-2:] == ["holding", "talking"])
            ticket = await register(agent, call_id)
            await agent.post(f"calls/{call_id}/hang-up")
            await agent.until(lambda told: told["row"]["state"] == "rating")
            caller.do(Deed.KEY, "5")
            await agent.until(lambda told: told["topic"] == f"call:{call_id}" and told["row"]["state"] == "ended")
            await agent.put(f"calls/{call_id}/outcome", outcome="ticket")

            assert pop["call"]["caller"] == "199****0001"
            assert caller.stage is Stage.ENDED
            await assert_all_is_there(agent, supervisor, call_id, ticket)
            assert agent.states("seat:")[-6:] == ["ready", "ringing", "talking", "holding", "talking", "wrap_up"]
            assert agent.states("call:") == ["ringing", "talking", "rating", "ended"]
            listening.cancel()
    finally:
        await asyncio.to_thread(start.__exit__, None, None, None)
        await exchange.stop()
