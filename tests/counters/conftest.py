"""A hall on each database, and the server that it speaks to."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime

import pytest
from aiohttp import web as http
from aiohttp.test_utils import TestClient, TestServer

from app.reactions import REACTIONS
from core.database import Database
from evaluation.office import EvaluationOffice
from evaluation.settings import EvaluationSettings
from sms.office import SmsOffice
from sms.settings import SmsSettings
from tests.counters.hall import MASTER, Hall
from tests.sms.desk import PHONE_KEY, MovableClock
from tickets.platforms.messenger import HttpMessenger
from tickets.platforms.settings import PlatformOffice
from web import counters
from web.api import SERVICES, Services
from web.api.problems import problems
from web.settings import WebSettings


@pytest.fixture
async def hall(open_database: Callable[..., Database], now: datetime) -> AsyncIterator[Hall]:
    clock = MovableClock(now)
    database = open_database(reactions=REACTIONS, clock=clock)
    sms = SmsOffice(SmsSettings(), PHONE_KEY, {})
    app = http.Application(middlewares=[problems])
    served = {
        PlatformOffice: PlatformOffice(MASTER, HttpMessenger(timeout_s=5)),
        EvaluationOffice: EvaluationOffice(EvaluationSettings(), sms, b"a link key that only tests use"),
    }
    app[SERVICES] = Services(database.serving, clock, WebSettings(), served)
    counters.api.add_to(app)
    async with TestClient(TestServer(app)) as client:
        yield Hall(database, client, clock)
