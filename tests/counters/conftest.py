"""A hall on each database, and the server that it speaks to."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Any

import pytest
from aiohttp import web as http
from aiohttp.test_utils import TestClient, TestServer

from app.reactions import REACTIONS
from core.database import Database
from evaluation.office import EvaluationOffice
from evaluation.settings import EvaluationSettings
from sms.office import SmsOffice
from sms.settings import SmsSettings
from tests.counters.hall import LINK_KEY, MASTER, Hall
from tests.sms.desk import PHONE_KEY, MovableClock
from tickets.platforms.messenger import HttpMessenger
from tickets.platforms.settings import PlatformOffice
from web import counters, device
from web.api import SERVICES, Services
from web.api.problems import problems
from web.public.counter import add_counter_pages
from web.public.device import add_device_page
from web.public.forms import set_up_templates
from web.settings import WebSettings


@pytest.fixture
async def hall(open_database: Callable[..., Database], now: datetime) -> AsyncIterator[Hall]:
    clock = MovableClock(now)
    database = open_database(reactions=REACTIONS, clock=clock)
    sms = SmsOffice(SmsSettings(), PHONE_KEY, {})
    app = http.Application(middlewares=[problems])
    served: dict[type, Any] = {
        PlatformOffice: PlatformOffice(MASTER, HttpMessenger(timeout_s=5)),
        EvaluationOffice: EvaluationOffice(EvaluationSettings(), sms, LINK_KEY),
    }
    app[SERVICES] = Services(database.serving, clock, WebSettings(), served)
    for api in (counters.api, device.api):
        api.add_to(app)
    set_up_templates(app)
    add_counter_pages(app)
    add_device_page(app)
    async with TestClient(TestServer(app)) as client:
        yield Hall(database, client, clock)
