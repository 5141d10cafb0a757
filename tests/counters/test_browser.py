"""The window's pages in a real browser: the code at 360 pixels without JavaScript, and the device, also offline."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from aiohttp import web as http
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database import Database
from evaluation.counters.forms import MatterForm
from evaluation.counters.matters import register_matter
from evaluation.counters.model import CounterMatter
from evaluation.counters.rules import Stage, UserKind, WindowKey, device_key, window_link
from evaluation.counters.windows import add_window, renew_device
from evaluation.model import Rating
from evaluation.office import EvaluationOffice
from evaluation.settings import EvaluationSettings
from sms.office import SmsOffice
from sms.settings import SmsSettings
from staff.model import Unit
from staff.rules import UnitKind
from tests.counters.hall import LINK_KEY, NUMBER, PHONE
from tests.sms.desk import PHONE_KEY, MovableClock
from tests.system.browser import chromium
from tests.system.pages import from_a_thread
from tickets.platforms.actions import add_platform
from web import device
from web.api import SERVICES, Services
from web.api.problems import problems
from web.public.counter import add_counter_pages
from web.public.device import add_device_page
from web.public.forms import HERE, set_up_templates
from web.security import protective_headers
from web.settings import WebSettings

pytestmark = [pytest.mark.needs("browser"), pytest.mark.timeout(300)]
__all__ = ["chromium"]
DEVICE = WindowKey(1, 1)


class Window:
    """Window A03 with its device's key, served from a thread of its own."""

    def __init__(self, database: Database, clock: MovableClock) -> None:
        self.database, self.clock = database, clock
        database.write(self._found)
        self.address = ""

    def _found(self, session: Session) -> None:
        now = self.clock.now()
        add_platform(session, code="hall", name="市政务服务大厅", write_back_url="", now=now)
        kind = UnitKind.CITY_DEPARTMENT
        session.add(Unit(path="/1/", code="u", name="市监局", short_name="市监局", kind=kind, office_hours=""))
        session.flush()
        add_window(session, hall="hall", unit_code="u", number="A03", name="企业开办", now=now)
        renew_device(session, 1)

    def finish(self, number: str = NUMBER) -> None:
        """The hall says that the window has done a matter."""
        now = self.clock.now()
        form = MatterForm(
            number=number,
            item_code="item",
            item_name="食品经营许可证核发",
            stage=Stage.DONE,
            window_number="A03",
            applied_at=now,
            done_at=now,
            user_kind=UserKind.PERSON,
            phone=PHONE,
        )
        self.database.write(register_matter, 1, form, phone_key=PHONE_KEY, now=now)

    def ratings(self) -> list[tuple[int, str]]:
        query = select(Rating.level, Rating.receipt).order_by(Rating.id)
        return self.database.read(lambda session: [(level, receipt) for level, receipt in session.execute(query)])


async def _style(_raw: http.Request) -> http.StreamResponse:
    return http.FileResponse(HERE / "rating.css")


@pytest.fixture
def window(open_database: Callable[..., Database], now: datetime) -> Iterator[Window]:
    clock = MovableClock(now)
    window = Window(open_database(clock=clock), clock)
    sms = SmsOffice(SmsSettings(), PHONE_KEY, {})
    app = http.Application(middlewares=[problems])
    served: dict[type, Any] = {EvaluationOffice: EvaluationOffice(EvaluationSettings(), sms, LINK_KEY)}
    app[SERVICES] = Services(window.database.serving, clock, WebSettings(), served)
    app.on_response_prepare.append(protective_headers(is_https=False))
    set_up_templates(app)
    app.router.add_get("/r/rating.css", _style)
    device.api.add_to(app)
    add_counter_pages(app)
    add_device_page(app)
    with from_a_thread(app) as window.address:
        yield window


def opened(chromium: Browser, *, width: int, with_script: bool) -> Page:
    context = chromium.new_context(
        viewport={"width": width, "height": 740},
        java_script_enabled=with_script,
        bypass_csp=with_script,
        locale="zh-CN",
    )
    context.set_default_timeout(20_000)
    return context.new_page()


