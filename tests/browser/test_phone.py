"""A clerk with nothing but a telephone: the inbox, an order, word before the answer, on 360 points of width."""

import pytest
from playwright.sync_api import Browser, ViewportSize, expect

from tests.browser.people import PATIENCE_MS, log_in
from tests.browser.served import Served
from tests.browser.test_sharing import first_of

pytestmark = [pytest.mark.needs("browser"), pytest.mark.timeout(1800), pytest.mark.xdist_group("demo city")]

PHONE = ViewportSize(width=360, height=740)
REPORT = "已联系供热班组，备件今晚到货，明早上门更换。"


def test_word_before_the_answer_is_written_on_a_telephone(browser: Browser, served: Served) -> None:
    clerk = log_in(browser, served, "heating1", "/unit/inbox")
    clerk.page.set_viewport_size(PHONE)
    number = first_of(clerk, "in_progress")
    clerk.open("/unit/inbox?tab=in_progress")
    expect(clerk.page.get_by_role("tab", name="办理中")).to_be_visible(timeout=PATIENCE_MS)
    assert fits(clerk.page.evaluate("[document.documentElement.scrollWidth, innerWidth]"))

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


def fits(widths: list[int]) -> bool:
    """Nothing to push aside."""
    return widths[0] <= widths[1]
