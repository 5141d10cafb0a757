"""Dispatching: by the system where its record allows it, by a person elsewhere, back again, and by ruling."""

from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import Invalid
from nlp.classifier import Abstention, DecidingWord, Suggestion, Suggestions
from staff.rules import CITIZEN
from tests.tickets.making import OFFICE, City
from tickets.actions.catalogue import add_catalogue_line, record_topic
from tickets.actions.dispatching import (
    confer,
    dispatch_ticket,
    recall_ticket,
    recall_tickets,
)
from tickets.actions.ending import note_rating, rework_ticket
from tickets.actions.handling import approve_return, refuse_return, return_ticket
from tickets.actions.registration import register_ticket
from tickets.actions.ruling import rule
from tickets.actions.suggesting import record_suggestion
from tickets.clocks import local_day
from tickets.errors import MoveRefused, ReasonRequired, RecallReasonRequired, RoleRefused, UnitCannotHold
from tickets.forms import ReturnForm
from tickets.guard_errors import AlreadyRuled, ConferenceRequired, NotOwnUnit, ReturnWindowOver
from tickets.hearing import heard
from tickets.kinds import ReturnBasis, Secrecy, Source, SuggestionVerdict, Urgency
from tickets.model import HistoryLine, Holding, Ticket
from tickets.model import Suggestion as Kept
from tickets.rules import State
from tickets.settings import TicketOffice

MODEL = "test-model"


@pytest.fixture
def city(session: Session) -> City:
    return City(session)


def said(city: City, *, confidence: float = 0.97, code: str = "T1.1") -> Suggestions:
    word = DecidingWord("暖气不热", 6, 10)
    return Suggestions(MODEL, (Suggestion(code, ("城乡建设", "供暖", "供暖不热"), confidence, (word,)),))


def give_record(session: Session, city: City, now: datetime, *, n: int = 300, wrong: int = 3) -> None:
    record_topic(
        session, topic_id=city.topic.id, model_name=MODEL, n=n, wrong=wrong, threshold=0.9, now=now - timedelta(days=1)
    )


def test_a_sure_ticket_of_a_proven_topic_goes_out_by_itself(session: Session, city: City, now: datetime) -> None:
    give_record(session, city, now)
    ticket = city.registered(now)

    record_suggestion(session, ticket.id, said(city), office=OFFICE, now=now)

    session.flush()
    assert (ticket.state, ticket.unit_id, ticket.is_auto_dispatched) == (State.DISPATCHED, city.heating.id, True)
    line = session.scalars(select(HistoryLine).where(HistoryLine.action == "dispatch")).one()
    assert line.actor_label == "系统"
    assert line.reason == "自动派单：供暖不热 97%（门槛 90%，历史 300 件错 3 件），依据 目录 3.2"


@pytest.mark.parametrize(
    ("n", "wrong", "confidence", "form", "office", "reason"),
    [
        (199, 0, 0.97, {}, OFFICE, "尚未达到自动派单的条件"),
        (300, 7, 0.97, {}, OFFICE, "尚未达到自动派单的条件"),
        (300, 3, 0.89, {}, OFFICE, "尚未达到自动派单的条件"),
        (300, 3, 0.97, {"urgency": Urgency.CRITICAL}, OFFICE, "特急件由人工派单"),
        (300, 3, 0.97, {"secrecy": Secrecy.SEALED}, OFFICE, "密件由人工派单"),
        (300, 3, 0.97, {}, TicketOffice(OFFICE.phone_key, auto_dispatch=False), "自动派单已关闭"),
    ],
)
def test_otherwise_it_waits_for_a_dispatcher_and_says_why(
    session: Session,
    city: City,
    now: datetime,
    n: int,
    wrong: int,
    confidence: float,
    form: dict[str, object],
    office: TicketOffice,
    reason: str,
) -> None:
    give_record(session, city, now, n=n, wrong=wrong)
    ticket = city.registered(now, **form)

    record_suggestion(session, ticket.id, said(city, confidence=confidence), office=office, now=now)

    session.flush()
    assert ticket.state is State.TO_DISPATCH
    kept = session.scalars(select(Kept)).one()
    assert kept.verdict is SuggestionVerdict.LIST
    assert reason in kept.reason
    assert kept.unit_id == city.heating.id


