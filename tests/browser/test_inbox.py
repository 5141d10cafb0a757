"""A unit's inbox: a reply that is typed is found again by colleagues, figures open their rows, replies are released."""

import itertools
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.people import PATIENCE_MS, REPLY, Person, ask, held_ticket, in_fours, log_in, tell
from tests.browser.served import Served

#: one demo city at a time: two of them make each other slow
pytestmark = [pytest.mark.needs("browser"), pytest.mark.timeout(1800), pytest.mark.xdist_group("demo city")]

COLD = "从前天起家里暖气一直不热，室内只有十三度，老人和孩子都冻得受不了，请供热公司尽快上门查看。"
FIRST, SECOND = "heating1", "heating2"
#: of the demo city: something is due today there, something is overdue, and something below is not signed
DISTRICT = "baihua1"
#: another caller each time: the same one would be a repeat
PHONES = itertools.count(19900002011)


@pytest.fixture(scope="module")
def agent(browser: Browser, served: Served) -> Person:
    return log_in(browser, served, "agent4", "/desk")


@pytest.fixture(scope="module")
def dispatcher(browser: Browser, served: Served) -> Person:
    return log_in(browser, served, "dispatcher2", "/tickets")


@pytest.fixture
def ticket(browser: Browser, served: Served, agent: Person, dispatcher: Person) -> str:
    """Signed by the heating company."""
    number = held_ticket(agent, dispatcher, COLD, place="幸福里", phone=str(next(PHONES)))
    officer = log_in(browser, served, FIRST, f"/unit/inbox?ticket={number}")
    officer.page.locator("#sign-handler").wait_for(timeout=PATIENCE_MS)
    officer.page.keyboard.press("Control+Enter")
    officer.see("签收：已完成")
    officer.page.context.close()
    return number


def at_form(browser: Browser, served: Served, account: str, number: str) -> Person:
    officer = log_in(browser, served, account, f"/unit/inbox?tab=in_progress&ticket={number}")
    officer.page.locator("#reply-text").wait_for(timeout=PATIENCE_MS)
    return officer


def type_and_save(officer: Person, text: str) -> None:
    officer.page.fill("#reply-text", text)
    expect(officer.page.locator(".acts .saved")).to_contain_text("已存", timeout=PATIENCE_MS)


def test_a_reply_is_found_again_elsewhere_and_two_at_one_lose_no_word(
    browser: Browser, served: Served, ticket: str
) -> None:
    first = at_form(browser, served, FIRST, ticket)
    type_and_save(first, "您好，已派人上门，")

    second = at_form(browser, served, SECOND, ticket)
    second.see("写的草稿，可以接着写")
    expect(second.page.locator("#reply-text")).to_have_value("您好，已派人上门，")
    type_and_save(second, "您好，已派人上门，循环泵坏了。")
    first.page.fill("#reply-text", "您好，已派人上门，正在等配件。")
    alert = first.page.get_by_role("alert").filter(has_text="同事同时改了这份草稿")
    expect(alert).to_contain_text("循环泵坏了", timeout=PATIENCE_MS)
    expect(alert).to_contain_text("正在等配件")
    assert first.serious_findings() == []
    alert.get_by_role("button", name="两段都留").click()
    expect(first.page.locator(".acts .saved")).to_contain_text("已存", timeout=PATIENCE_MS)

    again = at_form(browser, served, FIRST, ticket)
    expect(again.page.locator("#reply-text")).to_have_value(
        "您好，已派人上门，正在等配件。\n您好，已派人上门，循环泵坏了。"
    )
    send_reply(again)
    assert ask(again, f"/tickets/{ticket}/reply-draft")["version"] == 0
    assert again.complaints == second.complaints == []


