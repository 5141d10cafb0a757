"""Every audited answer is asked about once; an answer counts once, may be corrected for a day, and is never guessed."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from evaluation.actions.answering import Answer, record_agent_rating, record_answer
from evaluation.actions.opening import open_by_code
from evaluation.errors import AlreadyRated, InvitationExpired, InvitationNotFound
from evaluation.model import LedgerEntry, Rating
from evaluation.news import hear_key
from evaluation.queries import asking, owed_calls, words_of
from evaluation.rules import CODE_TRIES, CODE_TRIES_WITHIN, Channel, InvitationState, LedgerKind, Level, Reason, Subject
from sms.providers.console import Fault
from sms.rules import MessageState
from staff.rules import SYSTEM
from tests.evaluation.city import City, make_call
from tests.sms.desk import PHONE_KEY
from tickets.kinds import Secrecy

TRY: dict[str, Any] = {"phone_key": PHONE_KEY, "address": "192.0.2.1"}


def ledger(city: City) -> list[tuple[LedgerKind, dict[str, object]]]:
    def read(session: Session) -> list[tuple[LedgerKind, dict[str, object]]]:
        entries = session.scalars(select(LedgerEntry).order_by(LedgerEntry.id))
        return [(entry.kind, json.loads(entry.body)) for entry in entries]

    return city.database.read(read)


def test_an_audited_answer_is_asked_about_by_sms_and_rated_by_reply(city: City) -> None:
    ticket = city.ticket()
    invited = city.invite(ticket)
    assert city.sent()[0].state is MessageState.SUBMITTED
    assert city.invitation(invited).code in city.sent()[0].text

    city.write("满意,谢谢")

    assert city.levels(ticket) == [(4, True)]
    assert city.ratings(ticket)[0].channel is Channel.SMS
    assert city.database.read(words_of, city.ratings(ticket)[0].id) == "谢谢"
    assert city.invitation(invited).state is InvitationState.ANSWERED
    assert [kind for kind, _ in ledger(city)] == [LedgerKind.INVITATION, LedgerKind.ANSWER]


def test_the_same_answer_is_asked_about_once(city: City) -> None:
    ticket = city.ticket()

    assert city.invite(ticket) == city.invite(ticket)

    assert len(city.sent()) == 1
    assert len(ledger(city)) == 1


def test_the_citizen_reads_that_a_rating_was_asked_for_until_it_is_given_or_too_late(city: City) -> None:
    ticket, late = city.ticket(), city.ticket()

    def read(ticket_id: int) -> tuple[str, bool]:
        found = city.database.read(asking, ticket_id, now=city.clock.now())
        return found.words, found.is_open

    assert read(ticket) == ("", False)
    city.invite(ticket)
    words, is_open = read(ticket)
    assert words.startswith("热线已请您评价这次办理，")
    assert is_open

    city.write("满意")
    assert read(ticket) == ("您已评价这次办理，谢谢。", False)
    city.invite(late)
    city.clock.move_on(timedelta(days=60))
    assert read(late) == ("这次办理的评价期限已过。", False)


def test_delivery_is_noted_on_the_invitation(city: City) -> None:
    invited = city.invite(city.ticket())

    city.clock.move_on(timedelta(seconds=3))
    city.work()

    assert city.invitation(invited).delivered_at == city.clock.now()


def test_within_a_day_the_latest_answer_counts_and_both_stay(city: City) -> None:
    ticket = city.ticket()
    city.invite(ticket)
    city.write("1")

    city.clock.move_on(timedelta(hours=23, minutes=59))
    city.write("5")

    assert city.levels(ticket) == [(1, False), (5, True)]
    assert city.ratings(ticket)[1].corrects_id == city.ratings(ticket)[0].id
    assert [kind for kind, _ in ledger(city)][1:] == [LedgerKind.ANSWER, LedgerKind.CORRECTION]


def test_after_a_day_the_matter_is_rated_already(city: City) -> None:
    ticket = city.ticket()
    invited = city.invite(ticket)
    city.write("5")

    city.clock.move_on(timedelta(hours=24))
    city.write("1")

    assert city.levels(ticket) == [(5, True)]
    assert city.sent()[-1].text.endswith("已评价,无需重复评价")
    with pytest.raises(AlreadyRated, match="该办件已评价，无需重复评价"):
        city.database.write(
            record_answer, invited, Answer(Level.VERY_DISSATISFIED, Channel.PAGE, "page:1"), now=city.clock.now()
        )


def test_a_correction_does_not_prolong_the_day(city: City) -> None:
    ticket = city.ticket()
    city.invite(ticket)
    city.write("5")
    city.clock.move_on(timedelta(hours=20))
    city.write("4")

    city.clock.move_on(timedelta(hours=5))
    city.write("1")

    assert city.levels(ticket) == [(5, False), (4, True)]


def test_two_tickets_of_one_phone_are_answered_one_after_the_other(city: City) -> None:
    first, second = city.ticket(), city.ticket()
    city.invite(first)
    city.invite(second)

    city.write("2")
    city.write("5")

    assert (city.levels(first), city.levels(second)) == ([(2, True)], [(5, True)])


def test_an_unclear_reply_is_asked_about_once_and_then_goes_to_a_person(city: City) -> None:
    ticket = city.ticket()
    invited = city.invite(ticket)

    city.write("5 不满意")
    assert city.sent()[-1].template == "rating_unclear"
    assert city.invitation(invited).state is InvitationState.INVITED

    city.write("你们看着办")
    found = city.invitation(invited)
    assert (found.state, found.reason) == (InvitationState.TO_CALL, Reason.UNCLEAR_TWICE)
    assert city.levels(ticket) == []
    assert [owed.id for owed, _ in city.database.read(owed_calls, by=SYSTEM)] == [invited]


def test_a_clear_answer_after_an_unclear_one_counts(city: City) -> None:
    ticket = city.ticket()
    city.invite(ticket)

    city.write("好")
    city.write("4")

    assert city.levels(ticket) == [(4, True)]


def test_td_is_a_refusal_and_not_silence(city: City) -> None:
    ticket = city.ticket()
    invited = city.invite(ticket)

    city.write("TD")
    city.clock.move_on(timedelta(days=8))
    city.work()

    assert city.invitation(invited).state is InvitationState.REFUSED
    assert [kind for kind, _ in ledger(city)][1] is LedgerKind.REFUSAL
    assert city.levels(ticket) == []


def test_silence_expires_and_is_nothing_else(city: City) -> None:
    ticket = city.ticket()
    invited = city.invite(ticket)

    city.clock.move_on(timedelta(days=7))
    city.work()

    assert city.invitation(invited).state is InvitationState.EXPIRED
    assert [kind for kind, _ in ledger(city)] == [LedgerKind.INVITATION, LedgerKind.EXPIRY]
    city.write("5")
    assert city.levels(ticket) == []
    with pytest.raises(InvitationExpired):
        city.database.write(record_answer, invited, Answer(Level.SATISFIED, Channel.PAGE, "p"), now=city.clock.now())


@pytest.mark.parametrize(
    ("matters", "reason"),
    [
        ({"phone": "0431-88990000"}, Reason.LANDLINE),
        ({"phone": ""}, Reason.NO_PHONE),
        ({"secrecy": Secrecy.SEALED}, Reason.SEALED),
    ],
)
def test_where_no_sms_may_go_a_person_asks(city: City, matters: dict[str, object], reason: Reason) -> None:
    invited = city.invite(city.ticket(**matters))

    found = city.invitation(invited)

    assert (found.state, found.reason) == (InvitationState.TO_CALL, reason)
    assert city.desk.console.accepted == []


def test_a_failed_sms_goes_to_a_person_and_is_not_silence(city: City) -> None:
    city.desk.console.misbehave(Fault.REJECTED)

    found = city.invitation(city.invite(city.ticket()))

    assert (found.state, found.reason) == (InvitationState.UNDELIVERED, Reason.DELIVERY_FAILED)


def test_the_callback_agent_writes_down_what_the_citizen_said(city: City) -> None:
    ticket = city.ticket(phone="0431-88990000")
    invited = city.invite(ticket)
    said = Answer(Level.DISSATISFIED, Channel.CALLBACK, f"callback:{invited}:entry-01", "还没修好", False)

    for _ in range(2):
        city.database.write(record_answer, invited, said, now=city.clock.now())

    assert city.levels(ticket) == [(2, True)]
    assert city.ratings(ticket)[0].is_solved is False


def test_a_rework_is_asked_about_again_and_keeps_the_first_answer(city: City) -> None:
    from tickets.model import Ticket

    ticket = city.ticket()
    city.invite(ticket)
    city.write("2")

    def rework(session: Session) -> None:
        session.get_one(Ticket, ticket).rework_no = 1

    city.database.write(rework)
    city.clock.move_on(timedelta(days=2))
    city.invite(ticket)
    city.write("5")

    assert city.levels(ticket) == [(2, True), (5, True)]


def test_the_key_after_a_call_rates_the_agent_and_never_the_handling(city: City) -> None:
    call = city.database.write(lambda session: make_call(session, now=city.clock.now()).id)

    for _ in range(2):
        city.database.write(hear_key, call, 5, now=city.clock.now())

    found = city.database.read(lambda session: session.scalars(select(Rating)).all())
    assert [(rating.subject, rating.call_id, rating.ticket_id, rating.level) for rating in found] == [
        (Subject.AGENT, call, None, 5)
    ]
    again = city.database.write(
        record_agent_rating, call, Level.VERY_DISSATISFIED, person_id=None, now=city.clock.now(), view=lambda r: r.level
    )
    assert again == 5


def test_the_code_opens_its_invitation_with_the_right_tail_only(city: City) -> None:
    invited = city.invite(city.ticket())
    code = city.invitation(invited).code

    assert city.database.write(open_by_code, code, "1234", **TRY, now=city.clock.now()) == invited
    assert city.database.write(open_by_code, "ZZZZZZ", "1234", **TRY, now=city.clock.now()) is None
    for _ in range(5):
        assert city.database.write(open_by_code, code, "9999", **TRY, now=city.clock.now()) is None
    assert city.database.write(open_by_code, code, "1234", **TRY, now=city.clock.now()) is None


def test_who_walks_through_codes_is_stopped_for_an_hour_and_others_are_not(city: City) -> None:
    invited = city.invite(city.ticket())
    code, now = city.invitation(invited).code, city.clock.now()
    for n in range(CODE_TRIES):
        assert city.database.write(open_by_code, f"ZZZZ{n:02}", "1234", **TRY, now=now) is None

    assert city.database.write(open_by_code, code, "1234", **TRY, now=now) is None
    assert city.database.write(open_by_code, code, "1234", **{**TRY, "address": "192.0.2.2"}, now=now) == invited
    assert city.database.write(open_by_code, code, "9999", **TRY, now=now) is None
    assert city.invitation(invited).wrong_tails == 0  # nobody closes another's code from there
    assert city.database.write(open_by_code, code, "1234", **TRY, now=now + CODE_TRIES_WITHIN) == invited


def test_the_ledger_holds_no_personal_words_or_numbers(city: City) -> None:
    city.invite(city.ticket())
    city.write("不满意,我叫赵六住三楼")

    said = json.dumps([body for _, body in ledger(city)], ensure_ascii=False)

    assert "赵六" not in said
    assert "1380000" not in said
    assert ledger(city)[1][1]["level"] == 2


def test_an_unknown_invitation_is_named(city: City) -> None:
    with pytest.raises(InvitationNotFound):
        city.database.write(record_answer, 99, Answer(Level.SATISFIED, Channel.PAGE, "p"), now=city.clock.now())
