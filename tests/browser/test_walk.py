"""One matter through every pair of hands, in a real browser: from the ring to the supervisor's figure."""

from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from playwright.sync_api import TimeoutError as NotThere

from tests.browser.people import (
    PATIENCE_MS,
    REPLY,
    Person,
    answer_next_call,
    finish_call,
    in_fours,
    log_in,
    register,
    sit_down,
)
from tests.browser.served import Served

#: one demo city at a time: two of them make each other slow
pytestmark = [pytest.mark.needs("browser"), pytest.mark.timeout(1800), pytest.mark.xdist_group("demo city")]

SURE = (
    "我家住松江明珠12号楼3单元5楼，从昨天试供热到现在三个屋的暖气片都没热，邻居家都有温度了。"
    "家里有八十岁老人，早晚挺冷的，请热力公司上门看看是不是堵了。"
)
UNSURE = "他们答应过我的事情一直没有给说法，我来回跑了好几个地方，每一处都让我再等等，希望有人管一管。"
#: The officer of the heating company, whom the catalogue names for the sure text.
HEATING = "heating1"
WATER = "水务集团"


@pytest.fixture(scope="module")
def agent(browser: Browser, served: Served) -> Person:
    agent = log_in(browser, served, "agent1", "/desk")
    sit_down(agent)
    return agent


def test_a_matter_goes_from_the_ring_to_the_supervisors_figure(browser: Browser, served: Served, agent: Person) -> None:
    supervisor = log_in(browser, served, "supervisor1", "/satisfaction")
    before = figure(supervisor)
    answer_next_call(agent)
    number = register(agent, SURE, place="松江明珠", kind="求助")

    routed_to_unit(supervisor, number)
    officer = log_in(browser, served, HEATING, "/unit/inbox")
    sign_and_reply(officer, number)
    auditor = log_in(browser, served, "auditor1", "/audit")
    pass_audit(auditor, number)
    rate_by_sms(supervisor, number)

    ledger = supervisor.page.request.get(f"{served.address}/api/ledger/rows?kind=answer").json()["rows"]
    supervisor.open("/satisfaction")
    expect(supervisor.page.locator(".rate")).to_be_visible()
    assert ledger[0]["body"]["level"] == 5
    assert figure(supervisor) == {name: count + 1 for name, count in before.items()}
    for person in (agent, supervisor, officer, auditor):
        assert person.complaints == []


def test_an_unsure_matter_is_sent_by_a_dispatcher(browser: Browser, served: Served, agent: Person) -> None:
    finish_call(agent)
    answer_next_call(agent)
    number = register(agent, UNSURE, place="松江明珠", kind="投诉")
    dispatcher = log_in(browser, served, "dispatcher1", f"/dispatch?ticket={number}")
    dispatcher.see(in_fours(number))
    dispatcher.page.locator("h2.cut").first.wait_for()

    press_until_open(dispatcher, "0", "#dispatch-unit_id")
    dispatcher.page.locator("#dispatch-unit_id").fill(WATER)
    dispatcher.page.get_by_role("option", name=WATER).first.click()
    dispatcher.page.fill("#dispatch-reason", "来电人补充说明是自来水公司的承诺")
    dispatcher.page.get_by_role("dialog").get_by_role("button", name="派出").click()

    dispatcher.see(f"{in_fours(number)} 已派往")
    dispatcher.open(f"/tickets/{number}")
    dispatcher.see("待签收")
    assert dispatcher.complaints == []


@pytest.mark.parametrize(
    ("account", "path"),
    [
        ("agent2", "/desk"),
        ("supervisor1", "/tickets"),
        ("dispatcher2", "/dispatch"),
        ("zjj1", "/unit/inbox"),
        ("auditor2", "/audit"),
        ("callback1", "/callback"),
        ("supervisor1", "/satisfaction"),
        ("supervisor1", "/sms"),
        ("supervisor1", "/notices"),
        ("supervisor1", "/notices/bulletins"),
        ("supervisor1", "/objections"),
        ("supervisor1", "/dispatch/automatic"),
        ("supervisor1", "/incidents"),
        ("supervisor1", "/no-such-page"),
        ("escalation1", "/oversight"),
        ("supervisor1", "/decisions"),
        ("dispatcher2", "/dispatch/sent"),
        ("dispatcher2", "/catalogue/bases"),
        ("callback1", "/completions"),
        ("agent2", "/mails"),
        ("zjj1", "/unit/figures"),
        ("zjj1", "/unit/roster"),
        ("zjj1", "/me"),
    ],
)
def test_a_page_is_quiet_and_open_to_everybody(browser: Browser, served: Served, account: str, path: str) -> None:
    person = log_in(browser, served, account, path)
    person.page.wait_for_load_state("networkidle")

    findings = person.serious_findings()

    assert findings == []
    assert person.complaints == []
    person.page.context.close()