def look(page: Page) -> None:
    """Nothing sticks out, everything to press is 44 pixels high, and axe finds no fault."""
    page.wait_for_load_state()  # its style sheet too: a click comes back before that
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    small = page.evaluate(
        "[...document.querySelectorAll('button, a, .choice, input:not([type=radio], [type=checkbox], [type=hidden])')]"
        ".filter((one) => one.offsetParent && !one.closest('footer') && one.getBoundingClientRect().height < 44)"
        ".map((one) => one.outerHTML)"
    )
    assert small == []
    assert Axe().run(page).response["violations"] == []


def sign_in(page: Page, window: Window) -> None:
    page.goto(f"{window.address}/device")
    page.get_by_label("设备密钥").fill(device_key(DEVICE, master=LINK_KEY))
    page.get_by_role("button", name="登记").click()
    expect(page.get_by_role("heading", name="您好，办完事请在这里评价")).to_be_visible()


def test_a_citizen_scans_the_code_and_rates_without_javascript(window: Window, chromium: Browser) -> None:
    window.finish()
    page = opened(chromium, width=360, with_script=False)

    page.goto(f"{window.address}/c/{window_link(DEVICE, master=LINK_KEY)}")
    page.get_by_label("办件编号后六位").fill(NUMBER[-6:].lower())
    page.get_by_label("手机号后四位").fill(PHONE[-4:])
    page.get_by_role("button", name="开始评价").click()
    page.get_by_label("不满意", exact=True).check()
    page.get_by_label("超时").check()
    page.get_by_role("button", name="提交评价").click()

    ((level, receipt),) = window.ratings()
    assert level == 2
    expect(page.get_by_text(receipt)).to_be_visible()
    page.context.close()


def test_each_page_of_the_code_is_wide_enough_large_enough_and_accessible(window: Window, chromium: Browser) -> None:
    window.finish()
    page = opened(chromium, width=360, with_script=True)

    page.goto(f"{window.address}/c/{window_link(DEVICE, master=LINK_KEY)}")
    look(page)
    page.get_by_role("link", name="没有办件编号").click()
    look(page)
    page.get_by_label("满意", exact=True).check()
    page.get_by_role("button", name="提交评价").click()
    look(page)
    page.get_by_role("link", name="大字").click()
    look(page)
    page.goto(f"{window.address}/c/1.1.made-up")
    look(page)
    page.context.close()


def test_the_device_asks_thanks_with_a_receipt_and_rests(window: Window, chromium: Browser) -> None:
    page = opened(chromium, width=1024, with_script=True)
    sign_in(page, window)
    look(page)
    window.finish()
    expect(page.get_by_role("heading", name="您对这次办事满意吗？")).to_be_visible()
    look(page)

    page.keyboard.press("1")
    page.get_by_role("button", name="态度").click()
    look(page)
    page.get_by_role("button", name="提交").click()

    expect(page.get_by_role("heading", name="谢谢您的评价")).to_be_visible()
    expect(page.locator("#receipt")).not_to_be_empty()
    ((level, receipt),) = window.ratings()
    assert (level, page.locator("#receipt").inner_text()) == (1, receipt)
    assert "非常不满意" not in page.locator("#thanks").inner_text()
    look(page)
    page.get_by_role("button", name="完成").click()
    expect(page.get_by_role("heading", name="您好，办完事请在这里评价")).to_be_visible()
    assert window.database.read(lambda session: session.scalar(select(CounterMatter.asked_at))) is not None
    page.context.close()


def test_what_is_pressed_offline_is_sent_once_when_the_network_is_back(window: Window, chromium: Browser) -> None:
    page = opened(chromium, width=1024, with_script=True)
    sign_in(page, window)
    window.finish()
    expect(page.get_by_role("heading", name="您对这次办事满意吗？")).to_be_visible()

    page.context.set_offline(True)
    page.get_by_role("button", name="基本满意").click()
    expect(page.get_by_text("已记下，联网后自动提交。")).to_be_visible()
    expect(page.get_by_text("1 条评价待发送")).to_be_visible()
    assert window.ratings() == []
    page.context.set_offline(False)

    expect(page.get_by_text("1 条评价待发送")).not_to_be_visible()
    assert [level for level, _ in window.ratings()] == [3]
    page.get_by_role("button", name="完成").click()
    expect(page.get_by_role("heading", name="您好，办完事请在这里评价")).to_be_visible()
    page.context.close()
