"""What stands beside the headline over the API: classes, other formulas, the file, the recount."""

from datetime import date, timedelta

from sqlalchemy import select

from evaluation.model import Rating
from evaluation.repairs.actions.following import follow_rating
from evaluation.settings import EvaluationSettings
from indicators.periods import Period
from indicators.recount import Difference
from indicators.recounts.actions import note_recount
from indicators.rule_marks.actions import note_rules
from staff.rules import Role
from tests.evaluation.pages import TODAY, Office, closed_ticket


async def test_an_auditor_decides_the_class_and_only_then_reads_the_rating(office: Office) -> None:
    number = closed_ticket(office.city, "2")
    path, body = f"/tickets/{number}/classes", {"matter_class": "no_policy", "reason": "依据现行条例，不在补贴范围内"}

    kept = await office.get(f"/tickets/{number}/ratings", Role.AUDITOR)
    refused = [(await office.post(path, body, role))[0] for role in (Role.INSPECTOR, Role.AGENT, Role.UNIT_OFFICER)]
    short, fault = await office.post(path, {**body, "reason": "不行"}, Role.AUDITOR)
    status, decided = await office.post(path, body, Role.AUDITOR)
    shown = await office.get(f"/tickets/{number}/ratings", Role.AUDITOR)

    assert (kept["is_class_first"], kept["ratings"], kept["invitations"]) == (True, [], [])
    assert refused == [403, 403, 403]
    assert (short, fault["errors"][0]["loc"]) == (422, ["body", "reason"])
    assert (status, decided["name"], decided["is_before_rating"]) == (200, "政策不支持", False)
    assert [rating["level"] for rating in shown["ratings"]] == [2]
    assert [one["matter_class"] for one in (await office.get(path, Role.INSPECTOR))["rows"]] == ["no_policy"]
    assert (await office.post(path, body, Role.SUPERVISOR))[1]["code"] == "class_decided"
    assert (await office.get("/matter-classes/waiting"))["rows"] == []


async def test_what_stands_beside_the_headline_has_its_own_rows_and_reasons(office: Office) -> None:
    closed_ticket(office.city, "5")
    number = closed_ticket(office.city, None)
    body = {"matter_class": "unreasonable", "reason": "所求超出政策范围，已当面说明"}
    await office.post(f"/tickets/{number}/classes", body, Role.SUPERVISOR)
    office.city.clock.move_on(timedelta(hours=1))
    office.city.write("2")

    page = await office.get("/satisfaction", query=TODAY)
    rows = (await office.get("/satisfaction/exclusions", query=TODAY))["rows"]
    beside = await office.get("/satisfaction/elsewhere", query=TODAY)
    slices = await office.get("/satisfaction/slices", query=TODAY)
    by_rating = await office.get("/satisfaction", query={**TODAY, "basis": "rated", "channel": "sms"})

    assert (page["reasonable"]["classed"], page["reasonable"]["left_out"], page["reasonable"]["percent"]) == (1, 0, 5)
    assert page["reasonable"]["answers"]["rate"] == page["headline"]["rate"] == 0.5
    assert [(row["ticket_number"], row["class_name"], row["is_before_rating"]) for row in rows] == [
        (number, "不合理", True)
    ]
    named = {row["formula"]: (row["rate"], row["difference"]) for row in beside["rows"]}
    assert (named["default_good"], named["callback"]) == ((0.5, 0.0), (None, None))
    assert all(row["why"] and row["words"] for row in beside["rows"])
    assert [(one["channel"], one["answers"]["answered"]) for one in slices["channels"]] == [("sms", 2)]
    assert (by_rating["has_answers_only"], by_rating["basis"], len(by_rating["trend"])) == (True, "rated", 1)
    assert by_rating["headline"]["answered"] == 2
    assert [
        await office.get(f"/satisfaction/{part}", Role.AGENT) for part in ("exclusions", "elsewhere", "slices")
    ] == [
        403,
        403,
        403,
    ]
    assert (await office.get("/satisfaction/elsewhere", query={"subject": "agent"}))["rows"] == []


async def test_the_page_is_taken_away_with_its_formula_on_every_line(office: Office) -> None:
    closed_ticket(office.city, "5")
    closed_ticket(office.city, "2")
    headers = office.headers(Role.SUPERVISOR)

    answer = await office.client.get("/api/satisfaction/export", params={**TODAY, "kind": "csv"}, headers=headers)
    heading, *lines = (await answer.text()).lstrip("\ufeff").splitlines()
    sheet = await office.client.get("/api/satisfaction/export", params=TODAY, headers=headers)

    assert heading.startswith("口径,栏目,项目,满意,参评,办结,满意率 %")
    assert all("参评者中满意" in line and "2026-10-13 至 2026-10-13" in line for line in lines)
    blocks = {line.split(",")[1] for line in lines}
    assert {"全部", "合理诉求", "趋势", "人口账", "承办单位", "其他口径", "渠道"} <= blocks
    assert ",全部,转办件办理,1,2,2,50.0," in lines[0]
    assert (sheet.status, (await sheet.read())[:2]) == (200, b"PK")
    assert await office.get("/satisfaction/export", Role.AGENT, TODAY) == 403


