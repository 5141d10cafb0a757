"""A clerk with nothing but a telephone: the inbox, an order, word before the answer, on 360 points of width."""

import re

import pytest
from playwright.sync_api import Browser, ViewportSize, expect

from app.demo.city import songjiang
from app.demo.numbers import officer_mobile
from tests.browser.people import PATIENCE_MS, in_fours, log_in
from tests.browser.served import Served
from tests.browser.test_sharing import first_of

pytestmark = [pytest.mark.needs("browser"), pytest.mark.timeout(1800), pytest.mark.xdist_group("demo city")]

PHONE = ViewportSize(width=360, height=740)
#: what one would have to push aside to read it all
PUSHED_ASIDE = """
[...document.querySelectorAll("main *")]
  .filter((one) => one.scrollWidth > one.clientWidth + 1 && /auto|scroll/.test(getComputedStyle(one).overflowX))
  .map((one) => one.className)
"""
OBJECTION = "派单时已过办公时间，请核实签收时限。"
REPORT = "已联系供热班组，备件今晚到货，明早上门更换。"


def test_word_before_the_answer_is_written_on_a_telephone(browser: Browser, served: Served) -> None:
    clerk = log_in(browser, served, "heating1", "/unit/inbox")
    clerk.page.set_viewport_size(PHONE)
    number = first_of(clerk, "in_progress")
    clerk.open("/unit/inbox?tab=in_progress")
    expect(clerk.page.get_by_role("tab", name="办理中")).to_be_visible(timeout=PATIENCE_MS)
    assert fits(clerk.page.evaluate("[document.documentElement.scrollWidth, innerWidth]"))

    clerk.open(f"/unit/inbox?tab=in_progress&ticket={number}")
    expect(clerk.page.get_by_title("打开工单详情")).to_have_text(in_fours(number), timeout=PATIENCE_MS)
    clerk.page.get_by_role("button", name="返回列表").click()
    expect(clerk.page.get_by_role("tab", name="办理中")).to_be_visible(timeout=PATIENCE_MS)

    clerk.open(f"/tickets/{number}")
    foot = clerk.page.locator("footer.foot")
    expect(foot.get_by_role("button", name="提交答复")).to_be_visible(timeout=PATIENCE_MS)
    foot.get_by_role("button", name="更多").click()
    clerk.page.get_by_role("menuitem", name="中途汇报").click()
    clerk.page.fill("#act-text", REPORT)
    assert fits(clerk.page.evaluate("[document.documentElement.scrollWidth, innerWidth]"))
    assert clerk.serious_findings() == []
    clerk.page.locator("form").get_by_role("button", name="中途汇报").click()
    clerk.see(REPORT)
    assert clerk.complaints == []


def test_an_officer_on_duty_logs_in_by_code_and_objects_to_a_row(browser: Browser, served: Served) -> None:
    supervisor = log_in(browser, served, "supervisor1", "/sms")
    page = browser.new_context(
        viewport=PHONE, locale="zh-CN", timezone_id="Asia/Shanghai", reduced_motion="reduce"
    ).new_page()
    page.goto(f"{served.address}/log-in?by=code")
    page.fill("#phone", mobile_of("heating1"))
    page.get_by_role("button", name="发送验证码").click()
    expect(page.get_by_text("验证码已发出")).to_be_visible(timeout=PATIENCE_MS)
    supervisor.open("/sms")  # what comes while it is open waits under 新到
    told = supervisor.page.get_by_text(re.compile(r"登录验证码\d{6}")).first
    expect(told).to_be_visible(timeout=PATIENCE_MS)
    page.fill("#code", re.findall(r"\d{6}", told.inner_text())[0])
    page.keyboard.press("Enter")
    expect(page.get_by_role("tab", name="待签收")).to_be_visible(timeout=PATIENCE_MS)

    page.goto(f"{served.address}/unit/figures?score=unit_sign_rate")
    assert page.evaluate(PUSHED_ASIDE) == []
    page.get_by_role("button", name="有异议").first.click()
    page.fill("#reason", OBJECTION)
    page.get_by_role("dialog").get_by_role("button", name="有异议").click()

    expect(page.get_by_text(OBJECTION)).to_be_visible(timeout=PATIENCE_MS)
    assert fits(page.evaluate("[document.documentElement.scrollWidth, innerWidth]"))
    supervisor.open("/objections")
    supervisor.see(OBJECTION)
    supervisor.page.locator("article input").first.fill("经核实，派单晚于办公时间，异议成立。")
    supervisor.press("异议成立")
    supervisor.see("没有这一类异议")
    assert supervisor.complaints == []


def mobile_of(account: str) -> str:
    """The number that the demo city gave to one of its people."""
    accounts = [line.account for line in songjiang().people]
    return officer_mobile(accounts.index(account))


def fits(widths: list[int]) -> bool:
    """Nothing to push aside."""
    return widths[0] <= widths[1]
