"""A citizen looks up the own ticket: who holds it, until when and why, the answer, and who looked at the data."""

from collections.abc import AsyncIterator, Callable
from datetime import date, datetime, timedelta

import pytest
from aiohttp import web as http
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy.orm import Session

from core.database import Database
from core.masking import tail
from tests.api.test_access import SetClock
from tests.tickets.making import OFFICE, REPLY_TEXT, City, reply_form
from tickets.actions.dispatching import recall_ticket
from tickets.actions.ending import pass_audit
from tickets.actions.handling import refuse_return, reply_ticket, return_ticket
from tickets.actions.lookup import TRIES_PER_TICKET, open_by_number
from tickets.actions.merging import merge_ticket, split_ticket
from tickets.actions.notes import add_note, reveal_caller
from tickets.actions.parking import park_ticket
from tickets.actions.side_paths import Course, answer_ticket, reject_ticket, reopen_ticket
from tickets.kinds import RejectReason, ReplyResult, Secrecy
from tickets.model import Ticket
from tickets.queries.citizen import citizen_page
from tickets.rules import UNANSWERED_STATES, State
from tickets.settings import TicketOffice
from web.api import SERVICES, Services
from web.api.problems import problems
from web.public.forms import set_up_templates
from web.public.status import add_status_pages
from web.security import protective_headers
from web.settings import WebSettings

Client = TestClient[http.Request, http.Application]
PHONE = "13812345678"
HOME = "127.0.0.9"


@pytest.fixture
def city(session: Session) -> City:
    return City(session)


def words(session: Session, ticket: Ticket) -> list[str]:
    session.flush()
    return [step.words for step in citizen_page(session, ticket.id).steps]


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (State.TO_CALLBACK, "市供热公司已答复"),
        (State.CLOSED, "市供热公司已答复，工单办结"),
        (State.REJECTED, "不属于热线受理范围，受理渠道见下"),
        (State.WITHDRAWN, "已按您的要求撤销"),
        (State.ARCHIVED, "工单已结束并归档"),
    ],
)
def test_what_is_over_is_said_in_words_that_a_citizen_knows(
    session: Session, city: City, now: datetime, state: State, sentence: str
) -> None:
    ticket = city.signed(now)
    ticket.state = state
    session.flush()
    assert citizen_page(session, ticket.id).sentence == sentence


def test_of_what_was_answered_the_page_says_so_in_the_archive_too(session: Session, city: City, now: datetime) -> None:
    ticket = city.signed(now)
    ticket.state, ticket.answered_at = State.ARCHIVED, now
    session.flush()

    assert citizen_page(session, ticket.id).sentence == "市供热公司已答复，工单已归档"


def test_the_page_says_who_holds_it_until_when_and_why(session: Session, city: City, now: datetime) -> None:
    ticket = city.signed(now)
    session.flush()

    page = citizen_page(session, ticket.id)

    assert page.sentence == "市供热公司办理中，10-20 24:00 前答复"
    assert page.why.startswith("求助（一般）答复时限 5 个工作日：")
    assert words(session, ticket) == ["您的诉求已登记", "已交市供热公司办理", "市供热公司已签收，正在办理"]


@pytest.mark.parametrize("state", UNANSWERED_STATES)
def test_where_it_stands_is_said_without_our_own_names_of_states(
    session: Session, city: City, now: datetime, state: State
) -> None:
    ticket = city.signed(now)
    ticket.state = state
    session.flush()

    sentence = citizen_page(session, ticket.id).sentence

    assert sentence.endswith("，10-20 24:00 前答复") or state is State.PARKED
    assert state in {State.REGISTERED, State.IN_PROGRESS} or state.name_zh not in sentence


def test_on_the_shelf_the_day_is_named_on_which_somebody_looks_again(
    session: Session, city: City, now: datetime
) -> None:
    ticket = city.signed(now)
    course = Course(city.supervisor, OFFICE, now)
    park_ticket(session, ticket.id, plan="列入明年老旧管网改造", review_on=date(2026, 12, 28), course=course)
    session.flush()

    page = citizen_page(session, ticket.id)

    assert page.sentence == "市供热公司已列入计划，2026-12-28 再次核实"
    assert page.why == ""


