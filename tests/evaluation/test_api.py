"""What staff see of ratings, figures, ledger and SMS over the API, and who may."""

import re
from datetime import timedelta

import pytest

from bench.served import counted_sql
from core.chain import seal
from evaluation.ledger import LEDGER_CHAIN
from evaluation.rules import Level
from indicators.cards import CARDS
from indicators.counts.counter import count_all
from indicators.formula_cards import FORMULA_CARDS, UPHELD
from indicators.head_cards import HEAD_CARDS
from sms.office import SmsOffice
from sms.queries import newest_messages
from sms.settings import ProviderName
from staff.rules import STAFF_ROLES, Role
from tests.evaluation.city import make_call
from tests.evaluation.house import House
from tests.evaluation.pages import TODAY, Office, closed_ticket
from tests.sms.desk import PHONE
from tickets.notices.carriers import CarrierRefused
from web import (
    sms_messages,
)


async def test_the_satisfaction_page_has_three_denominators_and_every_answer_behind_them(office: Office) -> None:
    closed_ticket(office.city, "5")
    bad = closed_ticket(office.city, "2,还没修好")
    closed_ticket(office.city, None)
    office.city.database.write(seal, LEDGER_CHAIN, now=office.city.clock.now())

    page = await office.get("/satisfaction", query=TODAY)

    headline = page["headline"]
    assert (headline["closed"], headline["answered"], headline["satisfied"]) == (3, 2, 1)
    assert headline["rate"] == 0.5
    assert headline["silence_as_satisfied"] == pytest.approx(2 / 3)
    assert headline["of_all_closed"] == pytest.approx(1 / 3)
    assert (headline["verdict"], headline["verdict_name"]) == ("missed", "未达标")
    assert headline["low"] < 0.5 < headline["high"]
    assert page["population"]["adds_up"] is True
    assert (page["asked"]["invited"], page["asked"]["not_invited"]) == (3, 0)
    assert len(page["trend"]) == 12
    assert (await office.get("/ledger/status"))["sealed"] == 5
    assert page["period"] == {"first": "2026-10-13", "last": "2026-10-13"}
    rows = await office.get("/satisfaction/rows", query={**TODAY, "part": "dissatisfied"})
    assert [row["ticket_number"] for row in rows["rows"]] == [bad]


async def test_staff_read_what_the_citizen_reads_of_being_asked(office: Office) -> None:
    number = closed_ticket(office.city, "5")

    shown = await office.get(f"/tickets/{number}/citizen")

    assert shown["asked"] == "您已评价这次办理，谢谢。"


async def test_without_a_period_the_statistical_month_is_shown(office: Office) -> None:
    page = await office.get("/satisfaction")

    assert page["period"] == {"first": "2026-09-26", "last": "2026-10-25"}
    assert page["headline"]["rate"] is None


async def test_a_period_that_runs_backwards_is_refused(office: Office) -> None:
    assert await office.get("/satisfaction", query={"from": "2026-10-13", "to": "2026-10-01"}) == 422
    assert await office.get("/satisfaction", query={"from": "yesterday"}) == 422
    assert await office.get("/satisfaction", query={"from": "0001-01-01", "to": "9999-12-31"}) == 422


#: what the supervisor's page asks for
PAGE = ("/satisfaction", "/satisfaction/elsewhere", "/satisfaction/slices", "/satisfaction/exclusions")


@pytest.mark.parametrize("path", [*PAGE, "/indicators", *(f"/indicators/{name}" for name in CARDS)])
async def test_a_dashboard_takes_at_most_eight_statements(office: Office, path: str) -> None:
    closed_ticket(office.city, "5")
    count_all(office.city.database)
    closed_ticket(office.city, "2")
    await office.get(path)  # somebody is logged in now

    narrowed = {"unit_id": "1", "topic_id": "1"}
    page: tuple[dict[str, str], ...] = (
        {},
        {"subject": "agent"},
        {"subject": "counter"},
        narrowed,
        {**narrowed, "with_below": "true"},
        {"with_below": "true"},
        {"basis": "rated"},
        {"channel": "sms", "with_below": "true"},
    )
    for query in page if path in PAGE else ({},):
        with counted_sql(office.city.database) as statements:
            shown = await office.get(path, query=query)
        assert isinstance(shown, dict)
        assert len(statements) <= 8, statements


