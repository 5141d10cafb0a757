"""我的设置: somebody gets a PIN for dialling in, reads how it is done, and gives it back."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.people import PATIENCE_MS, log_in
from tests.browser.served import Served
from tests.browser.test_sharing import first_of

pytestmark = [pytest.mark.needs("browser"), pytest.mark.timeout(1800), pytest.mark.xdist_group("demo city")]


def test_an_officer_gets_a_pin_that_is_shown_once_and_is_told_where_to_dial(browser: Browser, served: Served) -> None:
    officer = log_in(browser, served, "heating1", "/unit/inbox")
    officer.press("个人菜单")
    officer.page.get_by_role("menuitem", name="我的设置").click()
    officer.see("用登记的号码拨 123459。")

    officer.page.fill("#dial-in-phone", "0431-85550123")
    officer.page.keyboard.press("Enter")
    pin = officer.page.locator(".pin")
    expect(pin).to_have_text(re.compile(r"^\d{6}$"), timeout=PATIENCE_MS)
    first = pin.inner_text()
    assert officer.serious_findings() == []
    officer.press("记住了")
    expect(pin).to_have_count(0)

    officer.press("换一个密码")
    officer.page.get_by_role("dialog").get_by_role("button", name="换一个密码").click()
    expect(pin).to_have_text(re.compile(r"^\d{6}$"), timeout=PATIENCE_MS)
    assert first not in officer.page.content()

    officer.open(f"/tickets/{first_of(officer, 'in_progress')}")
    officer.press("致电")
    officer.see("不在座位？用登记的手机拨 123459")
    officer.page.get_by_role("dialog").get_by_role("link", name="拨入密码").click()
    officer.see("043*****0123")
    officer.press("停用拨入")
    officer.page.get_by_role("dialog").get_by_role("button", name="停用拨入").click()
    officer.see("还没有登记号码，不能拨入。")
    assert officer.complaints == []