def test_of_a_merged_matter_the_page_says_who_has_it(session: Session, city: City, now: datetime) -> None:
    parent, child = city.signed(now), city.listed(now, phone="13912345678")
    merge_ticket(session, child.id, parent=parent.id, by=city.dispatcher, now=now)
    session.flush()

    assert citizen_page(session, child.id).sentence.startswith("由市供热公司与同一事项的其他诉求一并办理，")

    split_ticket(session, child.id, by=city.dispatcher, office=OFFICE, now=now, reason="不是同一件事")
    session.flush()

    assert citizen_page(session, child.id).sentence.startswith("热线正在确定承办单位，")
    assert words(session, child)[-2:] == ["与同一事项的其他诉求一并办理", "改为单独办理"]


def test_what_is_taken_up_again_or_stays_with_its_unit_is_a_step(session: Session, city: City, now: datetime) -> None:
    answered, recalled, refused = city.registered(now), city.dispatched(now), city.dispatched(now)
    course = Course(city.agent, OFFICE, now)
    answer_ticket(session, answered.id, answer="供暖期为十月二十日至次年四月六日。", article="", course=course)

    reopen_ticket(session, answered.id, reason="答复的不是所问", course=course)
    recall_ticket(session, recalled.id, by=city.dispatcher, office=OFFICE, now=now, reason="派错")
    return_ticket(session, refused.id, city.return_form(), by=city.officer, now=now)
    refuse_return(session, refused.id, by=city.dispatcher, now=now, reason="属本单位职责")

    assert words(session, answered)[-1] == "已重新受理"
    assert words(session, recalled)[-1] == "正在重新确定承办单位"
    assert words(session, refused)[-2:] == ["正在核实应由哪个单位办理", "已确定由市供热公司办理"]


def test_a_refusal_names_the_channel_and_an_answer_on_the_spot_its_words(
    session: Session, city: City, now: datetime
) -> None:
    refused, answered = city.registered(now), city.registered(now)
    course = Course(city.agent, OFFICE, now)

    reject_ticket(session, refused.id, reason=RejectReason.LITIGATION, channel="市中级人民法院", course=course)
    answer_ticket(session, answered.id, answer="供暖期为十月二十日至次年四月六日。", article="", course=course)

    assert words(session, refused)[-1] == "不属于热线受理范围：诉讼、仲裁。请向市中级人民法院反映"
    assert words(session, answered)[-1] == "已当场答复：供暖期为十月二十日至次年四月六日。"


def test_an_answer_is_shown_once_it_passed_the_audit(session: Session, city: City, now: datetime) -> None:
    replied, answered = city.replied(now), city.answered(now)
    session.flush()

    assert citizen_page(session, replied.id).replies == []
    assert citizen_page(session, answered.id).replies == [REPLY_TEXT]


@pytest.mark.parametrize("result", [ReplyResult.PARTLY, ReplyResult.NEEDS_TIME])
def test_what_takes_longer_is_told_with_measures_and_day(
    session: Session, city: City, now: datetime, result: ReplyResult
) -> None:
    ticket = city.signed(now)
    later = {"result": result, "measures": "更换循环泵", "finish_on": date(2026, 11, 20)}
    reply_ticket(session, ticket.id, reply_form(**later), by=city.officer, office=OFFICE, now=now)
    assert citizen_page(session, ticket.id).replies == []

    pass_audit(session, ticket.id, by=city.auditor, office=OFFICE, now=now)

    told = [f"{REPLY_TEXT}\n措施：更换循环泵\n预计 2026-11-20 前完成"]
    assert citizen_page(session, ticket.id).replies == told


def test_what_is_internal_never_reaches_the_citizen(session: Session, city: City, now: datetime) -> None:
    ticket = city.signed(now)
    add_note(session, ticket.id, text="来电人情绪激动", by=city.agent, now=now)
    session.flush()

    assert "情绪" not in str(citizen_page(session, ticket.id))


def test_the_citizen_reads_who_looked_at_the_data_and_what_for(session: Session, city: City, now: datetime) -> None:
    ticket = city.signed(now)
    reveal_caller(session, ticket.id, purpose="联系诉求人", by=city.officer, now=now)
    session.flush()

    looks = citizen_page(session, ticket.id).looks

    assert [(look.who, look.purpose) for look in looks] == [("市供热公司", "联系诉求人")]
    assert city.officer.name not in str(looks)


