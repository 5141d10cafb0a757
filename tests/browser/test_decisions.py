"""待我裁定: a supervisor finds what a unit asks for without knowing its number, and decides beside the list."""

from datetime import date, timedelta

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.people import PATIENCE_MS, ask, held_ticket, in_fours, log_in, tell
from tests.browser.served import Served

#: one demo city at a time: two of them make each other slow
pytestmark = [pytest.mark.needs("browser"), pytest.mark.timeout(1800), pytest.mark.xdist_group("demo city")]

COLD = "从昨天起家里暖气时冷时热，室内只有十五度，请供热公司上门查看。"
WHY = "地下管线须产权单位开挖，暂不具备施工条件"
REFUSED = "请先做临时保温"


def test_a_supervisor_finds_what_a_unit_asks_for_and_refuses_and_grants_it(browser: Browser, served: Served) -> None:
    agent = log_in(browser, served, "agent3", "/tickets")
    dispatcher = log_in(browser, served, "dispatcher1", "/dispatch")
    number = held_ticket(agent, dispatcher, COLD, place="清岭花园", phone="19900002501")
    officer = log_in(browser, served, "heating1", "/unit/inbox")
    tell(officer, f"/tickets/{number}/sign", {"handler": "赵六"})
    today = date.fromisoformat(ask(officer, f"/tickets/{number}")["row"]["registered_at"][:10])
    form = {
        "kind": "parking",
        "reason": WHY,
        "plan": "明春开工后更换",
        "review_on": f"{today + timedelta(days=60)}",
    }
    supervisor = log_in(browser, served, "supervisor1", "/satisfaction")
    supervisor.page.get_by_role("link", name="裁定").click()
    supervisor.page.get_by_role("tab", name="挂账").click()
    row = supervisor.page.locator("[data-row]", has_text=WHY)

    tell(officer, f"/tickets/{number}/requests", {"form": form})
    expect(row.or_(supervisor.page.get_by_text("新到"))).not_to_have_count(0, timeout=PATIENCE_MS)
    supervisor.page.get_by_role("button", name="刷新").click()
    row.click()
    supervisor.page.get_by_text("驳回挂账", exact=True).click()
    supervisor.page.fill("#act-reason", REFUSED)
    assert supervisor.serious_findings() == []
    supervisor.page.locator("#act-reason").press("Control+Enter")
    expect(row).to_have_count(0, timeout=PATIENCE_MS)

    tell(officer, f"/tickets/{number}/requests", {"form": form})
    supervisor.open("/decisions?decision=parking")
    row.wait_for(timeout=PATIENCE_MS)
    supervisor.page.keyboard.press("/")
    supervisor.page.keyboard.type(number)
    supervisor.page.keyboard.press("Enter")
    expect(supervisor.page.locator("[data-row]")).to_have_count(1, timeout=PATIENCE_MS)
    expect(supervisor.page.locator(".dock")).to_contain_text("明春开工后更换", timeout=PATIENCE_MS)
    supervisor.page.keyboard.press("Control+Enter")
    supervisor.see("这里没有找到")

    assert ask(officer, f"/tickets/{number}")["row"]["state"] == "parked"
    expect(supervisor.page.locator("[data-row]", has_text=in_fours(number))).to_have_count(0)
    assert supervisor.complaints == []