async def test_a_line_with_all_below_it_opens_into_lines_that_add_up_to_it(office: Office) -> None:
    closed_ticket(office.city, "5")
    closed_ticket(office.city, "2")

    whole = await office.get("/satisfaction", query={"with_below": "true"})
    lines = whole["units"]
    asked = {"with_below": "true", "unit_id": str(lines[0]["unit_id"])}
    opened = await office.get("/satisfaction", query=asked)
    rows = await office.get("/satisfaction/rows", query={**asked, "part": "closed"})

    assert [(line["with_below"], line["answers"]["closed"]) for line in lines] == [(True, 1), (True, 1)]
    assert whole["headline"]["closed"] == 2
    assert [(one["with_below"], one["answers"]["closed"]) for one in opened["units"]] == [(False, 1)]
    assert (opened["headline"]["closed"], len(rows["rows"])) == (1, 1)
    assert (await office.get("/satisfaction", query={"with_below": "true", "unit_id": "999999"}))["units"] == []


async def test_the_account_opens_the_tickets_behind_a_column(office: Office) -> None:
    number = closed_ticket(office.city, "5")
    closed_ticket(office.city, None)
    office.city.ticket()

    rows = await office.get("/indicators/population/rows", query={**TODAY, "standing": "closed"})
    every = await office.get("/indicators/population/rows", query=TODAY)

    assert [row["note"] for row in rows["rows"]] == ["closed", "closed"]
    assert number in {row["ticket_number"] for row in rows["rows"]}
    assert len(every["rows"]) == 3


@pytest.mark.parametrize("path", ["/satisfaction", "/ledger/rows", "/ledger/status", "/indicators", "/sms/messages"])
async def test_an_agent_does_not_see_the_supervisors_pages(office: Office, path: str) -> None:
    assert await office.get(path, Role.AGENT) == 403


@pytest.mark.parametrize("role", STAFF_ROLES)
async def test_who_reads_the_figure_reads_the_ledger_it_is_counted_from(office: Office, role: Role) -> None:
    may_read = role in {Role.SUPERVISOR, Role.SHIFT_LEADER, Role.INSPECTOR, Role.ADMINISTRATOR}

    for path in ("/satisfaction", "/satisfaction/rows", "/ledger/status", "/ledger/rows"):
        answer = await office.get(path, role)
        assert isinstance(answer, dict) if may_read else answer == 403


async def test_every_figure_comes_with_its_card_and_its_rows(office: Office) -> None:
    office.city.database.write(lambda session: make_call(session, now=office.city.clock.now(), waited_s=9).id)

    shown = await office.get("/indicators", query=TODAY)
    rows = await office.get("/indicators/connect_rate/rows", query=TODAY)

    by_name = {row["card"]["name"]: row for row in shown["rows"]}
    assert by_name["connect_rate"]["figure"]["rate"] == 1.0
    assert by_name["answered_in_15s"]["card"]["title"] == "15 秒接听率"
    assert by_name["satisfaction"]["figure"]["verdict"] == "样本不足"
    assert [row["waited_s"] for row in rows["rows"]] == [9.0]
    assert await office.get("/indicators/happiness") == 404


async def test_the_ledger_is_shown_newest_first_without_anything_personal(office: Office) -> None:
    closed_ticket(office.city, "2,我叫赵六")
    office.city.database.write(seal, LEDGER_CHAIN, now=office.city.clock.now())

    rows = (await office.get("/ledger/rows", Role.INSPECTOR))["rows"]

    assert [row["kind"] for row in rows] == ["answer", "invitation"]
    assert rows[0]["seq"] == 2
    assert rows[0]["previous_hash"] == rows[1]["hash"]
    assert "赵六" not in str(rows)
    assert (await office.get("/ledger/status", Role.INSPECTOR))["sealed"] == 2


