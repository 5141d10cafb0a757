"""A unit's inbox: a reply that is typed is found again by colleagues, figures open their rows, replies are released."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.people import PATIENCE_MS, REPLY, Person, ask, held_ticket, log_in
from tests.browser.served import Served

#: one demo city at a time: two of them make each other slow
pytestmark = [pytest.mark.needs("browser"), pytest.mark.timeout(1800), pytest.mark.xdist_group("demo city")]

COLD = "从前天起家里暖气一直不热，室内只有十三度，老人和孩子都冻得受不了，请供热公司尽快上门查看。"
FIRST, SECOND = "heating1", "heating2"


@pytest.fixture(scope="module")
def agent(browser: Browser, served: Served) -> Person:
    return log_in(browser, served, "agent4", "/desk")


@pytest.fixture(scope="module")
def dispatcher(browser: Browser, served: Served) -> Person:
    return log_in(browser, served, "dispatcher2", "/tickets")


@pytest.fixture
def ticket(browser: Browser, served: Served, agent: Person, dispatcher: Person) -> str:
    """Signed by the heating company."""
    number = held_ticket(agent, dispatcher, COLD, place="幸福里", phone="19900002011")
    officer = log_in(browser, served, FIRST, f"/unit/inbox?ticket={number}")
    officer.page.locator("#sign-handler").wait_for(timeout=PATIENCE_MS)
    officer.page.keyboard.press("Control+Enter")
    officer.see("签收：已完成")
    officer.page.context.close()
    return number


def at_form(browser: Browser, served: Served, account: str, number: str) -> Person:
    officer = log_in(browser, served, account, f"/unit/inbox?tab=in_progress&ticket={number}")
    officer.page.locator("#reply-text").wait_for(timeout=PATIENCE_MS)
    return officer


def type_and_save(officer: Person, text: str) -> None:
    officer.page.fill("#reply-text", text)
    expect(officer.page.locator(".acts .saved")).to_contain_text("已存", timeout=PATIENCE_MS)


def test_a_reply_is_found_again_elsewhere_and_two_at_one_lose_no_word(
    browser: Browser, served: Served, ticket: str
) -> None:
    first = at_form(browser, served, FIRST, ticket)
    type_and_save(first, "您好，已派人上门，")

    second = at_form(browser, served, SECOND, ticket)
    second.see("写的草稿，可以接着写")
    expect(second.page.locator("#reply-text")).to_have_value("您好，已派人上门，")
    type_and_save(second, "您好，已派人上门，循环泵坏了。")
    first.page.fill("#reply-text", "您好，已派人上门，正在等配件。")
    alert = first.page.get_by_role("alert").filter(has_text="同事同时改了这份草稿")
    expect(alert).to_contain_text("循环泵坏了", timeout=PATIENCE_MS)
    expect(alert).to_contain_text("正在等配件")
    assert first.serious_findings() == []
    alert.get_by_role("button", name="两段都留").click()
    expect(first.page.locator(".acts .saved")).to_contain_text("已存", timeout=PATIENCE_MS)

    again = at_form(browser, served, FIRST, ticket)
    expect(again.page.locator("#reply-text")).to_have_value(
        "您好，已派人上门，正在等配件。\n您好，已派人上门，循环泵坏了。"
    )
    send_reply(again)
    assert ask(again, f"/tickets/{ticket}/reply-draft")["version"] == 0
    assert again.complaints == second.complaints == []


def send_reply(officer: Person) -> None:
    officer.page.locator("#reply-result").get_by_text("已解决", exact=True).click()
    officer.page.fill("#reply-text", REPLY)
    officer.page.locator("#reply-contact").press("ArrowDown")
    officer.page.get_by_role("option", name="现场走访").click()
    officer.page.fill("#reply-handler", "康师傅")
    officer.page.keyboard.press("Control+Enter")
    officer.see("提交答复：已完成")
