"""Photos in a real browser: a citizen sends a form from a phone, the dispatcher and the ticket page show its photo."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.people import PATIENCE_MS, Person, held_ticket, log_in
from tests.browser.served import Served

#: one demo city at a time: two of them make each other slow
pytestmark = [pytest.mark.needs("browser"), pytest.mark.timeout(1800), pytest.mark.xdist_group("demo city")]

NARROW = ViewportSize(width=360, height=640)
TEXT = "南湖小區三號樓樓道堆放雜物，佔用消防通道，已經３天了，請盡快處理。"


def photo(colour: str) -> bytes:
    """A made-up staircase with things in the way."""
    image = Image.new("RGB", (1200, 900), "#c9c4b8")
    draw = ImageDraw.Draw(image)
    for step in range(6):
        draw.rectangle((200 + step * 90, 700 - step * 80, 1000, 720 - step * 80), fill="#8c8577")
    draw.rectangle((380, 420, 620, 700), fill=colour)
    made = io.BytesIO()
    image.save(made, "JPEG")
    return made.getvalue()


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    paths = []
    for name, colour in (("楼道.jpg", "#7a3b2e"), ("另一张.jpg", "#2e4a7a")):
        paths.append(tmp_path / name)
        paths[-1].write_bytes(photo(colour))
    not_one = tmp_path / "压缩包.jpg"
    not_one.write_bytes(b"PK\x03\x04" + bytes(500))
    return [*paths, not_one]


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A citizen's small phone, on which no script runs."""
    context = browser.new_context(
        viewport=NARROW, locale="zh-CN", java_script_enabled=False, user_agent="Mozilla/5.0 (Linux; Android) Mobile"
    )
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()


def test_a_citizen_sends_a_form_with_photos_and_the_hotline_sees_them(
    browser: Browser, served: Served, phone: Page, photos: list[Path]
) -> None:
    number = send_form(phone, served, photos)

    dispatcher = log_in(browser, served, "dispatcher1", f"/tickets/{number}")
    expect(dispatcher.page.locator("header.head").first).to_contain_text("照片 2", timeout=PATIENCE_MS)
    strip = dispatcher.page.locator(".photos").first.locator("button")
    expect(strip).to_have_count(2)
    strip.first.focus()
    dispatcher.page.keyboard.press("Enter")
    look_through(dispatcher)
    expect(strip.first).to_be_focused()
    assert dispatcher.serious_findings() == []
    assert dispatcher.complaints == []


def send_form(phone: Page, served: Served, photos: list[Path]) -> str:
    """With a file among the photos that is none; answers the ticket's number."""
    phone.goto(f"{served.address}/w")
    phone.get_by_label("您要反映什么").fill(TEXT)
    phone.get_by_label("发生在哪里").fill("南湖小区三号楼")
    phone.get_by_label("属于哪一类").select_option(label="投诉")
    phone.get_by_label("联系电话").fill("１９９00005678")
    phone.get_by_label("选择照片").set_input_files(photos)
    phone.get_by_role("button", name="先上传照片").click()

    alert = phone.get_by_role("alert")
    expect(alert).to_contain_text("文件内容不是 JPG、PNG、WebP 或 HEIC 照片")
    expect(phone.get_by_text("已收到 2 张")).to_be_visible()
    expect(phone.get_by_label("您要反映什么")).to_have_value(TEXT)
    assert_fits(phone)
    press_send(phone)

    expect(phone.get_by_role("heading", name="您的诉求已提交")).to_be_visible()
    assert_fits(phone)
    return re.sub(r"\s", "", phone.locator("dd.code").inner_text())


def press_send(phone: Page) -> None:
    """Again, as long as the page finds it too fast for a person: nothing is lost by that."""
    phone.get_by_role("button", name="提交诉求").click()
    while phone.get_by_text("提交得太快").count():
        phone.get_by_role("button", name="提交诉求").click()


def assert_fits(phone: Page) -> None:
    """Nothing is wider than the screen: no script runs here, so the picture of the whole page tells."""
    picture = Image.open(io.BytesIO(phone.screenshot(full_page=True)))
    assert picture.width == NARROW["width"]


