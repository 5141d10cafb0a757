"""公开: what is told points at nobody, agrees with the office's own figures, and stays as it was told."""

import csv
from collections import Counter
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta

import pytest
from aiohttp import web as http
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from core.database import Database
from core.errors import Invalid
from indicators.periods import Period
from indicators.publications.actions import publish_case, publish_month, withdraw_case
from indicators.publications.errors import CaseWithdrawn, NoteMissing, NothingChanged
from indicators.publications.issue import issue_of
from indicators.publications.queries import newest_publications, versions_of
from indicators.publications.rules import (
    GROUP_LEAST,
    OTHER_TOPICS,
    OTHER_UNITS,
    CaseForm,
    Cell,
    case_faults,
    groups,
    safe_cells,
)
from staff.rules import Actor, Role
from tests.evaluation.city import make_ticket, make_unit
from tests.indicators.test_figures import close, rate
from tickets.errors import RoleRefused
from web.api import SERVICES, Services
from web.api.problems import problems
from web.public.forms import set_up_templates
from web.public.openness import add_open_pages
from web.settings import WebSettings

Client = TestClient[http.Request, http.Application]
MONTH = Period(date(2026, 9, 26), date(2026, 10, 25))
AFTERWARDS = datetime.fromisoformat("2026-10-27T09:00+08:00")


def actor(role: Role) -> Actor:
    return Actor(person_id=None, name="某人", staff_number="X001", roles=frozenset({role}), unit_id=None)


SUPERVISOR = actor(Role.SUPERVISOR)
names = st.sampled_from(["供热", "城管", "住建", "水务", "朝阳区"])
cells = st.lists(st.builds(Cell, names, names, st.integers(1, 5), st.integers(1, 12)), max_size=40)


@given(st.dictionaries(names, st.integers(0, 20)))
def test_no_group_is_smaller_than_allowed_unless_all_together_are(sizes: dict[str, int]) -> None:
    told_as = groups(sizes, other=OTHER_UNITS)

    told: Counter[str] = Counter()
    for name, n in sizes.items():
        told[told_as[name]] += n
    assert told_as.keys() == sizes.keys()
    assert told.total() == sum(sizes.values())
    assert all(n >= GROUP_LEAST for n in told.values()) or len(told) == 1


@given(cells)
def test_open_data_loses_no_answer_and_tells_of_no_few(given_cells: list[Cell]) -> None:
    safe = safe_cells(given_cells)

    by_unit: Counter[str] = Counter()
    by_topic: Counter[tuple[str, str]] = Counter()
    for cell in safe.cells:
        by_unit[cell.unit] += cell.n
        by_topic[cell.unit, cell.topic] += cell.n
    assert sum(cell.n for cell in safe.cells) + safe.left_out == sum(cell.n for cell in given_cells)
    assert Counter(dict.fromkeys(range(1, 6), 0)) + _levels(safe.cells) == (
        _levels(given_cells) if safe.cells else Counter()
    )
    assert all(n >= GROUP_LEAST for n in (*by_unit.values(), *by_topic.values()))


def _levels(some: list[Cell]) -> Counter[int]:
    counted: Counter[int] = Counter()
    for cell in some:
        counted[cell.level] += cell.n
    return counted


def test_the_smallest_of_the_others_joins_a_rest_that_is_too_few() -> None:
    told_as = groups({"供热": 40, "城管": 7, "水务": 2}, other=OTHER_TOPICS)

    assert told_as == {"供热": "供热", "城管": OTHER_TOPICS, "水务": OTHER_TOPICS}


@pytest.fixture
def month(session: Session, now: datetime) -> Session:
    """Forty closed with one unit, thirty answered, two of them badly; another unit has three answers."""
    heating, water = make_unit(session), make_unit(session)
    for count in range(40):
        ticket = close(session, make_ticket(session, now=now, unit_id=heating.id), now)
        if count < 30:
            rate(session, ticket, 5 if count < 28 else 1, at=now)
    for _ in range(3):
        rate(session, close(session, make_ticket(session, now=now, unit_id=water.id), now), 4, at=now)
    return session


def test_a_month_says_what_the_office_reads_and_puts_a_unit_with_few_answers_beside_others(month: Session) -> None:
    issue = issue_of(month, MONTH, now=AFTERWARDS)

    handled = issue.subjects[0]
    assert (handled.closed, handled.answered, handled.satisfied) == (43, 33, 31)
    assert issue.registered == 43 == sum(count.n for count in issue.standing)
    assert [(line.name, line.answered) for line in issue.units] == [(OTHER_UNITS, 33)]
    assert [(count.name, count.n) for count in issue.levels] == [
        ("非常满意", 28), ("满意", 3), ("基本满意", 0), ("不满意", 0), ("非常不满意", 2),
    ]  # fmt: skip
    assert sum(cell.n for cell in issue.cells) == 33
    assert [line.name for line in issue.subjects] == ["转办件办理", "直接答复", "坐席服务", "窗口事项"]


def test_a_month_without_answers_has_no_rate_and_names_no_unit(session: Session, now: datetime) -> None:
    close(session, make_ticket(session, now=now, unit_id=make_unit(session).id), now)

    issue = issue_of(session, MONTH, now=AFTERWARDS)

    assert (issue.subjects[0].rate, issue.subjects[0].verdict) == (None, "")
    assert issue.units == []


