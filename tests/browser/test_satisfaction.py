"""满意度: a supervisor goes from the headline down to one answer, and back up level by level."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.people import PATIENCE_MS, ask, in_fours, log_in
from tests.browser.served import Served

#: one demo city at a time: two of them make each other slow
pytestmark = [pytest.mark.needs("browser"), pytest.mark.timeout(1800), pytest.mark.xdist_group("demo city")]


def test_a_supervisor_drills_from_the_headline_to_one_answer_and_back(browser: Browser, served: Served) -> None:
    supervisor = log_in(browser, served, "supervisor1", "/satisfaction")
    line = next(one for one in ask(supervisor, "/satisfaction")["units"] if one["bad"])
    rows = ask(supervisor, f"/satisfaction/rows?part=dissatisfied&unit_id={line['unit_id']}")["rows"]
    number = rows[0]["ticket_number"]
    page = supervisor.page
    path = page.get_by_role("navigation", name="所在层级")

    expect(path).to_have_text("满意度", timeout=PATIENCE_MS)
    fold = page.get_by_role("button", name="样本不足").first
    if fold.count():
        fold.click()
    row = page.locator("#units tr", has_text=line["unit_name"]).first
    row.get_by_role("button", name=str(line["bad"]), exact=True).last.focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name=in_fours(number)).click()

    expect(path).to_have_text(
        f"满意度›{line['unit_name']}›不满意 {line['bad']}›{in_fours(number)}", timeout=PATIENCE_MS
    )
    expect(page.locator(".answer")).to_contain_text("不满意", timeout=PATIENCE_MS)
    assert supervisor.serious_findings() == []
    page.keyboard.press("Escape")
    expect(path).to_have_text(f"满意度›{line['unit_name']}›不满意 {line['bad']}", timeout=PATIENCE_MS)
    page.keyboard.press("Escape")
    expect(path).to_have_text("满意度", timeout=PATIENCE_MS)
    assert supervisor.complaints == []