async def test_a_supervisor_sees_the_newest_checkpoint_and_who_keeps_it(office: Office, house: House) -> None:
    before = (await office.get("/ledger/status", Role.SHIFT_LEADER))["checkpoint"]
    house.server.faults = [CarrierRefused(reason="HTTP 410")]
    house.rate(Level.SATISFIED)
    house.night()

    shown = (await office.get("/satisfaction"))["checkpoint"]
    office.city.clock.move_to(office.city.clock.now() + timedelta(hours=7))
    later = (await office.get("/ledger/status", Role.INSPECTOR))["checkpoint"]

    assert before is None
    assert (shown["size"], shown["is_in_order"], later["is_in_order"]) == (2, True, False)
    assert {row["name"]: (row["state"], row["fault"]) for row in shown["witnesses"]} == {
        "file": ("kept", ""),
        "server": ("refused", "对方拒收：HTTP 410"),
    }


async def test_a_tickets_ratings_show_the_corrected_one_beside_the_one_that_counts(office: Office) -> None:
    number = closed_ticket(office.city, "1")
    office.city.clock.move_on(timedelta(hours=1))
    office.city.write("4,谢谢")

    shown = await office.get(f"/tickets/{number}/ratings")

    assert [(row["level"], row["is_current"]) for row in shown["ratings"]] == [(1, False), (4, True)]
    assert shown["ratings"][1]["words"] == "谢谢"
    assert [row["unit_name"] for row in shown["ratings"]] == ["朝阳区住建局"] * 2
    assert shown["invitations"][0]["state"] == "answered"
    assert await office.get("/tickets/000000000000/ratings") == 404


async def test_a_callback_agent_asks_where_sms_could_not(office: Office) -> None:
    office.city.invite(office.city.ticket(phone="0431-88990000"))
    owed = (await office.get("/invitations/owed", Role.CALLBACK))["rows"]
    said = {"level": 2, "is_solved": False, "reasons": ["unsolved", "other"], "words": "还没修", "entry": "entry-0001"}

    for _ in range(2):
        status, shown = await office.post(f"/invitations/{owed[0]['id']}/answer", said, Role.CALLBACK)

    assert (owed[0]["reason"], status, shown["state"]) == ("landline", 200, "answered")
    assert owed[0]["ticket"]["phone"] == "043*****0000"
    assert office.city.levels(owed[0]["ticket_id"]) == [(2, True)]
    assert (await office.get("/invitations/owed", Role.CALLBACK))["rows"] == []
    shown = await office.get(f"/tickets/{owed[0]['ticket']['number']}/ratings")
    assert shown["ratings"][0]["reasons"] == ["unsolved", "other"]
    assert (await office.post("/invitations/99/answer", said, Role.CALLBACK))[0] == 404
    assert (await office.post(f"/invitations/{owed[0]['id']}/answer", {**said, "level": 6}, Role.CALLBACK))[0] == 422
    wrong = {**said, "reasons": ["made up"]}
    assert (await office.post(f"/invitations/{owed[0]['id']}/answer", wrong, Role.CALLBACK))[0] == 422
    assert (await office.post(f"/invitations/{owed[0]['id']}/answer", said, Role.AGENT))[0] == 403


async def test_staff_find_messages_by_what_a_template_says_and_never_by_a_code(office: Office) -> None:
    office.city.invite(office.city.ticket())
    code = office.city.database.read(newest_messages)[0].text[-6:]

    async def found(words: str) -> int:
        return len((await office.get("/sms/messages", query={"search": words}))["rows"])

    assert (await found("已答复"), await found("非常满意"), await found("没有这样的话")) == (1, 1, 0)
    letters = [letter for letter in "ABCDEFGHJKMNPQRSTUVWXYZ" if await found(f"码{letter}")]
    assert letters == []
    assert (await found(code), await found(f"码{code[:2]}")) == (0, 0)


async def test_in_the_demo_somebody_writes_back_as_the_citizen(office: Office) -> None:
    ticket = office.city.ticket()
    office.city.invite(ticket)
    listed = await office.get("/sms/messages")
    body = {"message_id": listed["rows"][0]["id"], "text": "满意,谢谢"}

    status, shown = await office.post("/sms/console/replies", body, Role.SUPERVISOR)
    office.city.work()

    assert (listed["is_demo"], listed["rows"][0]["masked_phone"]) == (True, "138****1234")
    assert PHONE not in str(listed)
    assert (status, shown["replies"][0]["level"]) == (201, 4)
    assert office.city.levels(ticket) == [(4, True)]