def test_of_a_sealed_ticket_only_the_state_is_told(session: Session, city: City, now: datetime) -> None:
    ticket = city.signed(now, secrecy=Secrecy.SEALED)
    session.flush()

    page = citizen_page(session, ticket.id)

    assert (page.steps, page.replies) == ([], [])
    assert page.sentence.startswith("市供热公司办理中")


def look_up(session: Session, ticket: Ticket, now: datetime, *, phone: str = PHONE, address: str = HOME) -> int | None:
    found = open_by_number(session, ticket.number, tail(phone), address=address, now=now)
    session.flush()
    return found


def test_number_and_tail_open_the_ticket(session: Session, city: City, now: datetime) -> None:
    ticket = city.signed(now)

    assert look_up(session, ticket, now) == ticket.id
    assert look_up(session, ticket, now, phone="13800000000") is None


def test_a_ticket_closes_for_an_hour_after_five_wrong_tails(session: Session, city: City, now: datetime) -> None:
    ticket = city.signed(now)
    for n in range(TRIES_PER_TICKET):
        look_up(session, ticket, now, phone=f"1380000000{n}", address=f"127.0.0.{n + 20}")

    assert look_up(session, ticket, now + timedelta(minutes=59)) is None
    assert look_up(session, ticket, now + timedelta(minutes=61)) == ticket.id


def test_an_address_that_guesses_is_not_answered_for_a_while(session: Session, city: City, now: datetime) -> None:
    tickets = [city.registered(now) for _ in range(6)]
    for n in range(20):
        look_up(session, tickets[n % 5], now, phone="13800000000")

    assert look_up(session, tickets[5], now) is None
    assert look_up(session, tickets[5], now, address="127.0.0.10") == tickets[5].id


def test_a_ticket_without_a_phone_is_not_opened_by_an_empty_tail(session: Session, city: City, now: datetime) -> None:
    ticket = city.registered(now, phone="", is_anonymous=True)

    assert open_by_number(session, ticket.number, "", address=HOME, now=now) is None


@pytest.fixture
async def opened(open_database: Callable[..., Database], now: datetime) -> AsyncIterator[tuple[Client, str, SetClock]]:
    """A client, and the number of a ticket that a unit works on."""
    clock = SetClock(now)
    database = open_database(clock=clock)
    number = database.write(lambda session: City(session).signed(now).number)
    app = http.Application(middlewares=[problems])
    app[SERVICES] = Services(database.serving, clock, WebSettings(), {TicketOffice: OFFICE})
    app.on_response_prepare.append(protective_headers(is_https=False))
    set_up_templates(app)
    add_status_pages(app)
    async with TestClient(TestServer(app)) as served:
        yield served, number, clock


async def test_the_pages_work_without_a_script(opened: tuple[Client, str, SetClock]) -> None:
    client, number, clock = opened
    spoken = f"{number[:4]} {number[4:8]} {number[8:]}"

    asked = await client.get("/t")
    assert 'name="number"' in await asked.text()
    found = await client.post("/t", data={"number": spoken, "tail": tail(PHONE)})
    html = await found.text()

    assert found.status == 200
    assert "市供热公司办理中" in html
    assert spoken in html
    assert "<script" not in html
    clock.moment += timedelta(minutes=31)
    stale = await client.get(found.url.path)
    assert stale.status == 403
    assert "/t" in await stale.text()


@pytest.mark.parametrize(
    ("number", "phone_tail", "status", "sentence"),
    [
        ("261013", "5678", 422, "12 位"),
        ("261013000018", "5678", 422, "听错一位"),
        (None, "0000", 403, "不符"),
        (None, "", 403, "不符"),
    ],
)
async def test_a_wrong_entry_is_said_and_what_was_typed_stays(
    opened: tuple[Client, str, SetClock], number: str | None, phone_tail: str, status: int, sentence: str
) -> None:
    client, right, _ = opened

    answer = await client.post("/t", data={"number": number or right, "tail": phone_tail})
    html = await answer.text()

    assert answer.status == status
    assert sentence in html
    assert f'value="{number or right}"' in html


async def test_a_forged_link_opens_nothing(opened: tuple[Client, str, SetClock]) -> None:
    client, _, _ = opened

    answer = await client.get("/t/MS4xNzkyMDAwMDAwLmFhYWFhYWFhYWFhYWFhYWFhYWFh")

    assert answer.status == 403