def test_what_its_line_makes_critical_waits_for_a_dispatcher(session: Session, city: City, now: datetime) -> None:
    give_record(session, city, now)
    ticket = city.registered(now, topic_id=None)
    add_catalogue_line(
        session,
        topic_id=city.topic.id,
        place_id=city.nanhu.id,
        unit_id=city.heating.id,
        urgency=Urgency.CRITICAL,
    )

    record_suggestion(session, ticket.id, said(city), office=OFFICE, now=now)

    assert ticket.state is State.TO_DISPATCH
    assert session.scalars(select(Kept.reason)).one() == "特急件由人工派单"


def test_the_system_sends_nothing_by_itself_whose_urgent_words_no_person_has_read(
    session: Session, city: City, now: datetime
) -> None:
    give_record(session, city, now)
    form = heard(city.form(text="楼道里燃气泄漏，味道很大，请尽快来人处理"))
    ticket = register_ticket(session, form, source=Source.WEB, by=CITIZEN, office=OFFICE, now=now)

    record_suggestion(session, ticket.id, said(city), office=OFFICE, now=now)

    kept = session.scalars(select(Kept)).one()
    assert (ticket.state, kept.verdict) == (State.TO_DISPATCH, SuggestionVerdict.LIST)
    assert kept.reason == "来件提到“燃气泄漏”，由人工核对紧急程度"


def test_the_agents_word_counts_more_than_the_systems(session: Session, city: City, now: datetime) -> None:
    give_record(session, city, now)
    ticket = city.registered(now, topic_id=city.road_topic.id)

    record_suggestion(session, ticket.id, said(city), office=OFFICE, now=now)

    assert (ticket.state, ticket.topic_id) == (State.TO_DISPATCH, city.road_topic.id)


def test_a_switched_off_topic_never_goes_out_by_itself(session: Session, city: City, now: datetime) -> None:
    give_record(session, city, now)
    city.topic.may_auto_dispatch = False
    ticket = city.registered(now)

    record_suggestion(session, ticket.id, said(city), office=OFFICE, now=now)

    assert ticket.state is State.TO_DISPATCH


def test_out_of_its_depth_the_system_says_nothing(session: Session, city: City, now: datetime) -> None:
    ticket = city.registered(now, topic_id=None)

    record_suggestion(
        session, ticket.id, Suggestions(MODEL, abstained=Abstention.OUT_OF_DOMAIN), office=OFFICE, now=now
    )

    session.flush()
    assert (ticket.state, ticket.is_uncertain, ticket.topic_id) == (State.TO_DISPATCH, True, None)
    assert session.scalars(select(Kept)).one().reason == "系统不确定"


def test_a_suggestion_that_comes_twice_changes_nothing_more(session: Session, city: City, now: datetime) -> None:
    give_record(session, city, now)
    ticket = city.registered(now)

    record_suggestion(session, ticket.id, said(city), office=OFFICE, now=now)
    version = ticket.version
    record_suggestion(session, ticket.id, said(city), office=OFFICE, now=now)

    assert ticket.version == version
    assert len(session.scalars(select(Holding).where(Holding.ticket_id == ticket.id)).all()) == 1


def test_another_unit_than_the_catalogues_needs_a_reason(session: Session, city: City, now: datetime) -> None:
    ticket = city.listed(now)
    send = partial(
        dispatch_ticket, session, ticket.id, unit_id=city.roads.id, by=city.dispatcher, office=OFFICE, now=now
    )

    with pytest.raises(ReasonRequired):
        send()
    send(reason="管网已移交城管局")

    assert ticket.unit_id == city.roads.id


