"""What presses a unit on something urgent: a leader's word from before the dispatch, the limit of its first step."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.people import PATIENCE_MS, log_in, send_waiting, waiting_ticket
from tests.browser.served import Served

#: one demo city at a time: two of them make each other slow
pytestmark = [pytest.mark.needs("browser"), pytest.mark.timeout(1800), pytest.mark.xdist_group("demo city")]

COLD = "从昨天起整栋楼的暖气都不热，家里有刚满月的孩子，请供热公司今天上门查看。"
WORD = "涉及婴幼儿，请供热单位今天上门，结果报我。"
REPORT = "维修人员已到现场，正在逐户排气，预计两小时内恢复。"


def test_a_leaders_word_goes_with_the_dispatch_and_the_first_step_is_counted_until_the_unit_is_heard_of(
    browser: Browser, served: Served
) -> None:
    agent = log_in(browser, served, "agent4", "/desk")
    number = waiting_ticket(agent, COLD, place="幸福里", phone="19900002951")
    supervisor = log_in(browser, served, "supervisor1", f"/tickets/{number}")
    supervisor.press("领导批示")
    supervisor.page.fill("#act-leader", "李副市长")
    supervisor.page.fill("#act-text", WORD)
    supervisor.page.keyboard.press("Control+Enter")
    supervisor.see("随派单转送")
    assert supervisor.serious_findings() == []

    send_waiting(log_in(browser, served, "dispatcher2", "/tickets"), number)
    officer = log_in(browser, served, "heating1", f"/unit/inbox?ticket={number}")
    officer.page.locator("#sign-handler").wait_for(timeout=PATIENCE_MS)
    officer.page.keyboard.press("Control+Enter")
    officer.see("签收：已完成")
    officer.open(f"/tickets/{number}")
    officer.see("转送领导批示")
    first = officer.page.locator(".clock", has_text="首次处置")
    expect(first).to_be_visible(timeout=PATIENCE_MS)
    assert officer.serious_findings() == []

    officer.press("更多")
    officer.page.get_by_role("menuitem", name="中途汇报").click()
    officer.page.fill("#act-text", REPORT)
    officer.page.keyboard.press("Control+Enter")
    officer.see(REPORT)
    expect(first).to_have_count(0)
    assert (supervisor.complaints, officer.complaints) == ([], [])
