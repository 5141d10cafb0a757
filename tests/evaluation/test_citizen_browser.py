"""The citizen's page in a real browser: 360 pixels wide, without JavaScript, and no fault that axe would find."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import web as http
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from core.masking import tail
from evaluation.checkpoints.settings import CheckpointOffice
from evaluation.office import EvaluationOffice
from tests.evaluation.city import City
from tests.evaluation.house import House, checked
from tests.sms.desk import PHONE
from tests.system.browser import chromium
from tests.system.pages import from_a_thread
from web.api import SERVICES, Services
from web.api.problems import problems
from web.public.forms import set_up_templates
from web.public.rating import add_rating_pages
from web.public.receipts import add_receipt_pages
from web.security import protective_headers
from web.settings import WebSettings

pytestmark = [pytest.mark.needs("browser"), pytest.mark.timeout(300)]
__all__ = ["chromium"]


@pytest.fixture
def address(house: House) -> Iterator[str]:
    """The citizen's pages, served from a thread of their own, headers and all."""
    app = http.Application(middlewares=[problems])
    city, offices = house.city, {EvaluationOffice: house.city.office, CheckpointOffice: house.office}
    app[SERVICES] = Services(city.database.serving, city.clock, WebSettings(), offices)
    app.on_response_prepare.append(protective_headers(is_https=False))
    set_up_templates(app)
    add_rating_pages(app)
    add_receipt_pages(app)
    with from_a_thread(app) as served:
        yield served


def phone_page(chromium: Browser, *, with_script: bool) -> Page:
    context = chromium.new_context(
        viewport={"width": 360, "height": 740}, java_script_enabled=with_script, bypass_csp=with_script, locale="zh-CN"
    )
    context.set_default_timeout(20_000)
    return context.new_page()


def open_rating(page: Page, address: str, code: str) -> None:
    page.goto(f"{address}/r")
    page.get_by_label("评价码").fill(code)
    page.get_by_label("手机号后四位").fill(tail(PHONE))
    page.get_by_role("button", name="开始评价").click()


def test_a_citizen_rates_on_an_old_phone_without_javascript(city: City, chromium: Browser, address: str) -> None:
    ticket = city.ticket()
    code = city.invitation(city.invite(ticket)).code
    page = phone_page(chromium, with_script=False)

    open_rating(page, address, code)
    page.get_by_label("不满意", exact=True).check()
    page.get_by_label("没有解决").check()
    page.get_by_label("无人联系").check()
    page.get_by_label("推诿").check()
    page.get_by_label("还想说的话").fill("还没修好")
    page.get_by_role("button", name="提交评价").click()

    assert page.get_by_role("heading", name="谢谢，您的评价已记录").is_visible()
    assert page.get_by_text(city.ratings(ticket)[0].receipt).is_visible()
    assert page.get_by_text("无人联系、推诿").is_visible()
    assert city.levels(ticket) == [(2, True)]
    page.context.close()


def test_every_page_is_wide_enough_large_enough_and_accessible(city: City, chromium: Browser, address: str) -> None:
    code = city.invitation(city.invite(city.ticket())).code
    page = phone_page(chromium, with_script=True)

    page.goto(f"{address}/r")
    _look(page)
    open_rating(page, address, code)
    _look(page)
    page.get_by_role("link", name="大字").click()
    _look(page)
    page.get_by_label("非常不满意").check()
    _look(page)
    page.get_by_label("基本满意").check()
    assert not page.get_by_label("未解决", exact=True).is_visible()
    page.get_by_role("button", name="提交评价").click()
    _look(page)
    page.goto(f"{address}/r/made-up")
    _look(page)
    page.context.close()


def test_from_the_rating_by_its_receipt_code_to_the_page_that_proves_it(
    house: House, chromium: Browser, address: str, tmp_path: Path
) -> None:
    page = phone_page(chromium, with_script=True)
    open_rating(page, address, house.city.invitation(house.city.invite(house.city.ticket())).code)
    page.get_by_label("基本满意").check()
    page.get_by_role("button", name="提交评价").click()
    code = page.locator("dd.code").inner_text()
    page.get_by_role("link", name="核验评价").click()
    _look(page)

    check_receipt(page, code)
    assert page.get_by_role("heading", name="您的评价已记入台账").is_visible()
    _look(page)
    house.night()
    page.get_by_role("link", name="核验另一个回执码").click()
    check_receipt(page, code)
    assert page.get_by_role("heading", name="您的评价原样在台账中").is_visible()
    _look(page)

    with page.expect_download() as taken:
        page.get_by_role("button", name="下载证明文件").click()
    told = checked(json.loads(taken.value.path().read_text(encoding="utf-8")), tmp_path)
    assert told.stdout.startswith("holds: level 3"), told.stderr
    page.get_by_role("link", name="全部公开检查点").click()
    _look(page)
    page.context.close()


def check_receipt(page: Page, code: str) -> None:
    page.get_by_label("回执码").fill(code.lower())
    page.get_by_role("button", name="核验").click()


def _look(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    sizes = page.evaluate(
        """() => ({
            wide: document.documentElement.scrollWidth,
            text: Math.min(...[...document.querySelectorAll('main *, footer *')]
                .filter(e => e.innerText).map(e => parseFloat(getComputedStyle(e).fontSize))),
            target: Math.min(...[...document.querySelectorAll('button, .choice, main a, nav a, input[type=text]')]
                .filter(e => e.getClientRects().length).map(e => e.getBoundingClientRect().height)),
        })"""
    )
    assert [fault["id"] for fault in found] == []
    assert sizes["wide"] <= 360
    assert sizes["text"] >= 16
    assert sizes["target"] >= 44
