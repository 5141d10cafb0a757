"""The machine's Chromium, driven by Playwright, with no traffic of its own."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.needs import needs

#: Chromium looks up its maker's hosts at every start unless it is told not to
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser for the tests of one module; mark them with `pytest.mark.needs("browser")`.

    Not for longer: while Playwright runs, its event loop is the thread's, and asynchronous tests cannot run there.
    """
    needs("browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page of its own session, at the size of a usual agent's screen, in Chinese."""
    context = chromium.new_context(
        viewport={"width": 1366, "height": 625}, locale="zh-CN", timezone_id="Asia/Shanghai", reduced_motion="reduce"
    )
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()