def test_half_a_request_is_found_again_at_another_desk_and_gone_once_it_is_given(
    browser: Browser, served: Served, ticket: str
) -> None:
    path, draft = f"/unit/inbox?tab=in_progress&ticket={ticket}", f"/tickets/{ticket}/act-drafts/ask_parking"
    first = log_in(browser, served, FIRST, path)
    first.page.locator(".others .link:enabled", has_text="申请挂账").click()
    first.page.fill("#act-reason", "管网改造列入明年计划，今年无法停热施工。")
    expect(first.page.locator(".acts [role=status]")).to_contain_text("已存", timeout=PATIENCE_MS)
    first.page.context.close()

    again = log_in(browser, served, FIRST, path)
    again.page.locator(".others .link:enabled", has_text="申请挂账").click()
    reason = again.page.locator("#act-reason")
    expect(reason).to_have_value("管网改造列入明年计划，今年无法停热施工。", timeout=PATIENCE_MS)
    assert ask(log_in(browser, served, SECOND, path), draft)["form"] == {}
    assert again.serious_findings() == []
    assert again.complaints == []


def test_no_press_is_lost_to_a_fault_and_no_key_to_a_choice(browser: Browser, served: Served, ticket: str) -> None:
    officer = at_form(browser, served, FIRST, ticket)
    page = officer.page
    page.fill("#reply-text", "太短")
    page.get_by_role("button", name="预览群众所见").click()
    expect(page.get_by_role("dialog")).to_contain_text("太短")
    page.keyboard.press("Escape")
    expect(page.locator(".faults")).to_contain_text("还差 48 个")

    page.locator("#reply-contact").focus()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".faults")).to_contain_text("请选择办理结果")
    expect(page.locator("#reply-contact")).to_have_attribute("aria-expanded", "false")
    assert officer.complaints == []


def test_whoever_says_that_the_citizen_was_called_sees_whether_the_system_knows_of_it(
    browser: Browser, served: Served, ticket: str
) -> None:
    officer = at_form(browser, served, FIRST, ticket)
    page = officer.page
    page.locator("#reply-contact").press("ArrowDown")
    page.get_by_role("option", name="系统通话").click()
    officer.see("还没有系统通话，答复将标为“未证实”。")

    page.get_by_role("button", name="致电").click()
    page.get_by_role("dialog").wait_for()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".call .state")).to_contain_text("已通话", timeout=120_000)

    expect(page.locator("p.good")).to_contain_text(re.compile(r"已联系 .+ 通话 .+ ✓"), timeout=PATIENCE_MS)
    assert officer.complaints == []


def test_a_unit_says_that_what_it_promised_is_done_and_the_citizen_reads_it(browser: Browser, served: Served) -> None:
    officer = log_in(browser, served, "heating1", "/unit/inbox?tab=promised")
    page = officer.page
    row = page.locator("[data-row]").first
    row.click()
    number = ask(officer, "/unit/inbox?tab=promised")["rows"][0]["ticket"]["number"]
    expect(page.get_by_text(re.compile(r"承诺 \d\d-\d\d"))).to_have_count(2)  # beside its title in list and order
    page.locator("#act-text").fill("楼内管网已经全部更换，供热恢复正常。")
    assert officer.serious_findings() == []

    page.keyboard.press("Control+Enter")

    officer.see("承诺事项已办结：已完成")
    expect(page.locator("[data-row]").filter(has_text=in_fours(number))).to_have_count(0)
    officer.open(f"/tickets/{number}")
    officer.press("群众看到的")
    officer.see("承诺的事项已办妥：楼内管网已经全部更换，供热恢复正常。")
    assert officer.complaints == []


def test_from_the_order_to_its_own_page_to_the_next_one_and_back(browser: Browser, served: Served, ticket: str) -> None:
    officer = at_form(browser, served, FIRST, ticket)
    page = officer.page
    shown = page.locator("[data-row] .number").all_inner_texts()
    numbers = [number.replace(" ", "") for number in shown]  # as they stand there, whatever has moved meanwhile
    place = numbers.index(ticket)
    key, beside = ("[", numbers[place - 1]) if place else ("]", numbers[1])

    page.get_by_title("打开工单详情").click()
    page.wait_for_url(f"**/tickets/{ticket}")
    page.get_by_role("button", name="内部备注").wait_for(timeout=PATIENCE_MS)
    page.keyboard.press(key)
    page.wait_for_url(f"**/tickets/{beside}")
    page.keyboard.press("Escape")
    page.wait_for_url("**/unit/inbox?*tab=in_progress*")
    assert officer.complaints == []


