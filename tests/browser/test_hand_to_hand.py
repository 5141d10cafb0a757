"""One ticket from hand to hand: signed, answered, sent back, answered again, closed, looked up; and two at once."""

import pytest
from playwright.sync_api import Browser, FilePayload, ViewportSize, expect

from tests.browser.people import PATIENCE_MS, REPLY, Person, ask, held_ticket, in_fours, log_in, waiting_ticket
from tests.browser.served import Served
from tests.photos.making import photo

#: one demo city at a time: two of them make each other slow
pytestmark = [pytest.mark.needs("browser"), pytest.mark.timeout(1800), pytest.mark.xdist_group("demo city")]

COLD = "从前天起家里暖气一直不热，室内只有十三度，老人和孩子都冻得受不了，请供热公司尽快上门查看。"
THINNER = (
    "您好，关于您反映的暖气不热问题，我单位已收到，正在安排人员核实，后续如有进展会再与您联系，请耐心等待，感谢理解。"
)
MISSING = "没有写查了什么、什么时候修好"
TAIL = "2001"
PROOF: FilePayload = {"name": "权属证明.jpg", "mimeType": "image/jpeg", "buffer": photo()}


@pytest.fixture(scope="module")
def agent(browser: Browser, served: Served) -> Person:
    return log_in(browser, served, "agent4", "/desk")


@pytest.fixture(scope="module")
def dispatcher(browser: Browser, served: Served) -> Person:
    return log_in(browser, served, "dispatcher2", "/tickets")


def sign(officer: Person, number: str) -> None:
    officer.open(f"/unit/inbox?ticket={number}")
    officer.page.locator("#sign-handler").wait_for(timeout=PATIENCE_MS)
    officer.page.keyboard.press("Control+Enter")
    officer.see("签收：已完成")


def fill_reply(officer: Person, text: str) -> None:
    officer.page.locator("#reply-result").get_by_text("已解决", exact=True).click()
    officer.page.fill("#reply-text", text)
    officer.page.locator("#reply-contact").press("ArrowDown")
    officer.page.get_by_role("option", name="现场走访").click()
    officer.page.fill("#reply-handler", "康师傅")


def reply(officer: Person, number: str, text: str, *, tab: str = "in_progress") -> None:
    officer.open(f"/unit/inbox?tab={tab}&ticket={number}")
    fill_reply(officer, text)
    officer.page.keyboard.press("Control+Enter")
    officer.see("提交答复：已完成")


def test_an_answer_is_sent_back_mended_passed_closed_and_looked_up(
    browser: Browser, served: Served, agent: Person, dispatcher: Person
) -> None:
    number = held_ticket(agent, dispatcher, COLD, place="幸福里", phone=f"1990000{TAIL}")
    officer = log_in(browser, served, "heating1", "/unit/inbox")
    sign(officer, number)
    reply(officer, number, THINNER)

    auditor = log_in(browser, served, "auditor2", f"/audit?ticket={number}")
    auditor.see(THINNER)
    auditor.press("审核退回")
    auditor.see("请填写审核意见")
    send_back_by_keys(auditor, number)
    officer.open(f"/tickets/{number}")
    officer.see(MISSING)
    reply(officer, number, REPLY)
    auditor.open(f"/audit?ticket={number}")
    auditor.see(REPLY)
    auditor.page.locator("#audit-note").wait_for()
    auditor.page.keyboard.press("Control+Enter")
    auditor.see("审核通过：已完成")

    caller = log_in(browser, served, "callback2", f"/callback?ticket={number}")
    caller.see(in_fours(number))
    caller.page.fill("#callback-note", "电话回访：家里已经暖和了，没有别的要求")
    caller.page.locator(".dock").get_by_role("button", name="办结").click()
    caller.see("办结：已完成")

    look_up(browser, served, number)
    for person in (officer, auditor, caller):
        assert person.complaints == []


def send_back_by_keys(auditor: Person, number: str) -> None:
    """On the ticket's own page, whose main button lets a reply pass; what was opened to send it back sends it."""
    auditor.open(f"/tickets/{number}")
    auditor.page.get_by_role("button", name="审核退回").wait_for(timeout=PATIENCE_MS)
    auditor.page.keyboard.press("2")
    expect(auditor.page.locator("#audit-note")).to_be_focused(timeout=PATIENCE_MS)
    auditor.page.fill("#audit-note", MISSING)
    auditor.page.keyboard.press("Control+Enter")
    auditor.see("审核退回：已完成")


def look_up(browser: Browser, served: Served, number: str) -> None:
    """The citizen, on a phone without JavaScript: first a wrong tail, then the right one."""
    page = browser.new_context(locale="zh-CN", java_script_enabled=False).new_page()
    page.goto(f"{served.address}/t")
    page.fill("[name=number]", in_fours(number))
    page.fill("[name=tail]", "0000")
    page.click("button.primary")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("[name=number]")).to_have_value(in_fours(number))
    page.fill("[name=tail]", TAIL)
    page.click("button.primary")
    expect(page.get_by_role("heading", level=1)).to_contain_text(in_fours(number))
    expect(page.locator(".reply").first).to_contain_text(REPLY)
    expect(page.locator(".matter")).to_contain_text("办结")
    page.context.close()