@pytest.mark.parametrize("path", ["/log-in", "/t", "/r", "/r/no-such-link", "/w", "/m"])
def test_a_page_before_the_log_in_is_open_to_everybody(browser: Browser, served: Served, path: str) -> None:
    person = Person(browser.new_page(locale="zh-CN"), served)
    person.open(path)
    person.page.wait_for_load_state("networkidle")

    findings = person.serious_findings()

    assert findings == []
    person.page.close()


def test_an_empty_form_at_the_desk_is_open_to_everybody(browser: Browser, served: Served) -> None:
    person = log_in(browser, served, "agent3", "/desk")
    person.press("手工登记一件")
    person.page.locator("#desk-accused").wait_for()

    findings = person.serious_findings()

    assert findings == []
    person.page.context.close()


@pytest.mark.parametrize(
    ("account", "path", "shown", "key"),
    [
        ("dispatcher2", "/dispatch", "h2.cut", "0"),
        ("dispatcher2", "/dispatch", "h2.cut", "b"),
        ("supervisor1", "/tickets", ".number.big", "F1"),
        ("auditor2", "/audit", "#audit-note", "Control+k"),
    ],
)
def test_a_question_is_open_to_everybody_and_closes_by_its_key(
    browser: Browser, served: Served, account: str, path: str, shown: str, key: str
) -> None:
    person = log_in(browser, served, account, path)
    person.page.locator("[data-row]").first.click()
    person.page.locator(shown).first.wait_for()
    person.page.keyboard.press(key)
    question = person.page.get_by_role("dialog")
    expect(question.locator(":focus")).to_have_count(1, timeout=PATIENCE_MS)

    findings = person.serious_findings()
    person.page.keyboard.press("Escape")

    assert findings == []
    expect(question).to_be_hidden(timeout=PATIENCE_MS)
    assert person.complaints == []
    person.page.context.close()


def press_until_open(person: Person, key: str, field: str) -> None:
    """A page whose proposals are still on their way hears no key yet: press as a person would, again."""
    for _ in range(12):
        person.page.keyboard.press(key)
        try:
            person.page.locator(field).wait_for(timeout=2_500)
        except NotThere:
            continue
        return
    raise AssertionError(f"{key} opened nothing")


def figure(supervisor: Person) -> dict[str, int]:
    """The headline's counts, as the page got them."""
    answer = supervisor.page.request.get(f"{supervisor.served.address}/api/satisfaction").json()
    headline: dict[str, Any] = answer["headline"]
    return {name: headline[name] for name in ("answered", "satisfied", "closed")}


def routed_to_unit(supervisor: Person, number: str) -> None:
    """The system has sent it, and says so in the history."""
    supervisor.open(f"/tickets/{number}")
    supervisor.see("自动派单")
    supervisor.see("待签收")


def sign_and_reply(officer: Person, number: str) -> None:
    officer.open(f"/unit/inbox?ticket={number}")
    officer.page.locator("#sign-handler").wait_for()
    officer.page.keyboard.press("Control+Enter")
    officer.see("签收：已完成")
    officer.open(f"/unit/inbox?tab=in_progress&ticket={number}")
    officer.page.locator("#reply-result").get_by_text("已解决", exact=True).click()
    officer.page.fill("#reply-text", REPLY)
    officer.page.locator("#reply-contact").press("ArrowDown")
    officer.page.get_by_role("option", name="现场走访").click()
    officer.page.fill("#reply-handler", "康师傅")
    officer.page.keyboard.press("Control+Enter")
    officer.see("提交答复：已完成")


def pass_audit(auditor: Person, number: str) -> None:
    auditor.open(f"/audit?ticket={number}")
    auditor.see(REPLY)
    auditor.page.locator("#audit-note").wait_for()
    auditor.page.keyboard.press("Control+Enter")
    auditor.see("审核通过：已完成")


def rate_by_sms(supervisor: Person, number: str) -> None:
    """The console twin shows the invitation; the citizen answers 5 and the ticket closes."""
    supervisor.open("/sms")
    message = supervisor.page.locator(".message", has_text=number[-4:]).first
    message.get_by_role("textbox").fill("5")
    message.get_by_role("button", name="代群众回复").click()
    expect(message.get_by_text("记为 非常满意")).to_be_visible(timeout=PATIENCE_MS)
    supervisor.open(f"/tickets/{number}")
    expect(supervisor.page.locator("header.head").get_by_text("办结")).to_be_visible(timeout=PATIENCE_MS)
