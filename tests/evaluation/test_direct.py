"""直接答复: what the hotline itself answers is asked about and rated like a unit's answer, and never mixed with one."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database import Database
from evaluation.actions.answering import Answer, record_agent_rating, record_answer
from evaluation.actions.asking_direct import ask_about_direct
from evaluation.actions.calling import record_attempt
from evaluation.errors import HandlerMayNotAsk, InvitationVoided
from evaluation.model import Invitation, Rating, UnaskedAnswer
from evaluation.plan import CallbackOutcome
from evaluation.queries import asking, invitations_of, owed_calls, second_questions_of
from evaluation.repairs.actions.appealing import appeal_rating, uphold_appeal
from evaluation.repairs.actions.contacting import note_contact
from evaluation.repairs.actions.mending import explain_repair
from evaluation.repairs.errors import OwnAppeal, RepairNotFound, RepairOfOtherUnit
from evaluation.repairs.rules import RepairState
from evaluation.rules import Channel, InvitationState, Level, Reason, Subject
from indicators.answers import answers
from indicators.periods import Period
from indicators.recount import recount
from indicators.satisfaction import Slice
from sms.rules import MessageState
from sms.settings import SmsSettings
from staff.queries import hotline_of
from staff.rules import Actor, Role
from tests.evaluation.city import make_call
from tests.evaluation.mending import DIRECT_ANSWER, Town, appeal, contact, decision, make_town, words
from tests.sms.desk import MovableClock
from tests.tickets import making
from tickets.actions.dispatching import dispatch_ticket, list_for_dispatch
from tickets.actions.ending import pass_audit
from tickets.actions.handling import reply_ticket, sign_ticket
from tickets.actions.side_paths import Course, answer_ticket, reopen_ticket
from tickets.clocks import local_day
from tickets.kinds import Secrecy
from tickets.model import Ticket

MOBILE = "13812345678"


@pytest.fixture
def town(open_database: Callable[..., Database], clock: MovableClock) -> Town:
    return make_town(open_database, clock)


def course(town: Town, by: Actor | None = None) -> Course:
    return Course(by or town.town.agent, making.OFFICE, town.clock.now())


def answer_again(town: Town, ticket_id: int) -> None:
    town.database.write(answer_ticket, ticket_id, answer=DIRECT_ANSWER, article="", course=course(town))
    town.wait(minutes=5)


def reopen(town: Town, ticket_id: int) -> None:
    town.database.write(reopen_ticket, ticket_id, reason="群众说答复的不是所问", course=course(town))
    town.wait(minutes=5)


def handled(town: Town, ticket_id: int) -> None:
    """It goes to a unit after all, whose answer passes the audit."""
    city, now = town.town, town.clock.now()

    def handle(session: Session) -> None:
        list_for_dispatch(session, ticket_id, by=city.agent, now=now)
        dispatch_ticket(session, ticket_id, unit_id=city.heating.id, by=city.dispatcher, office=making.OFFICE, now=now)
        sign_ticket(session, ticket_id, by=city.officer, now=now, handler="赵六")
        reply_ticket(session, ticket_id, making.reply_form(), by=city.officer, office=making.OFFICE, now=now)
        pass_audit(session, ticket_id, by=city.auditor, office=making.OFFICE, now=now)

    town.database.write(handle)
    town.wait(minutes=5)


def questions(town: Town, ticket_id: int) -> list[tuple[Subject, int, InvitationState]]:
    found = town.database.read(invitations_of, ticket_id)
    return [(one.subject, one.rework_no, one.state) for one in found]


def ticket_of(town: Town, ticket_id: int) -> Ticket:
    found: Ticket = town.database.read(Session.get_one, Ticket, ticket_id)
    return found


def leader(town: Town) -> Actor:
    """A shift leader of the hotline."""

    def add(session: Session) -> Actor:
        return making.City.session_of(session, town.town).person("leader", Role.SHIFT_LEADER)

    return town.database.write(add)


def counted(town: Town, subject: Subject) -> tuple[int, int, int]:
    """Closed, answered, satisfied."""
    day = local_day(town.clock.now())
    found = town.database.read(answers, Slice(Period(day - timedelta(days=9), day), subject))
    return found.closed, found.answered, found.satisfied


def test_who_was_answered_at_once_is_asked_by_one_sms_about_the_hotlines_own_answer(town: Town) -> None:
    ticket_id = town.at_once()

    (asked,) = town.database.read(invitations_of, ticket_id)
    assert (asked.subject, asked.unit_id, asked.state) == (
        Subject.DIRECT,
        town.town.hotline.id,
        InvitationState.INVITED,
    )
    (sent,) = town.sent()
    assert "热线答复工单" in sent.text
    assert town.database.read(asking, ticket_id, now=town.clock.now()).words.startswith("热线已请您评价这次答复")


def test_the_same_answer_is_asked_about_once_however_often_the_job_runs(town: Town) -> None:
    ticket_id = town.at_once()

    for _ in range(2):
        town.database.write(ask_about_direct, ticket_id, office=town.office, now=town.clock.now())
    town.work()

    assert len(town.sent()) == 1
    assert len(questions(town, ticket_id)) == 1


def test_it_counts_under_its_own_headline_and_never_under_that_of_the_units(town: Town) -> None:
    ticket_id = town.at_once()
    assert (counted(town, Subject.DIRECT), counted(town, Subject.HANDLING)) == ((1, 0, 0), (0, 0, 0))

    town.write("5", MOBILE)

    assert ticket_of(town, ticket_id).rating_level == 5
    assert (counted(town, Subject.DIRECT), counted(town, Subject.HANDLING)) == ((1, 1, 1), (0, 0, 0))


def test_the_key_after_the_call_rates_the_agent_and_the_question_the_answer_both_stand(town: Town) -> None:
    ticket_id = town.at_once()

    def press(session: Session) -> None:
        call = make_call(session, now=town.clock.now())
        session.get_one(Ticket, ticket_id).call_id = call.id
        record_agent_rating(session, call.id, Level(4), person_id=town.town.agent.person_id, now=town.clock.now())

    town.database.write(press)
    town.write("2", MOBILE)

    said = town.database.read(lambda session: session.scalars(select(Rating.subject).order_by(Rating.id)).all())
    assert list(said) == [Subject.AGENT, Subject.DIRECT]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"secrecy": Secrecy.SEALED}, Reason.SEALED),
        ({"phone": "043185551234"}, Reason.LANDLINE),
    ],
)
def test_where_no_sms_may_go_a_person_asks_as_about_any_answer(
    town: Town, changes: dict[str, object], reason: Reason
) -> None:
    ticket_id = town.at_once(**changes)

    (asked,) = town.database.read(invitations_of, ticket_id)
    assert (asked.state, asked.reason) == (InvitationState.TO_CALL, reason)
    assert all(message.state is MessageState.NOT_SENT for message in town.sent())
    owed = town.database.read(owed_calls, by=town.town.callback)
    assert [ticket.id for _, ticket in owed] == [ticket_id]


def test_who_gave_the_answer_does_not_call_to_ask_how_it_was(town: Town) -> None:
    ticket_id = town.at_once(phone="043185551234")
    (asked,) = town.database.read(invitations_of, ticket_id)

    def call(by: Actor) -> None:
        no_answer, now = CallbackOutcome.NO_ANSWER, town.clock.now()
        town.database.write(record_attempt, asked.id, no_answer, source="attempt:1", by=by, now=now)

    with pytest.raises(HandlerMayNotAsk):
        call(town.town.agent)
    call(town.town.callback)


def test_a_city_that_does_not_ask_keeps_of_each_answer_that_it_did_not(town: Town) -> None:
    town.office = replace(town.office, settings=town.office.settings.model_copy(update={"direct_asked": False}))
    ticket_id = town.at_once()
    town.database.write(ask_about_direct, ticket_id, office=town.office, now=town.clock.now())

    assert questions(town, ticket_id) == []
    assert town.sent() == []
    kept = town.database.read(lambda session: session.scalars(select(UnaskedAnswer)).all())
    assert [(one.ticket_id, one.answered_at) for one in kept] == [(ticket_id, ticket_of(town, ticket_id).answered_at)]


def test_while_no_provider_may_send_the_question_nobody_is_asked_and_no_callback_agent_has_to(town: Town) -> None:
    line = {"host": "localhost", "account": "901234", "sender": "106900001"}
    rules = SmsSettings.model_validate({"providers": ["cmpp"], "cmpp": line})
    town.office = replace(town.office, sms=replace(town.office.sms, settings=rules))
    ticket_id = town.at_once()
    town.database.write(ask_about_direct, ticket_id, office=town.office, now=town.clock.now())

    assert questions(town, ticket_id) == []
    assert town.database.read(lambda session: session.scalars(select(UnaskedAnswer.has_no_template)).all()) == [True]


def test_taken_up_again_before_it_is_rated_its_question_is_void_with_the_reason(town: Town) -> None:
    ticket_id = town.at_once()
    reopen(town, ticket_id)

    (asked,) = town.database.read(invitations_of, ticket_id)
    assert (asked.state, asked.reason) == (InvitationState.VOIDED, Reason.REOPENED)
    with pytest.raises(InvitationVoided):
        town.rate(ticket_id, 5)
    assert town.database.read(asking, ticket_id, now=town.clock.now()).words == ""


def test_taken_up_again_before_anybody_was_asked_nobody_is(town: Town) -> None:
    def answer_and_reopen(session: Session) -> int:
        ticket = making.City.session_of(session, town.town).registered(town.clock.now())
        answer_ticket(session, ticket.id, answer=DIRECT_ANSWER, article="", course=course(town))
        reopen_ticket(session, ticket.id, reason="群众说答复的不是所问", course=course(town))
        return ticket.id

    ticket_id = town.database.write(answer_and_reopen)
    town.work()

    assert questions(town, ticket_id) == []


def test_answered_at_once_again_it_is_asked_about_anew_and_the_last_word_counts(town: Town) -> None:
    ticket_id = town.at_once()
    town.rate(ticket_id, 1)
    reopen(town, ticket_id)
    assert (ticket_of(town, ticket_id).rating_level, ticket_of(town, ticket_id).needs_repair) == (None, False)

    answer_again(town, ticket_id)
    town.rate(ticket_id, 5)

    assert questions(town, ticket_id) == [
        (Subject.DIRECT, 0, InvitationState.ANSWERED),
        (Subject.DIRECT, 1, InvitationState.ANSWERED),
    ]
    assert counted(town, Subject.DIRECT) == (1, 1, 1)


def test_a_void_question_gives_way_to_that_about_the_next_answer(town: Town) -> None:
    ticket_id = town.at_once()
    reopen(town, ticket_id)
    answer_again(town, ticket_id)

    assert questions(town, ticket_id) == [
        (Subject.DIRECT, 0, InvitationState.VOIDED),
        (Subject.DIRECT, 1, InvitationState.INVITED),
    ]


def test_what_a_unit_did_later_has_a_question_of_its_own_and_neither_rating_touches_the_other(town: Town) -> None:
    ticket_id = town.at_once()
    town.rate(ticket_id, 2)
    reopen(town, ticket_id)
    handled(town, ticket_id)
    assert questions(town, ticket_id) == [
        (Subject.DIRECT, 0, InvitationState.ANSWERED),
        (Subject.HANDLING, 0, InvitationState.INVITED),
    ]

    town.rate(ticket_id, 5)

    found = town.database.read(lambda session: session.scalars(select(Rating).order_by(Rating.id)).all())
    assert [(one.subject, one.unit_id, one.level) for one in found] == [
        (Subject.DIRECT, town.town.hotline.id, 2),
        (Subject.HANDLING, town.town.heating.id, 5),
    ]
    assert counted(town, Subject.HANDLING) == (1, 1, 1)
    assert counted(town, Subject.DIRECT) == (1, 1, 0)


def test_the_second_way_finds_the_same_figures_of_both(town: Town) -> None:
    ticket_id = town.at_once()
    town.rate(ticket_id, 2)
    reopen(town, ticket_id)
    handled(town, ticket_id)
    town.rate(ticket_id, 5)
    town.rate(town.at_once(phone="13900001111"), 4)
    town.at_once(phone="13900002222")
    day = local_day(town.clock.now())

    found = town.database.read(recount, Period(day - timedelta(days=9), day))

    assert found == []
    assert counted(town, Subject.DIRECT) == (3, 2, 1)


def test_a_late_correction_of_the_direct_rating_leaves_the_units_mark_alone(town: Town) -> None:
    ticket_id = town.at_once()
    town.rate(ticket_id, 2)
    (direct,) = town.database.read(invitations_of, ticket_id)
    reopen(town, ticket_id)
    handled(town, ticket_id)
    town.rate(ticket_id, 1)

    correct(town, direct, 5)

    assert (ticket_of(town, ticket_id).rating_level, ticket_of(town, ticket_id).needs_repair) == (1, True)


def correct(town: Town, asked: Invitation, level: int) -> None:
    said = Answer(Level(level), Channel.PAGE, f"page:late:{level}")
    town.database.write(record_answer, asked.id, said, now=town.clock.now())
    town.work()


def test_a_bad_one_opens_a_repair_at_the_hotline_which_its_shift_leader_works_on(town: Town) -> None:
    ticket_id, by = town.at_once(), leader(town)
    town.rate(ticket_id, 1)

    (repair,) = town.repairs(ticket_id)
    assert (repair.unit_id, repair.is_real_name) == (town.town.hotline.id, True)
    assert repair.contact_due_at is not None
    with pytest.raises(RepairNotFound):
        town.act(note_contact, repair.number, contact(), by=town.officer)
    town.call(repair.number, by=by)
    town.act(note_contact, repair.number, contact(), by=by)
    town.act(explain_repair, repair.number, words(), by=by)

    (second,) = town.database.read(second_questions_of, ticket_id)
    assert (second.subject, second.state) == (Subject.REPAIR, InvitationState.INVITED)
    town.write("4", MOBILE)
    mended = town.repair(repair.number)
    assert (mended.state, mended.is_contact_proven, mended.level, mended.second_level) == (
        RepairState.CLOSED,
        True,
        1,
        4,
    )
    assert not ticket_of(town, ticket_id).needs_repair


def test_a_shift_leader_works_on_no_units_repair(town: Town) -> None:
    by, number = leader(town), town.badly_rated()

    with pytest.raises(RepairOfOtherUnit):
        town.act(note_contact, number, contact(), by=by)


def test_the_hotline_does_not_decide_on_its_own_appeal(town: Town) -> None:
    ticket_id, by = town.at_once(), leader(town)
    town.rate(ticket_id, 1)
    (repair,) = town.repairs(ticket_id)
    town.act(note_contact, repair.number, contact(), by=by)
    town.act(appeal_rating, repair.number, appeal(), by=by)

    with pytest.raises(OwnAppeal):
        town.act(uphold_appeal, repair.number, decision(), by=town.town.supervisor)

    def outside(session: Session) -> Actor:
        return making.City.session_of(session, town.town).person("inspector", Role.INSPECTOR, unit=town.town.roads)

    town.act(uphold_appeal, repair.number, decision(), by=town.database.write(outside))
    assert town.repair(repair.number).state is RepairState.CLOSED


def test_both_bad_answers_of_one_ticket_have_a_repair_and_a_second_question_each(town: Town) -> None:
    ticket_id, by = town.at_once(), leader(town)
    town.rate(ticket_id, 1)
    reopen(town, ticket_id)
    handled(town, ticket_id)
    town.rate(ticket_id, 2)
    direct, of_unit = town.repairs(ticket_id)

    for repair, who in ((direct, by), (of_unit, town.officer)):
        town.act(note_contact, repair.number, contact(), by=who)
        town.act(explain_repair, repair.number, words(), by=who)

    asked = town.database.read(second_questions_of, ticket_id)
    assert len(asked) == 2
    assert {town.repair(one.number).second_invitation_id for one in (direct, of_unit)} == {one.id for one in asked}


def test_a_silent_citizen_is_reminded_once_and_then_called(town: Town) -> None:
    ticket_id = town.at_once()

    town.wait(days=3, hours=1)
    town.wait(days=2, hours=1)

    (asked,) = town.database.read(invitations_of, ticket_id)
    assert (asked.state, asked.reason) == (InvitationState.TO_CALL, Reason.SILENT)
    assert len(town.sent()) == 2


def test_a_city_without_a_hotline_unit_has_none_to_rate(session: Session) -> None:
    assert hotline_of(session, None) is None