def fill_reply(officer: Person) -> None:
    officer.page.locator("#reply-result").get_by_text("已解决", exact=True).click()
    officer.page.fill("#reply-text", REPLY)
    officer.page.locator("#reply-contact").press("ArrowDown")
    officer.page.get_by_role("option", name="现场走访").click()
    officer.page.fill("#reply-handler", "康师傅")


def send_reply(officer: Person) -> None:
    fill_reply(officer)
    officer.page.keyboard.press("Control+Enter")
    officer.see("提交答复：已完成")


def test_a_figure_of_the_head_opens_exactly_its_rows_and_stands_in_the_address(
    browser: Browser, served: Served
) -> None:
    officer = log_in(browser, served, DISTRICT, "/unit/inbox?with_below=true")
    for name, title in (("to_sign", "待签收"), ("due_today", "今日到期"), ("overdue", "已超期")):
        figure = officer.page.get_by_role("button", name=title)
        figure.click()
        officer.page.wait_for_url(f"**figure={name}*")
        expect(figure).to_have_attribute("aria-pressed", "true")
        n = ask(officer, "/unit/inbox/head?with_below=true")[name]
        assert n > 0
        expect(officer.page.locator("[data-row]")).to_have_count(n)
    assert officer.serious_findings() == []

    again = log_in(browser, served, DISTRICT, "/unit/inbox?tab=done&figure=overdue")
    figure = again.page.get_by_role("button", name="已超期")
    expect(figure).to_have_attribute("aria-pressed", "true")
    figure.click()
    expect(again.page.get_by_role("tab", name="已办")).to_have_attribute("aria-selected", "true")
    assert officer.complaints == again.complaints == []


@pytest.fixture
def release_is_asked(browser: Browser, served: Served) -> Iterator[None]:
    """The heating company asks for 审签 while this test runs."""
    admin = log_in(browser, served, "admin", "/unit/roster")
    unit_id = next(unit["id"] for unit in ask(admin, "/units") if unit["code"] == "heating")
    tell(admin, f"/duty/release/{unit_id}", {"is_needed": True}, method="PUT")
    yield
    tell(admin, f"/duty/release/{unit_id}", {"is_needed": False}, method="PUT")


@pytest.mark.usefixtures("release_is_asked")
def test_a_second_person_is_told_sends_a_reply_back_and_then_lets_it_go(
    browser: Browser, served: Served, ticket: str
) -> None:
    writer = at_form(browser, served, FIRST, ticket)
    fill_reply(writer)
    writer.page.keyboard.press("Control+Enter")
    writer.see("送审签：已完成")
    writer.open(f"/unit/inbox?tab=to_audit&ticket={ticket}")
    writer.see("答复待本单位另一人审签")
    writer.see("须由本单位另一人审签")
    supervisor = log_in(browser, served, "supervisor1", "/notices")
    expect(supervisor.page.get_by_text(f"1件待审签(尾号{ticket[-4:]}").first).to_be_visible(timeout=PATIENCE_MS)

    second = log_in(browser, served, SECOND, f"/unit/inbox?tab=to_audit&ticket={ticket}")
    second.see(REPLY)
    assert second.serious_findings() == []
    second.page.locator(".others .link:enabled", has_text="审签退回").click()
    second.page.fill("#act-reason", "请写明何时修好")
    second.page.keyboard.press("Control+Enter")
    second.see("审签退回：已完成")

    writer = at_form(browser, served, FIRST, ticket)
    writer.see("审签退回：请写明何时修好")
    expect(writer.page.locator("#reply-text")).to_have_value(REPLY)
    writer.page.fill("#reply-text", REPLY + "于十月十三日修好。")
    writer.page.keyboard.press("Control+Enter")
    writer.see("送审签：已完成")
    second.open(f"/unit/inbox?tab=to_audit&ticket={ticket}")
    second.see("于十月十三日修好。")
    second.page.locator("#act-note").wait_for(timeout=PATIENCE_MS)
    second.page.keyboard.press("Control+Enter")
    second.see("审签通过：已完成")

    writer.open(f"/tickets/{ticket}")
    writer.see("审签 康守正")
    assert writer.complaints == second.complaints == []