def test_within_ten_seconds_a_dispatch_is_undone_without_a_word_and_later_with_a_reason(
    session: Session, city: City, now: datetime
) -> None:
    ticket = city.dispatched(now)
    recall = partial(recall_ticket, session, ticket.id, by=city.dispatcher, office=OFFICE)

    with pytest.raises(RecallReasonRequired, match="已通知承办单位，撤回须写明原因"):
        recall(now=now + timedelta(seconds=10))
    recall(now=now + timedelta(seconds=10), reason="应由物业处理")

    assert (ticket.state, ticket.unit_id) == (State.TO_DISPATCH, None)


def test_a_pile_is_taken_back_but_for_what_has_been_signed(session: Session, city: City, now: datetime) -> None:
    first, signed = city.dispatched(now), city.signed(now, phone="13812345679")

    outcomes = recall_tickets(
        session, [first.number, signed.number], by=city.dispatcher, office=OFFICE, now=now, reason=""
    )

    assert [(one.number, one.refused and one.refused.code) for one in outcomes] == [
        (first.number, None),
        (signed.number, "move_refused"),
    ]
    assert (first.state, signed.state) == (State.TO_DISPATCH, State.IN_PROGRESS)


def test_the_hotline_itself_holds_no_ticket(session: Session, city: City, now: datetime) -> None:
    ticket = city.listed(now, topic_id=city.road_topic.id)

    with pytest.raises(UnitCannotHold):
        dispatch_ticket(session, ticket.id, unit_id=city.hotline.id, by=city.dispatcher, office=OFFICE, now=now)


def test_an_agent_does_not_dispatch(session: Session, city: City, now: datetime) -> None:
    ticket = city.listed(now)

    with pytest.raises(RoleRefused):
        dispatch_ticket(session, ticket.id, unit_id=city.heating.id, by=city.agent, office=OFFICE, now=now)


