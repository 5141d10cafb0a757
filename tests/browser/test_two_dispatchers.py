"""Two dispatchers at once: claims are seen, nobody gets the other's next one, and nothing typed is lost."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.people import PATIENCE_MS, Person, ask, in_fours, log_in, tell, waiting_ticket
from tests.browser.served import Served

#: one demo city at a time: two of them make each other slow
pytestmark = [pytest.mark.needs("browser"), pytest.mark.timeout(1800), pytest.mark.xdist_group("demo city")]

COLD = "昨晚起家里暖气不热，室内只有十四度，家里有老人，请供热公司尽快上门查看。"
TYPED = "目录以外：热力集团已在现场，由其牵头"


@pytest.fixture(scope="module")
def agent(browser: Browser, served: Served) -> Person:
    return log_in(browser, served, "agent1", "/tickets")


@pytest.fixture(scope="module")
def first(browser: Browser, served: Served) -> Person:
    return log_in(browser, served, "dispatcher1", "/dispatch")


@pytest.fixture(scope="module")
def second(browser: Browser, served: Served) -> Person:
    return log_in(browser, served, "dispatcher2", "/dispatch")


#: whether the server lists this ticket as claimed
CLAIMED = """async (number) => {
  const list = await (await fetch('/api/dispatch-list?limit=100')).json();
  return list.rows.some((row) => row.ticket.number === number && row.claim !== null);
}"""


def opened(person: Person, number: str, *, narrowed: str = "") -> None:
    person.open(f"/dispatch?ticket={number}{narrowed}")
    expect(person.page.locator("header.head .number")).to_contain_text(in_fours(number), timeout=PATIENCE_MS)
    expect(person.page.locator(".foot").get_by_role("button", name="派出")).to_be_enabled(timeout=PATIENCE_MS)


def test_one_sends_what_both_have_open_and_the_other_is_told_and_loses_nothing(
    served: Served, agent: Person, first: Person, second: Person
) -> None:
    number = waiting_ticket(agent, COLD, place="幸福里", phone="19900007101")
    opened(first, number)
    opened(second, number)
    expect(second.page.locator("header.head").get_by_text("处理中")).to_be_visible(timeout=PATIENCE_MS)
    second.page.keyboard.press("0")
    second.page.locator("#dispatch-reason").fill(TYPED)

    first.page.keyboard.press("Enter")
    first.see(f"{in_fours(number)} 已派往")

    name = ask(first, "/session")["person"]["name"]
    unit = ask(first, f"/tickets/{number}")["row"]["unit"]["name"]
    told = second.page.get_by_text(f"{in_fours(number)} 已由 {name}").first
    expect(told).to_contain_text(f"派出 {unit}", timeout=PATIENCE_MS)
    assert second.page.locator("#dispatch-reason").input_value() == TYPED
    assert [person.complaints for person in (first, second)] == [[], []]


def test_a_claim_is_seen_by_the_other_at_once_and_keeps_the_ticket(
    agent: Person, first: Person, second: Person
) -> None:
    number = waiting_ticket(agent, COLD, place="幸福里", phone="19900007102")
    second.open("/dispatch")
    row = second.page.locator("[data-row]", has_text="幸福里").filter(has_text="处理中")
    before = row.count()

    opened(first, number)

    name = ask(first, "/session")["person"]["name"]
    expect(second.page.get_by_text(f"{name} 处理中").first).to_be_visible(timeout=PATIENCE_MS)
    assert row.count() >= before
    # the words may stand beside another ticket that the first has claimed: wait for this one's
    second.page.wait_for_function(CLAIMED, arg=number, timeout=PATIENCE_MS)
    claim = next(one for one in ask(second, "/dispatch-list?limit=100")["rows"] if one["ticket"]["number"] == number)
    assert (claim["claim"]["name"], claim["claim"]["is_mine"]) == (name, False)


def test_the_next_one_is_never_the_same_for_both(agent: Person, first: Person, second: Person) -> None:
    for n in range(4):
        waiting_ticket(agent, COLD, place="幸福里", phone=f"1990000{7110 + n}")

    taken = [tell(person, "/dispatch-list/next", {})["ticket"]["number"] for person in (first, second) * 2]

    assert len(set(taken)) == 4


def test_what_is_open_is_claimed_though_the_list_is_narrowed_to_other_tickets(
    agent: Person, first: Person, second: Person
) -> None:
    number = waiting_ticket(agent, COLD, place="幸福里", phone="19900007120")

    opened(first, number, narrowed="&type=praise")

    expect(first.page.locator("[data-row]", has_text="幸福里")).to_have_count(0)
    name = ask(first, "/session")["person"]["name"]
    rows = ask(second, "/dispatch-list?limit=100")["rows"]
    assert next(one["claim"] for one in rows if one["ticket"]["number"] == number)["name"] == name