def test_what_was_told_stays_as_it_was_told(month: Session, now: datetime) -> None:
    told = publish_month(month, MONTH, by=SUPERVISOR, now=AFTERWARDS)
    rate(month, close(month, make_ticket(month, now=now, unit_id=make_unit(month).id), now), 1, at=now)

    again = publish_month(month, MONTH, note="补录一件评价", by=SUPERVISOR, now=AFTERWARDS)
    month.expire_all()

    assert [version.version for version in versions_of(month, MONTH.first)] == [2, 1]
    assert told.body["subjects"][0]["answered"] == 33
    assert again.body["subjects"][0]["answered"] == 34
    assert [one.version for one in newest_publications(month)] == [2]


def test_told_again_it_needs_a_note_and_something_that_changed(month: Session, now: datetime) -> None:
    publish_month(month, MONTH, by=SUPERVISOR, now=AFTERWARDS)

    with pytest.raises(NothingChanged):
        publish_month(month, MONTH, note="再发一次", by=SUPERVISOR, now=AFTERWARDS)
    close(month, make_ticket(month, now=now, unit_id=make_unit(month).id), now)
    with pytest.raises(NoteMissing):
        publish_month(month, MONTH, note=" ", by=SUPERVISOR, now=AFTERWARDS)


@pytest.mark.parametrize(
    ("period", "at", "code"),
    [
        (MONTH, datetime.fromisoformat("2026-10-25T23:59+08:00"), "month_not_over"),
        (Period(date(2026, 9, 1), date(2026, 9, 30)), AFTERWARDS, "not_a_month"),
    ],
)
def test_a_month_that_is_not_over_and_days_that_are_no_month_are_refused(
    session: Session, period: Period, at: datetime, code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        publish_month(session, period, by=SUPERVISOR, now=at)

    assert [found for _, found, _ in refused.value.faults] == [code]


def test_only_a_supervisor_publishes(session: Session) -> None:
    inspector = actor(Role.INSPECTOR)

    with pytest.raises(RoleRefused):
        publish_month(session, MONTH, by=inspector, now=AFTERWARDS)


@pytest.mark.parametrize(
    "words",
    ["我叫王小明，家里供暖不热", "来电13800000000后解决", "南湖小区3栋2单元501室已修好", "车牌吉A12345的车已移走"],
)
def test_a_case_that_points_at_somebody_is_refused_and_names_the_words(words: str) -> None:
    faults = case_faults(CaseForm(title="供暖恢复", text=words, unit="市住建局"))

    assert [code for _, code, _ in faults] == ["text_personal"]


def test_a_case_is_told_until_it_is_withdrawn_once(session: Session) -> None:
    form = CaseForm(title="老旧小区供暖恢复", text="多名居民反映室温不足，换热站当天检修。", unit="市住建局")
    case = publish_case(session, form, by=SUPERVISOR, now=AFTERWARDS)

    withdraw_case(session, case.id, reason="内容有误", by=SUPERVISOR, now=AFTERWARDS)

    assert case.withdrawn_at == AFTERWARDS
    with pytest.raises(CaseWithdrawn):
        withdraw_case(session, case.id, reason="再撤", by=SUPERVISOR, now=AFTERWARDS)


@pytest.fixture
async def client(database: Database, now: datetime) -> AsyncIterator[Client]:
    app = http.Application(middlewares=[problems])
    app[SERVICES] = Services(database.serving, database.clock, WebSettings(), {})
    set_up_templates(app)
    add_open_pages(app)
    async with TestClient(TestServer(app)) as served:
        yield served


def tell(session: Session, now: datetime) -> None:
    unit = make_unit(session)
    for count in range(12):
        ticket = close(session, make_ticket(session, now=now, unit_id=unit.id), now)
        rate(session, ticket, 5 if count < 9 else 2, at=now)
    publish_month(session, MONTH, by=SUPERVISOR, now=AFTERWARDS)
    form = CaseForm(title="老旧小区供暖恢复", text="换热站当天检修。", unit="市住建局")
    publish_case(session, form, by=SUPERVISOR, now=AFTERWARDS + timedelta(hours=1))


async def test_everybody_reads_the_month_its_three_denominators_and_the_cases(
    client: Client, database: Database, now: datetime
) -> None:
    database.write(tell, now)

    answer = await client.get("/open")
    page = await answer.text()

    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    for words in ("12 人参评，9 人满意", "75.0 %", "沉默算满意（不采用）", "老旧小区供暖恢复", "不排名"):
        assert words in page


async def test_open_data_is_a_table_without_numbers_of_tickets_or_people(
    client: Client, database: Database, now: datetime
) -> None:
    database.write(tell, now)

    answer = await client.get(f"/open/ratings-{MONTH.first}.csv")
    rows = list(csv.DictReader((await answer.text()).lstrip("\ufeff").splitlines()))
    tickets = await (await client.get(f"/open/tickets-{MONTH.first}.csv")).text()

    assert list(rows[0]) == ["统计期起", "统计期止", "承办单位", "诉求分类", "评价等级", "等级代码", "件数"]
    assert {(row["评价等级"], row["件数"]) for row in rows} == {("非常满意", "9"), ("不满意", "3")}
    assert "2026-09-26,2026-10-25,现状,办结,12" in tickets


async def test_what_was_never_told_is_not_there(client: Client) -> None:
    empty = await client.get("/open")

    assert "还没有公开的统计月" in await empty.text()
    for path in ("/open/2026-09-26", "/open/2026-13-45", "/open/ratings-2026-09-26.csv"):
        assert (await client.get(path)).status == 404
