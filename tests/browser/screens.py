"""Takes the pictures of docs/screens: every page of a fresh demo city, for staff and citizens.  Run: make screens"""

import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect, sync_playwright

from tests.browser import screens_citizen, screens_office
from tests.browser.people import (
    OFFICE_SCREEN,
    PATIENCE_MS,
    Person,
    answer_next_call,
    fill_form,
    finish_call,
    in_fours,
    log_in,
    send_form,
    sit_down,
)
from tests.browser.pictures import smaller
from tests.browser.served import CHROMIUM_FLAGS, Served, demo_city

FOLDER = Path(__file__).parents[2] / "docs" / "screens"
CHROMIUM = "/usr/bin/chromium"
WIDE_SCREEN = ViewportSize(width=1920, height=950)
#: A picture larger than this would weigh on every clone.
MOST_BYTES = 160_000
SURE = "我家从昨天试供热到现在三个屋的暖气片都没热，邻居家都有温度了。家里有八十岁老人，请供热公司上门看看是不是堵了。"
PLACE = "松江明珠"
#: The watermark doubles a picture's size, so it is left out of the pictures.
WITHOUT_WATERMARK = "document.querySelector('svg.mark')?.style.setProperty('display', 'none')"
#: How long a page may move after it has been read: charts, tints of what has changed.
REST_MS = 1200


class TooHeavy(Exception):
    """A picture is larger than it may be."""


def keep(page: Page, name: str) -> None:
    """Keep the picture as the page stands.  Raises TooHeavy."""
    file = FOLDER / f"{name}.png"
    page.evaluate(WITHOUT_WATERMARK)
    browser = page.context.browser
    if browser is None:
        raise RuntimeError("a picture needs a browser")
    file.write_bytes(smaller(browser, page.screenshot()))
    if file.stat().st_size > MOST_BYTES:
        raise TooHeavy(file.name)
    sys.stdout.write(f"{file.stat().st_size / 1000:6.0f} kB  {file.name}\n")
    sys.stdout.flush()


def take(person: Person, name: str) -> None:
    """Wait until the page rests, then keep its picture."""
    person.page.wait_for_load_state("networkidle")
    expect(person.page.locator(".skeleton, .waiting")).to_have_count(0, timeout=PATIENCE_MS)
    person.page.wait_for_timeout(REST_MS)
    keep(person.page, name)


def take_wide(person: Person, name: str) -> None:
    """The same page on a large screen."""
    person.page.set_viewport_size(WIDE_SCREEN)
    take(person, name)
    person.page.set_viewport_size(OFFICE_SCREEN)


def take_question(person: Person, name: str) -> None:
    """The question that is open, then close it."""
    expect(person.page.get_by_role("dialog")).to_be_visible()
    take(person, name)
    person.page.keyboard.press("Escape")
    expect(person.page.get_by_role("dialog")).to_be_hidden()


def the_log_in(browser: Browser, served: Served) -> None:
    """Before anybody is there, and after a wrong password."""
    person = Person(browser.new_page(viewport=OFFICE_SCREEN, locale="zh-CN"), served)
    person.open("/log-in")
    take(person, "log-in")
    person.page.fill("#account", "agent1")
    person.page.fill("#password", "not the password")
    person.page.keyboard.press("Enter")
    person.see("账号或密码不对")
    take(person, "log-in-refused")
    person.page.close()


def the_desk(browser: Browser, served: Served) -> None:
    """Idle, ringing, filling the form, faults, a question, the number, after the call."""
    agent = log_in(browser, served, "agent1", "/desk")
    take(agent, "desk-idle")
    sit_down(agent)
    agent.page.locator(".state.ringing").wait_for(timeout=180_000)
    take(agent, "desk-ringing")
    answer_next_call(agent)
    agent.page.keyboard.press("Control+Enter")
    agent.see("还有 3 处要改")
    take(agent, "desk-faults")
    fill_form(agent, SURE, place=PLACE, kind="求助")
    agent.page.locator(".chip").first.wait_for(timeout=PATIENCE_MS)
    agent.page.keyboard.press("Escape")
    agent.page.keyboard.press("f")
    agent.page.locator(".nearby").wait_for(timeout=PATIENCE_MS)
    take(agent, "desk")
    agent.page.keyboard.press("n")
    agent.page.keyboard.press("g")
    take(agent, "desk-joined")
    agent.page.keyboard.press("g")
    take_wide(agent, "desk-wide")
    agent.page.keyboard.press("Shift+F7")
    take_question(agent, "desk-read-back")
    agent.page.keyboard.press("F1")
    take_question(agent, "desk-keys")
    agent.page.locator(".outcomes").get_by_text("不予受理").click()
    take_question(agent, "desk-outcome")
    send_form(agent)
    take(agent, "desk-registered")
    finish_call(agent)
    agent.page.context.close()


