"""现场走访: a clerk was there, met somebody and took a photo; the ticket page shows it as evidence of the answer."""

from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from core.calendar.rules import SHANGHAI
from tests.browser.people import PATIENCE_MS, REPLY, Person, ask, held_ticket, log_in, tell
from tests.browser.served import Served
from tests.browser.test_photos import photo

#: one demo city at a time: two of them make each other slow
pytestmark = [pytest.mark.needs("browser"), pytest.mark.timeout(1800), pytest.mark.xdist_group("demo city")]

COLD = "从前天起家里暖气一直不热，室内只有十三度，老人和孩子都冻得受不了，请供热公司尽快上门查看。"
VISITED = "康暖阳、赵师傅 到幸福里三号楼，见到住户本人"


def test_a_visit_with_its_photo_bears_an_answer_out(browser: Browser, served: Served, tmp_path: Path) -> None:
    agent = log_in(browser, served, "agent4", "/tickets")
    dispatcher = log_in(browser, served, "dispatcher2", "/tickets")
    number = held_ticket(agent, dispatcher, COLD, place="幸福里", phone="19900002301")
    clerk = log_in(browser, served, "heating1", "/unit/inbox")
    tell(clerk, f"/tickets/{number}/sign", {"handler": "康师傅"})
    clerk.open(f"/unit/inbox?tab=in_progress&ticket={number}")
    expect(clerk.page.locator(".holders .now")).to_be_in_viewport(ratio=1, timeout=PATIENCE_MS)
    claim_a_visit(clerk)

    clerk.see("答复将标为“未证实”")
    signed_at = datetime.fromisoformat(ask(clerk, f"/tickets/{number}/history")[-1]["at"])
    record_visit(clerk, signed_at)
    add_photo(clerk, tmp_path)
    assert clerk.serious_findings() == []
    clerk.page.locator("#reply-text").press("Control+Enter")
    clerk.see("提交答复：已完成")

    auditor = log_in(browser, served, "auditor2", f"/tickets/{number}")
    reply = auditor.page.locator("article.reply")
    expect(reply).to_contain_text("现场走访", timeout=PATIENCE_MS)
    expect(reply.locator(".good", has_text=VISITED)).to_contain_text("✓")
    reply.get_by_text("核对了 1 次走访").click()
    picture = reply.locator("li").get_by_role("link", name="走访照片 1").locator("img")
    assert picture.evaluate("(img) => img.decode().then(() => img.naturalWidth)") > 0
    assert auditor.serious_findings() == []
    assert clerk.complaints == auditor.complaints == []


def claim_a_visit(clerk: Person) -> None:
    """The answer, filled but for what bears it out."""
    clerk.page.locator("#reply-result").get_by_text("已解决", exact=True).click()
    clerk.page.fill("#reply-text", REPLY)
    clerk.page.locator("#reply-contact").press("ArrowDown")
    clerk.page.get_by_role("option", name="现场走访").click()
    clerk.page.fill("#reply-handler", "康师傅")


def record_visit(clerk: Person, at: datetime) -> None:
    """First without whom they met, which is asked for; nothing typed is lost by that."""
    clerk.press("记一次走访")
    clerk.page.fill("#visit-visited_at", f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}")
    clerk.page.locator("#visit-visited_at").press("Enter")
    clerk.page.fill("#visit-visitors", "康暖阳、赵师傅")
    clerk.page.fill("#visit-place", "幸福里三号楼")
    clerk.press("保存走访")
    clerk.see("请写明见到了谁，或勾选现场无人")
    clerk.page.fill("#visit-met", "住户本人")
    clerk.press("保存走访")
    expect(clerk.page.locator(".visits li")).to_contain_text(VISITED, timeout=PATIENCE_MS)


def add_photo(clerk: Person, folder: Path) -> None:
    taken = folder / "现场.jpg"
    taken.write_bytes(photo("#7a3b2e"))
    with clerk.page.expect_file_chooser() as asked:
        clerk.page.locator(".visits li").get_by_role("button", name="添加照片").click()
    asked.value.set_files(taken)
    expect(clerk.page.locator(".visits li").get_by_role("link", name="走访照片 1")).to_be_visible(timeout=PATIENCE_MS)
