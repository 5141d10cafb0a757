"""One demo city for all of them: founding a city takes longer than a test.

A Chromium for each module: while Playwright runs, no other event loop does, and its worker runs other tests afterwards.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.served import CHROMIUM_FLAGS, Served, demo_city

CHROMIUM = "/usr/bin/chromium"
CALL_EVERY_S = 20.0


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with demo_city(tmp_path_factory.mktemp("demo"), call_every_s=CALL_EVERY_S) as served:
        yield served


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()
