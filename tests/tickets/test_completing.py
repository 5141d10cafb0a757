"""退回补正: what is missing is asked of the citizen by whom the dispatcher chose, while the clocks run."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from core.errors import Invalid
from staff.rules import Role
from tests.tickets.making import OFFICE, City, reply_form
from tickets.actions.bulk import BulkAct, BulkWish, do_to_all
from tickets.actions.completing import Supplement, ask_completion, complete_ticket, send_back_for_completion
from tickets.actions.dispatching import list_for_dispatch
from tickets.actions.handling import reply_ticket, return_ticket, sign_ticket
from tickets.actions.side_paths import Course, reject_ticket
from tickets.errors import MoveRefused, RoleRefused, VersionConflict
from tickets.guard_errors import CompletionAsked, NothingMissing, NotOwnUnit, StillMissing
from tickets.kinds import CompletionBy, CompletionState, RejectReason, Secrecy
from tickets.model import Completion, Ticket
from tickets.queries.completing import waiting_list
from tickets.queries.inbox import Tab, inbox_list
from tickets.queries.page import history_of, ticket_page
from tickets.rules import Action, State


@pytest.fixture
def city(session: Session) -> City:
    return City(session)


def sent_back(
    city: City, now: datetime, missing: str = "缺门牌号", asks: CompletionBy = CompletionBy.AGENT, **changes: object
) -> Ticket:
    ticket = city.listed(now, **changes)
    return send_back_for_completion(city.session, ticket.id, missing=missing, asks=asks, by=city.dispatcher, now=now)


def completion_of(session: Session, ticket: Ticket) -> Completion:
    return session.get_one(Completion, ticket.completion_id, populate_existing=True)


def test_it_comes_back_to_the_list_with_what_was_added_and_no_clock_has_stopped(
    session: Session, city: City, now: datetime
) -> None:
    ticket = sent_back(city, now)
    dues = (ticket.citizen_due_at, ticket.step_due_at)
    assert (ticket.state, ticket.missing) == (State.REGISTERED, "缺门牌号")

    supplement = Supplement("三号楼二单元 401", place_text="南湖小区三号楼二单元")
    complete_ticket(session, ticket.id, supplement, by=city.agent, now=now + timedelta(hours=1))

    assert (ticket.state, ticket.missing) == (State.TO_DISPATCH, "")
    assert (ticket.citizen_due_at, ticket.step_due_at) == dues
    assert ticket.place_text == "南湖小区三号楼二单元"
    asked = completion_of(session, ticket)
    assert (asked.state, asked.supplement) == (CompletionState.DONE, "三号楼二单元 401")
    page = ticket_page(session, ticket.number, by=city.dispatcher, profile=OFFICE.profile, now=now)
    assert page.completion is asked
    line = history_of(session, ticket.number, by=city.dispatcher)[-1]
    assert (line.action, line.reason) == (Action.COMPLETE.value, "三号楼二单元 401")
    assert line.particulars["place_before"] == ""


def test_an_agent_sees_the_own_ones_first_and_those_of_colleagues_who_are_off_duty_too(
    session: Session, city: City, now: datetime
) -> None:
    colleague = city.person("agent-2", Role.AGENT)
    foreign = sent_back(city, now - timedelta(hours=3), "缺时间")
    mine = city.listed(now)
    mine.registered_by_id = colleague.person_id
    send_back_for_completion(session, mine.id, missing="缺门牌号", by=city.dispatcher, now=now)
    of_callback = sent_back(city, now, "缺商户名称", CompletionBy.CALLBACK)

    found = waiting_list(session, by=colleague)

    assert [(one.ticket.id, one.completion.question, one.is_own) for one in found.rows] == [
        (mine.id, "缺门牌号", True),
        (foreign.id, "缺时间", False),
    ]
    assert (found.n, found.own) == (2, 1)
    assert [one.ticket.id for one in waiting_list(session, by=city.callback).rows] == [of_callback.id]
    complete_ticket(session, foreign.id, Supplement("昨晚八点"), by=colleague, now=now)
    assert waiting_list(session, by=colleague).n == 1


def test_the_list_is_searched_by_question_title_and_number_but_never_by_the_title_of_a_sealed_one(
    session: Session, city: City, now: datetime
) -> None:
    plain = sent_back(city, now, "缺门牌号")
    sealed = sent_back(city, now, "缺时间", secrecy=Secrecy.SEALED, title="举报某局长")

    def found(text: str) -> list[int]:
        return [one.ticket.id for one in waiting_list(session, by=city.agent, text=text).rows]

    assert found("门牌") == found("暖气不热") == [plain.id]
    assert found("局长") == []
    assert found(sealed.number) == found(f"{sealed.number[:4]} {sealed.number[4:]}") == [sealed.id]
    assert found("100%") == []


def test_whoever_hears_the_citizen_may_complete_it_and_nobody_else(session: Session, city: City, now: datetime) -> None:
    ticket = sent_back(city, now, asks=CompletionBy.CALLBACK)

    for by in (city.dispatcher, city.supervisor, city.auditor, city.escalation):
        with pytest.raises(RoleRefused):
            complete_ticket(session, ticket.id, Supplement("三号楼"), by=by, now=now)
    complete_ticket(session, ticket.id, Supplement("三号楼"), by=city.agent, now=now)

    assert ticket.state is State.TO_DISPATCH


def test_it_is_not_put_on_the_list_without_a_word(session: Session, city: City, now: datetime) -> None:
    ticket, other = sent_back(city, now), city.registered(now)

    with pytest.raises(StillMissing):
        list_for_dispatch(session, ticket.id, by=city.agent, now=now)
    with pytest.raises(Invalid):
        complete_ticket(session, ticket.id, Supplement(""), by=city.agent, now=now)
    with pytest.raises(NothingMissing):
        complete_ticket(session, other.id, Supplement("三号楼"), by=city.agent, now=now)
    with pytest.raises(VersionConflict):
        complete_ticket(session, ticket.id, Supplement("三号楼"), by=city.agent, now=now, version=1)

    assert ticket.state is State.REGISTERED


def test_what_cannot_be_had_goes_back_with_the_reason(session: Session, city: City, now: datetime) -> None:
    ticket = sent_back(city, now)

    unable = Supplement("三次致电无人接听", is_unable=True)
    complete_ticket(session, ticket.id, unable, by=city.callback, now=now)

    asked = completion_of(session, ticket)
    assert (ticket.state, asked.state, asked.ended_by) == (
        State.TO_DISPATCH,
        CompletionState.UNABLE,
        city.callback.label,
    )
    send_back_for_completion(session, ticket.id, missing="缺时间", by=city.dispatcher, now=now)
    assert completion_of(session, ticket).question == "缺时间"


def test_what_goes_another_way_is_asked_about_no_more(session: Session, city: City, now: datetime) -> None:
    ticket = sent_back(city, now)

    course = Course(city.agent, OFFICE, now)
    reject_ticket(session, ticket.id, reason=RejectReason.LITIGATION, channel="法院", course=course)

    assert completion_of(session, ticket).state is CompletionState.LAPSED
    assert (ticket.missing, waiting_list(session, by=city.agent).n) == ("", 0)


class TestUnits:
    """请求补正: the unit names what it lacks and keeps the ticket; whoever answers is one of the hotline's people."""

    def test_a_unit_keeps_the_ticket_every_clock_runs_on_and_the_answer_reaches_it(
        self, session: Session, city: City, now: datetime
    ) -> None:
        ticket = city.dispatched(now)
        stood = (ticket.citizen_due_at, ticket.step_due_at, ticket.unit_due_at, ticket.state)

        ask_completion(session, ticket.id, missing="缺房间号", by=city.officer, now=now)

        asked = completion_of(session, ticket)
        assert (asked.unit_id, asked.question, ticket.missing) == (city.heating.id, "缺房间号", "缺房间号")
        assert (ticket.citizen_due_at, ticket.step_due_at, ticket.unit_due_at, ticket.state) == stood
        found = waiting_list(session, by=city.dispatcher)
        assert [(one.ticket.id, one.completion.question) for one in found.rows] == [(ticket.id, "缺房间号")]

        sign_ticket(session, ticket.id, by=city.officer, now=now)
        answer = Supplement("二单元 401", place_text="南湖小区三号楼二单元 401")
        complete_ticket(session, ticket.id, answer, by=city.callback, now=now + timedelta(hours=1))

        assert (ticket.state, ticket.missing, ticket.place_text) == (State.IN_PROGRESS, "", answer.place_text)
        assert (asked.state, asked.supplement) == (CompletionState.DONE, "二单元 401")
        lines = [line.action for line in history_of(session, ticket.number, by=city.officer)]
        assert lines[-3:] == [Action.ASK_COMPLETION.value, Action.SIGN.value, Action.COMPLETE.value]
        page = ticket_page(session, ticket.number, by=city.officer, profile=OFFICE.profile, now=now)
        assert page.completion is asked

    def test_it_waits_on_the_lists_of_dispatchers_and_callback_and_among_what_the_unit_has_asked_for(
        self, session: Session, city: City, now: datetime
    ) -> None:
        ticket = city.signed(now)
        ask_completion(session, ticket.id, missing="缺房间号", by=city.officer, now=now)

        def tab(which: Tab) -> list[int]:
            page = inbox_list(session, unit_id=city.heating.id, by=city.officer, tab=which, now=now)
            return [one.id for one in page.listed.tickets]

        assert tab(Tab.REQUESTED) == tab(Tab.IN_PROGRESS) == [ticket.id]
        for by, n in ((city.dispatcher, 1), (city.callback, 1), (city.agent, 0)):
            assert waiting_list(session, by=by).n == n
        complete_ticket(session, ticket.id, Supplement("401"), by=city.dispatcher, now=now)
        assert tab(Tab.REQUESTED) == []

    def test_only_the_unit_that_answers_for_it_asks_once_at_a_time_and_only_the_hotline_answers(
        self, session: Session, city: City, now: datetime
    ) -> None:
        ticket, listed = city.signed(now), city.listed(now)
        manager = city.person("both", Role.UNIT_OFFICER, Role.SUPERVISOR, unit=city.roads)

        with pytest.raises(NotOwnUnit):
            ask_completion(session, ticket.id, missing="缺房间号", by=manager, now=now)
        with pytest.raises(MoveRefused):
            ask_completion(session, listed.id, missing="缺房间号", by=manager, now=now)
        with pytest.raises(Invalid):
            ask_completion(session, ticket.id, missing="", by=city.officer, now=now)
        with pytest.raises(VersionConflict):
            ask_completion(session, ticket.id, missing="缺房间号", by=city.officer, now=now, version=1)
        with pytest.raises(NothingMissing):
            complete_ticket(session, ticket.id, Supplement("401"), by=city.dispatcher, now=now)
        ask_completion(session, ticket.id, missing="缺房间号", by=city.officer, now=now)
        with pytest.raises(CompletionAsked):
            ask_completion(session, ticket.id, missing="缺时间", by=city.officer, now=now)
        for by in (city.officer, city.agent, city.auditor, city.supervisor):
            with pytest.raises(RoleRefused):
                complete_ticket(session, ticket.id, Supplement("401"), by=by, now=now)

        unable = Supplement("三次致电无人接听", is_unable=True)
        complete_ticket(session, ticket.id, unable, by=city.callback, now=now)
        ask_completion(session, ticket.id, missing="缺时间", by=city.officer, now=now)
        assert completion_of(session, ticket).question == "缺时间"

    def test_it_lapses_when_the_unit_answers_or_gives_the_ticket_back(
        self, session: Session, city: City, now: datetime
    ) -> None:
        answered, returned = city.signed(now), city.dispatched(now)
        for ticket in (answered, returned):
            ask_completion(session, ticket.id, missing="缺房间号", by=city.officer, now=now)

        reply_ticket(session, answered.id, reply_form(), by=city.officer, office=OFFICE, now=now)
        return_ticket(session, returned.id, city.return_form(), by=city.officer, now=now)

        for ticket in (answered, returned):
            assert (ticket.missing, completion_of(session, ticket).state) == ("", CompletionState.LAPSED)
        assert waiting_list(session, by=city.callback).n == 0

    def test_the_same_is_asked_for_several_at_once_and_each_is_judged_by_itself(
        self, session: Session, city: City, now: datetime
    ) -> None:
        mine, foreign = city.signed(now), city.listed(now)
        wish, course = BulkWish(BulkAct.ASK_COMPLETION, "缺房间号"), Course(city.officer, OFFICE, now)

        done = do_to_all(session, [mine.number, foreign.number], wish, course=course)

        assert [one.refused is None for one in done] == [True, False]
        assert mine.missing == "缺房间号"
        with pytest.raises(Invalid):
            do_to_all(session, [mine.number], BulkWish(BulkAct.ASK_COMPLETION, "缺" * 201), course=course)