async def test_the_rows_behind_a_number_say_why_and_are_taken_away_with_it(office: Office) -> None:
    closed_ticket(office.city, "2")
    office.city.write("A,D")

    asked = {**TODAY, "part": "answered"}
    [bad] = (await office.get("/satisfaction/rows", query=asked))["rows"]
    headers = office.headers(Role.SUPERVISOR)
    answer = await office.client.get("/api/satisfaction/rows/export", params={**asked, "kind": "csv"}, headers=headers)
    heading, line = (await answer.text()).lstrip("\ufeff").splitlines()

    assert (bad["level"], bad["reasons"], bad["is_solved"]) == (2, ["unsolved", "attitude"], None)
    assert heading == "工单编号,事项,承办单位,办结时间,评价,原因,是否解决,渠道,评价时间,已邀请,已送达"
    assert ",不满意,未解决、态度," in line
    assert await office.get("/satisfaction/rows/export", Role.AGENT, asked) == 403


async def test_each_unit_has_its_repairs_in_time_beside_its_rate(office: Office) -> None:
    closed_ticket(office.city, "5")
    closed_ticket(office.city, "2")
    bad = next(line for line in (await office.get("/satisfaction", query=TODAY))["units"] if line["bad"])
    rated = office.city.database.read(lambda session: session.scalars(select(Rating.id).filter_by(level=2)).one())
    office.city.database.write(follow_rating, rated, profile="demo-jilin", now=office.city.clock.now())

    plain = (await office.get("/satisfaction/repairs", query=TODAY))["rows"]
    rolled = (await office.get("/satisfaction/repairs", query={**TODAY, "with_below": "true"}))["rows"]
    nobody = (await office.get("/satisfaction/repairs", query={**TODAY, "subject": "agent"}))["rows"]

    numbers = {"valid": 1, "fixed": 0, "in_time": 0, "rate": 0.0}
    assert plain == [{"unit_id": bad["unit_id"], "with_below": False, **numbers}]
    assert [(row["with_below"], row["valid"]) for row in rolled] == [(True, 1)]
    assert nobody == []
    assert await office.get("/satisfaction/repairs", Role.AGENT, TODAY) == 403


async def test_a_recount_that_disagrees_is_said_on_the_page_of_its_days(office: Office) -> None:
    found = [Difference("satisfaction/handling", "n", 260, 259)]
    period = Period(date(2026, 9, 26), date(2026, 10, 25))
    office.city.database.write(note_recount, period, found, now=office.city.clock.now())

    said = await office.get("/satisfaction/recount", query=TODAY)
    before = await office.get("/satisfaction/recount", query={"from": "2025-01-01", "to": "2025-01-31"})

    assert (said["differences"], said["named"]) == (1, ["satisfaction/handling n: 260 / 259"])
    assert (before["differences"], before["at"]) == (0, None)


async def test_the_second_word_on_what_was_mended_has_no_page_of_its_own(office: Office) -> None:
    for path in ("", "/rows", "/elsewhere", "/slices", "/export"):
        assert await office.get(f"/satisfaction{path}", query={**TODAY, "subject": "repair"}) == 422, path


async def test_what_appeals_took_out_stands_beside_the_headline_with_its_rows(office: Office) -> None:
    closed_ticket(office.city, "5")

    found = await office.get("/satisfaction/upheld", query=TODAY)
    card = await office.get("/indicators/satisfaction_upheld/card")
    headers = office.headers(Role.SUPERVISOR)
    answer = await office.client.get("/api/satisfaction/export", params={**TODAY, "kind": "csv"}, headers=headers)

    assert (found["left_out"], found["rows"], found["next"]) == (0, [], None)
    assert found["answers"] == found["headline"]
    assert card["title"] == "剔除误评后满意率"
    assert ",剔除误评后,转办件办理,1,1,1," in await answer.text()
    assert await office.get("/satisfaction/upheld", Role.AGENT) == 403


async def test_changes_of_rules_stand_on_the_trend_and_in_the_file(office: Office) -> None:
    now, settings = office.city.clock.now(), EvaluationSettings()
    office.city.database.write(note_rules, settings=settings.model_copy(update={"remind_days": 2}), now=now)
    office.city.database.write(note_rules, settings=settings, now=now)
    closed_ticket(office.city, None)

    [mark] = (await office.get("/satisfaction/rules", query=TODAY))["rows"]
    beside = {row["formula"]: row for row in (await office.get("/satisfaction/elsewhere", query=TODAY))["rows"]}
    headers = office.headers(Role.SUPERVISOR)
    answer = await office.client.get("/api/satisfaction/export", params={**TODAY, "kind": "csv"}, headers=headers)
    told = await answer.text()

    assert (mark["kind"], mark["name"], mark["words"]) == ("plan", "邀评安排", "沉默后提醒天数（0 不提醒） 2 → 3")
    assert ",规则变动,2026-10-13 邀评安排," in told
    assert (beside["default_good"]["rule_id"], beside["default_good"]["imputed"]) == ("silent-good-7wd", 1)
    assert (beside["jiangsu"]["rule_id"], beside["jiangsu"]["imputed"]) == ("", 0)
    assert "推定 1 件，规则 silent-good-7wd。" in told
    assert await office.get("/satisfaction/rules", Role.AGENT) == 403
