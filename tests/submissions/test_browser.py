"""数据上报 in a real browser: a supervisor goes from a score to the refused record and sends it again."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from app.offices import make_services
from app.settings import Settings
from core.computer import Computer
from evaluation.submissions.rules import SubmissionState
from evaluation.submissions.settings import SubmissionOffice
from tests.submissions.exchange_twin import Mood
from tests.submissions.province import Province
from tests.system.browser import chromium
from tests.system.pages import office_page, serious_findings, served_pages
from tests.tickets.making import OFFICE
from tickets.settings import TicketOffice

pytestmark = [pytest.mark.needs("browser"), pytest.mark.timeout(600)]
__all__ = ["chromium"]


@pytest.fixture
def address(province: Province, computer: Computer, tmp_path: Path) -> Iterator[str]:
    """The whole server over the town, from a thread of its own; its jobs run when a test says so."""
    made = {**make_services(Settings(data_folder=tmp_path), computer), TicketOffice: OFFICE}
    with served_pages(province.database, province.town.clock, made | {SubmissionOffice: province.office}) as address:
        yield address


def test_a_supervisor_finds_what_was_refused_and_sends_it_again(
    province: Province,
    chromium: Browser,
    address: str,
) -> None:
    for n in range(3):
        province.registered(phone=f"1390000000{n}")
    province.will(Mood.REFUSE)
    province.minute()
    number = province.records()[0].number
    page = office_page(chromium, province.database, province.town.clock, address, province.supervisor)
    page.goto(f"{address}/submissions?kind=custom&from=2026-10-01&to=2026-10-31")
    expect(page.get_by_role("button", name=re.compile("一次通过"))).to_contain_text("66.7 %")
    expect(page.locator("[data-row]")).to_have_count(3)
    assert serious_findings(page) == []

    page.get_by_role("button", name=re.compile("一次通过")).click()
    expect(page.locator("[data-row]")).to_have_count(1)
    page.locator("[data-row] button").click()
    pane = page.get_by_role("article", name=number)
    expect(pane).to_contain_text("E2003 实施清单编码不存在")
    expect(pane).to_contain_text("139****0000")
    expect(pane).not_to_contain_text("13900000000")

    pane.get_by_role("button", name="重新上报").click()
    page.fill("#reason", "已与省平台核对编码")
    assert serious_findings(page) == []
    page.get_by_role("dialog").get_by_role("button", name="重新上报").click()
    expect(pane).to_contain_text("待上报")

    province.minute()
    assert {record.state for record in province.records()} == {SubmissionState.ACCEPTED}
    page.goto(f"{address}/submissions?search={number}")
    expect(page.get_by_role("article", name=number)).to_contain_text("回执")
    page.get_by_role("tab", name=re.compile("被退回")).click()
    expect(page.get_by_text("没有符合条件的上报记录。")).to_be_visible()
