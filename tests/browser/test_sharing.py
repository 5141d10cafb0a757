"""What a ticket needs beside the ordinary path, in a real browser: more time, a unit below, a parent."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.people import PATIENCE_MS, REPLY, Person, ask, in_fours, log_in
from tests.browser.served import Served

#: one demo city at a time: two of them make each other slow
pytestmark = [pytest.mark.needs("browser"), pytest.mark.timeout(1800), pytest.mark.xdist_group("demo city")]

DISTRICT, STREET, STREET_NAME = "baihua1", "wanghu1", "望湖街道办事处"


def first_of(officer: Person, tab: str) -> str:
    """The number of the most pressing ticket of a tab."""
    number: str = ask(officer, f"/unit/inbox?tab={tab}")["rows"][0]["ticket"]["number"]
    return number


def send(person: Person, field: str, words: str, act: str) -> None:
    """Fill the one field that the act needs and send it by its key."""
    person.page.locator(field).fill(words)
    person.page.keyboard.press("Control+Enter")
    person.see(f"{act}：已完成")


def test_a_unit_asks_for_more_time_and_a_supervisor_grants_it(browser: Browser, served: Served) -> None:
    officer = log_in(browser, served, "heating1", "/unit/inbox")
    number = next(
        row["ticket"]["number"]
        for row in ask(officer, "/unit/inbox?tab=in_progress&limit=100")["rows"]
        if offers(officer, row["ticket"]["number"]).get("ask_extension")
    )
    latest = ask(officer, f"/tickets/{number}")["sharing"]["extension_latest"]
    officer.open(f"/tickets/{number}")

    officer.press("申请延期")
    officer.see(f"最晚可延至 {latest}")
    officer.page.keyboard.press("Control+Enter")
    officer.see("还有 4 处要改")
    officer.page.fill("#act-until_on", latest)
    officer.page.keyboard.press("Enter")
    officer.page.locator("#act-told_by").get_by_text("电话告知").click()
    officer.page.fill("#act-told_note", "10-13 09:10 电话告知，群众同意")
    send(officer, "#act-reason", "循环泵配件须从外地调货，预计一周到货", "申请延期")

    supervisor = log_in(browser, served, "supervisor1", f"/tickets/{number}")
    expect(supervisor.page.locator("header.head").first).to_contain_text("申请中")
    supervisor.page.keyboard.press("Control+Enter")
    supervisor.see("热力集团申请延期")
    send(supervisor, "#act-note", "同意，请按期办结", "同意延期")

    assert ask(supervisor, f"/tickets/{number}")["sharing"]["requests"][0]["state"] == "granted"
    supervisor.see("同意，请按期办结（办理时限至")
    expect(supervisor.page.locator("header.head").first.get_by_text("申请中")).to_have_count(0)
    for person in (officer, supervisor):
        assert person.serious_findings() == []
        assert person.complaints == []


def test_a_street_reports_to_the_district_which_accepts_and_answers(browser: Browser, served: Served) -> None:
    district = log_in(browser, served, DISTRICT, "/unit/inbox")
    number = first_of(district, "in_progress")
    district.open(f"/unit/inbox?tab=in_progress&ticket={number}")
    district.page.locator(".others").get_by_role("button", name="转下级").click()
    district.page.fill("#act-unit_id", STREET_NAME)
    district.page.get_by_role("option", name=STREET_NAME).click()
    send(district, "#act-note", "请入户核实并拍照", "转下级")

    street = log_in(browser, served, STREET, f"/unit/inbox?ticket={number}")
    street.see("请入户核实并拍照")
    send(street, "#sign-handler", "小李", "签收")
    street.open(f"/unit/inbox?tab=in_progress&ticket={number}")
    send(street, "#act-report", "已入户核实，问题属实，已当场协调解决。", "上报")

    district.open(f"/unit/inbox?tab=to_audit&ticket={number}")
    district.see("已入户核实，问题属实，已当场协调解决。")
    assert district.serious_findings() == []
    send(district, "#act-note", "情况清楚", "本级审核通过")
    district.open(f"/unit/inbox?tab=in_progress&ticket={number}")
    district.page.locator("#reply-result").get_by_text("已解决", exact=True).click()
    district.page.fill("#reply-text", REPLY)
    district.page.locator("#reply-contact").press("ArrowDown")
    district.page.get_by_role("option", name="现场走访").click()
    send(district, "#reply-handler", "周一鸣", "提交答复")

    district.open(f"/tickets/{number}")
    expect(district.page.locator(".tree")).to_contain_text("望湖街道")
    expect(district.page.locator("header.head").first).to_contain_text("已反馈")
    for person in (district, street):
        assert person.complaints == []


def test_a_dispatcher_merges_two_matters_after_a_look_at_what_would_be_refused(
    browser: Browser, served: Served
) -> None:
    dispatcher = log_in(browser, served, "dispatcher1", "/dispatch")
    waiting = [row["ticket"]["number"] for row in ask(dispatcher, "/dispatch-list")["rows"] if not row["claim"]]
    child, parent, third = waiting[-1], waiting[-2], waiting[-3]

    choose_parent(dispatcher, child, parent)
    expect(dispatcher.page.get_by_role("button", name="并入 1 件")).to_be_enabled(timeout=PATIENCE_MS)
    dispatcher.page.keyboard.press("Control+Enter")
    question = dispatcher.page.get_by_role("dialog").filter(has_text=f"把 1 件并入 {in_fours(parent)}？")
    question.get_by_role("button", name="并案").click()
    dispatcher.see(f"已把 1 件并入 {in_fours(parent)}")

    choose_parent(dispatcher, parent, third)
    dispatcher.see("该工单已有 1 件子单，请反向并案")
    expect(dispatcher.page.get_by_role("button", name="并入 0 件")).to_be_disabled()
    assert dispatcher.serious_findings() == []

    dispatcher.open(f"/tickets/{parent}")
    expect(dispatcher.page.locator("header.head").first).to_contain_text("母单 1")
    dispatcher.page.get_by_role("link", name=in_fours(child)).click()
    dispatcher.see("已并入母单")
    dispatcher.page.locator(".cards").get_by_role("button", name="拆出").click()
    send(dispatcher, "#act-reason", "地址不同，是另一件事", "拆出")
    expect(dispatcher.page.locator("header.head").first).to_contain_text("待派单")
    assert dispatcher.complaints == []


def choose_parent(dispatcher: Person, number: str, parent: str) -> None:
    """Open the question by its key, find the parent by its number, and wait for the preview."""
    dispatcher.open(f"/dispatch?ticket={number}")
    expect(dispatcher.page.locator(".foot").get_by_role("button", name="并案")).to_be_enabled(timeout=PATIENCE_MS)
    dispatcher.page.keyboard.press("m")
    dispatcher.page.fill("#merge-search", in_fours(parent))
    dispatcher.page.locator(".rows .row", has_text=in_fours(parent)).get_by_role("radio").check()


def offers(officer: Person, number: str) -> dict[str, bool]:
    """Which acts the page offers, and whether they can be pressed now."""
    return {offer["action"]: offer["is_enabled"] for offer in ask(officer, f"/tickets/{number}")["offers"]}
