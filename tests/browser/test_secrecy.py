"""Who must not know does not: hidden words, a sealed ticket, the mark on the screen, what the citizen is told of it."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.people import PATIENCE_MS, Person, log_in
from tests.browser.served import Served

pytestmark = [pytest.mark.needs("browser"), pytest.mark.timeout(1800), pytest.mark.xdist_group("demo city")]

CALLER = "19900000077"
WORDS = "我叫秦小满，望湖街道办事处窗口人员两次拒收我的低保材料，也不说缺什么，请不要告诉他们是我反映的。"


#: the third to the sixth character of a stretch of words
SELECT = """(span) => {
  const words = [...span.childNodes].find((node) => node.nodeType === 3 && node.length > 6);
  getSelection().setBaseAndExtent(words, 2, words, 6);
}"""


def asked(person: Person, path: str) -> Any:
    answer = person.page.request.get(f"{person.served.address}/api{path}")
    assert answer.ok, answer.text()
    return answer.json()


def post(person: Person, path: str, body: dict[str, Any]) -> Any:
    """What the page of whoever sits there would send."""
    token = asked(person, "/session")["csrf_token"]
    headers = {"X-CSRF-Token": token, "Origin": person.served.address, "Idempotency-Key": path}
    answer = person.page.request.post(f"{person.served.address}/api{path}", data=body, headers=headers)
    assert answer.ok, answer.text()
    return answer.json()


def unit_id(person: Person, name: str) -> int:
    found: int = next(unit["id"] for unit in asked(person, "/units") if unit["short_name"] == name)
    return found


@pytest.fixture(scope="module")
def sealed(browser: Browser, served: Served) -> str:
    """A caller complains of a street office and asks for secrecy; the district gets it."""
    agent = log_in(browser, served, "agent1", "/tickets")
    form = {
        "text": WORDS,
        "type": "complaint",
        "place_text": "望湖街道",
        "phone": CALLER,
        "caller_name": "秦小满",
        "secrecy": "sealed",
        "accused": "望湖街道办事处",
        "accused_unit_id": unit_id(agent, "望湖街道"),
    }
    number: str = post(agent, "/tickets", {"form": form, "source": "phone"})["number"]
    dispatcher = log_in(browser, served, "dispatcher1", f"/tickets/{number}")
    expect(dispatcher.page.locator("header.head").first).to_contain_text("待派单", timeout=PATIENCE_MS)
    version = asked(dispatcher, f"/tickets/{number}")["row"]["version"]
    body = {"unit_id": unit_id(dispatcher, "白桦区政府"), "version": version, "reason": "属地核查"}
    post(dispatcher, f"/tickets/{number}/dispatch", body)
    return number


def test_a_district_opens_a_sealed_ticket_without_learning_who_called_and_leaves_a_trace(
    browser: Browser, served: Served, sealed: str
) -> None:
    district = log_in(browser, served, "baihua1", f"/tickets/{sealed}")
    district.see("两次拒收我的低保材料")

    page = district.page.locator("body")
    for told in ("秦小满", CALLER, CALLER[-4:]):
        expect(page).not_to_contain_text(told)
    expect(district.page.locator("svg.mark text").first).to_have_text(
        re.compile(r"^柏树林 U301 \d{4}-\d\d-\d\d \d\d:\d\d$")
    )
    expect(district.page.locator("aside.cards")).to_contain_text("查看密件")
    expect(district.page.locator("aside.cards")).to_contain_text("柏树林")
    assert district.serious_findings() == []


def test_the_accused_street_finds_nothing_of_it(browser: Browser, served: Served, sealed: str) -> None:
    street = log_in(browser, served, "wanghu1", f"/tickets/{sealed}")
    street.see("没有这件工单")
    assert asked(street, f"/tickets?q={sealed}")["rows"] == []
    assert sealed not in str(asked(street, "/tickets?q=低保材料"))


def test_a_dispatcher_hides_words_by_keyboard_and_the_citizen_s_page_is_one_key_away(
    browser: Browser, served: Served
) -> None:
    dispatcher = log_in(browser, served, "dispatcher1", "/tickets")
    rows = asked(dispatcher, "/tickets?state=in_progress&limit=100")["rows"]
    number = next(row["number"] for row in rows if row["unit"]["name"] == "热力集团" and "secret" not in row["flags"])
    dispatcher.open(f"/tickets/{number}")
    words = dispatcher.page.locator(".words [data-part]").first
    before = words.inner_text(timeout=PATIENCE_MS)
    words.evaluate(SELECT)
    dispatcher.page.keyboard.press("h")
    box = dispatcher.page.locator(".words button.box")
    expect(box).to_have_text("■■", timeout=PATIENCE_MS)

    officer = log_in(browser, served, "heating1", f"/tickets/{number}")
    officer.see("■■")
    expect(officer.page.locator(".words")).to_contain_text(f"{before[:2]}■■{before[6:12]}")
    expect(officer.page.locator("body")).not_to_contain_text(before[:8])

    box.focus()
    dispatcher.page.keyboard.press("h")
    expect(dispatcher.page.locator(".words")).to_contain_text(before[:8], timeout=PATIENCE_MS)
    dispatcher.page.keyboard.press("v")
    told = dispatcher.page.get_by_role("dialog").filter(has_text="群众看到的")
    expect(told).to_contain_text("您的诉求已登记")
    assert dispatcher.serious_findings() == []
    for person in (dispatcher, officer):
        assert person.complaints == []


def test_what_leaves_the_house_is_asked_for_logged_and_names_nobody(browser: Browser, served: Served) -> None:
    officer = log_in(browser, served, "heating1", "/unit/inbox")
    number = asked(officer, "/unit/inbox?tab=in_progress")["rows"][0]["ticket"]["number"]
    officer.open(f"/tickets/{number}")
    officer.press("可外传版")
    officer.page.get_by_role("dialog").get_by_text("处理投诉").click()
    officer.page.keyboard.press("Control+Enter")
    expect(officer.page.locator(".switch")).to_contain_text("后自动隐藏", timeout=PATIENCE_MS)
    assert officer.serious_findings() == []
    expect(officer.page.locator("aside.cards")).to_contain_text("可外传版：处理投诉")
