"""The citizen's page: opened by code and tail, works without JavaScript, counts once, and says no in plain words."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiohttp import web as http
from aiohttp.test_utils import TestClient, TestServer

from core.masking import tail
from evaluation.actions.asking_direct import ask_about_direct
from evaluation.actions.ending import void_invitations
from evaluation.links import sign_link
from evaluation.office import EvaluationOffice
from evaluation.rules import InvitationState
from tests.evaluation.city import LINK_KEY, City
from tests.sms.desk import PHONE
from tests.tickets.making import OFFICE
from tickets.queries.citizen import status_token
from tickets.rules import State
from tickets.settings import TicketOffice
from web.api import SERVICES, Services
from web.api.problems import problems
from web.public.forms import set_up_templates
from web.public.rating import add_rating_pages
from web.public.status import add_status_pages
from web.security import protective_headers
from web.settings import WebSettings

Client = TestClient[http.Request, http.Application]
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
async def client(city: City) -> AsyncIterator[Client]:
    app = http.Application(middlewares=[problems])
    offices = {EvaluationOffice: city.office, TicketOffice: OFFICE}
    app[SERVICES] = Services(city.database.serving, city.clock, WebSettings(), offices)
    app.on_response_prepare.append(protective_headers(is_https=False))
    set_up_templates(app)
    add_rating_pages(app)
    add_status_pages(app)
    async with TestClient(TestServer(app)) as served:
        yield served


def link(city: City, invited: int) -> str:
    return "/r/" + sign_link(invited, expires_at=city.clock.now() + timedelta(minutes=30), key=LINK_KEY)


async def page(client: Client, address: str) -> str:
    answer = await client.get(address)
    assert answer.status == 200
    return await answer.text()


def nonce_of(html: str) -> str:
    found = re.search(r'name="nonce" value="([0-9a-f]{16})"', html)
    assert found
    return found[1]


async def test_code_and_tail_lead_to_the_page_and_the_answer_to_a_receipt(city: City, client: Client) -> None:
    ticket = city.ticket()
    invited = city.invite(ticket)
    code = city.invitation(invited).code

    form = await page(client, "/r")
    assert 'name="code"' in form
    opened = await client.post("/r", data={"code": f" {code.lower()} ", "tail": tail(PHONE)})
    html = await opened.text()
    assert opened.status == 200
    assert "您对这次办理满意吗" in html

    rated = await client.post(
        opened.url.path, data={"level": "2", "solved": "no", "words": "还没修好", "nonce": nonce_of(html)}
    )
    shown = await rated.text()
    rating = city.ratings(ticket)[0]
    assert (rating.level, rating.is_solved, rating.channel) == (2, False, "page")
    assert "不满意" in shown
    assert rating.receipt in shown
    assert "还没修好" in shown


async def test_the_status_page_says_that_a_rating_was_asked_for_and_leads_there(city: City, client: Client) -> None:
    ticket = city.ticket()
    token = status_token(ticket, expires_at=city.clock.now() + timedelta(minutes=5), key=OFFICE.phone_key)
    before = await page(client, f"/t/{token}")

    city.invite(ticket)
    asked = await page(client, f"/t/{token}")

    assert "评价" not in before
    assert "热线已请您评价这次办理" in asked
    assert '<a href="/r">用评价码评价</a>' in asked


@pytest.mark.parametrize("form", [{"code": "ZZZZZZ", "tail": "1234"}, {"code": "", "tail": ""}, {"tail": "1234"}, {}])
async def test_a_wrong_code_gets_the_same_words_whatever_was_wrong(
    city: City, client: Client, form: dict[str, str]
) -> None:
    code = city.invitation(city.invite(city.ticket())).code

    wrong_tail = await client.post("/r", data={"code": code, "tail": "9999"})
    wrong_code = await client.post("/r", data=form)

    assert (wrong_tail.status, wrong_code.status) == (403, 403)
    assert await wrong_tail.text() == await wrong_code.text()


async def test_five_wrong_tails_close_the_code(city: City, client: Client) -> None:
    invited = city.invite(city.ticket())
    code = city.invitation(invited).code

    for _ in range(5):
        await client.post("/r", data={"code": code, "tail": "9999"})
    right = await client.post("/r", data={"code": code, "tail": "1234"})

    assert right.status == 403
    assert city.invitation(invited).wrong_tails == 5


async def test_the_button_pressed_twice_counts_once(city: City, client: Client) -> None:
    ticket = city.ticket()
    address = link(city, city.invite(ticket))
    said = {"level": "5", "nonce": nonce_of(await page(client, address))}

    for _ in range(2):
        assert (await client.post(address, data=said)).status == 200

    assert city.levels(ticket) == [(5, True)]


async def test_a_rating_can_be_corrected_for_a_day_and_then_no_more(city: City, client: Client) -> None:
    ticket = city.ticket()
    invited = city.invite(ticket)
    await client.post(link(city, invited), data={"level": "1", "nonce": "0" * 16})

    city.clock.move_on(timedelta(hours=23))
    corrected = await client.post(link(city, invited), data={"level": "4", "nonce": "1" * 16})
    assert corrected.status == 200
    assert city.levels(ticket) == [(1, False), (4, True)]

    city.clock.move_on(timedelta(hours=2))
    late = await client.post(link(city, invited), data={"level": "1", "nonce": "2" * 16})
    assert late.status == 409
    assert "该办件已评价，无需重复评价" in await late.text()
    assert "该办件已评价，无需重复评价" in await page(client, link(city, invited))
    assert city.levels(ticket) == [(1, False), (4, True)]


async def test_a_forged_and_a_stale_link_are_told_apart_and_change_nothing(city: City, client: Client) -> None:
    ticket = city.ticket()
    invited = city.invite(ticket)
    address = link(city, invited)
    forged = "/r/" + sign_link(invited, expires_at=city.clock.now() + timedelta(days=1), key=b"guessed")

    wrong = await client.post(forged, data={"level": "5"})
    city.clock.move_on(timedelta(minutes=31))
    stale = await client.post(address, data={"level": "5"})

    assert (wrong.status, stale.status) == (403, 403)
    assert 'data-code="rating_link_forged"' in await wrong.text()
    assert 'data-code="rating_link_stale"' in await stale.text()
    assert city.levels(ticket) == []


async def test_nothing_chosen_asks_again_and_a_made_up_level_counts_for_nothing(city: City, client: Client) -> None:
    ticket = city.ticket()
    address = link(city, city.invite(ticket))

    for data in ({}, {"level": "9"}, {"level": "５"}, {"level": ""}):
        answer = await client.post(address, data=data)
        assert answer.status == 422
        assert "请先选择一个满意程度" in await answer.text()

    assert city.levels(ticket) == []


async def test_who_is_not_satisfied_says_why_and_reads_it_on_the_receipt(city: City, client: Client) -> None:
    ticket = city.ticket()
    address = link(city, city.invite(ticket))

    html = await page(client, address)
    chosen = {"level": "1", "reason_unsolved": "1", "reason_answer_untrue": "1", "nonce": nonce_of(html)}
    shown = await (await client.post(address, data=chosen)).text()

    assert html.index("满意程度") < html.index("问题解决了吗") < html.index("不满意的原因") < html.index("还想说的话")
    assert "<dt>不满意的原因</dt><dd>未解决、答复与事实不符</dd>" in shown
    assert shown.count(" checked") == 3


async def test_reasons_ticked_before_a_level_was_chosen_are_not_lost(city: City, client: Client) -> None:
    address = link(city, city.invite(city.ticket()))

    html = await (await client.post(address, data={"reason_attitude": "1"})).text()

    assert 'name="reason_attitude" value="1" checked' in html


async def test_reasons_beside_a_good_level_count_for_nothing(city: City, client: Client) -> None:
    address = link(city, city.invite(city.ticket()))

    shown = await (await client.post(address, data={"level": "4", "reason_unsolved": "1"})).text()

    assert "<dt>不满意的原因</dt>" not in shown


async def test_a_citizen_may_say_no_and_change_their_mind(city: City, client: Client) -> None:
    ticket = city.ticket()
    invited = city.invite(ticket)
    address = link(city, invited)

    await client.post(address, data={"refuse": "1"})
    assert city.invitation(invited).state is InvitationState.REFUSED
    assert "您曾表示不评价" in await page(client, address)

    await client.post(address, data={"level": "3", "nonce": "3" * 16})
    assert city.levels(ticket) == [(3, True)]


async def test_after_the_window_the_page_says_so(city: City, client: Client) -> None:
    invited = city.invite(city.ticket())

    city.clock.move_on(timedelta(days=8))
    city.work()

    assert "评价期限已过" in await page(client, link(city, invited))


async def test_while_it_is_done_again_the_page_says_that_it_will_ask_later(city: City, client: Client) -> None:
    ticket = city.ticket()
    invited = city.invite(ticket)
    city.database.write(void_invitations, ticket, rework_no=1, now=city.clock.now())

    html = await page(client, link(city, invited))

    assert "再次邀请您评价" in html
    assert 'name="level"' not in html


async def test_of_a_direct_answer_the_page_says_that_the_hotline_gave_it(city: City, client: Client) -> None:
    ticket = city.ticket(state=State.ANSWERED)
    asked = city.database.write(ask_about_direct, ticket, office=city.office, now=city.clock.now())
    assert asked is not None

    html = await page(client, link(city, asked.id))

    assert "您对热线的答复满意吗？" in html
    assert "由热线直接答复" in html


async def test_words_of_a_citizen_are_shown_as_text(city: City, client: Client) -> None:
    address = link(city, city.invite(city.ticket()))

    await client.post(address, data={"level": "2", "words": "<script>alert(1)</script>\0", "nonce": "4" * 16})

    html = await page(client, address)
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


async def test_the_page_needs_no_script_and_carries_the_large_letters_along(city: City, client: Client) -> None:
    address = link(city, city.invite(city.ticket()))

    answer = await client.get(f"{address}?big=1")
    html = await answer.text()

    assert "<script" not in html
    assert 'style="' not in html
    assert 'class="big"' in html
    assert f'action="{address}?big=1"' in html
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert html.count('type="radio"') == 7
    assert (await client.get("/r/rating.css")).status == 200


async def test_a_browser_that_hides_where_it_comes_from_may_rate(city: City, client: Client) -> None:
    ticket = city.ticket()

    answer = await client.post(link(city, city.invite(ticket)), data={"level": "5"}, headers={"Origin": "null"})

    assert answer.status == 200
    assert city.levels(ticket) == [(5, True)]


@pytest.mark.parametrize("content", [b"level=%ff", b"\xff\xfe", b"level=5&level"])
async def test_a_form_that_cannot_be_read_breaks_nothing(city: City, client: Client, content: bytes) -> None:
    address = link(city, city.invite(city.ticket()))

    answer = await client.post(address, data=content, headers=FORM)

    assert answer.status < 500
    assert (await client.post(address, data=b"x", headers={"Content-Type": "multipart/form-data"})).status < 500
    assert (
        await client.post(address, data=b"x", headers={"Content-Type": "application/x-www-form-urlencoded; charset=no"})
    ).status < 500
