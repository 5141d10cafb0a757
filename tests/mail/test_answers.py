"""Answers leave once: a mail server that is away is asked again, one whose word is unknown waits for a person."""

from datetime import timedelta

import pytest

from core.errors import HotlineError
from tests.mail.house import House
from tickets.mail.answers import hand_over, resend_answer
from tickets.mail.rules import AnswerState
from tickets.notices.carriers import CarrierNotReached, CarrierRefused, CarrierUnsure


def test_a_mail_server_that_is_away_is_asked_again(house: House) -> None:
    house.post.will(CarrierNotReached())
    house.take()
    assert house.said() == []

    house.clock.move_on(timedelta(minutes=5))

    assert len(house.said()) == 1
    assert house.answers[0].state is AnswerState.SENT


@pytest.mark.parametrize(
    ("fault", "state"),
    [(CarrierRefused(reason="收件地址被拒"), AnswerState.REFUSED), (CarrierUnsure(), AnswerState.UNSURE)],
)
def test_what_is_refused_or_unknown_stands_on_the_ticket_until_a_person_sends_it_again(
    house: House, fault: HotlineError, state: AnswerState
) -> None:
    house.post.will(fault)
    house.take()
    house.work()
    house.post.taken.clear()

    [answer] = house.answers
    assert answer.state is state
    assert [line.is_internal for line in house.history if line.action == "mail_undelivered"] == [True]
    assert house.said() == []  # not by itself

    house.database.write(resend_answer, answer.id, now=house.clock.now())
    assert len(house.said()) == 1
    assert house.answers[0].state is AnswerState.SENT


def test_killed_between_the_claim_and_the_sending_it_is_not_sent_twice(house: House) -> None:
    house.take()
    [answer] = house.answers
    house.database.write(hand_over, answer.id, attempt=0, office=house.office, now=house.clock.now())

    assert house.said() == []

    assert house.answers[0].state is AnswerState.UNSURE
