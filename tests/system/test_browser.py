"""The browser that other tests rely on."""

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.needs("browser")


def test_chinese_text_is_drawn_with_a_chinese_font(page: Page) -> None:
    page.set_content("<p><span id='word'>工单</span></p>")

    width = page.evaluate("document.getElementById('word').getBoundingClientRect().width")

    assert width == pytest.approx(32, abs=1)  # two full-width characters of 16 px; boxes of a missing font are narrower