def test_what_a_unit_looks_for_in_its_inbox_is_found_by_keys_kept_in_the_address_and_taken_away_as_a_file(
    browser: Browser, served: Served
) -> None:
    officer = log_in(browser, served, DISTRICT, "/unit/inbox?tab=done")
    page, rows = officer.page, officer.page.locator("[data-row]")
    box = page.get_by_role("search").get_by_role("textbox")
    rows.first.wait_for(timeout=PATIENCE_MS)
    found = ask(officer, "/unit/inbox?tab=done")["rows"]
    number = found[-1]["ticket"]["number"]
    n = page.get_by_role("tab", name="已办").inner_text()

    page.keyboard.press("/")
    page.keyboard.type(number[-6:])
    page.keyboard.press("Enter")
    page.wait_for_url(f"**search={number[-6:]}*")
    expect(rows).to_have_count(1)
    expect(page.locator(".main").get_by_text(in_fours(number)).first).to_be_visible()
    assert page.get_by_role("tab", name="已办").inner_text() == n
    page.get_by_role("button", name="导出").click()
    with page.expect_download() as taken:
        page.get_by_role("menuitem", name="CSV 文件").click()
    assert taken.value.path().read_text("utf-8-sig").count("\n") == 2
    assert officer.serious_findings() == []

    page.get_by_role("tab", name="待下级报").click()
    page.wait_for_url(f"**tab=below*search={number[-6:]}*")
    officer.see("“待下级报”中没有符合条件的工单")
    officer.see(f"在全部工单中找“{number[-6:]}”")
    page.keyboard.press("/")
    page.keyboard.press("Escape")
    expect(box).to_have_value("")
    expect(rows.first).to_be_visible(timeout=PATIENCE_MS)
    with_whom = ask(officer, "/unit/inbox?tab=below")["rows"][0]["below"]
    page.get_by_role("combobox", name="下级", exact=True).click()
    page.get_by_role("option", name=with_whom).click()
    page.get_by_role("button", name=f"下级：{with_whom}").wait_for(timeout=PATIENCE_MS)
    expect(rows.first).to_be_visible()
    assert officer.complaints == []


@pytest.mark.parametrize(
    ("account", "path"), [("dispatcher2", "/dispatch"), ("auditor1", "/audit"), ("callback1", "/callback")]
)
def test_every_list_of_work_is_searched_within_itself(
    browser: Browser, served: Served, account: str, path: str
) -> None:
    worker = log_in(browser, served, account, path)
    page, rows = worker.page, worker.page.locator("[data-row]")
    rows.first.wait_for(timeout=PATIENCE_MS)
    number = (
        ask(worker, "/dispatch-list")["rows"][0]["ticket"]["number"] if path == "/dispatch" else first_of(worker, path)
    )

    page.keyboard.press("/")
    page.keyboard.type(number)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**search={number}*")
    expect(rows).to_have_count(1)
    page.wait_for_url(f"**ticket={number}*")
    page.keyboard.press("/")
    page.keyboard.type("没有这样的词")
    page.keyboard.press("Enter")
    expect(rows).to_have_count(0, timeout=PATIENCE_MS)  # the first words of all open the dictionary
    page.get_by_role("button", name="清除条件").last.click()
    expect(rows.first).to_be_visible(timeout=PATIENCE_MS)
    assert worker.serious_findings() == []
    assert worker.complaints == []


def first_of(worker: Person, path: str) -> str:
    state = {"/audit": "replied", "/callback": "to_callback"}[path]
    return str(ask(worker, f"/tickets?state={state}&sort=due")["rows"][0]["number"])


def test_what_a_figure_of_the_head_counts_is_read_by_keyboard_only(browser: Browser, served: Served) -> None:
    officer = log_in(browser, served, DISTRICT, "/unit/inbox")
    officer.page.get_by_role("button", name="口径").focus()
    officer.page.keyboard.press("Enter")
    for figure in ("待签收", "今日到期", "已超期"):
        expect(officer.page.get_by_role("menuitem", name=figure)).to_be_focused(timeout=PATIENCE_MS)
        officer.page.keyboard.press("Enter" if figure == "已超期" else "ArrowDown")

    drawer = officer.page.get_by_role("dialog")
    expect(drawer).to_contain_text("本单位时限已到的办件", timeout=PATIENCE_MS)
    assert officer.serious_findings() == []
    officer.page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    assert officer.complaints == []
