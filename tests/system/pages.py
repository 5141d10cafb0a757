"""Every page over a test's own database, from a thread of this process, and somebody of the staff before them."""

import asyncio
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from aiohttp import web as http
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from app.resources import APIS, add_public_pages
from core.clock import Clock
from core.database import Database
from staff.rules import Actor
from tests.system.walk import log_in, token_of
from web.api import Services
from web.application import add_ui, make_application
from web.health import Dependency
from web.live import Hub
from web.live_topics import TOPICS
from web.settings import WebSettings


@contextmanager
def served_pages(database: Database, clock: Clock, instances: Mapping[type, Any]) -> Iterator[str]:
    """Their address; jobs run when a test says so."""
    hub = Hub(database.serving, clock, TOPICS, outbox_size=64)
    stop_hearing = database.subscribe(hub.hear)

    async def all_there() -> list[Dependency]:
        return []

    served = Services(database.serving, clock, WebSettings(), instances)
    app = make_application(served, APIS, hub=hub, readiness=all_there)
    add_public_pages(app)
    add_ui(app)
    with from_a_thread(app) as address:
        yield address
    stop_hearing()


@contextmanager
def from_a_thread(app: http.Application) -> Iterator[str]:
    """The address at which it is served: while Playwright runs, no other event loop does in its thread."""
    loop = asyncio.new_event_loop()
    runner = http.AppRunner(app, shutdown_timeout=0.1)
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def start() -> str:
        await runner.setup()
        await http.TCPSite(runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{runner.addresses[0][1]}"

    yield asyncio.run_coroutine_threadsafe(start(), loop).result(timeout=20)
    asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(timeout=20)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(timeout=20)
    loop.close()


def office_page(chromium: Browser, database: Database, clock: Clock, address: str, actor: Actor) -> Page:
    """A page of somebody who is logged in."""
    database.write(log_in, actor, clock.now())
    context = chromium.new_context(viewport={"width": 1366, "height": 625}, locale="zh-CN", reduced_motion="reduce")
    context.add_cookies([{"name": "hotline", "value": token_of(actor), "url": address}])
    context.add_init_script("localStorage.setItem('hotline.logged-in', '1')")
    context.set_default_timeout(20_000)
    return context.new_page()


def serious_findings(page: Page) -> list[str]:
    """What axe-core finds serious or critical."""
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found if one["impact"] in {"serious", "critical"}
    ]
