"""From a bad rating on an old phone to both values before the supervisor, in a real browser; and an appeal."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from app.offices import make_services
from app.settings import Settings
from core.computer import Computer
from core.database import Database
from core.masking import tail
from evaluation.office import EvaluationOffice
from evaluation.queries import invitations_of, second_questions_of
from evaluation.repairs.queries import repairs_of
from tests.evaluation.mending import Town, make_town
from tests.sms.desk import MovableClock
from tests.system.browser import chromium
from tests.system.pages import office_page, serious_findings, served_pages
from tests.tickets.making import OFFICE
from tickets.settings import TicketOffice

pytestmark = [pytest.mark.needs("browser"), pytest.mark.timeout(600)]
__all__ = ["chromium"]
PHONE = "13812345678"


@pytest.fixture
def town(open_database: Callable[..., Database], clock: MovableClock) -> Town:
    return make_town(open_database, clock)


@pytest.fixture
def address(town: Town, computer: Computer, tmp_path: Path) -> Iterator[str]:
    """The whole server over the town, from a thread of its own; its jobs run when a test says so."""
    made = {**make_services(Settings(data_folder=tmp_path), computer), TicketOffice: OFFICE}
    with served_pages(town.database, town.clock, made | {EvaluationOffice: town.office}) as address:
        yield address


def phone_page(chromium: Browser) -> Page:
    context = chromium.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=False, locale="zh-CN")
    context.set_default_timeout(20_000)
    return context.new_page()


def rate(page: Page, address: str, code: str, level: str) -> None:
    page.goto(f"{address}/r")
    page.get_by_label("评价码").fill(code)
    page.get_by_label("手机号后四位").fill(tail(PHONE))
    page.get_by_role("button", name="开始评价").click()
    page.get_by_label(level, exact=True).check()
    page.get_by_role("button", name="提交评价").click()
    expect(page.get_by_role("heading", name="谢谢，您的评价已记录")).to_be_visible()


def badly_rated(town: Town, chromium: Browser, address: str) -> str:
    """By the link of the SMS, on a phone without JavaScript; the number of the repair."""
    ticket_id = town.answered()
    code = town.database.read(invitations_of, ticket_id)[-1].code
    phone = phone_page(chromium)
    rate(phone, address, code, "非常不满意")
    phone.context.close()
    town.work()
    return town.database.read(repairs_of, ticket_id)[-1].number


def act(page: Page, name: str, **fields: str) -> None:
    """Choose an act of the repair, fill its form, and send it by its key."""
    page.locator(".acts .buttons").get_by_role("button", name=name).click()
    for field, text in fields.items():
        page.locator(f"#repair-{field}").fill(text)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#app").get_by_text(f"{name}：已登记")).to_be_visible()


def test_from_a_bad_rating_to_both_values_before_the_supervisor(town: Town, chromium: Browser, address: str) -> None:
    number = badly_rated(town, chromium, address)
    town.clock.move_to(town.repair(number).opened_at)
    town.wait(minutes=20)
    town.call(number)

    officer = office_page(chromium, town.database, town.clock, address, town.officer)
    officer.goto(f"{address}/unit/inbox")
    officer.get_by_role("tab", name="差评整改").click()
    expect(officer.get_by_text("实名差评须先联系群众核实")).to_be_visible()
    assert serious_findings(officer) == []
    act(officer, "已联系核实", words="群众说修好后第二天又不热了，要求复查。")
    expect(officer.get_by_text("已证实")).to_be_visible()
    act(officer, "立行立改", words="马上派维修班组上门复查，更换循环泵。")
    act(officer, "整改完成", words="已更换循环泵，室温二十二度，群众当面确认。")
    town.work()

    code = town.database.read(second_questions_of, town.repair(number).ticket_id)[-1].code
    rate(phone_page(chromium), address, code, "满意")
    town.work()

    supervisor = office_page(chromium, town.database, town.clock, address, town.town.supervisor)
    supervisor.goto(f"{address}/repairs?lane=ended")
    row = supervisor.locator("[data-row]").first
    expect(row).to_contain_text("非常不满意")
    expect(row.locator(".good")).to_have_text("满意")
    assert serious_findings(supervisor) == []
    search = supervisor.get_by_role("search").get_by_role("textbox")
    search.fill("没有这样的工单")
    search.press("Enter")
    expect(supervisor.locator("[data-row]")).to_have_count(0)
    search.fill(number[:12])
    search.press("Enter")
    expect(supervisor.locator("[data-row]")).to_have_count(1)
    supervisor.goto(f"{address}/tickets/{number[:12]}")
    card = supervisor.locator(".repair")
    expect(card).to_contain_text("已办结")
    expect(card.locator(".levels")).to_contain_text("非常不满意")
    expect(card.locator(".levels .good")).to_have_text("满意")


def test_a_unit_appeals_another_body_decides_and_both_values_stand(town: Town, chromium: Browser, address: str) -> None:
    number = badly_rated(town, chromium, address)
    officer = office_page(chromium, town.database, town.clock, address, town.officer)
    officer.goto(f"{address}/unit/inbox?tab=repair")
    act(officer, "已联系核实", words="群众说按错了数字，本意是满意。")
    expect(officer.get_by_text("未证实").first).to_be_visible()
    officer.locator(".acts .buttons").get_by_role("button", name="申诉").click()
    officer.get_by_role("radiogroup", name="申诉理由").get_by_text("误评").click()
    officer.locator("#repair-evidence").fill("群众在回访电话中说按错了数字，其实很满意，录音可查。")
    officer.keyboard.press("Control+Enter")
    expect(officer.get_by_text("由市热线主管或审计复核").first).to_be_visible()
    expect(officer.get_by_role("button", name="申诉成立")).to_have_count(0)

    supervisor = office_page(chromium, town.database, town.clock, address, town.town.supervisor)
    supervisor.goto(f"{address}/repairs?lane=appealed")
    act(supervisor, "申诉成立", reason="已调听回访录音，与申诉所述相符。")

    expect(supervisor.get_by_text("原评价“非常不满意”保留，裁定另记入台账。")).to_be_visible()
    assert [(one.level, one.is_current) for one in town.ratings(town.repair(number).ticket_id)] == [(1, True)]