def test_a_citizen_with_an_old_phone_asks_for_haste_and_adds_words(
    browser: Browser, served: Served, agent: Person
) -> None:
    number = waiting_ticket(agent, COLD, place="学府家园", phone="19900002009")
    small = ViewportSize(width=360, height=740)
    page = browser.new_context(locale="zh-CN", java_script_enabled=False, viewport=small).new_page()
    page.goto(f"{served.address}/t")
    page.fill("[name=number]", number)
    page.fill("[name=tail]", "２００９")
    page.click("button.primary")

    page.get_by_role("button", name="请尽快办理").click()
    expect(page.locator(".note", has_text="已为您催办")).to_be_visible()
    page.get_by_text("补充情况或照片").click()
    page.fill("[name=text]", "補充：老人小孩都感冒了😷")
    page.get_by_role("button", name="提交补充").click()

    expect(page.locator(".steps").first).to_contain_text("已补充您的说明")
    page.context.close()


def test_an_agent_registers_a_mail_that_was_held(browser: Browser, served: Served) -> None:
    agent = log_in(browser, served, "agent3", "/mails?outcome=held")
    agent.see("关于上次反映的停车问题")
    assert agent.serious_findings() == []
    agent.page.keyboard.press("j")
    agent.see("等待处理：疑似垃圾邮件或冒用地址")
    agent.press("登记为工单")
    agent.page.get_by_role("dialog").get_by_role("button", name="登记为工单").click()

    agent.see("已处理")
    agent.open("/mails?outcome=ticket")
    agent.see("关于上次反映的停车问题")
    assert agent.complaints == []


def test_a_unit_gives_a_ticket_back_with_its_reasons_and_the_earlier_rulings_in_sight(
    browser: Browser, served: Served, agent: Person, dispatcher: Person
) -> None:
    number = held_ticket(agent, dispatcher, COLD, place="学府家园", phone="19900002002")
    officer = log_in(browser, served, "heating1", f"/unit/inbox?ticket={number}")
    officer.page.locator(".others .link:enabled", has_text="申请退单").click()
    officer.see("可退至")
    officer.press("提交退单申请")
    officer.see("还有 2 处要改")
    officer.page.fill("#return-basis_id", "产权人")
    officer.page.get_by_role("option", name="《松江市供热管理条例》第二十一条").click()
    officer.see("居民户内供热设施的维修由产权人负责")
    with officer.page.expect_response(lambda answer: "/photos" in answer.url and answer.request.method == "POST"):
        officer.page.set_input_files(".photos input[type=file]", files=[PROOF])
    officer.page.fill(
        "#return-explanation", "经现场查看，属户内管道改造造成，户内设施不在本单位职责范围内，建议由属地政府牵头。"
    )
    officer.press("提交退单申请")
    officer.see("申请退单：已完成")

    dispatcher.open(f"/tickets/{number}")
    dispatcher.see("建议单位")
    banner = dispatcher.page.locator(".banner", has_text="申请退单")
    expect(banner).to_contain_text("居民户内供热设施的维修由产权人负责")
    expect(banner.locator("img")).to_have_count(1)
    assert dispatcher.serious_findings() == []
    banner.get_by_role("link", name="《松江市供热管理条例》第二十一条").click()
    dispatcher.see("现行 1 条")
    assert ask(dispatcher, f"/tickets/{number}")["row"]["state"] == "return_review"
    assert (officer.complaints, dispatcher.complaints) == ([], [])


def test_two_people_answer_one_ticket_and_nobody_loses_a_word(
    browser: Browser, served: Served, agent: Person, dispatcher: Person
) -> None:
    number = held_ticket(agent, dispatcher, COLD, place="煤建小区", phone="19900002003")
    first = log_in(browser, served, "heating1", "/unit/inbox")
    sign(first, number)
    second = log_in(browser, served, "heating1", f"/unit/inbox?tab=in_progress&ticket={number}")
    fill_reply(second, THINNER)
    dispatcher.open(f"/tickets/{number}")
    dispatcher.see("康暖阳 也在看")
    second.see("秦可心 也在看")
    with dispatcher.page.expect_response(lambda answer: answer.url.endswith("/tickets/sheets")) as printed:
        dispatcher.page.keyboard.press("KeyP")
    assert printed.value.header_value("content-type") == "application/pdf"
    dispatcher.open("/tickets")
    expect(second.page.get_by_text("也在看")).to_have_count(0)

    reply(first, number, REPLY)
    second.see("刚刚改过这件工单")
    second.page.keyboard.press("Control+Enter")

    conflict = second.page.locator(".conflict")
    expect(conflict).to_contain_text(REPLY, timeout=PATIENCE_MS)
    expect(conflict).to_contain_text(THINNER)
    expect(second.page.locator("#reply-text")).to_have_value(THINNER)
    assert second.serious_findings() == []
    replies = ask(first, f"/tickets/{number}")["replies"]
    assert [one["text"] for one in replies] == [REPLY]

    second.press("已看过，按最新内容继续")
    second.page.locator("#reply-text").focus()
    second.page.keyboard.press("Control+Enter")
    second.see("不能提交答复")
    expect(second.page.locator("#reply-text")).to_have_value(THINNER)
    assert first.complaints == []
