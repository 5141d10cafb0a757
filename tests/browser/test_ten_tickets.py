"""A dispatcher clears ten tickets without touching the mouse; a pile goes at once; a repeat waits for what is new."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.people import PATIENCE_MS, Person, ask, in_fours, log_in, tell, waiting_ticket
from tests.browser.served import Served

#: one demo city at a time: two of them make each other slow
pytestmark = [pytest.mark.needs("browser"), pytest.mark.timeout(1800), pytest.mark.xdist_group("demo city")]

COLD = "从昨天起家里暖气一直不热，室内只有十三度，老人和孩子都冻得受不了，请供热公司尽快上门查看。"
ALSO_COLD = "家里暖气一直不热，室内温度只有十三度，请供热公司尽快上门查看。"
PLACES = (
    "松江明珠",
    "幸福里",
    "学府家园",
    "煤建小区",
    "水岸花都",
    "春晖苑",
    "杏林新村",
    "桦林小区",
    "站前小区",
    "清岭花园",
)


@pytest.fixture(scope="module")
def agent(browser: Browser, served: Served) -> Person:
    return log_in(browser, served, "agent3", "/desk")


def number_in_front(dispatcher: Person) -> str:
    return dispatcher.page.locator("header .number").first.inner_text().replace(" ", "")


def test_a_dispatcher_clears_ten_tickets_by_keyboard_only(browser: Browser, served: Served, agent: Person) -> None:
    numbers = {
        waiting_ticket(agent, COLD, place=place, phone=f"1990000{at:04}") for at, place in enumerate(PLACES, start=1)
    }
    dispatcher = log_in(browser, served, "dispatcher2", "/dispatch?chip=critical")
    keyboard = dispatcher.page.keyboard
    sent: set[str] = set()
    button = dispatcher.page.locator(".foot").get_by_role("button", name="派出")

    while len(sent) < len(numbers):
        number = number_in_front(dispatcher)
        if number not in numbers:
            keyboard.press("ArrowDown")
        else:
            expect(button).to_be_enabled(timeout=PATIENCE_MS)
            keyboard.press("Enter")
            dispatcher.see(f"{in_fours(number)} 已派往")
            sent.add(number)
        expect(dispatcher.page.locator("header .number").first).not_to_have_text(in_fours(number))

    assert sent == numbers
    assert {ask(dispatcher, f"/tickets/{number}")["row"]["state"] for number in sent} == {"dispatched"}
    assert dispatcher.complaints == []


def test_a_pile_is_sent_at_once_after_a_look_at_what_would_be_refused(
    browser: Browser, served: Served, agent: Person
) -> None:
    place = "康乐小区"
    first = waiting_ticket(agent, COLD, place=place, phone="19900001101")
    second = waiting_ticket(agent, COLD, place=place, phone="19900001102")
    again = waiting_ticket(agent, ALSO_COLD, place=place, phone="19900001101")
    dispatcher = log_in(browser, served, "dispatcher1", f"/dispatch?ticket={second}")

    dispatcher.see("整堆同派")
    expect(dispatcher.page.locator(".foot").get_by_role("button", name="派出")).to_be_enabled(timeout=PATIENCE_MS)
    dispatcher.page.keyboard.press("Shift+Enter")
    dispatcher.see("1 件不能派出")
    expect(dispatcher.page.locator(".refused")).to_contain_text(f"{in_fours(again)}　同一人重复诉求")
    assert dispatcher.serious_findings() == []
    dispatcher.page.keyboard.press("Control+Enter")
    question = dispatcher.page.get_by_role("dialog").filter(has_text="把 2 件派给热力集团？")
    question.get_by_role("button", name="派出").click()
    dispatcher.see("已派出 2 件")

    assert states_of(dispatcher, first, second, again) == ["dispatched", "dispatched", "to_dispatch"]
    dispatcher.see("2 件已派往热力集团")
    dispatcher.page.keyboard.press("z")
    dispatcher.see("已撤销 2 件")
    assert states_of(dispatcher, first, second, again) == ["to_dispatch"] * 3
    assert dispatcher.complaints == []


def states_of(dispatcher: Person, *numbers: str) -> list[str]:
    return [ask(dispatcher, f"/tickets/{number}")["row"]["state"] for number in numbers]


def test_what_has_gone_out_is_taken_back_with_a_reason_and_a_citizen_is_called(
    browser: Browser, served: Served, agent: Person
) -> None:
    number = waiting_ticket(agent, COLD, place="岭秀家园", phone="19900001401")
    dispatcher = log_in(browser, served, "dispatcher2", f"/dispatch?ticket={number}")
    keyboard = dispatcher.page.keyboard
    expect(dispatcher.page.locator(".foot").get_by_role("button", name="派出")).to_be_enabled(timeout=PATIENCE_MS)

    keyboard.press("c")
    dispatcher.page.get_by_label("您的座机或手机").fill("8001")
    assert dispatcher.serious_findings() == []
    keyboard.press("Control+Enter")
    expect(dispatcher.page.locator(".call .state")).to_contain_text("已通话", timeout=120_000)
    dispatcher.see("致电群众")
    keyboard.press("Enter")
    dispatcher.see(f"{in_fours(number)} 已派往")
    expect(dispatcher.page.locator("header .number").first).not_to_have_text(in_fours(number))
    dispatcher.open(f"/dispatch/sent?ticket={number}")
    expect(dispatcher.page.locator(".foot").get_by_role("button", name="撤回")).to_be_enabled(timeout=PATIENCE_MS)
    keyboard.press("z")
    dispatcher.page.get_by_role("dialog").get_by_role("textbox").fill("应由物业处理")
    keyboard.press("Control+Enter")
    dispatcher.see(f"{in_fours(number)} 已撤销")

    told = [line["action"] for line in ask(dispatcher, f"/tickets/{number}/history")]
    assert told[-3:] == ["called", "dispatch", "recall"]
    assert dispatcher.complaints == []


def test_a_drawn_automatic_dispatch_gets_a_word_by_one_key(browser: Browser, served: Served) -> None:
    dispatcher = log_in(browser, served, "dispatcher2", "/dispatch/automatic?checking=owed")
    expect(dispatcher.page.locator("[data-row].here")).to_be_visible(timeout=PATIENCE_MS)
    expect(dispatcher.page.locator(".foot").get_by_role("button", name="对")).to_be_visible(timeout=PATIENCE_MS)
    assert dispatcher.serious_findings() == []
    before = ask(dispatcher, "/dispatch-list/automatic/head")["owed"]

    dispatcher.page.keyboard.press("x")
    dispatcher.see("抽检结果已记下")

    assert ask(dispatcher, "/dispatch-list/automatic/head")["owed"] == before - 1
    assert dispatcher.complaints == []


def test_a_repeat_shows_what_was_said_before_and_asks_what_is_new(
    browser: Browser, served: Served, agent: Person
) -> None:
    earlier = waiting_ticket(agent, COLD, place="安居家园", phone="19900001201")
    again = waiting_ticket(agent, ALSO_COLD, place="安居家园", phone="19900001201")
    dispatcher = log_in(browser, served, "dispatcher1", "/dispatch?chip=similar")
    dispatcher.page.locator("[data-row]", has_text="重复").first.wait_for()
    dispatcher.open(f"/dispatch?chip=similar&ticket={again}")

    expect(dispatcher.page.get_by_role("note")).to_contain_text(in_fours(earlier), timeout=PATIENCE_MS)
    expect(dispatcher.page.locator(".foot").get_by_role("button", name="派出")).to_be_enabled(timeout=PATIENCE_MS)
    expect(dispatcher.page.locator("[data-row].here")).to_contain_text("重复")
    dispatcher.page.keyboard.press("Enter")
    dispatcher.page.get_by_role("dialog").get_by_role("textbox").fill("换过阀门后又不热了")
    assert dispatcher.serious_findings() == []
    dispatcher.page.keyboard.press("Control+Enter")
    dispatcher.see(f"{in_fours(again)} 已派往")

    told = ask(dispatcher, f"/tickets/{again}/history")[-1]
    assert (told["action"], told["particulars"]["new_fact"]) == ("dispatch", "换过阀门后又不热了")
    assert dispatcher.complaints == []


def test_a_repeat_is_sent_from_its_page_and_among_several_with_what_is_new(
    browser: Browser, served: Served, agent: Person
) -> None:
    earlier = waiting_ticket(agent, COLD, place="康乐小区", phone="19900001211")
    again, once_more = (waiting_ticket(agent, ALSO_COLD, place="康乐小区", phone="19900001211") for _ in range(2))
    dispatcher = log_in(browser, served, "dispatcher1", f"/tickets/{again}")
    page, keyboard = dispatcher.page, dispatcher.page.keyboard
    page.locator("footer").get_by_role("button", name="派出").click()
    expect(page.get_by_role("note")).to_contain_text(in_fours(earlier), timeout=PATIENCE_MS)
    page.get_by_role("combobox", name="承办单位").fill("热力集团")
    page.get_by_role("option", name="热力集团").click()
    keyboard.press("Control+Enter")
    dispatcher.see("请填写有什么新情况")
    page.fill("#dispatch-new_fact", "换过阀门后又不热了")
    assert dispatcher.serious_findings() == []
    keyboard.press("Control+Enter")
    dispatcher.see("派出：已完成")

    dispatcher.open(f"/tickets?search={once_more}")
    page.locator("[data-row]", has_text=in_fours(once_more)).get_by_role("checkbox").check()
    page.get_by_role("button", name="派出").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox").fill("热力集团")
    page.get_by_role("option", name="热力集团").click()
    expect(dialog).to_contain_text("同一人重复诉求，派出前须写明新情况", timeout=PATIENCE_MS)
    page.fill(f"#fact-{once_more}", "室温又降了两度")
    expect(dialog).to_contain_text("逐件核对过，都可以办", timeout=PATIENCE_MS)
    assert dispatcher.serious_findings() == []
    keyboard.press("Control+Enter")
    page.get_by_role("dialog").last.get_by_role("button", name="派出").click()
    dispatcher.see("已派出 1 件")

    facts = [
        ask(dispatcher, f"/tickets/{number}/history")[-1]["particulars"]["new_fact"] for number in (again, once_more)
    ]
    assert facts == ["换过阀门后又不热了", "室温又降了两度"]
    assert dispatcher.complaints == []


def test_many_rows_are_urged_from_the_list_and_what_is_refused_is_named_first(
    browser: Browser, served: Served, agent: Person
) -> None:
    open_one = waiting_ticket(agent, COLD, place="北环小区", phone="19900001301")
    ended = waiting_ticket(agent, COLD, place="长青小区", phone="19900001302")
    dispatcher = log_in(browser, served, "dispatcher1", "/tickets")
    tell(dispatcher, f"/tickets/{ended}/reject", {"reject_reason": "decided", "channel": "已书面答复"})
    supervisor = log_in(browser, served, "supervisor1", "/tickets?urgency=critical")
    keyboard = supervisor.page.keyboard
    expect(supervisor.page.locator("[data-row]").nth(1)).to_be_visible(timeout=PATIENCE_MS)

    for number in (ended, open_one):
        row = supervisor.page.locator("[data-row]", has_text=in_fours(number))
        while "here" not in (row.get_attribute("class") or ""):
            keyboard.press("ArrowDown")
        keyboard.press("x")
    supervisor.see("已选 2 件")
    keyboard.press("u")
    supervisor.see("1 件办不了")
    expect(supervisor.page.locator(".refused")).to_contain_text(in_fours(ended))
    assert supervisor.serious_findings() == []
    keyboard.press("Control+Enter")
    question = supervisor.page.get_by_role("dialog").filter(has_text="催办 1 件？")
    question.get_by_role("button", name="催办").click()
    supervisor.see("已催办 1 件")

    assert ask(supervisor, f"/tickets/{open_one}")["row"]["urged_count"] == 1
    supervisor.see("已选 1 件")
    assert supervisor.complaints == []


def test_a_dispatcher_moves_a_key_and_finds_it_there_the_next_time(browser: Browser, served: Served) -> None:
    dispatcher = log_in(browser, served, "dispatcher1", "/dispatch")
    page = dispatcher.page
    take = page.locator("header").get_by_role("button", name="取下一件")
    expect(take).to_contain_text("N", timeout=PATIENCE_MS)
    page.keyboard.press("F1")
    dispatcher.press("改键")
    for key in ("m", "q"):
        page.get_by_role("button", name="改“取下一件”的键").click()
        page.keyboard.press(key)
        if key == "m":
            dispatcher.see("M 已用于“并入母单”")
    expect(take).to_contain_text("Q", timeout=PATIENCE_MS)
    assert dispatcher.serious_findings() == []
    page.reload()
    expect(take).to_contain_text("Q", timeout=PATIENCE_MS)

    page.keyboard.press("F1")
    dispatcher.press("改键")
    dispatcher.press("恢复默认")

    expect(take).to_contain_text("N", timeout=PATIENCE_MS)
    assert dispatcher.complaints == []
