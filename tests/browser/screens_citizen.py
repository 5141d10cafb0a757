"""The citizen's pictures for screens.py: the code, the rating with and without JavaScript, thanks, used, too late."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.people import Person, ask, in_fours, tell

PHONE = ViewportSize(width=390, height=844)
OLD_PHONE = ViewportSize(width=360, height=740)
CODE = re.compile(r"码([0-9A-Z]{6})")
WORDS = "师傅当天就来了，换了阀门，现在屋里很暖和。"

Keep = Callable[[Page, str], None]


@dataclass(frozen=True)
class Asked:
    """What a citizen has in hand: the code of the SMS and the end of the own number."""

    code: str
    tail: str


def the_rating(browser: Browser, supervisor: Person, keep: Keep) -> None:
    """Everything a citizen may meet at /r; the codes are read from the demo's own SMS."""
    messages = messages_of(supervisor)
    fresh = asked(next(one for one in messages if one["state"] == "delivered"))
    replied = [one for one in messages if one["state"] == "replied"]
    too_late = [one for one in messages if one["state"] == "expired"]
    page = phone(browser, PHONE)
    open_with(page, supervisor, Asked("WRONG1", "0000"))
    expect(page.get_by_role("alert")).to_be_visible()
    keep(page, "rating-wrong-code")
    open_with(page, supervisor, asked(replied[0]))
    keep(page, "rating-used")
    rated = [one for one in replied if any(reply["level"] for reply in one["replies"])]
    open_with(page, supervisor, asked(rated[-1]))
    keep(page, "rating-closed")
    open_with(page, supervisor, asked(too_late[-1]))
    keep(page, "rating-too-late")
    page.goto(f"{supervisor.served.address}/r/no-such-link")
    keep(page, "rating-stale")
    page.goto(f"{supervisor.served.address}/r")
    keep(page, "rating-code")
    open_with(page, supervisor, fresh)
    keep(page, "rating")
    page.get_by_role("link", name="大字").click()
    keep(page, "rating-large")
    page.context.close()
    without_script(browser, supervisor, fresh, keep)


def the_status(browser: Browser, supervisor: Person, keep: Keep) -> None:
    """Where a ticket stands: what is asked for, a number that was misheard, and the page itself."""
    number = ask(supervisor, "/tickets?state=to_callback&limit=1")["rows"][0]["number"]
    phone_number = tell(supervisor, f"/tickets/{number}/reveal", {"purpose": "截图"})["caller"]["phone"]
    page = phone(browser, OLD_PHONE, script=False)
    page.goto(f"{supervisor.served.address}/t")
    keep(page, "status-lookup")
    page.fill("#number", "2610 1300 8211")
    page.fill("#tail", phone_number[-4:])
    page.click("button.primary")
    expect(page.get_by_role("alert")).to_be_visible()
    keep(page, "status-misheard")
    page.fill("#number", number)
    page.fill("#tail", phone_number[-4:])
    page.click("button.primary")
    expect(page.get_by_role("heading", level=1)).to_contain_text(in_fours(number))
    keep(page, "status")
    page.context.close()


def without_script(browser: Browser, supervisor: Person, fresh: Asked, keep: Keep) -> None:
    """An old phone whose browser runs no script: the same pages, and the rating is kept."""
    page = phone(browser, OLD_PHONE, script=False)
    open_with(page, supervisor, fresh)
    page.locator("label.choice", has_text="非常满意").first.click()
    keep(page, "rating-no-script")
    page.locator("label.choice", has_text="解决了").first.click()
    page.fill("#words", WORDS)
    page.click("button.primary")
    expect(page.get_by_role("heading")).to_have_text("谢谢，您的评价已记录")
    keep(page, "rating-thanks")
    page.context.close()


def phone(browser: Browser, size: ViewportSize, *, script: bool = True) -> Page:
    return browser.new_context(viewport=size, locale="zh-CN", java_script_enabled=script).new_page()


def open_with(page: Page, supervisor: Person, asked: Asked) -> None:
    page.goto(f"{supervisor.served.address}/r")
    page.fill("#code", asked.code)
    page.fill("#tail", asked.tail)
    page.click("button.primary")


def messages_of(supervisor: Person) -> list[dict[str, Any]]:
    """Every request for a rating, newest first."""
    found: list[dict[str, Any]] = []
    after: int | None = None
    while True:
        query = "" if after is None else f"?after={after}"
        answer = supervisor.page.request.get(f"{supervisor.served.address}/api/sms/messages{query}").json()
        found += [one for one in answer["rows"] if CODE.search(one["text"])]
        after = answer["next"]
        if after is None:
            return found


def asked(message: dict[str, Any]) -> Asked:
    code = CODE.search(message["text"])
    if code is None:
        raise ValueError("no code in this message")
    return Asked(code.group(1), message["masked_phone"][-4:])
