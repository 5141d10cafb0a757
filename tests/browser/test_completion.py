"""退回补正 and 请求补正: what is missing is asked for by name, on the list of whoever asks, and comes back answered."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.people import PATIENCE_MS, Person, held_ticket, in_fours, log_in, waiting_ticket
from tests.browser.served import Served

#: one demo city at a time: two of them make each other slow
pytestmark = [pytest.mark.needs("browser"), pytest.mark.timeout(1800), pytest.mark.xdist_group("demo city")]

COLD = "从前天起家里暖气一直不热，室内只有十三度，老人和孩子都冻得受不了，请供热公司尽快上门查看。"
MISSING = "缺楼号和门牌号"
ADDED = "群众说是三号楼二单元五楼，门牌号另行短信告知"
PLACE = "清岭花园三号楼二单元"


@pytest.fixture(scope="module")
def agent(browser: Browser, served: Served) -> Person:
    return log_in(browser, served, "agent3", "/desk")


@pytest.fixture(scope="module")
def dispatcher(browser: Browser, served: Served) -> Person:
    return log_in(browser, served, "dispatcher1", "/dispatch")


def send_back(dispatcher: Person, number: str, *, asks: str) -> None:
    """By its key; a question without words is not sent."""
    page = dispatcher.page
    dispatcher.open(f"/dispatch?ticket={number}")
    expect(page.locator(".foot").get_by_role("button", name="派出")).to_be_enabled(timeout=PATIENCE_MS)
    page.keyboard.press("b")
    page.locator("#act-missing").press("Control+Enter")
    dispatcher.see("请填写缺什么")
    page.fill("#act-missing", MISSING)
    page.locator("#act-asks").get_by_text(asks, exact=True).click()
    assert dispatcher.serious_findings() == []
    page.locator("#act-missing").press("Control+Enter")
    expect(page.locator("[data-row]", has_text=in_fours(number))).to_have_count(0, timeout=PATIENCE_MS)
    expect(page.get_by_role("dialog")).to_have_count(0, timeout=PATIENCE_MS)


def test_what_is_missing_is_asked_by_the_agent_and_comes_back_to_the_dispatcher(
    browser: Browser, served: Served, agent: Person, dispatcher: Person
) -> None:
    number = waiting_ticket(agent, COLD, place="清岭花园", phone="19900002401")
    send_back(dispatcher, number, asks="话务员")

    agent.open("/desk")
    agent.page.get_by_role("link", name=MISSING).first.click()
    agent.see("其中本人登记")
    expect(agent.page.locator("[data-row].here")).to_contain_text(MISSING)
    expect(agent.page.locator("#act-supplement")).to_be_in_viewport()
    expect(agent.page.locator("section").get_by_text(COLD)).to_be_in_viewport()
    agent.page.fill("#act-supplement", ADDED)
    agent.page.fill("#act-place_text", PLACE)
    assert agent.serious_findings() == []
    agent.page.locator("#act-supplement").press("Control+Enter")
    expect(agent.page.locator("[data-row]", has_text=MISSING)).to_have_count(0, timeout=PATIENCE_MS)

    dispatcher.open(f"/dispatch?ticket={number}")
    expect(dispatcher.page.get_by_role("note").filter(has_text="已补正")).to_contain_text(ADDED, timeout=PATIENCE_MS)
    dispatcher.see(PLACE)
    expect(dispatcher.page.locator(".foot").get_by_role("button", name="派出")).to_be_enabled(timeout=PATIENCE_MS)
    assert agent.complaints == dispatcher.complaints == []


def test_a_citizen_whom_callback_does_not_reach_comes_back_as_not_to_be_completed(
    browser: Browser, served: Served, agent: Person, dispatcher: Person
) -> None:
    number = waiting_ticket(agent, COLD, place="清岭花园", phone="19900002402")
    send_back(dispatcher, number, asks="回访员")

    caller = log_in(browser, served, "callback1", "/callback")
    caller.page.get_by_role("link", name="待补正").click()
    caller.page.locator("[data-row]", has_text=MISSING).first.wait_for(timeout=PATIENCE_MS)
    caller.open(f"/completions?ticket={number}")
    caller.page.locator("#act-outcome").get_by_text("无法补正", exact=True).click()
    expect(caller.page.locator("#act-place_text")).to_have_count(0)
    caller.page.fill("#act-supplement", "三天里打了三次，都没有人接")
    caller.page.locator("#act-supplement").press("Control+Enter")
    expect(caller.page.locator("[data-row]", has_text=MISSING)).to_have_count(0, timeout=PATIENCE_MS)

    dispatcher.open(f"/dispatch?ticket={number}")
    note = dispatcher.page.get_by_role("note").filter(has_text="无法补正")
    expect(note).to_contain_text("都没有人接", timeout=PATIENCE_MS)
    assert caller.complaints == dispatcher.complaints == []


def test_a_unit_asks_for_what_it_lacks_keeps_the_ticket_and_reads_the_answer(
    browser: Browser, served: Served, agent: Person, dispatcher: Person
) -> None:
    number = held_ticket(agent, dispatcher, COLD, place="清岭花园", phone="19900002403")
    officer = log_in(browser, served, "heating1", f"/unit/inbox?ticket={number}")
    officer.page.locator(".others .link:enabled", has_text="请求补正").click()
    officer.page.locator("#act-missing").press("Control+Enter")
    officer.see("请填写缺什么")
    officer.page.fill("#act-missing", MISSING)
    assert officer.serious_findings() == []
    officer.page.locator("#act-missing").press("Control+Enter")
    officer.see("已请求补正，请等热线答复")

    dispatcher.open(f"/completions?ticket={number}")
    expect(dispatcher.page.locator("[data-row].here")).to_contain_text("热力集团请求", timeout=PATIENCE_MS)
    dispatcher.page.fill("#act-supplement", ADDED)
    assert dispatcher.serious_findings() == []
    dispatcher.page.locator("#act-supplement").press("Control+Enter")
    dispatcher.see("补正：已完成")

    officer.open(f"/unit/inbox?ticket={number}")
    expect(officer.page.get_by_role("note").filter(has_text="已补正")).to_contain_text(ADDED, timeout=PATIENCE_MS)
    expect(officer.page.locator("#sign-handler")).to_be_visible(timeout=PATIENCE_MS)
    assert officer.complaints == dispatcher.complaints == []
