"""More pictures for screens.py: piles, repeats, picked rows, two people at one ticket, the quiet pages."""

from collections.abc import Callable

from playwright.sync_api import Browser, expect

from tests.browser.people import PATIENCE_MS, REPLY, Person, ask, held_ticket, log_in, tell, waiting_ticket
from tests.browser.served import Served

Take = Callable[[Person, str], None]

COLD = "从昨天试供热到现在三个屋的暖气片都没热，邻居家都有温度了，请供热公司上门看看是不是堵了。"
ALSO_COLD = "试供热到现在三个屋的暖气片都没热，室内只有十三度，请供热公司上门看看是不是堵了。"
MATTER = "松江明珠"
BURST = "小区门口供热主管爆裂，路面冒热气，我们整栋楼暖气都停了。"


def the_pile(browser: Browser, served: Served, take: Take, take_question: Take) -> None:
    """Three callers, one matter, one of them for the second time: the pile, the preview, the repeat, the end."""
    agent = log_in(browser, served, "agent5", "/desk")
    first = waiting_ticket(agent, COLD, place=MATTER, phone="19900003001")
    waiting_ticket(agent, ALSO_COLD, place=MATTER, phone="19900003002")
    again = waiting_ticket(agent, ALSO_COLD, place=MATTER, phone="19900003001")
    dispatcher = log_in(browser, served, "dispatcher2", f"/dispatch?chip=similar&ticket={first}")
    dispatcher.see("整堆同派")
    expect(dispatcher.page.locator(".foot").get_by_role("button", name="派出")).to_be_enabled(timeout=PATIENCE_MS)
    take(dispatcher, "dispatch-pile")
    dispatcher.page.keyboard.press("Shift+Enter")
    dispatcher.see("1 件不能派出")
    take_question(dispatcher, "dispatch-pile-preview")
    dispatcher.page.keyboard.press("m")
    dispatcher.see("同一地点")
    take_question(dispatcher, "dispatch-merge")
    dispatcher.page.keyboard.press("g")
    take_question(dispatcher, "dispatch-incident")
    dispatcher.open(f"/dispatch?chip=similar&ticket={again}")
    dispatcher.page.get_by_role("note").wait_for(timeout=PATIENCE_MS)
    take(dispatcher, "dispatch-repeat")
    dispatcher.page.keyboard.press("j")
    take_question(dispatcher, "dispatch-end")
    dispatcher.page.context.close()
    agent.page.context.close()


def the_incident(browser: Browser, served: Served, take: Take) -> None:
    """One matter of three callers: what each of them hears, and who has been told."""
    agent = log_in(browser, served, "agent5", "/desk")
    numbers = [waiting_ticket(agent, BURST, place="康乐小区", phone=f"1990000301{n}") for n in range(3)]
    dispatcher = log_in(browser, served, "dispatcher2", "/dispatch")
    words = {"name": "康乐小区供热管爆裂", "words": "供热公司正在抢修，已送电暖器"}
    tell(dispatcher, f"/tickets/{numbers[0]}/incident", {"form": words, "numbers": numbers[1:]})
    dispatcher.open("/incidents")
    dispatcher.see("已告知")
    take(dispatcher, "incidents")
    for person in (agent, dispatcher):
        person.page.context.close()


def the_picked(browser: Browser, served: Served, take: Take, take_question: Take) -> None:
    """Rows picked in the list, and what would be refused; the ticket as its citizen sees it."""
    supervisor = log_in(browser, served, "supervisor1", "/tickets")
    expect(supervisor.page.locator("[data-row]").nth(1)).to_be_visible(timeout=PATIENCE_MS)
    supervisor.page.keyboard.press("a")
    supervisor.see("已选")
    take(supervisor, "tickets-picked")
    supervisor.page.keyboard.press("u")
    supervisor.page.locator(".refused, .good").first.wait_for(timeout=PATIENCE_MS)
    take_question(supervisor, "tickets-urge")
    number = ask(supervisor, "/tickets?state=closed&limit=1")["rows"][0]["number"]
    supervisor.open(f"/tickets/{number}")
    supervisor.page.get_by_role("button", name="群众看到的").wait_for(timeout=PATIENCE_MS)
    supervisor.page.keyboard.press("v")
    take_question(supervisor, "ticket-citizen")
    for name in ("notices", "catalogue", "disputes", "mails"):
        supervisor.open(f"/{name}")
        take(supervisor, name)
    supervisor.open("/catalogue")
    supervisor.press("新增一行")
    take_question(supervisor, "catalogue-line")
    supervisor.page.context.close()


def the_missing(browser: Browser, served: Served, take: Take) -> None:
    """待补正: what an agent is to ask the citizen."""
    agent = log_in(browser, served, "agent1", "/completions")
    agent.page.locator("#act-supplement").wait_for(timeout=PATIENCE_MS)
    take(agent, "completions")
    agent.page.context.close()


def the_decisions(browser: Browser, served: Served, take: Take) -> None:
    """待我裁定: what units ask a supervisor for."""
    supervisor = log_in(browser, served, "supervisor1", "/decisions")
    supervisor.page.locator("#act-note").wait_for(timeout=PATIENCE_MS)
    take(supervisor, "decisions")
    supervisor.page.context.close()


def the_unit(browser: Browser, served: Served, take: Take) -> None:
    """The roster, and two officers who answer one ticket at the same time."""
    agent = log_in(browser, served, "agent5", "/desk")
    dispatcher = log_in(browser, served, "dispatcher2", "/tickets")
    number = held_ticket(agent, dispatcher, COLD, place="幸福里", phone="19900003003")
    first = log_in(browser, served, "heating1", "/unit/roster")
    take(first, "roster")
    first.open(f"/unit/inbox?ticket={number}")
    first.page.locator("#sign-handler").wait_for(timeout=PATIENCE_MS)
    first.page.keyboard.press("Control+Enter")
    first.see("签收：已完成")
    second = log_in(browser, served, "heating2", f"/unit/inbox?tab=in_progress&ticket={number}")
    _reply(
        second,
        "您好，您反映的问题我单位已受理并安排人员上门，正在查找楼内管道堵塞的位置，预计明日上午修复，届时电话告知您。",
    )
    expect(second.page.locator(".acts .saved")).to_contain_text("已存", timeout=PATIENCE_MS)
    first.open(f"/unit/inbox?tab=in_progress&ticket={number}")
    first.see("写的草稿，可以接着写")
    _reply(first, REPLY)
    first.page.keyboard.press("Control+Enter")
    first.see("提交答复：已完成")
    second.see("刚刚改过这件工单")
    second.page.keyboard.press("Control+Enter")
    second.page.locator(".conflict .sides").wait_for(timeout=PATIENCE_MS)
    second.page.locator(".conflict").scroll_into_view_if_needed()
    take(second, "inbox-conflict")
    for person in (agent, dispatcher, first, second):
        person.page.context.close()


def _reply(officer: Person, text: str) -> None:
    officer.page.locator("#reply-result").get_by_text("已解决", exact=True).click()
    officer.page.fill("#reply-text", text)
    officer.page.locator("#reply-contact").press("ArrowDown")
    officer.page.get_by_role("option", name="现场走访").click()
    officer.page.fill("#reply-handler", "康师傅")
