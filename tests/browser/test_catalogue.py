"""The dispatch catalogue in a real browser: a line is changed, said again, and drafted from what nobody answers for."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.people import PATIENCE_MS, ask, log_in
from tests.browser.served import Served

#: one demo city at a time: two of them make each other slow
pytestmark = [pytest.mark.needs("browser"), pytest.mark.timeout(1800), pytest.mark.xdist_group("demo city")]


def test_a_supervisor_changes_a_line_and_says_the_old_one_again(browser: Browser, served: Served) -> None:
    supervisor = log_in(browser, served, "supervisor1", "/catalogue")
    page = supervisor.page
    line = ask(supervisor, "/catalogue/lines?limit=1")["rows"][0]
    page.get_by_role("button", name="第 1 版").first.click()
    page.locator(".side").get_by_role("button", name="修改").click()
    page.fill("#line-basis", "")
    page.keyboard.press("Control+Enter")
    supervisor.see("请写明依据")
    page.fill("#line-basis", "会商纪要 3 号")
    assert supervisor.serious_findings() == []
    page.keyboard.press("Control+Enter")
    supervisor.see("已存为第 2 版")
    expect(page.locator(".side")).to_contain_text("会商纪要 3 号", timeout=PATIENCE_MS)

    page.locator(".side").get_by_role("button", name="恢复此版").click()
    page.keyboard.press("Control+Enter")
    supervisor.see("已存为第 3 版")

    versions = ask(supervisor, f"/catalogue/lines/{line['id']}/versions")
    name = ask(supervisor, "/session")["person"]["name"]
    assert [one["version"] for one in versions] == [3, 2, 1]
    assert versions[0]["basis"] == f"恢复第 1 版：{line['basis']}"
    assert all(name in one["changed_by"] for one in versions[:2])
    assert supervisor.serious_findings() == []
    assert supervisor.complaints == []


def test_a_line_is_drafted_from_what_nobody_answers_for(browser: Browser, served: Served) -> None:
    supervisor = log_in(browser, served, "supervisor1", "/disputes")
    page = supervisor.page
    orphan = ask(supervisor, "/disputes/orphans")[0]

    page.locator(".orphans").get_by_role("link", name="拟目录行").first.click()

    expect(page.locator("#line-place_id")).to_have_value(orphan["place"] or "", timeout=PATIENCE_MS)
    if orphan["topic"]:
        expect(page.get_by_role("dialog")).to_contain_text(orphan["topic"], timeout=PATIENCE_MS)
    supervisor.press("存为第 1 版")
    supervisor.see("承办单位")
    assert supervisor.serious_findings() == []
    assert supervisor.complaints == []


def test_behind_a_number_of_the_matrix_stand_its_tickets(browser: Browser, served: Served) -> None:
    supervisor = log_in(browser, served, "supervisor1", "/disputes")
    cell = supervisor.page.locator(".matrix td button").first
    n = int(cell.inner_text())

    cell.click()

    rows = supervisor.page.get_by_role("dialog").get_by_role("listitem")
    expect(rows).to_have_count(n, timeout=PATIENCE_MS)
    assert supervisor.serious_findings() == []
    rows.first.get_by_role("link").click()
    supervisor.page.wait_for_url("**/tickets/*")
    assert supervisor.complaints == []


def test_a_supervisor_finds_what_the_system_sent_in_the_menu(browser: Browser, served: Served) -> None:
    supervisor = log_in(browser, served, "supervisor1", "/satisfaction")

    supervisor.page.get_by_role("link", name="自动").click()

    supervisor.page.wait_for_url("**/dispatch/automatic*")
    expect(supervisor.page.get_by_role("navigation", name="派单台的各表").get_by_role("link")).to_have_count(1)
    assert supervisor.complaints == []
