"""Forging, replaying, guessing, another phone: refused, logged without personal data, and nothing changed."""

from collections.abc import Iterator

import pytest
import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import HotlineError
from evaluation.actions.opening import open_by_code
from evaluation.errors import LinkForged
from evaluation.links import read_link, sign_link
from evaluation.model import LedgerEntry, Rating
from evaluation.rules import TAIL_TRIES, InvitationState
from sms.errors import WebhookForged
from sms.inbox import record_reply
from sms.providers.provider import Inbound
from sms.settings import ProviderName
from tests.evaluation.city import LINK_KEY, City
from tests.sms.desk import OTHER_PHONE, PHONE, PHONE_KEY
from web.api.problems import answer_to

Logged = list[dict[str, object]]


@pytest.fixture
def logged() -> Iterator[Logged]:
    with structlog.testing.capture_logs() as lines:
        yield lines  # type: ignore[misc]


def standing(city: City) -> tuple[int, int]:
    """How many ratings and lines of the ledger there are."""

    def count(session: Session) -> tuple[int, int]:
        return len(session.scalars(select(Rating.id)).all()), len(session.scalars(select(LedgerEntry.id)).all())

    return city.database.read(count)


def nothing_personal(lines: Logged, *secrets: str) -> bool:
    return all(secret not in str(line) for line in lines for secret in (PHONE, OTHER_PHONE, PHONE[-4:], *secrets))


class TestDomainCheck6:
    def test_two_open_orders_one_phone_a_reply_of_2_is_the_one_that_was_asked(self, city: City) -> None:
        first, second = city.ticket(), city.ticket()
        city.invite(first)
        asked = city.invite(second)

        city.write("2")

        assert (city.levels(first), city.levels(second)) == ([(2, True)], [])
        assert city.invitation(asked).state is InvitationState.INVITED

    def test_a_reply_pushed_twice_is_one_rating(self, city: City) -> None:
        ticket = city.ticket()
        city.invite(ticket)
        inbound = Inbound(ProviderName.CONSOLE, "pushed-1", PHONE, "2")

        for _ in range(3):
            city.database.write(
                lambda session: record_reply(session, inbound, phone_key=PHONE_KEY, now=city.clock.now()) and None
            )
            city.work()

        assert city.levels(ticket) == [(2, True)]


def test_a_reply_from_another_phone_rates_nothing(city: City) -> None:
    ticket = city.ticket()
    invited = city.invite(ticket)
    before = standing(city)

    city.write("5", phone=OTHER_PHONE)

    assert standing(city) == before
    assert city.invitation(invited).state is InvitationState.INVITED


def test_a_guessed_code_is_refused_five_times_with_one_answer_logged_and_then_closed(
    city: City, logged: Logged
) -> None:
    invited = city.invite(city.ticket())
    code = city.invitation(invited).code
    before = standing(city)

    answers = {
        city.database.write(open_by_code, typed, tail, phone_key=PHONE_KEY, address="192.0.2.1", now=city.clock.now())
        for typed, tail in [("ZZZZZZ", "1234"), ("", ""), *[(code, "9999")] * TAIL_TRIES, (code, PHONE[-4:])]
    }

    assert answers == {None}
    assert city.invitation(invited).wrong_tails == TAIL_TRIES
    refused = [line for line in logged if line["event"] == "rating code refused"]
    assert [line["invitation_id"] for line in refused] == [None, None, *[invited] * (TAIL_TRIES + 1)]
    assert nothing_personal(refused, code)
    assert standing(city) == before


def test_a_guessed_link_is_refused(city: City) -> None:
    invited = city.invite(city.ticket())
    right = sign_link(invited, expires_at=city.invitation(invited).expires_at, key=LINK_KEY)
    guessed = sign_link(invited, expires_at=city.invitation(invited).expires_at, key=b"guessed")

    assert guessed != right
    with pytest.raises(LinkForged):
        read_link(guessed, now=city.clock.now(), key=LINK_KEY)


@pytest.mark.parametrize("error", [LinkForged(), WebhookForged()])
def test_what_is_forged_leaves_a_line_in_the_log(error: HotlineError, logged: Logged) -> None:
    assert answer_to(error).status == 403

    assert logged == [{"event": "forgery refused", "code": error.code, "log_level": "warning"}]
