"""Why a rating was bad: asked once, kept beside the level and in the ledger, and never guessed."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from evaluation.actions.answering import Answer, record_answer
from evaluation.model import LedgerEntry
from evaluation.queries import reasons_of, words_of
from evaluation.rules import BadReason, Channel, InvitationState, Level
from sms.rules import MessageState
from tests.evaluation.city import City

UNSOLVED, NO_CONTACT, OTHER = BadReason.UNSOLVED, BadReason.NO_CONTACT, BadReason.OTHER


def reasons(city: City, ticket: int) -> list[list[BadReason]]:
    """Of each answer, oldest first."""
    ids = [rating.id for rating in city.ratings(ticket)]
    found = city.database.read(reasons_of, ids)
    return [found.get(id_, []) for id_ in ids]


def words(city: City, ticket: int) -> str | None:
    """Of the answer that counts."""
    return city.database.read(words_of, city.ratings(ticket)[-1].id)


def said(city: City, invitation_id: int, level: Level, *named: BadReason) -> None:
    answer = Answer(level, Channel.PAGE, f"page:{level}", "没人来", False, named)
    city.database.write(record_answer, invitation_id, answer, now=city.clock.now())


def test_a_bad_level_is_read_back_with_the_question_why(city: City) -> None:
    city.invite(city.ticket())

    city.write("1")

    assert city.sent()[-1].template == "rating_why"
    assert "非常不满意。原因?" in city.sent()[-1].text


def test_letters_written_back_are_reasons_and_the_level_stays(city: City) -> None:
    ticket = city.ticket()
    city.invite(ticket)
    city.write("2")

    city.write("Ａ，B")

    assert city.levels(ticket) == [(2, False), (2, True)]
    assert reasons(city, ticket) == [[], [UNSOLVED, NO_CONTACT]]
    assert city.sent()[-1].template == "rating_why"


def test_words_written_back_are_kept_beside_what_was_said_before(city: City) -> None:
    ticket = city.ticket()
    city.invite(ticket)
    city.write("2,没修好")

    city.write("E 师傅来了一次就走了")

    assert reasons(city, ticket)[-1] == [OTHER]
    assert words(city, ticket) == "没修好\nE 师傅来了一次就走了"


def test_reasons_are_added_to_those_named_before(city: City) -> None:
    ticket = city.ticket()
    city.invite(ticket)

    for text in ("2", "A", "b"):
        city.write(text)

    assert reasons(city, ticket) == [[], [UNSOLVED], [UNSOLVED, NO_CONTACT]]


def test_a_level_written_back_to_the_question_why_is_a_correction(city: City) -> None:
    ticket = city.ticket()
    city.invite(ticket)
    city.write("1")

    city.write("5")

    assert city.levels(ticket) == [(1, False), (5, True)]
    assert reasons(city, ticket) == [[], []]


def test_a_corrected_bad_level_is_read_back_and_not_asked_why_again(city: City) -> None:
    ticket = city.ticket()
    city.invite(ticket)
    city.write("1")
    city.clock.move_on(timedelta(hours=23))

    city.write("2,B没人来")

    assert [message.template for message in city.sent()] == ["rating", "rating_why", "rating_echo"]
    assert reasons(city, ticket)[-1] == [NO_CONTACT]


def test_who_took_1_for_the_best_and_says_so_is_told_how_to_correct_it(city: City) -> None:
    ticket = city.ticket()
    city.invite(ticket)
    city.write("1")
    city.write("发错了，应该是最好")

    assert city.levels(ticket) == [(1, True)]
    assert [message.template for message in city.sent()] == ["rating", "rating_why", "rating_echo"]
    city.write("5")
    assert city.levels(ticket) == [(1, False), (5, True)]


def test_thanks_written_back_add_nothing(city: City) -> None:
    ticket = city.ticket()
    city.invite(ticket)
    city.write("2")

    city.write("好的,谢谢")

    assert city.levels(ticket) == [(2, True)]


def test_reasons_after_the_day_of_corrections_are_told_that_it_is_over(city: City) -> None:
    ticket = city.ticket()
    city.invite(ticket)
    city.write("2")
    city.clock.move_on(timedelta(hours=24))

    city.write("A")

    assert city.levels(ticket) == [(2, True)]
    assert city.sent()[-1].template == "rating_closed"


def test_where_another_question_waits_for_the_phone_only_the_level_is_read_back(city: City) -> None:
    first, second = city.ticket(), city.ticket()
    city.invite(first)
    city.invite(second)

    city.write("2")

    assert city.sent()[-1].template == "rating_echo"
    city.write("没人来")
    assert city.levels(first) == [(2, True)]
    assert city.levels(second) == []


def test_letters_answer_the_question_why_though_another_matter_is_asked_about_meanwhile(city: City) -> None:
    first, second = city.ticket(), city.ticket()
    city.invite(first)
    city.write("2")
    city.clock.move_on(timedelta(hours=23))
    asked = city.invite(second)
    assert city.sent()[-1].state is MessageState.SUBMITTED

    city.write("A")

    assert reasons(city, first)[-1] == [UNSOLVED]
    assert city.levels(second) == []
    assert (city.invitation(asked).state, city.invitation(asked).unclear_replies) == (InvitationState.INVITED, 0)


def test_letters_without_the_question_why_are_no_rating_and_no_reason(city: City) -> None:
    ticket = city.ticket()
    city.invite(ticket)

    city.write("A")

    assert city.levels(ticket) == []
    assert city.sent()[-1].template == "rating_unclear"


def test_the_ledger_says_the_reasons(city: City) -> None:
    said(city, city.invite(city.ticket()), Level.DISSATISFIED, OTHER, UNSOLVED)

    def last(session: Session) -> str:
        return session.scalars(select(LedgerEntry.body).order_by(LedgerEntry.id.desc())).first() or ""

    assert json.loads(city.database.read(last))["reasons"] == ["other", "unsolved"]


@pytest.mark.parametrize("level", [Level.FAIRLY_SATISFIED, Level.SATISFIED, Level.VERY_SATISFIED])
def test_only_a_bad_level_has_reasons(city: City, level: Level) -> None:
    ticket = city.ticket()

    said(city, city.invite(ticket), level, UNSOLVED)

    assert reasons(city, ticket) == [[]]
