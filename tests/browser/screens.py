"""Takes the pictures of docs/screens: each page of a fresh demo city on an office screen.  Run: make screens"""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.people import (
    PATIENCE_MS,
    Person,
    answer_next_call,
    fill_form,
    in_fours,
    log_in,
    register,
    send_form,
    sit_down,
)
from tests.browser.served import CHROMIUM_FLAGS, Served, demo_city

FOLDER = Path(__file__).parents[2] / "docs" / "screens"
CHROMIUM = "/usr/bin/chromium"
#: A picture larger than this would weigh on every clone.
MOST_BYTES = 260_000
SURE = "我家从昨天试供热到现在三个屋的暖气片都没热，邻居家都有温度了。家里有八十岁老人，请供热公司上门看看是不是堵了。"
UNSURE = "他们答应过我的事情一直没有给说法，我来回跑了好几个地方，每一处都让我再等等，希望有人管一管。"
PLACE = "松江明珠"

Take = Callable[[Person, str], None]


#: The watermark doubles a picture's size, so it is left out of the pictures.
WITHOUT_WATERMARK = "document.querySelector('svg.mark')?.style.setProperty('display', 'none')"


class TooHeavy(Exception):
    """A picture is larger than it may be."""


def take(person: Person, name: str) -> None:
    """Wait until the page rests, then keep its picture.  Raises TooHeavy."""
    person.page.wait_for_load_state("networkidle")
    expect(person.page.locator(".skeleton, .waiting")).to_have_count(0, timeout=PATIENCE_MS)
    person.page.wait_for_timeout(1200)
    file = FOLDER / f"{name}.png"
    person.page.evaluate(WITHOUT_WATERMARK)
    person.page.screenshot(path=file)
    if file.stat().st_size > MOST_BYTES:
        raise TooHeavy(file.name)
    sys.stdout.write(f"{file.stat().st_size / 1000:6.0f} kB  {file.name}\n")


def the_desk(browser: Browser, served: Served, take: Take) -> str:
    """Idle, ringing, filling the form, the number; answers the number of an unsure matter."""
    agent = log_in(browser, served, "agent1", "/desk")
    take(agent, "desk-idle")
    sit_down(agent)
    agent.page.locator(".state.ringing").wait_for(timeout=180_000)
    take(agent, "desk-ringing")
    answer_next_call(agent)
    fill_form(agent, SURE, place=PLACE, kind="求助")
    take(agent, "desk")
    send_form(agent)
    take(agent, "desk-registered")
    colleague = log_in(browser, served, "agent2", "/desk")
    colleague.press("手工登记一件")
    colleague.page.locator("#desk-phone").fill("0431-88001234")
    return register(colleague, UNSURE, place=PLACE, kind="投诉")


def the_lists(browser: Browser, served: Served, take: Take, unsure: str) -> None:
    """Every other page, by the person who works it."""
    pages = (
        ("dispatcher1", f"/dispatch?ticket={unsure}", "dispatch"),
        ("heating1", "/unit/inbox", "inbox"),
        ("auditor1", "/audit", "audit"),
        ("callback1", "/callback", "callback"),
        ("supervisor1", "/satisfaction", "satisfaction"),
        ("supervisor1", "/tickets", "tickets"),
        ("supervisor1", "/sms", "sms"),
    )
    for account, path, name in pages:
        person = log_in(browser, served, account, path)
        if name == "satisfaction":
            person.page.locator(".rate").wait_for()
        take(person, name)
        if name == "audit":
            number = person.page.locator(".head .number").first.inner_text()
            person.open(f"/tickets/{number.replace(' ', '')}")
            person.see(in_fours(number.replace(" ", "")))
            take(person, "ticket")
        person.page.context.close()


def main() -> int:
    """Take every picture; the folder must be there."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        demo_city(Path(folder), call_every_s=10) as served,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        page = browser.new_page(viewport={"width": 1366, "height": 625}, locale="zh-CN")
        page.goto(f"{served.address}/log-in")
        take(Person(page, served), "log-in")
        the_lists(browser, served, take, the_desk(browser, served, take))
    return 0


if __name__ == "__main__":
    sys.exit(main())
