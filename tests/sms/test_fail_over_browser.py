"""短信 in a real browser: how it became known what was accepted and then timed out, by asking and by a person."""

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from app.offices import make_services
from app.settings import Settings
from core.computer import Computer
from core.masking import mask_phone
from tests.sms.aliyun_twin import AliyunTwin
from tests.sms.clouds import cloud_office
from tests.sms.desk import OTHER_PHONE, PHONE, Desk
from tests.sms.serving import Fault, running
from tests.sms.tencent_twin import TencentTwin
from tests.system.browser import chromium
from tests.system.pages import office_page, serious_findings, served_pages
from tests.tickets.making import City

pytestmark = [pytest.mark.needs("browser"), pytest.mark.timeout(600)]
__all__ = ["chromium"]
REASON = "通道后台查到发送记录"


@pytest.mark.parametrize("template", ["sqlite"], indirect=True)
def test_the_page_says_how_each_unknown_one_was_settled_and_none_was_sent_twice(
    desk: Desk, computer: Computer, chromium: Browser, tmp_path: Path
) -> None:
    city = desk.database.write(City)
    with running(TencentTwin(clock=desk.clock)) as there, running(AliyunTwin(clock=desk.clock)) as here:
        desk.office = cloud_office(desk, there, here)
        there.misbehave(Fault.TIMEOUT_AFTER_ACCEPTANCE, Fault.TIMEOUT_AFTER_ACCEPTANCE)
        desk.queue(PHONE)
        desk.queue(OTHER_PHONE)
        desk.work()
        there.report(there.kept[0].serial)  # of the other one Tencent never learns anything
        for _ in range(6):
            desk.wait(timedelta(minutes=31))
    assert (len(there.kept), len(here.kept)) == (2, 0)

    with served_pages(desk.database, desk.clock, make_services(Settings(data_folder=tmp_path), computer)) as address:
        page = office_page(chromium, desk.database, desk.clock, address, city.supervisor)
        page.goto(f"{address}/sms")
        asked, unknown = message_to(page, PHONE), message_to(page, OTHER_PHONE)
        expect(asked.get_by_role("list", name="提交给通道的经过")).to_contain_text("问询通道后得知")
        expect(unknown).to_contain_text("结果未知")
        assert serious_findings(page) == []

        unknown.get_by_role("button", name="确认已发出").click()
        page.get_by_label("如何查明").fill(REASON)
        page.keyboard.press("Enter")

        expect(unknown.get_by_role("list", name="提交给通道的经过")).to_contain_text(f"查明：{REASON}")
        expect(unknown).not_to_contain_text("结果未知")


def message_to(page: Page, phone: str) -> Locator:
    return page.locator("li.message", has_text=mask_phone(phone))
