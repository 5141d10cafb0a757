"""群体事件 in a real browser: declared from a pile by one key, counted by people and matters, worded, closed."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.people import PATIENCE_MS, ask, in_fours, log_in, waiting_ticket
from tests.browser.served import Served

#: one demo city at a time: two of them make each other slow
pytestmark = [pytest.mark.needs("browser"), pytest.mark.timeout(1800), pytest.mark.xdist_group("demo city")]

BURST = "民康路供热主管爆裂，路面冒热气，我们整栋楼暖气都停了。"


def test_a_dispatcher_declares_a_pile_an_incident_and_closes_it(browser: Browser, served: Served) -> None:
    agent = log_in(browser, served, "agent1", "/tickets")
    place = ask(agent, "/places")[0]["name"]
    numbers = [waiting_ticket(agent, BURST, place=place, phone=f"1990000{n:04d}") for n in (7001, 7002, 7003)]
    dispatcher = log_in(browser, served, "dispatcher1", f"/dispatch?ticket={numbers[-1]}")
    page = dispatcher.page
    expect(page.locator(".pile")).to_contain_text("同一事项", timeout=PATIENCE_MS)

    page.keyboard.press("g")
    page.fill("#incident-name", "民康路供热主管爆裂")
    page.keyboard.press("Control+Enter")
    dispatcher.see("告知来电人的话至少 6 个字")
    page.fill("#incident-words", "供热公司正在抢修，已送电暖器")
    expect(page.get_by_role("button", name="认定为群体事件（3 人 · 1 件）")).to_be_enabled(timeout=PATIENCE_MS)
    page.keyboard.press("Control+Enter")
    page.get_by_role("dialog").filter(has_text="3 人 · 1 件？").get_by_role("button", name="认定").click()
    dispatcher.see("已认定“民康路供热主管爆裂”，3 人 · 1 件")

    dispatcher.open("/incidents")
    dispatcher.see("已告知 0 / 3")
    dispatcher.see("供热公司正在抢修，已送电暖器。恢复时间未定，有结果会逐一告知您。")
    page.get_by_role("link", name=in_fours(numbers[0])).first.wait_for()
    assert dispatcher.serious_findings() == []
    page.keyboard.press("Control+Enter")
    page.fill("#incident-words", "抢修完成，正在逐楼恢复供热")
    page.keyboard.press("Control+Enter")
    dispatcher.see("抢修完成，正在逐楼恢复供热。")

    dispatcher.press("结束事件")
    dispatcher.see("还有 3 人未告知")
    page.get_by_role("dialog").get_by_role("button", name="结束事件").click()
    dispatcher.see("已结束“民康路供热主管爆裂”")
    assert [one["ended_at"] is not None for one in ask(dispatcher, "/incidents?ended=true")] == [True]
    assert dispatcher.complaints == []