def the_dispatch_list(browser: Browser, served: Served) -> None:
    """An unsure matter with three proposals, another unit, sending back, the keys, a chip that leaves nothing."""
    dispatcher = log_in(browser, served, "dispatcher1", "/dispatch")
    row_with(dispatcher, "健身房").click()
    expect(dispatcher.page.locator(".cards .card")).to_have_count(3, timeout=PATIENCE_MS)
    dispatcher.page.keyboard.press("2")
    take(dispatcher, "dispatch")
    take_wide(dispatcher, "dispatch-wide")
    dispatcher.page.keyboard.press("0")
    take_question(dispatcher, "dispatch-other-unit")
    dispatcher.page.keyboard.press("b")
    take_question(dispatcher, "dispatch-send-back")
    dispatcher.page.keyboard.press("F1")
    take_question(dispatcher, "dispatch-keys")
    dispatcher.open("/dispatch?chip=returned")
    dispatcher.page.locator(".cards .card").first.wait_for(timeout=PATIENCE_MS)
    take(dispatcher, "dispatch-returned")
    dispatcher.open("/dispatch?chip=sealed")
    dispatcher.see("再按一次看全部")
    take(dispatcher, "dispatch-empty")
    dispatcher.open("/tickets?state=return_review")
    dispatcher.page.locator("[data-row]").first.click()
    dispatcher.see("同意退单")
    take(dispatcher, "ticket-return")
    dispatcher.page.context.close()


def the_inbox(browser: Browser, served: Served) -> None:
    """To sign, to answer, asking to give back, nothing to do."""
    officer = log_in(browser, served, "heating1", "/unit/inbox")
    officer.page.locator("#sign-handler").wait_for(timeout=PATIENCE_MS)
    take(officer, "inbox")
    take_wide(officer, "inbox-wide")
    officer.page.locator("[data-row]").last.click()
    officer.page.locator(".link:enabled", has_text="申请退单").click()
    officer.press("提交退单申请")
    officer.see("还有 2 处要改")
    take(officer, "inbox-return")
    officer.open("/unit/inbox?tab=in_progress")
    officer.page.locator("#reply-result").scroll_into_view_if_needed(timeout=PATIENCE_MS)
    take(officer, "inbox-reply")
    officer.open("/unit/inbox?tab=rework")
    officer.see("没有退回重办的工单")
    take(officer, "inbox-empty")
    officer.page.context.close()


def the_answered(browser: Browser, served: Served) -> None:
    """Audit and callback, and the ticket page that an auditor opens from there."""
    auditor = log_in(browser, served, "auditor1", "/audit")
    auditor.page.locator("#audit-note").wait_for(timeout=PATIENCE_MS)
    take(auditor, "audit")
    number = auditor.page.locator(".head .number").first.inner_text().replace(" ", "")
    auditor.open(f"/tickets/{number}")
    auditor.see(in_fours(number))
    take(auditor, "ticket")
    auditor.page.locator(".cards").get_by_role("button", name="查看").first.click()
    take_question(auditor, "ticket-reveal")
    auditor.open("/no-such-page")
    take(auditor, "not-found")
    auditor.page.context.close()
    caller = log_in(browser, served, "callback1", "/callback")
    take(caller, "callback-repair")
    caller.open("/callback?owed=true")
    caller.page.locator("[data-row]").first.click()
    caller.page.locator("#callback-level").wait_for(timeout=PATIENCE_MS)
    take(caller, "callback")
    caller.page.context.close()


def the_supervisor(browser: Browser, served: Served) -> Person:
    """The figure, its formula, its units, a subject without answers; tickets, none, SMS; answers who stays."""
    supervisor = log_in(browser, served, "supervisor1", "/satisfaction")
    rate = supervisor.page.locator(".rate")
    rate.wait_for()
    take(supervisor, "satisfaction")
    take_wide(supervisor, "satisfaction-wide")
    rate.click()
    take_question(supervisor, "satisfaction-formula")
    supervisor.page.keyboard.press("u")
    take(supervisor, "satisfaction-units")
    supervisor.open("/satisfaction?subject=direct")
    supervisor.see("本期尚无评价")
    take(supervisor, "satisfaction-none")
    supervisor.open("/sms")
    take(supervisor, "sms")
    supervisor.open("/tickets?search=没有这样的工单")
    supervisor.see("没有符合条件的工单")
    take(supervisor, "tickets-none")
    supervisor.open("/tickets")
    take(supervisor, "tickets")
    return supervisor


def without_a_server(person: Person) -> None:
    """The list stays, says how old it is, and offers to try again."""
    expect(person.page.locator(".lost").last).to_be_visible(timeout=PATIENCE_MS)
    person.press("刷新")
    person.see("重试")
    person.page.wait_for_timeout(REST_MS)
    keep(person.page, "tickets-offline")


def row_with(person: Person, words: str) -> Locator:
    """The first row of the list that says so."""
    return person.page.locator("[data-row]", has_text=words).first


def main() -> int:
    """Take every picture; those that are no longer taken are gone afterwards."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    began_at = time.time()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        with demo_city(Path(folder), call_every_s=10) as served:
            the_log_in(browser, served)
            the_dispatch_list(browser, served)
            the_inbox(browser, served)
            the_answered(browser, served)
            screens_office.the_pile(browser, served, take, take_question)
            screens_office.the_incident(browser, served, take)
            screens_office.the_picked(browser, served, take, take_question)
            screens_office.the_missing(browser, served, take)
            screens_office.the_decisions(browser, served, take)
            screens_office.the_unit(browser, served, take)
            supervisor = the_supervisor(browser, served)
            screens_citizen.the_status(browser, supervisor, keep)
            screens_citizen.the_rating(browser, supervisor, keep)
            the_desk(browser, served)
        without_a_server(supervisor)
        browser.close()
    for old in FOLDER.glob("*.png"):
        if old.stat().st_mtime < began_at:
            old.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