async def test_with_a_real_provider_nobody_writes_as_the_citizen(office: Office) -> None:
    office.city.invite(office.city.ticket())
    sms = office.city.office.sms
    shown_in_the_demo = (await office.get("/sms/messages"))["rows"][0]["text"]
    chosen = sms.settings.model_copy(update={"providers": (ProviderName.TWILIO,)})
    office.instances[SmsOffice] = SmsOffice(chosen, sms.phone_key, sms.providers)

    status, problem = await office.post("/sms/console/replies", {"message_id": 1, "text": "5"}, Role.SUPERVISOR)

    shown = (await office.get("/sms/messages"))["rows"][0]["text"]
    assert (status, problem["code"]) == (409, "only_in_demo")
    assert re.search(r"码[0-9A-Z]{6}$", shown_in_the_demo)
    assert shown.endswith("码••••••")


async def test_nobody_answers_a_message_that_no_phone_has(office: Office) -> None:
    office.city.invite(office.city.ticket(phone="0431-88990000"))
    unsent = (await office.get("/sms/messages"))["rows"][0]
    body = {"message_id": unsent["id"], "text": "5"}

    status, problem = await office.post("/sms/console/replies", body, Role.SUPERVISOR)

    assert (status, problem["code"], unsent["state"]) == (409, "sms_not_sent_yet", "not_sent")
    assert (await office.post("/sms/console/replies", body, Role.AGENT))[0] == 403


async def test_the_list_of_messages_is_told_of_every_change(office: Office) -> None:
    told = {event for topic in sms_messages.TOPICS for event in topic.triggers}
    heard: list[str] = []
    stop = office.city.database.subscribe(
        lambda events: heard.extend(type(event).__name__ for event in events if type(event) in told)
    )

    office.city.invite(office.city.ticket())
    office.city.clock.move_on(timedelta(seconds=3))
    office.city.work()
    office.city.write("5")
    stop()

    assert heard[0] == "SmsChanged"
    assert {"SmsDelivered", "SmsReplied"} <= set(heard)


@pytest.mark.parametrize("name", [*CARDS, *HEAD_CARDS, *FORMULA_CARDS])
async def test_every_figure_says_how_it_is_computed(office: Office, name: str) -> None:
    shown = await office.get(f"/indicators/{name}/card")

    is_of_units_rated = name.startswith("satisfaction") and name != UPHELD
    assert (shown["name"], shown["version"]) == (name, 2 if is_of_units_rated else 1)
    assert all(shown[part] for part in ("title", "formula", "numerator", "time_basis", "exclusions"))


async def test_a_card_that_nobody_wrote_is_not_found(office: Office) -> None:
    assert await office.get("/indicators/happiness/card") == 404


async def test_a_supervisor_takes_out_what_a_citizen_wrote_and_says_why(office: Office) -> None:
    number = closed_ticket(office.city, "2,我叫赵六")
    path, why = f"/tickets/{number}/ratings/erase-words", {"reason": "群众来电要求删除"}

    refused = [(await office.post(path, why, role))[0] for role in (Role.AGENT, Role.AUDITOR)]
    short, fault = await office.post(path, {"reason": "删"}, Role.SUPERVISOR)
    before = (await office.get(f"/tickets/{number}/ratings"))["ratings"]
    taken = await office.post(path, why, Role.SUPERVISOR)
    again = await office.post(path, why, Role.SUPERVISOR)
    after = (await office.get(f"/tickets/{number}/ratings"))["ratings"]

    assert refused == [403, 403]
    assert (short, fault["errors"][0]["loc"]) == (422, ["body", "reason"])
    assert (taken, again) == ((200, {"n": 1}), (200, {"n": 0}))
    assert [(one["level"], bool(one["words"])) for one in before] == [(2, True)]
    assert [(one["level"], bool(one["words"])) for one in after] == [(2, False)]
