"""差评整改: what opens it, what takes it back, who may do what, and until when."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from core.calendar import Year, import_year
from core.database import Database
from core.errors import Invalid
from evaluation.repairs.actions.appealing import appeal_rating
from evaluation.repairs.actions.contacting import give_up_contact, note_contact
from evaluation.repairs.actions.mending import book_fix, complete_repair, explain_repair, fix_at_once
from evaluation.repairs.errors import (
    ContactOwed,
    RepairMoveRefused,
    RepairNotFound,
    TriedTooLittle,
)
from evaluation.repairs.forms import BookForm
from evaluation.repairs.queries import (
    Narrowed,
    contact_evidence,
    repair_by_number,
    repair_head,
    repairs_page,
)
from evaluation.repairs.rules import Act, Lane, RepairState
from evaluation.rules import Channel
from staff.rules import Role
from tests.evaluation.mending import Town, appeal, contact, make_town, words
from tests.sms.desk import MovableClock
from tests.tickets import making
from tickets.actions.ending import pass_audit, rework_ticket
from tickets.actions.handling import reply_ticket, sign_ticket
from tickets.clocks import local_day
from tickets.errors import VersionConflict
from tickets.kinds import Secrecy
from tickets.model import HistoryLine, Ticket
from tickets.notices.rules import NoticeKind

SHANGHAI_DAY_AFTER = datetime(2026, 10, 14, 16, 0, tzinfo=UTC)


@pytest.fixture
def town(open_database: Callable[..., Database], clock: MovableClock) -> Town:
    return make_town(open_database, clock)


def test_a_bad_rating_opens_one_repair_with_its_limits_in_working_days(town: Town) -> None:
    ticket_id = town.answered()
    town.rate(ticket_id, 1)

    (repair,) = town.repairs(ticket_id)

    ticket = town.ticket_of(repair.number)
    assert (repair.number, repair.state, repair.level) == (f"{ticket.number}-Z1", RepairState.TO_CONTACT, 1)
    assert repair.unit_id == town.town.heating.id
    assert repair.is_real_name
    assert repair.contact_due_at == SHANGHAI_DAY_AFTER  # 24:00 of the next working day
    assert repair.fix_due_at == datetime(2026, 10, 20, 16, 0, tzinfo=UTC)
    assert "跳过 10-17（周六）至 10-18（周日）休息日" in repair.fix_why
    assert town.acts(repair.number) == [Act.OPEN]


@pytest.mark.parametrize("level", [3, 4, 5])
def test_who_is_fairly_satisfied_opens_nothing(town: Town, level: int) -> None:
    ticket_id = town.answered()
    town.rate(ticket_id, level)

    assert town.repairs(ticket_id) == []


def test_a_rating_that_is_told_twice_opens_one_repair(town: Town) -> None:
    ticket_id = town.answered()
    town.rate(ticket_id, 2, source="page:once")
    town.rate(ticket_id, 2, source="page:once")

    assert len(town.repairs(ticket_id)) == 1


def test_a_correction_to_satisfied_takes_it_back_and_one_to_bad_brings_it_back(town: Town) -> None:
    number = town.badly_rated()
    ticket_id = town.repair(number).ticket_id
    town.wait(hours=1)
    town.rate(ticket_id, 4)
    assert town.repair(number).state is RepairState.WITHDRAWN

    town.wait(hours=1)
    town.rate(ticket_id, 2)

    again = town.repair(number)
    assert (again.state, again.level) == (RepairState.TO_CONTACT, 2)
    assert town.acts(number) == [Act.OPEN, Act.WITHDRAW, Act.REOPEN]
    assert len(town.repairs(ticket_id)) == 1


def test_a_correction_from_satisfied_to_bad_opens_it(town: Town) -> None:
    ticket_id = town.answered()
    town.rate(ticket_id, 5)
    town.wait(hours=2)
    town.rate(ticket_id, 1)

    assert [repair.state for repair in town.repairs(ticket_id)] == [RepairState.TO_CONTACT]


def test_another_bad_level_is_written_down_and_nothing_starts_again(town: Town) -> None:
    number = town.badly_rated(level=2)
    town.act(note_contact, number, contact())
    town.rate(town.repair(number).ticket_id, 1)

    repair = town.repair(number)
    assert (repair.state, repair.level) == (RepairState.CONTACTED, 1)
    assert town.acts(number) == [Act.OPEN, Act.CONTACT, Act.RELEVEL]


def test_what_an_earlier_answer_was_rated_and_what_its_rework_is_rated_are_two_repairs(town: Town) -> None:
    number = town.badly_rated()
    ticket_id, people = town.repair(number).ticket_id, town.town
    town.act(rework_ticket, ticket_id, by=people.callback, office=making.OFFICE, reason="没有修好")
    town.act(sign_ticket, ticket_id)
    town.act(reply_ticket, ticket_id, making.reply_form(), office=making.OFFICE)
    town.act(pass_audit, ticket_id, by=people.auditor, office=making.OFFICE)
    town.rate(ticket_id, 2)

    first, second = town.repairs(ticket_id)
    assert second.number == first.number.replace("-Z1", "-Z2")
    assert first.state is RepairState.TO_CONTACT  # a rework does not spare the unit the call


def test_who_left_no_number_is_not_called_back_and_the_unit_goes_on_at_once(town: Town) -> None:
    ticket_id = town.answered(phone="", is_anonymous=True)
    town.rate(ticket_id, 1, Channel.CALLBACK)
    (repair,) = town.repairs(ticket_id)
    assert (repair.is_real_name, repair.contact_due_at) == (False, None)

    town.act(fix_at_once, repair.number, words())

    assert town.repair(repair.number).state is RepairState.FIXING


def test_a_verified_number_is_owed_a_contact_before_anything_else(town: Town) -> None:
    number = town.badly_rated()

    for step, form in ((fix_at_once, words()), (explain_repair, words()), (appeal_rating, appeal())):
        with pytest.raises(ContactOwed):
            town.act(step, number, form)


def test_a_call_through_the_hotline_bears_the_contact_out_at_its_own_moment(town: Town) -> None:
    number = town.badly_rated()
    town.wait(minutes=30)
    spoke_at = town.call(number)
    town.wait(hours=3)

    town.act(note_contact, number, contact())

    repair = town.repair(number)
    assert (repair.state, repair.contacted_at) == (RepairState.CONTACTED, spoke_at)
    assert town.lines(number)[-1].particulars["is_proven"]


def test_a_contact_without_a_call_stands_unproven(town: Town) -> None:
    number = town.badly_rated()
    town.wait(minutes=30)
    town.call(number, by=town.town.roads_officer)  # another unit's call bears nothing out
    town.act(note_contact, number, contact())

    def proof(session: Session) -> object:
        repair = repair_by_number(session, number, town.officer)
        return contact_evidence(session, repair, town.officer, now=town.clock.now()).proof

    assert town.database.read(proof) is None
    assert not town.lines(number)[-1].particulars["is_proven"]


def test_three_dated_tries_stand_for_a_contact_and_two_do_not(town: Town) -> None:
    number = town.badly_rated()
    for _ in range(2):
        town.wait(days=1)
        town.try_again(number)
    with pytest.raises(TriedTooLittle):
        town.act(give_up_contact, number)

    town.wait(days=1)
    town.try_again(number)
    town.act(give_up_contact, number)

    assert (town.repair(number).state, town.repair(number).tries) == (RepairState.CONTACTED, 3)


def test_one_minute_counts_once_and_neither_the_future_nor_the_time_before(town: Town) -> None:
    number = town.badly_rated()
    opened_at = town.repair(number).opened_at
    town.wait(minutes=40)
    now = town.clock.now()
    town.try_again(number)

    for at in (now, now + timedelta(minutes=5), opened_at - timedelta(hours=1)):
        with pytest.raises(Invalid):
            town.try_again(number, at=at)
    assert town.repair(number).tries == 1


def test_tries_lie_hours_of_office_time_apart(town: Town) -> None:
    number = town.badly_rated()
    town.clock.move_to(datetime(2026, 10, 13, 8, 30, tzinfo=UTC))  # 16:30, an hour before the offices close
    town.try_again(number)

    town.clock.move_to(datetime(2026, 10, 13, 14, 0, tzinfo=UTC))  # 22:00
    with pytest.raises(Invalid) as refused:
        town.try_again(number)
    assert "2 小时工作时间" in str(refused.value.faults)
    town.clock.move_to(datetime(2026, 10, 14, 3, 0, tzinfo=UTC))
    town.try_again(number)

    assert town.repair(number).tries == 2


@pytest.mark.parametrize("calls", [0, 2, 3])
def test_tries_prove_that_nobody_could_be_reached_only_when_calls_bear_out_each(town: Town, calls: int) -> None:
    number = town.badly_rated()
    for n in range(3):
        town.wait(days=1)
        if n < calls:
            town.call(number, talk_s=None)
        town.try_again(number)
    town.act(give_up_contact, number)

    assert town.repair(number).is_contact_proven is (calls == 3)
    assert [line.particulars["is_proven"] for line in town.lines(number) if line.act is Act.TRY] == [
        n < calls for n in range(3)
    ]


def test_a_day_that_the_unit_sets_stands_beside_the_citys_limit(town: Town) -> None:
    number = town.badly_rated()
    limit = town.repair(number).fix_due_at
    town.act(note_contact, number, contact())
    today = local_day(town.clock.now())
    for days in (0, 91):
        with pytest.raises(Invalid):
            town.act(book_fix, number, BookForm(words=words().words, until_on=today + timedelta(days=days)))

    town.act(book_fix, number, BookForm(words=words().words, until_on=today + timedelta(days=20)))

    repair = town.repair(number)
    assert (repair.fix_due_at, repair.booked_on) == (limit, today + timedelta(days=20))
    assert repair.state is RepairState.FIXING


def test_done_is_said_in_words_and_the_second_question_comes_next(town: Town) -> None:
    number = town.badly_rated()
    town.act(note_contact, number, contact())
    town.act(fix_at_once, number, words())
    town.wait(hours=5)

    town.act(complete_repair, number, words())

    repair = town.repair(number)
    assert (repair.state, repair.done_at) == (RepairState.RERATING, town.clock.now())
    assert town.acts(number)[:4] == [Act.OPEN, Act.CONTACT, Act.FIX, Act.COMPLETE]


def test_two_who_act_at_once_are_told_apart_by_version(town: Town) -> None:
    number = town.badly_rated()
    version = town.repair(number).version
    town.act(note_contact, number, contact(), version=version)

    with pytest.raises(VersionConflict):
        town.act(fix_at_once, number, words(), version=version)
    with pytest.raises(RepairMoveRefused):
        town.act(note_contact, number, contact())


def test_past_the_calendar_there_is_no_limit_until_the_year_is_loaded(town: Town) -> None:
    year = Year(2027, "测试通知", frozenset({date(2027, 1, 1)}), frozenset({date(2027, 1, 3)}))

    town.clock.move_to(datetime(2026, 12, 30, 2, 0, tzinfo=UTC))
    number = town.badly_rated()
    repair = town.repair(number)
    assert repair.fix_due_at is None
    assert repair.waits_for_calendar == 2027
    assert "日历未加载(2027)" in repair.fix_why

    town.database.write(import_year, year, now=town.clock.now())
    town.work()

    timed = town.repair(number)
    assert timed.fix_due_at is not None
    assert timed.waits_for_calendar is None
    assert Act.RETIME in town.acts(number)
    assert timed.version == repair.version


def test_the_unit_is_told_at_once_before_the_limit_and_after_it_once_each(town: Town) -> None:
    number = town.badly_rated()
    told = [notice for notice in town.notices() if notice.kind is NoticeKind.REPAIR_OPENED]
    assert [notice.unit_id for notice in told] == [town.town.heating.id]
    assert "差评待整改" in told[0].text
    assert "张" not in told[0].text

    for _ in range(60):
        town.wait(hours=1)
    kinds = [notice.kind for notice in town.notices()]
    assert (kinds.count(NoticeKind.REPAIR_SOON_DUE), kinds.count(NoticeKind.REPAIR_OVERDUE)) == (1, 1)

    town.act(note_contact, number, contact())
    town.act(fix_at_once, number, words())
    town.act(complete_repair, number, words())
    for _ in range(10):
        town.wait(days=1)
    kinds = [notice.kind for notice in town.notices()]
    assert (kinds.count(NoticeKind.REPAIR_SOON_DUE), kinds.count(NoticeKind.REPAIR_OVERDUE)) == (1, 1)


def test_what_was_written_of_a_repair_cannot_be_written_anew(town: Town) -> None:
    town.badly_rated()

    for statement in ("UPDATE repair_lines SET words = ''", "DELETE FROM repair_lines"):
        with pytest.raises(DBAPIError):
            town.database.write(lambda session, said=statement: session.execute(text(said)))


def test_each_act_stands_on_the_ticket_too_and_only_for_those_inside(town: Town) -> None:
    number = town.badly_rated()
    town.act(note_contact, number, contact())

    def told(session: Session) -> list[tuple[str, bool]]:
        lines = session.query(HistoryLine).filter_by(ticket_id=town.repair(number).ticket_id, action="repair")
        return [(line.particulars["act"], line.is_internal) for line in lines.order_by(HistoryLine.id)]

    assert town.database.read(told) == [("open", True), ("contact", True)]


def test_the_head_counts_what_each_lane_lists(town: Town) -> None:
    first, second = town.badly_rated(), town.badly_rated(level=2)
    town.act(note_contact, second, contact())
    town.wait(days=3)

    def read(session: Session) -> tuple[dict[Lane, int], dict[Lane, list[str]]]:
        by, now = town.town.supervisor, town.clock.now()
        listed = {lane: [one.number for one in repairs_page(session, Narrowed(lane), by=by, now=now)] for lane in Lane}
        return repair_head(session, by=by, now=now).lanes, listed

    counted, listed = town.database.read(read)

    assert counted == {lane: len(numbers) for lane, numbers in listed.items()}
    assert (listed[Lane.TO_CONTACT], listed[Lane.OVERDUE], listed[Lane.FIXING]) == ([first], [first], [second])


def test_repairs_are_found_by_number_title_unit_and_level(town: Town) -> None:
    number = town.badly_rated(title="锅炉房噪声扰民")
    town.badly_rated(level=2)

    def found(**wanted: object) -> list[str]:
        def read(session: Session) -> list[str]:
            narrowed = Narrowed(**wanted)  # type: ignore[arg-type]
            return [
                one.number for one in repairs_page(session, narrowed, by=town.town.supervisor, now=town.clock.now())
            ]

        return town.database.read(read)

    assert found(words="锅炉房") == found(words=number[:12]) == found(level=1) == [number]
    assert found(words="100%") == found(unit_ids=(town.town.roads.id,)) == []
    assert len(found(unit_ids=(town.town.heating.id,))) == 2


def test_a_secret_ticket_that_accuses_the_own_unit_is_kept_from_whoever_decides(town: Town) -> None:
    number = town.badly_rated()

    def accuse(session: Session) -> None:
        ticket = session.get_one(Ticket, town.repair(number).ticket_id)
        ticket.secrecy, ticket.accused_unit_id = Secrecy.FROM_ACCUSED, town.town.district.id

    town.database.write(accuse)
    judge = town.database.write(
        lambda session: making.City.session_of(session, town.town).person(
            "judge", Role.SUPERVISOR, unit=town.town.district
        )
    )

    assert town.database.read(repairs_page, by=judge, now=town.clock.now()) == []
    with pytest.raises(RepairNotFound):
        town.database.read(repair_by_number, number, judge)
