"""When a question is over, however that came, its SMS asks no more: the phone is free, and nothing late leaves."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from evaluation.actions.answering import Answer, record_answer
from evaluation.actions.ending import refuse_invitation
from evaluation.queries import owed_calls
from evaluation.rules import Channel, InvitationState, Level, Reason
from sms.model import Message
from sms.providers.console import Fault
from sms.rules import MessageState, NotSent
from staff.rules import SYSTEM
from tests.evaluation.city import City
from tests.sms.desk import InterruptedProvider


def answer(city: City, invited: int) -> None:
    """Satisfied, on the page."""
    say_satisfied(city, invited)
    city.work()


def say_satisfied(city: City, invited: int) -> None:
    said = Answer(Level.SATISFIED, Channel.PAGE, f"page:{invited}")
    city.database.write(record_answer, invited, said, now=city.clock.now())


def refuse(city: City, invited: int) -> None:
    city.database.write(refuse_invitation, invited, channel=Channel.CALLBACK, now=city.clock.now())
    city.work()


def states(city: City) -> list[tuple[MessageState, NotSent | None]]:
    return [(message.state, message.reason) for message in city.sent()]


@pytest.mark.parametrize("end", [answer, refuse])
def test_a_question_that_is_over_is_not_sent_afterwards(city: City, end: Callable[[City, int], None]) -> None:
    city.invite(city.ticket())
    waiting = city.invite(city.ticket())

    end(city, waiting)
    city.write("5")
    city.clock.move_on(timedelta(hours=2))
    city.work()

    assert states(city)[1] == (MessageState.NOT_SENT, NotSent.WITHDRAWN)
    assert len(city.desk.console.accepted) == 1
    assert city.invitation(waiting).reason is None


@pytest.mark.parametrize("end", [answer, refuse])
def test_an_answer_by_another_way_frees_the_phone_for_the_next_question(
    city: City, end: Callable[[City, int], None]
) -> None:
    first = city.invite(city.ticket())
    city.invite(city.ticket())

    end(city, first)

    assert [state for state, _ in states(city)] == [MessageState.SUBMITTED, MessageState.SUBMITTED]


def test_an_answer_on_the_page_may_still_be_corrected_by_sms(city: City) -> None:
    ticket = city.ticket()
    answer(city, city.invite(ticket))

    city.clock.move_on(timedelta(hours=23))
    city.write("2")

    assert city.levels(ticket) == [(4, False), (2, True)]


def test_a_question_answered_while_its_sms_is_handed_over_does_not_leave_later(city: City) -> None:
    provider = InterruptedProvider(Fault.NOT_REACHED)
    city = City(city.database, city.clock, provider)
    provider.meanwhile = lambda: say_satisfied(city, 1)

    city.invite(city.ticket())
    city.clock.move_on(timedelta(minutes=1))
    city.work()

    assert provider.accepted == []
    assert [state for state, _ in states(city)] == [MessageState.NOT_SENT]


def test_a_question_that_cannot_leave_in_time_goes_to_a_person_who_still_has_a_day(city: City) -> None:
    invited = [city.invite(city.ticket()) for _ in range(3)]

    city.clock.move_on(timedelta(days=3))
    city.work()
    city.clock.move_on(timedelta(days=3))
    city.work()

    third = city.invitation(invited[2])
    assert (third.state, third.reason) == (InvitationState.TO_CALL, Reason.TOO_LATE)
    assert third.expires_at - city.clock.now() == timedelta(days=1)
    # so does the first: its reminder waits behind the second question until it is too late, and nobody answered its SMS
    first = city.invitation(invited[0])
    assert (first.state, first.reason) == (InvitationState.TO_CALL, Reason.SILENT)
    assert [owed.id for owed, _ in city.database.read(owed_calls, by=SYSTEM)] == [invited[0], third.id]


def test_nothing_waits_for_an_answer_when_the_window_is_over(city: City) -> None:
    city.invite(city.ticket())
    for days, tickets in ((1, 2), (2, 0), (3, 0)):
        city.clock.move_on(timedelta(days=days))
        for _ in range(tickets):
            city.invite(city.ticket())
        city.work()
    assert city.database.read(_open_requests) == 1

    city.clock.move_on(timedelta(days=2))
    city.work()

    assert city.database.read(_open_requests) == 0


def _open_requests(session: Session) -> int:
    return session.scalar(select(func.count(Message.open_phone))) or 0
