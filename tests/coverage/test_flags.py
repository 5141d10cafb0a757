"""What looks bent is flagged, and what is nearly the same and has a good reason is not."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from core.errors import Invalid
from evaluation.model import Rating
from evaluation.rules import Channel
from indicators.coverage.actions import record_check
from indicators.coverage.errors import NotFlagged
from indicators.coverage.flags import FlagRow, Wanted
from indicators.coverage.queries import audit, flagged, flagged_row
from indicators.coverage.rules import Flag, binomial_tail, is_beyond_chance
from staff.actions import add_person, add_unit
from staff.rules import Actor, Role, UnitKind
from telephony.bridges.model import BridgedCall
from telephony.bridges.rules import BridgeResult, BridgeState
from telephony.rules import RatingState
from tests.coverage.making import MONTH, make_closed, make_invitation, make_rated, make_rating
from tests.evaluation.city import make_call, make_ticket, make_unit
from tests.sms.desk import PHONE
from tickets.kinds import ContactMade, ReplyResult, TerminationReason
from tickets.model import Ending, HistoryLine, Holding, Pause, Reply, Ticket
from tickets.rules import Action, State

BY = Actor(None, "审计甲", "S001", frozenset({Role.INSPECTOR}), None)


def rows(session: Session, flag: Flag, now: datetime) -> list[FlagRow]:
    return [one.row for one in flagged(session, flag, Wanted(MONTH, now))]


def numbers(session: Session, flag: Flag, now: datetime) -> list[str]:
    return [number for row in rows(session, flag, now) for number in row.numbers]


def number_of(session: Session, ticket_id: int | None) -> str:
    return session.get_one(Ticket, ticket_id).number


class TestTooFast:
    def test_a_rating_seconds_after_the_question_arrived(self, session: Session, now: datetime) -> None:
        fast, slow = (
            make_invitation(session, make_closed(session, now=now), at=now - timedelta(hours=3), delivered_at=now)
            for _ in range(2)
        )
        make_rating(session, slow, at=now + timedelta(seconds=15))
        bent = make_rating(session, fast, at=now + timedelta(seconds=14))

        found = rows(session, Flag.TOO_FAST, now)
        assert [row.numbers for row in found] == [[number_of(session, bent.ticket_id)]]
        assert found[0].what == "送达后 14 秒即评"

    def test_a_late_receipt_makes_no_answer_fast_and_a_person_on_the_phone_is_none(
        self, session: Session, now: datetime
    ) -> None:
        asked = make_invitation(session, make_closed(session, now=now), at=now - timedelta(hours=3), delivered_at=now)
        make_rating(session, asked, at=now - timedelta(seconds=5))
        called = make_invitation(session, make_closed(session, now=now), at=now, delivered_at=now)
        make_rating(session, called, at=now + timedelta(seconds=3), channel=Channel.CALLBACK)

        assert rows(session, Flag.TOO_FAST, now) == []


class TestCalledBefore:
    @pytest.fixture
    def officer_id(self, session: Session) -> int:
        unit = add_unit(session, code="heat", name="市供热公司", kind=UnitKind.UTILITY)
        return self.person(session, unit.id, "heat-1")

    def person(self, session: Session, unit_id: int, account: str) -> int:
        return add_person(
            session, unit_id=unit_id, account=account, name="赵六", staff_number=account, roles=[Role.UNIT_OFFICER]
        ).id

    def call(self, session: Session, ticket_id: int | None, person_id: int, at: datetime, **more: object) -> None:
        made: dict[str, object] = {"result": BridgeResult.TALKED, "talk_s": 60} | more
        session.add(
            BridgedCall(
                node="main",
                about_id=ticket_id,
                person_id=person_id,
                person_label="赵六",
                own_channel="",
                own_shown="",
                citizen_channel="",
                state=BridgeState.ENDED,
                asked_at=at,
                **made,
            )
        )
        session.flush()

    def test_a_units_call_between_question_and_answer(self, session: Session, now: datetime, officer_id: int) -> None:
        rated = make_rated(session, now=now)
        self.call(session, rated.ticket_id, officer_id, now - timedelta(minutes=90))

        found = rows(session, Flag.CALLED_BEFORE, now)
        assert [row.numbers for row in found] == [[number_of(session, rated.ticket_id)]]
        assert "30 分钟" in found[0].what

    def test_calls_of_its_work_those_nobody_took_and_the_hotlines_own_are_none(
        self, session: Session, now: datetime, officer_id: int
    ) -> None:
        hotline = add_unit(session, code="own", name="热线", kind=UnitKind.HOTLINE)
        asked_h_ago = timedelta(hours=2)
        before, unanswered, own, after = (make_rated(session, now=now).ticket_id for _ in range(4))
        self.call(session, before, officer_id, now - asked_h_ago - timedelta(minutes=1))
        self.call(session, unanswered, officer_id, now - timedelta(minutes=90), result=BridgeResult.NO_ANSWER)
        self.call(session, own, self.person(session, hotline.id, "own-1"), now - timedelta(minutes=90))
        self.call(session, after, officer_id, now - timedelta(minutes=59))

        assert rows(session, Flag.CALLED_BEFORE, now) == []

    def test_two_days_later_nobody_answers_because_of_a_call(
        self, session: Session, now: datetime, officer_id: int
    ) -> None:
        asked = make_invitation(session, make_closed(session, now=now), at=now - timedelta(days=2), delivered_at=now)
        make_rating(session, asked, at=now)
        self.call(session, asked.ticket_id, officer_id, now - timedelta(hours=24, minutes=1))

        assert rows(session, Flag.CALLED_BEFORE, now) == []


class TestOnePhone:
    def rate(self, session: Session, now: datetime, n: int, phone_hash: str) -> None:
        for _ in range(n):
            asked = make_invitation(session, make_closed(session, now=now), at=now, phone_hash=phone_hash)
            make_rating(session, asked, at=now + timedelta(hours=1))

    def test_five_matters_of_one_phone_and_not_four(self, session: Session, now: datetime) -> None:
        self.rate(session, now, 5, "a" * 64)
        self.rate(session, now, 4, "b" * 64)

        found = rows(session, Flag.ONE_PHONE, now)
        assert [(row.what, len(row.numbers)) for row in found] == [("同一电话本期评价 5 件", 5)]

    def test_corrections_of_one_matter_are_one_rating(self, session: Session, now: datetime) -> None:
        asked = make_invitation(session, make_closed(session, now=now), at=now, phone_hash="a" * 64)
        for _ in range(5):
            make_rating(session, asked, at=now + timedelta(hours=1))

        assert rows(session, Flag.ONE_PHONE, now) == []


class TestPhoneChanged:
    def test_at_any_time_before_the_rating(self, session: Session, now: datetime) -> None:
        bent, early, other, late = (make_rated(session, now=now) for _ in range(4))
        for rated in (bent, early, other, late):
            reply(session, rated.ticket_id or 0, now - timedelta(hours=5))
        corrected(session, bent.ticket_id, now - timedelta(hours=4), phone="138****0000")
        corrected(session, early.ticket_id, now - timedelta(days=2), phone="138****0000")
        corrected(session, other.ticket_id, now - timedelta(hours=4), caller_name="王**")
        corrected(session, late.ticket_id, now - timedelta(minutes=5), phone="138****0000")

        assert sorted(numbers(session, Flag.PHONE_CHANGED, now)) == sorted(
            number_of(session, rated.ticket_id) for rated in (bent, early)
        )

    def test_a_number_that_did_not_call_and_not_one_that_did_nor_a_matter_without_a_call(
        self, session: Session, now: datetime
    ) -> None:
        other, same, hidden, written = (make_rated(session, now=now) for _ in range(4))
        for rated, caller in ((other, "13900009999"), (same, PHONE), (hidden, None)):
            call = make_call(session, now=now)
            call.caller = caller
            session.get_one(Ticket, rated.ticket_id).call_id = call.id
        session.flush()

        assert numbers(session, Flag.OTHER_PHONE, now) == [number_of(session, other.ticket_id)]
        assert written.ticket_id is not None


class TestEndedBefore:
    def test_ended_or_shelved_after_an_answer_or_just_before_the_limit(self, session: Session, now: datetime) -> None:
        parked, near, calm, early = (make_ticket(session, now=now - timedelta(days=3)) for _ in range(4))
        reply(session, parked.id, now - timedelta(hours=5))
        session.add(Pause(ticket_id=parked.id, began_at=now, plan="等材料", review_on=now.date()))
        session.add(Pause(ticket_id=calm.id, began_at=now, plan="等材料", review_on=now.date()))
        for ticket, hours in ((near, 24), (early, 25)):
            ticket.citizen_due_at = now + timedelta(hours=hours)
            session.add(
                Ending(ticket_id=ticket.id, action=Action.TERMINATE, ended_at=now, reason=next(iter(TerminationReason)))
            )
        session.flush()

        assert sorted(numbers(session, Flag.ENDED_BEFORE, now)) == sorted([parked.number, near.number])


class TestUnits:
    def closed(
        self, session: Session, now: datetime, unit_id: int, n: int, *, left_out: int = 0, rated: int = 0
    ) -> None:
        for count in range(n):
            ticket = make_closed(session, now=now, unit_id=unit_id)
            if count >= left_out:
                asked = make_invitation(session, ticket, at=now - timedelta(hours=2), delivered_at=now)
                if count < left_out + rated:
                    make_rating(session, asked, at=now)

    def test_a_unit_that_leaves_out_more_than_chance_allows(self, session: Session, now: datetime) -> None:
        choosy, slip, others = (make_unit(session, name).id for name in ("挑选局", "失误局", "其他局"))
        self.closed(session, now, choosy, 20, left_out=5)
        self.closed(session, now, slip, 20, left_out=1)
        self.closed(session, now, others, 60)

        found = rows(session, Flag.SELECTIVE, now)
        assert [row.unit_name for row in found] == ["挑选局"]
        assert len(found[0].numbers) == 5

    def test_when_everybody_is_left_out_nobody_is_choosy(self, session: Session, now: datetime) -> None:
        for name in ("甲局", "乙局"):
            self.closed(session, now, make_unit(session, name).id, 20, left_out=8)

        assert rows(session, Flag.SELECTIVE, now) == []

    def test_all_satisfied_where_far_fewer_answer(self, session: Session, now: datetime) -> None:
        few, many, small = (make_unit(session, name).id for name in ("少答局", "多答局", "小局"))
        self.closed(session, now, few, 40, rated=4)
        self.closed(session, now, many, 40, rated=20)
        self.closed(session, now, small, 20, rated=3)

        assert [row.unit_name for row in rows(session, Flag.PERFECT_FEW, now)] == ["少答局"]

    def test_a_seat_that_passes_fewer_callers_on_to_the_rating(self, session: Session, now: datetime) -> None:
        unit = add_unit(session, code="seats", name="热线", kind=UnitKind.HOTLINE)
        people = [
            add_person(session, unit_id=unit.id, account=name, name=name, staff_number=name, roles=[Role.AGENT]).id
            for name in ("a", "b", "c")
        ]
        for place, not_asked in enumerate((12, 2, 1)):
            for count in range(30):
                call = make_call(session, now=now)
                call.person_id = people[place]
                call.rating = RatingState.NOT_ASKED if count < not_asked else RatingState.ASKED
        session.flush()

        assert [row.unit_name for row in rows(session, Flag.SELECTIVE_SEAT, now)] == ["a"]


def test_the_tail_is_that_of_the_binomial_distribution() -> None:
    assert binomial_tail(3, 3, 0.5) == pytest.approx(0.125)
    assert binomial_tail(1, 10, 0.1) == pytest.approx(1 - 0.9**10)
    assert binomial_tail(0, 10, 0.3) == pytest.approx(1.0)
    assert not is_beyond_chance(2, 2, 0, 1000, compared=1)


def test_a_finding_that_was_looked_at_stays_listed_as_dealt_with(session: Session, now: datetime) -> None:
    make_closed(session, now=now)
    row = rows(session, Flag.UNEXPLAINED, now)[0]
    assert audit(session, MONTH, now=now).has_finding
    with pytest.raises(Invalid):
        record_check(session, row, finding="看了", by=BY, now=now)

    record_check(session, row, finding="任务队列停机，已补邀", by=BY, now=now)
    record_check(session, row, finding="补邀后群众已评价", by=BY, now=now + timedelta(hours=1))

    found = audit(session, MONTH, now=now)
    counted = next(one for one in found.flags if one.flag is Flag.UNEXPLAINED)
    assert (counted.n, counted.unchecked, found.has_finding) == (1, 0, False)
    checks = flagged(session, Flag.UNEXPLAINED, Wanted(MONTH, now))[0].checks
    assert [check.finding for check in checks] == ["补邀后群众已评价", "任务队列停机，已补邀"]
    assert checks[0].checked_by == "审计甲（S001）"


def test_only_what_is_flagged_can_be_dealt_with(session: Session, now: datetime) -> None:
    with pytest.raises(NotFlagged):
        flagged_row(session, Flag.TOO_FAST, "rating:77", MONTH, now=now)


def test_rows_come_page_by_page(session: Session, now: datetime) -> None:
    for _ in range(5):
        make_closed(session, now=now)
    wanted = Wanted(MONTH, now, limit=3)

    first = flagged(session, Flag.UNEXPLAINED, wanted)
    rest = flagged(session, Flag.UNEXPLAINED, Wanted(MONTH, now, after=first[-1].row.id, limit=3))

    assert (len(first), len(rest)) == (3, 2)


def corrected(session: Session, ticket_id: int | None, at: datetime, **after: str) -> None:
    session.add(
        HistoryLine(
            ticket_id=ticket_id,
            at=at,
            action=Action.CORRECT.value,
            from_state=State.TO_CALLBACK,
            to_state=State.TO_CALLBACK,
            actor_label="x",
            particulars={"before": {}, "after": after},
            version=1,
        )
    )
    session.flush()


def reply(session: Session, ticket_id: int, at: datetime) -> None:
    unit_id = session.get_one(Ticket, ticket_id).unit_id
    holding = Holding(ticket_id=ticket_id, unit_id=unit_id, dispatched_at=at, dispatched_by="x")
    session.add(holding)
    session.flush()
    session.add(
        Reply(
            ticket_id=ticket_id,
            holding_id=holding.id,
            unit_id=unit_id,
            author_label="x",
            replied_at=at,
            result=ReplyResult.SOLVED,
            text="已修好",
            contact=ContactMade.NONE,
        )
    )
    session.flush()


class TestMovedAfterBad:
    def rated(self, session: Session, now: datetime, unit_id: int, level: int) -> Rating:
        ticket = make_closed(session, now=now, unit_id=unit_id)
        asked = make_invitation(session, ticket, at=now - timedelta(hours=3))
        return make_rating(session, asked, at=now - timedelta(hours=2), level=level)

    def dispatch(self, session: Session, rating: Rating, unit_id: int, at: datetime) -> Ticket:
        ticket = session.get_one(Ticket, rating.ticket_id)
        ticket.unit_id, ticket.rework_no = unit_id, 1
        session.add(Holding(ticket_id=ticket.id, unit_id=unit_id, dispatched_at=at, dispatched_by="值长"))
        session.flush()
        return ticket

    def test_a_bad_rating_whose_matter_went_to_another_unit(self, session: Session, now: datetime) -> None:
        one, other = make_unit(session, "甲局").id, make_unit(session, "乙局").id
        bad, good, same, before = (self.rated(session, now, one, level) for level in (2, 3, 1, 1))
        ticket = self.dispatch(session, bad, other, now)
        self.dispatch(session, good, other, now)
        self.dispatch(session, same, one, now)
        self.dispatch(session, before, other, now - timedelta(hours=4))

        [row] = rows(session, Flag.MOVED_AFTER_BAD, now)
        assert (row.unit_name, row.numbers, row.at) == ("甲局", [ticket.number], now)
        assert row.what == "评“不满意”后改派乙局"

        make_rating(session, make_invitation(session, ticket, at=now), at=now, level=5)
        [row] = rows(session, Flag.MOVED_AFTER_BAD, now)
        assert row.what == "评“不满意”后改派乙局，其后评“非常满意”"

    def test_it_stands_in_the_month_in_which_the_other_unit_was_rated_too(
        self, session: Session, now: datetime
    ) -> None:
        one, other = make_unit(session, "甲局").id, make_unit(session, "乙局").id
        bad = self.rated(session, now - timedelta(days=40), one, 1)
        ticket = self.dispatch(session, bad, other, now)

        assert rows(session, Flag.MOVED_AFTER_BAD, now) == []
        make_rating(session, make_invitation(session, ticket, at=now), at=now, level=4)
        assert numbers(session, Flag.MOVED_AFTER_BAD, now) == [ticket.number]

    def test_a_bad_rating_that_was_corrected_to_a_good_one_is_none(self, session: Session, now: datetime) -> None:
        one, other = make_unit(session, "甲局").id, make_unit(session, "乙局").id
        bad = self.rated(session, now, one, 1)
        bad.is_current = False
        self.dispatch(session, bad, other, now)

        assert rows(session, Flag.MOVED_AFTER_BAD, now) == []
