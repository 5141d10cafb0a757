"""覆盖普查: an inspector goes from a number to its rows, deals with one, draws a sample and keeps a review."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.people import PATIENCE_MS, ask, log_in
from tests.browser.served import Served

#: one demo city at a time: two of them make each other slow
pytestmark = [pytest.mark.needs("browser"), pytest.mark.timeout(1800), pytest.mark.xdist_group("demo city")]

DAYS = "kind=custom&from=2025-01-01&to=2031-12-31"
FINDING = "已调录音，单位只核对地址"


def test_an_inspector_opens_a_number_deals_with_a_row_and_asks_again(browser: Browser, served: Served) -> None:
    inspector = log_in(browser, served, "inspector1", f"/coverage?{DAYS}")
    page = inspector.page
    inspector.see("合计相符")
    shown = ask(inspector, f"/coverage?{DAYS.removeprefix('kind=custom&')}")
    closed = next(line for line in shown["standing"] if line["standing"] == "closed")
    assert inspector.serious_findings() == []

    page.get_by_role("button", name=f"{closed['name']} {closed['n']}", exact=True).first.click()
    expect(page.locator("[data-row]")).not_to_have_count(0, timeout=PATIENCE_MS)
    assert "part=standing" in page.url
    page.keyboard.press("Escape")
    expect(page.locator("[data-row]")).to_have_count(0, timeout=PATIENCE_MS)

    page.get_by_role("link", name="评前单位致电").click()
    row = page.locator("[data-row]").first
    expect(row).to_contain_text("单位曾致电群众", timeout=PATIENCE_MS)
    row.get_by_role("button", name="核查").click()
    page.locator("textarea").fill(FINDING)
    assert inspector.serious_findings() == []
    row.get_by_role("button", name="已核查").click()
    expect(row).to_contain_text(f"已核查：{FINDING}", timeout=PATIENCE_MS)
    page.keyboard.press("Escape")

    page.get_by_role("tab", name="抽样复核").click()
    page.fill("#seed", "摇号 2026119")
    page.get_by_role("button", name="抽取").click()
    drawn = page.locator("tbody[data-row]")
    expect(drawn).to_have_count(20, timeout=PATIENCE_MS)
    drawn.first.get_by_role("button", name="记录复核").click()
    drawn.first.get_by_text("未联系上", exact=True).click()
    drawn.first.get_by_role("button", name="记下").click()
    expect(drawn.first).to_contain_text("纪清源", timeout=PATIENCE_MS)
    drawn.first.get_by_role("button", name="记录复核").click()
    drawn.first.get_by_text("基本满意", exact=True).last.click()
    drawn.first.get_by_role("button", name="记下").click()
    inspector.see("一致率")
    assert inspector.serious_findings() == []
    assert inspector.complaints == []