def look_through(person: Person) -> None:
    """By keyboard alone; the picture is there and the mark of whoever looks lies over it."""
    viewer = person.page.get_by_role("dialog")
    image = viewer.locator("img")
    expect(viewer).to_contain_text("1 / 2")
    expect(viewer.locator("svg.mark")).to_contain_text("陆明哲 B001")
    assert viewer.locator(".stage img").evaluate("(img) => img.decode().then(() => img.naturalWidth)") > 0
    person.page.keyboard.press("ArrowRight")
    expect(viewer).to_contain_text("2 / 2")
    person.page.keyboard.press("ArrowLeft")
    expect(viewer).to_contain_text("1 / 2")
    expect(image).to_be_visible()
    person.page.keyboard.press("Escape")
    expect(viewer).to_be_hidden()


def test_a_caller_adds_photos_while_the_form_is_open_at_the_desk(
    browser: Browser, served: Served, phone: Page, photos: list[Path]
) -> None:
    agent = log_in(browser, served, "agent2", "/desk")
    agent.page.get_by_role("button", name="手工登记一件").click()
    agent.page.locator("#desk-phone").fill("19900004321")
    agent.press("发送材料码")
    agent.page.get_by_role("dialog").get_by_role("button", name="发送材料码").click()
    agent.see("材料码已发出")

    phone.goto(f"{served.address}/m")
    phone.get_by_label("材料码").fill(code_that_was_sent(browser, served))
    phone.get_by_label("手机号后四位").fill("4321")
    phone.get_by_role("button", name="下一步").click()
    phone.get_by_label("选择照片").set_input_files(photos[:1])
    phone.get_by_role("button", name="上传").click()
    expect(phone.get_by_text("已收到 1 张照片")).to_be_visible()
    assert_fits(phone)

    expect(agent.page.locator(".photos button")).to_have_count(1)
    assert agent.complaints == []


def code_that_was_sent(browser: Browser, served: Served) -> str:
    """What the caller's phone shows; in the demo the console twin holds it."""
    supervisor = log_in(browser, served, "supervisor1", "/sms")
    found = supervisor.page.locator("text=/材料码[0-9A-Z]{6}/").first
    words = re.search(r"材料码([0-9A-Z]{6})", found.inner_text(timeout=PATIENCE_MS))
    assert words
    return words[1]


def test_photos_of_a_sealed_ticket_open_with_a_purpose_and_a_hidden_one_is_gone_for_the_unit(
    browser: Browser, served: Served, photos: list[Path]
) -> None:
    agent = log_in(browser, served, "agent1", "/tickets")
    dispatcher = log_in(browser, served, "dispatcher1", "/tickets")
    number = held_ticket(agent, dispatcher, TEXT, place="幸福里", phone="19900000079", secrecy="sealed")
    dispatcher.open(f"/tickets/{number}")
    attachments = dispatcher.page.locator("aside.cards section").filter(has_text="附件")
    attachments.locator("input[type=file]").set_input_files(photos[:2])
    expect(attachments).to_contain_text("密件照片 2 张，写明用途后查看", timeout=PATIENCE_MS)
    expect(dispatcher.page.locator(".photos img")).to_have_count(0)

    open_with_purpose(dispatcher)
    attachments.locator(".photos button").first.click()
    dispatcher.press("设为不外传")
    expect(dispatcher.page.get_by_role("dialog")).to_contain_text("取消不外传")
    dispatcher.page.keyboard.press("Escape")
    expect(attachments.locator(".photos li").first).to_contain_text("不外传")
    assert dispatcher.serious_findings() == []

    officer = log_in(browser, served, "heating1", f"/tickets/{number}")
    officer.see("密件照片 1 张，写明用途后查看")
    open_with_purpose(officer)
    expect(officer.page.locator("aside.cards .photos img")).to_have_count(1)
    assert (dispatcher.complaints, officer.complaints) == ([], [])


def open_with_purpose(person: Person) -> None:
    person.page.locator("aside.cards section").filter(has_text="附件").get_by_role("button", name="查看").click()
    person.press("查看并记录")
    expect(person.page.locator("aside.cards section").filter(has_text="附件")).to_contain_text("后自动隐藏")
