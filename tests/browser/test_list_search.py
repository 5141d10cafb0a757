"""The search of a list: typed, sent by Enter, reached by `/`, emptied by Esc, and kept in the address."""

from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.people import PATIENCE_MS, ask, log_in
from tests.browser.served import Served

pytestmark = [pytest.mark.needs("browser"), pytest.mark.timeout(1800), pytest.mark.xdist_group("demo city")]


def test_what_is_typed_into_the_search_of_a_list_is_looked_for(browser: Browser, served: Served) -> None:
    person = log_in(browser, served, "dispatcher2", "/tickets")
    page, rows = person.page, person.page.locator("[data-row]")
    box = page.get_by_role("search").get_by_role("textbox")
    rows.first.wait_for(timeout=PATIENCE_MS)

    page.keyboard.press("/")
    expect(box).to_be_focused()
    number = ask(person, "/tickets")["rows"][-1]["number"]
    page.keyboard.type(number)
    expect(box).to_have_value(number)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/tickets?search={number}")
    expect(rows).to_have_count(1)
    page.keyboard.press("ArrowDown")
    expect(rows.first).to_have_attribute("aria-current", "true")

    again = log_in(browser, served, "dispatcher2", f"/tickets?search={number}")
    expect(again.page.get_by_role("search").get_by_role("textbox")).to_have_value(number)
    expect(again.page.locator("[data-row]")).to_have_count(1)

    page.keyboard.press("/")
    page.keyboard.press("Escape")
    expect(box).to_have_value("")
    expect(box).to_be_focused()
    page.wait_for_url("**/tickets")
    expect(rows).not_to_have_count(1)
    page.keyboard.type("没有这样的词")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/tickets?search={quote('没有这样的词')}")
    page.get_by_role("button", name="清除条件").last.click()
    page.wait_for_url("**/tickets")
    expect(box).to_have_value("")
    assert person.complaints == again.complaints == []


def test_a_list_is_narrowed_to_a_topic_and_days_in_another_order_and_each_chip_takes_its_own_off(
    browser: Browser, served: Served
) -> None:
    person = log_in(browser, served, "dispatcher2", "/tickets")
    topic = next(row["topic"] for row in ask(person, "/tickets?state=closed")["rows"] if row["topic"])
    wanted = f"topic_id={topic['id']}&from=2026-10-01&to=2026-10-09&sort=due"

    person.open(f"/tickets?{wanted}")

    page, chips = person.page, person.page.locator(".chip")
    expect(chips.filter(has_text=topic["full_name"])).to_have_count(1, timeout=PATIENCE_MS)
    expect(chips.filter(has_text="登记日期：2026-10-01 至 2026-10-09")).to_have_count(1)
    asked = f"topic_id={topic['id']}&since=2026-10-01T00:00:00%2B08:00&until=2026-10-10T00:00:00%2B08:00"
    expect(page.locator("[data-row]")).to_have_count(len(ask(person, f"/tickets?{asked}")["rows"]))
    assert person.serious_findings() == []
    chips.filter(has_text="登记日期").click()
    page.wait_for_url(lambda address: "from=" not in address and "to=" not in address)
    chips.filter(has_text="先到期的在前").click()
    page.wait_for_url(f"**/tickets?topic_id={topic['id']}")
    assert person.complaints == []
