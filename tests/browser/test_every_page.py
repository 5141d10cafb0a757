"""Every page that a menu or a tab leads to shows what it has, to everyone who may open it."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.people import PATIENCE_MS, Person, log_in
from tests.browser.served import Served

pytestmark = [pytest.mark.needs("browser"), pytest.mark.timeout(1800), pytest.mark.xdist_group("demo city")]

#: links of the menu and beside a page's name, and tabs there
LINKS = "nav a[href^='/'], header a[href^='/']"
TABS = "header [role=tab]"
#: what stands there as long as a page waits for the server, or when it did not answer
WAITING = ".skeletons, .waiting[aria-hidden=true]"
FAILED = ".state.error"


@pytest.mark.parametrize(
    ("account", "first"),
    [("supervisor1", "/"), ("dispatcher1", "/"), ("auditor1", "/"), ("agent2", "/"), ("heating1", "/unit/inbox")],
)
def test_every_page_shows_what_it_has(browser: Browser, served: Served, account: str, first: str) -> None:
    person = log_in(browser, served, account, first)

    opened: set[str] = set()
    while ahead := ways_on(person) - opened:
        path = min(ahead)
        opened.add(path)
        person.open(path)
        expect(person.page.locator(WAITING)).to_have_count(0, timeout=PATIENCE_MS)
        expect(person.page.locator(FAILED)).to_have_count(0)

    assert len(opened) >= 3
    assert person.complaints == []


def ways_on(person: Person) -> set[str]:
    """Paths of the pages that this one leads to."""
    page = person.page
    page.wait_for_selector(LINKS)
    addresses = page.locator(LINKS).evaluate_all("links => links.map(link => link.href)")
    for n in range(page.locator(TABS).count()):
        page.locator(TABS).nth(n).click()
        addresses.append(page.url)
    return {urlsplit(address).path for address in addresses}
