"""What is done from the ticket page itself: a wrong telephone is mended, and who has an interest steps aside."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.people import PATIENCE_MS, ask, log_in, waiting_ticket
from tests.browser.served import Served

pytestmark = [pytest.mark.needs("browser"), pytest.mark.timeout(1800), pytest.mark.xdist_group("demo city")]

COLD = "从前天起家里暖气一直不热，室内只有十三度，老人和孩子都冻得受不了，请供热公司尽快上门查看。"


def test_a_wrong_telephone_and_a_group_are_mended_on_the_ticket_page(browser: Browser, served: Served) -> None:
    agent = log_in(browser, served, "agent4", "/tickets")
    number = waiting_ticket(agent, COLD, place="幸福里", phone="19900002411")
    agent.open(f"/tickets/{number}")
    cards = agent.page.locator("aside.cards")
    expect(cards).to_contain_text("199****2411", timeout=PATIENCE_MS)
    agent.press("更正要素")
    agent.page.fill("#correct-phone", "19900002412")
    agent.page.fill("#correct-people_count", "8")
    agent.page.locator("#correct-phone").press("Control+Enter")
    agent.see("6 人及以上为群体诉求，请填写代表人")
    assert agent.serious_findings() == []

    agent.page.fill("#correct-representative", "周大河")
    agent.page.locator("#correct-representative").press("Control+Enter")

    agent.see("更正要素：已完成")
    agent.see("联系电话：199****2411 → 199****2412")
    agent.see("人数：1 → 8")
    spokesman = cards.locator("dl div", has_text="代表人")
    expect(spokesman).to_contain_text(re.compile(r"周\*+"))
    spokesman.get_by_role("button").click()
    agent.page.get_by_role("dialog").get_by_role("button", name="查看").click()
    expect(spokesman).to_contain_text("周大河", timeout=PATIENCE_MS)
    assert [one for one in agent.complaints if "422" not in one] == []


def test_who_has_an_interest_steps_aside_and_a_supervisor_sets_another_aside(browser: Browser, served: Served) -> None:
    agent = log_in(browser, served, "agent4", "/tickets")
    number = waiting_ticket(agent, COLD, place="幸福里", phone="19900002413")
    agent.open(f"/tickets/{number}")
    agent.press("更多")
    agent.page.get_by_role("menuitem", name="回避").click()
    agent.page.fill("#recuse-reason", "被反映人是近亲属")
    agent.page.get_by_role("dialog").get_by_role("button", name="回避").click()
    agent.page.wait_for_url(re.compile(r"/tickets$"))
    agent.open(f"/tickets/{number}")
    agent.see("没有这件工单")

    supervisor = log_in(browser, served, "supervisor1", f"/tickets/{number}")
    supervisor.see("被反映人是近亲属")
    dispatcher = log_in(browser, served, "dispatcher2", f"/tickets/{number}")
    staff_number = ask(dispatcher, "/session")["person"]["staff_number"]
    supervisor.press("更多")
    supervisor.page.get_by_role("menuitem", name="回避").click()
    box = supervisor.page.get_by_role("dialog")
    box.get_by_text("他人").click()
    supervisor.page.fill("#recuse-staff_number", "X999")
    supervisor.page.fill("#recuse-reason", "与承办人有利害关系")
    box.get_by_role("button", name="回避").click()
    supervisor.see("没有这个人员：X999")
    assert supervisor.serious_findings() == []
    supervisor.page.fill("#recuse-staff_number", staff_number)
    box.get_by_role("button", name="回避").click()
    supervisor.see("与承办人有利害关系")

    dispatcher.open(f"/tickets/{number}")
    dispatcher.see("没有这件工单")