class TestReturns:
    """申退: inside the window, with its basis, once; then a conference decides."""

    def test_one_minute_before_the_window_ends_it_is_taken(self, session: Session, city: City, now: datetime) -> None:
        ticket, late = city.dispatched(now), now + timedelta(hours=23, minutes=59)

        return_ticket(session, ticket.id, city.return_form(), by=city.officer, now=late)

        assert ticket.state is State.RETURN_REVIEW

    def test_one_minute_after_it_is_refused(self, session: Session, city: City, now: datetime) -> None:
        ticket, too_late = city.signed(now), now + timedelta(hours=24, minutes=1)

        with pytest.raises(ReturnWindowOver, match="退单期限已过：10-14 09:00"):
            return_ticket(session, ticket.id, city.return_form(), by=city.officer, now=too_late)

    def test_it_needs_a_chosen_basis_and_an_explanation(self, session: Session, city: City, now: datetime) -> None:
        ticket = city.dispatched(now)
        thin = ReturnForm(basis=ReturnBasis.OTHER, explanation="不归我们管")

        with pytest.raises(Invalid) as refused:
            return_ticket(session, ticket.id, thin, by=city.officer, now=now)

        assert {code for _, code, _ in refused.value.faults} == {"explanation_too_short", "basis_missing"}

    def test_another_unit_cannot_give_it_back(self, session: Session, city: City, now: datetime) -> None:
        ticket = city.dispatched(now)
        manager = city.person("both", *city.officer.roles, *city.supervisor.roles, unit=city.roads)

        with pytest.raises(NotOwnUnit):
            return_ticket(session, ticket.id, city.return_form(), by=manager, now=now)

    def test_granted_it_is_sent_to_another_unit_with_a_clock_of_its_own(
        self, session: Session, city: City, now: datetime
    ) -> None:
        ticket, later = city.dispatched(now), now + timedelta(days=1)
        first_due = ticket.citizen_due_at
        return_ticket(session, ticket.id, city.return_form(), by=city.officer, now=now)

        approve_return(session, ticket.id, by=city.dispatcher, office=OFFICE, now=now)
        dispatch_ticket(
            session, ticket.id, unit_id=city.roads.id, by=city.dispatcher, office=OFFICE, now=later, reason="改派"
        )

        holdings = session.scalars(select(Holding).where(Holding.ticket_id == ticket.id).order_by(Holding.id)).all()
        assert [(held.unit_id, held.end_action) for held in holdings] == [
            (city.heating.id, "approve_return"),
            (city.roads.id, ""),
        ]
        assert ticket.unit_due_at is not None
        assert first_due is not None
        assert ticket.unit_due_at > first_due
        assert ticket.citizen_due_at == first_due

    def test_refused_the_unit_counts_as_having_signed(self, session: Session, city: City, now: datetime) -> None:
        ticket = city.dispatched(now)
        return_ticket(session, ticket.id, city.return_form(), by=city.officer, now=now)

        refuse_return(session, ticket.id, by=city.dispatcher, now=now, reason="目录写明由贵单位承办")

        assert (ticket.state, ticket.is_returned) == (State.IN_PROGRESS, False)

    def test_the_second_dispute_goes_to_a_conference_and_its_ruling_is_final(
        self, session: Session, city: City, now: datetime
    ) -> None:
        ticket = self._returned_twice(session, city, now)

        with pytest.raises(ConferenceRequired):
            approve_return(session, ticket.id, by=city.dispatcher, office=OFFICE, now=now)
        with pytest.raises(ConferenceRequired):
            refuse_return(session, ticket.id, by=city.dispatcher, now=now, reason="不同意")
        confer(session, ticket.id, by=city.dispatcher, now=now, reason="两家均称非本单位职责")
        rule(session, ticket.id, unit_id=city.roads.id, by=city.supervisor, office=OFFICE, now=now, reason="裁定")

        assert (ticket.state, ticket.unit_id) == (State.DISPATCHED, city.roads.id)
        with pytest.raises(AlreadyRuled):
            return_ticket(session, ticket.id, city.return_form(), by=city.roads_officer, now=now)
        with pytest.raises(AlreadyRuled):
            recall_ticket(session, ticket.id, by=city.dispatcher, office=OFFICE, now=now)

    @staticmethod
    def _returned_twice(session: Session, city: City, now: datetime) -> Ticket:
        ticket = city.dispatched(now)
        return_ticket(session, ticket.id, city.return_form(), by=city.officer, now=now)
        refuse_return(session, ticket.id, by=city.dispatcher, now=now, reason="属贵单位职责")
        return return_ticket(session, ticket.id, city.return_form(), by=city.officer, now=now + timedelta(hours=1))


def test_a_closed_ticket_stays_closed(session: Session, city: City, now: datetime) -> None:
    ticket = city.answered(now)
    ticket.state = State.CLOSED
    session.flush()

    with pytest.raises(MoveRefused, match="工单当前为“办结”，不能派出"):
        dispatch_ticket(session, ticket.id, unit_id=city.roads.id, by=city.dispatcher, office=OFFICE, now=now)


def test_a_rework_is_rated_anew(session: Session, city: City, now: datetime) -> None:
    ticket = city.answered(now)
    note_rating(session, ticket.id, level=2, rework_no=0, office=OFFICE, now=now)

    rework_ticket(session, ticket.id, by=city.callback, office=OFFICE, now=now, reason="未解决")

    assert (ticket.state, ticket.rework_no, ticket.unit_id) == (State.DISPATCHED, 1, city.heating.id)
    assert (ticket.rating_level, ticket.needs_repair, ticket.answered_at) == (None, False, None)
    assert ticket.unit_due_at is not None
    assert local_day(ticket.unit_due_at - timedelta(seconds=1)).isoformat() == "2026-10-16"
