"""What is asked of a topic, from who writes it to who reads it: questions, fields of the desk, points of the ticket."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.people import PATIENCE_MS, Person, ask, fill_form, log_in, send_form
from tests.browser.served import Served

#: one demo city at a time: two of them make each other slow
pytestmark = [pytest.mark.needs("browser"), pytest.mark.timeout(1800), pytest.mark.xdist_group("demo city")]

TEXT = "我们小区门前的路灯从上周开始就不亮了，晚上很黑，老人孩子不敢出门。"


def test_what_a_supervisor_writes_is_asked_at_the_desk_and_stands_on_the_ticket(
    browser: Browser, served: Served
) -> None:
    supervisor = log_in(browser, served, "supervisor1", "/catalogue")
    write_question(supervisor, "坏了几盏灯")
    assert supervisor.complaints == []

    agent = log_in(browser, served, "agent5", "/desk")
    number = register_with_answer(agent, "坏了几盏灯", wrong="许多", right="3")
    # what the server refused is in the console as well
    assert [one for one in agent.complaints if "422" not in one] == []

    supervisor.open(f"/tickets/{number}")
    points = supervisor.page.locator(".points", has_text="改要点")
    expect(points).to_contain_text("坏了几盏灯3", timeout=PATIENCE_MS)
    supervisor.press("改要点")
    supervisor.page.get_by_label("坏了几盏灯").fill("4")
    supervisor.page.keyboard.press("Control+Enter")
    expect(points).to_contain_text("坏了几盏灯4", timeout=PATIENCE_MS)
    supervisor.see("坏了几盏灯：4")
    assert supervisor.serious_findings() == []
    assert supervisor.complaints == []


def write_question(supervisor: Person, question: str) -> None:
    """A number that must be asked for, of 路灯不亮, by keyboard."""
    topic = next(one for one in ask(supervisor, "/topics") if one["name"] == "路灯不亮")
    supervisor.open(f"/catalogue?topic_id={topic['id']}")
    page = supervisor.page
    page.locator(".guide").get_by_role("button", name="修改").click()
    supervisor.press("添一条")
    page.keyboard.type(question)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("option", name="数字").click()
    page.locator(".rows li").last.get_by_text("必填").click()
    assert supervisor.serious_findings() == []
    page.keyboard.press("Control+Enter")
    supervisor.see("问话要点与口径已保存")


def register_with_answer(agent: Person, question: str, *, wrong: str, right: str) -> str:
    """The wrong answer is refused at its field; the ticket's number with the right one."""
    page = agent.page
    agent.press("手工登记一件")
    fill_form(agent, TEXT, place="康乐小区", kind="求助")
    page.fill("#desk-phone", "19900003021")
    page.locator("#desk-topic_id").click()
    page.keyboard.type("路灯不亮")
    page.get_by_role("option", name="路灯不亮").click()
    field = page.get_by_label(question)
    field.fill(wrong)
    page.keyboard.press("Control+Enter")
    agent.see("请填数字")
    assert agent.serious_findings() == []
    field.fill(right)
    return send_form(agent)
