"""People of the demo city in front of a real Chromium: log in, work the pages by their keys, watch the console."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, ViewportSize, expect

from tests.browser.served import Served

OFFICE_SCREEN = ViewportSize(width=1366, height=625)
PATIENCE_MS = 30_000
#: A reply long enough and saying something.
REPLY = (
    "您好，您反映的问题我单位已安排维修人员上门查看，现场排查后更换了损坏的部件，"
    "当日恢复正常，住户已当面确认，感谢您的监督。"
)


@dataclass
class Person:
    """One person's browser and what its console complained of."""

    page: Page
    served: Served
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        self.page.goto(self.served.address + path)

    def heard(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def broke(self, error: Error) -> None:
        self.complaints.append(str(error))

    def see(self, text: str) -> None:
        """The text stands somewhere on the page."""
        expect(self.page.get_by_text(text).first).to_be_visible(timeout=PATIENCE_MS)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name).first.click()

    def serious_findings(self) -> list[str]:
        """What axe-core finds serious or critical on the page as it stands."""
        found: list[dict[str, Any]] = Axe().run(self.page).response["violations"]
        return [
            f"{violation['id']}: {violation['nodes'][0]['html'][:160]}"
            for violation in found
            if violation["impact"] in {"serious", "critical"}
        ]


def log_in(browser: Browser, served: Served, account: str, path: str) -> Person:
    """A fresh browser profile with somebody logged in, on the page at `path`."""
    context = browser.new_context(
        viewport=OFFICE_SCREEN, locale="zh-CN", timezone_id="Asia/Shanghai", reduced_motion="reduce"
    )
    context.set_default_timeout(PATIENCE_MS)
    person = Person(context.new_page(), served)
    person.page.on("console", person.heard)
    person.page.on("pageerror", person.broke)
    person.open(f"/log-in?to={quote(path, safe='/')}")
    person.page.fill("#account", account)
    person.page.fill("#password", served.password)
    person.page.keyboard.press("Enter")
    person.page.wait_for_url(f"{served.address}{path}*")
    return person


def ask(person: Person, path: str) -> Any:
    """What the server answers to whoever sits there."""
    answer = person.page.request.get(f"{person.served.address}/api{path}")
    assert answer.ok, answer.text()
    return answer.json()


def tell(person: Person, path: str, body: dict[str, Any], *, method: str = "POST") -> Any:
    """The same for what changes something, as the page itself sends it."""
    token = ask(person, "/session")["csrf_token"]
    headers = {"X-CSRF-Token": token, "Origin": person.served.address}
    address = f"{person.served.address}/api{path}"
    answer = person.page.request.fetch(address, method=method, data=body, headers=headers)
    assert answer.ok, answer.text()
    return answer.json()


#: asks in the page, again and again, until the ticket has come that far; no good after the milliseconds given
_COMES_TO = """
async ([number, state, patience]) => {
  const until = Date.now() + patience;
  while (Date.now() < until) {
    const ticket = await (await fetch(`/api/tickets/${number}`)).json();
    if (ticket.row.state === state) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}
"""


def wait_for_state(person: Person, number: str, state: str) -> None:
    """What jobs do to a ticket takes its time."""
    assert person.page.evaluate(_COMES_TO, [number, state, PATIENCE_MS]), f"{number} never came to {state}"


def waiting_ticket(agent: Person, text: str, *, place: str, phone: str, secrecy: str = "none") -> str:
    """A critical matter about heating, which only a person sends: registered, and on the dispatch list."""
    topic = next(one for one in ask(agent, "/topics") if one["name"] == "供暖不热")
    form = {
        "text": text,
        "place_id": ask(agent, f"/places?text={place}")[0]["id"],
        "topic_id": topic["id"],
        "type": "help",
        "urgency": "critical",
        "caller_name": "张三",
        "phone": phone,
        "secrecy": secrecy,
    }
    number: str = tell(agent, "/tickets", {"form": form, "source": "web"})["number"]
    wait_for_state(agent, number, "to_dispatch")
    return number


def held_ticket(agent: Person, dispatcher: Person, text: str, *, place: str, phone: str, secrecy: str = "none") -> str:
    """The same, sent to whom the catalogue names."""
    number = waiting_ticket(agent, text, place=place, phone=phone, secrecy=secrecy)
    send_waiting(dispatcher, number)
    return number


def send_waiting(dispatcher: Person, number: str) -> None:
    """To whom the catalogue names."""
    card = ask(dispatcher, f"/dispatch-list/{number}")["cards"][0]
    tell(dispatcher, f"/tickets/{number}/dispatch", {"unit_id": card["unit"]["id"], "topic_id": card["topic_id"]})


def sit_down(agent: Person) -> None:
    """Take the first free seat and be ready."""
    agent.page.locator(".seats button").first.click()
    agent.page.locator(".idle").get_by_role("button", name="就绪").click()


def answer_next_call(agent: Person) -> None:
    """Wait for the ring, see who calls before the first word, and take the call by its key."""
    expect(agent.page.locator(".state.ringing")).to_be_visible(timeout=180_000)
    expect(agent.page.locator(".who .phone")).to_contain_text("****")
    agent.page.keyboard.press("F2")
    expect(agent.page.locator("#desk-text")).to_be_focused(timeout=PATIENCE_MS)


def register(agent: Person, text: str, *, place: str, kind: str) -> str:
    """Fill the form and send it by its key; answers the number that is read out."""
    fill_form(agent, text, place=place, kind=kind)
    return send_form(agent)


def fill_form(agent: Person, text: str, *, place: str, kind: str) -> None:
    """As the caller speaks; the form is saved by itself."""
    page = agent.page
    page.locator("#desk-text").fill(text)
    page.locator("#desk-place_text").fill(place)
    page.locator(".el-autocomplete-suggestion li").first.click()
    page.locator("#desk-type").get_by_text(kind, exact=True).click()
    expect(page.locator(".saved")).to_contain_text("已存")


def send_form(agent: Person) -> str:
    """Answers the number that is read out."""
    page = agent.page
    page.keyboard.press("Control+Enter")
    number = page.locator(".receipt .number")
    expect(number).to_be_visible(timeout=PATIENCE_MS)
    return number.inner_text().replace(" ", "")


def in_fours(number: str) -> str:
    return " ".join(number[at : at + 4] for at in range(0, 12, 4))


def finish_call(agent: Person) -> None:
    """Hang up (the key twice, as the caller is still on), and be ready again."""
    agent.page.keyboard.press("F4")
    agent.page.keyboard.press("F4")
    expect(agent.page.locator(".state.wrap_up, .state.ready")).to_be_visible(timeout=PATIENCE_MS)
    if agent.page.locator(".state.wrap_up").count():
        agent.page.keyboard.press("F10")
    expect(agent.page.locator(".state.ready, .state.ringing")).to_be_visible(timeout=PATIENCE_MS)
