"""二次评价: what the citizen says of the repair stands beside the first word, and in no headline."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from core.database import Database
from evaluation.actions.answering import Answer, record_answer
from evaluation.actions.ending import refuse_invitation
from evaluation.errors import AlreadyRated
from evaluation.model import Invitation
from evaluation.queries import asking, invitations_of, owed_calls, second_questions_of
from evaluation.repairs.actions.asking import ask_again
from evaluation.repairs.actions.contacting import note_contact
from evaluation.repairs.actions.mending import complete_repair, explain_repair, fix_at_once
from evaluation.repairs.queries import Narrowed, repairs_page
from evaluation.repairs.rules import Act, Lane, RepairState
from evaluation.rules import Channel, InvitationState, Level, Subject
from indicators.answers import answers
from indicators.counts.actions import count_again
from indicators.periods import Period, shanghai_day
from indicators.recount import recount
from indicators.satisfaction import Slice
from tests.evaluation.mending import Town, contact, make_town, words
from tests.sms.desk import MovableClock
from tickets.kinds import CloseReason
from tickets.rules import State


@pytest.fixture
def town(open_database: Callable[..., Database], clock: MovableClock) -> Town:
    return make_town(open_database, clock)


def mended(town: Town) -> str:
    """A repair that the unit calls done, and whose citizen has been asked again."""
    number = town.badly_rated()
    town.wait(minutes=20)
    town.call(number)
    town.act(note_contact, number, contact())
    town.act(fix_at_once, number, words())
    town.wait(hours=3)
    town.act(complete_repair, number, words())
    town.wait(minutes=2)
    return number


def second(town: Town, number: str) -> Invitation:
    (asked,) = town.database.read(second_questions_of, town.repair(number).ticket_id)
    return asked


def answer_again(town: Town, number: str, level: Level, source: str = "page:second") -> None:
    said = Answer(level, Channel.PAGE, source)
    town.database.write(record_answer, second(town, number).id, said, now=town.clock.now())
    town.work()


def test_who_was_not_satisfied_is_asked_once_more_by_sms_when_it_is_mended(town: Town) -> None:
    number = mended(town)

    asked = second(town, number)
    assert (asked.subject, asked.state) == (Subject.REPAIR, InvitationState.INVITED)
    assert [text for text in (message.text for message in town.sent()) if "已整改,请回复5" in text]
    assert [one.subject for one in town.database.read(invitations_of, asked.ticket_id)] == [Subject.HANDLING]


def test_who_has_no_mobile_is_asked_by_a_person(town: Town) -> None:
    number = town.badly_rated(phone="043188776655")
    town.act(note_contact, number, contact())
    town.act(explain_repair, number, words())

    assert second(town, number).state is InvitationState.TO_CALL
    owed = town.database.read(lambda session: [asked.id for asked, _ in owed_calls(session, by=town.town.callback)])
    assert second(town, number).id in owed


def test_the_second_word_stands_beside_the_first_and_ends_the_repair(town: Town) -> None:
    number = mended(town)
    assert town.ticket_of(number).needs_repair

    answer_again(town, number, Level.SATISFIED)

    repair = town.repair(number)
    assert (repair.state, repair.level, repair.second_level) == (RepairState.CLOSED, 1, 4)
    ticket = town.ticket_of(number)
    assert (ticket.rating_level, ticket.needs_repair) == (1, False)
    assert town.acts(number)[-2:] == [Act.COMPLETE, Act.RATE_AGAIN]


def test_by_sms_it_is_the_second_question_that_is_answered(town: Town) -> None:
    number = mended(town)
    town.write("5 这次修好了", phone="13812345678")

    assert (town.repair(number).second_level, town.repair(number).level) == (5, 1)


def test_bad_then_good_then_bad_again_is_asked_about_anew_once_it_is_mended_again(town: Town) -> None:
    number = mended(town)
    ticket_id = town.repair(number).ticket_id
    for level in (Level.SATISFIED, Level.VERY_DISSATISFIED):
        town.wait(minutes=10)
        town.rate(ticket_id, level)
    town.act(note_contact, number, contact())
    town.act(explain_repair, number, words())
    town.wait(minutes=2)

    first, anew = town.database.read(second_questions_of, ticket_id)
    assert (first.state, anew.state) == (InvitationState.VOIDED, InvitationState.INVITED)
    assert town.repair(number).state is RepairState.RERATING
    said = Answer(Level.DISSATISFIED, Channel.PAGE, "page:anew")
    town.database.write(record_answer, anew.id, said, now=town.clock.now())
    town.work()
    repair = town.repair(number)
    assert (repair.state, repair.second_level) == (RepairState.CLOSED, 2)
    assert town.ticket_of(number).needs_repair


def test_still_not_satisfied_opens_nothing_and_is_for_the_supervisor_to_see(town: Town) -> None:
    number = mended(town)
    ticket_id = town.repair(number).ticket_id

    answer_again(town, number, Level.VERY_DISSATISFIED)

    assert len(town.repairs(ticket_id)) == 1
    by, now = town.town.supervisor, town.clock.now()
    listed = town.database.read(
        lambda session: [one.number for one in repairs_page(session, Narrowed(Lane.STILL_BAD), by=by, now=now)]
    )
    assert listed == [number]
    assert town.ticket_of(number).needs_repair


def test_a_correction_of_the_second_word_counts_for_a_day(town: Town) -> None:
    number = mended(town)
    answer_again(town, number, Level.DISSATISFIED)
    town.wait(hours=23)
    answer_again(town, number, Level.SATISFIED, "page:corrected")
    assert town.repair(number).second_level == 4

    town.wait(hours=2)
    with pytest.raises(AlreadyRated):
        answer_again(town, number, Level.DISSATISFIED, "page:too late")


def test_a_ticket_that_waited_for_its_repair_is_closed_when_that_is_settled_and_not_before(town: Town) -> None:
    number = mended(town)
    before = town.ticket_of(number).state

    answer_again(town, number, Level.SATISFIED)

    closed = town.ticket_of(number)
    assert before is State.TO_CALLBACK
    assert (closed.state, closed.close_reason) == (State.CLOSED, CloseReason.RATED)


def test_whoever_is_still_not_satisfied_leaves_the_ticket_with_a_person(town: Town) -> None:
    number = mended(town)

    answer_again(town, number, Level.DISSATISFIED)
    town.wait(days=9)

    assert town.ticket_of(number).state is State.TO_CALLBACK


@pytest.mark.parametrize("how", ["silence", "refusal"])
def test_silence_and_refusal_end_it_without_a_second_level(town: Town, how: str) -> None:
    number = mended(town)
    if how == "silence":
        town.wait(days=8)
    else:
        town.database.write(refuse_invitation, second(town, number).id, channel=Channel.SMS, now=town.clock.now())
        town.work()

    assert (town.repair(number).state, town.repair(number).second_level) == (RepairState.CLOSED, None)
    assert town.acts(number)[-1] is Act.END


def test_a_correction_of_the_first_word_after_it_was_mended_takes_the_second_question_back(town: Town) -> None:
    number = mended(town)
    town.rate(town.repair(number).ticket_id, 5)

    assert town.repair(number).state is RepairState.WITHDRAWN
    assert second(town, number).state is InvitationState.VOIDED


def test_asked_twice_it_is_one_question(town: Town) -> None:
    number = mended(town)
    town.database.write(ask_again, town.repair(number).id, office=town.office, now=town.clock.now())

    assert second(town, number).state is InvitationState.INVITED


def test_no_headline_count_or_recount_moves_with_the_second_word(town: Town) -> None:
    number = mended(town)
    period = Period(shanghai_day(town.clock.now()), shanghai_day(town.clock.now() + timedelta(days=1)))

    def figures(session: Session) -> tuple[object, ...]:
        counted = [answers(session, Slice(period, subject)) for subject in (Subject.HANDLING, Subject.DIRECT)]
        return (*counted, recount(session, period))

    town.database.write(count_again, now=town.clock.now())
    before = town.database.read(figures)
    asked_before = town.database.read(asking, town.repair(number).ticket_id, now=town.clock.now())

    answer_again(town, number, Level.VERY_SATISFIED)
    town.database.write(count_again, now=town.clock.now())

    assert town.database.read(figures) == before
    assert before[-1] == []
    assert town.database.read(asking, town.repair(number).ticket_id, now=town.clock.now()) == asked_before
