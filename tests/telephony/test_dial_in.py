"""拨入: who may, from which telephone, and how many wrong PINs; the PIN itself is neither told nor kept."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from core.audit.model import AuditRow
from staff.actions import deactivate_person
from telephony.ami import AmiEvent
from telephony.dial_in.actions import (
    DialInTry,
    begin_dial_in,
    finish_dial_in,
    issue_dial_in_pin,
    take_dial_ins,
    withdraw_dial_in_pin,
)
from telephony.dial_in.errors import DialInPhoneMalformed, DialInPhoneTaken
from telephony.dial_in.hearing import orders
from telephony.dial_in.model import DialIn, DialInPin
from telephony.dial_in.pins import hash_pin, is_pin, new_pin
from telephony.dial_in.queries import dial_in_standing
from telephony.dial_in.rules import (
    FAILURES_PER_CALLER,
    DialInState,
    Keyed,
    Verdict,
    covered,
    dial_in_key,
    dialling_number,
    uncovered,
)
from telephony.listener import is_followed, read_batch
from tests.telephony.making import NODE, make_person

OWN, NOBODYS = "13900001111", "13900002222"
MOST = FAILURES_PER_CALLER[1]
KEY = dial_in_key("a secret for tests")


def keyed(caller: str = OWN) -> Keyed:
    return Keyed("1.1", "PJSIP/trunk-1", caller=caller, ticket="261013000018", covered_pin="0", attempt="1")


def wrong(session: Session, now: datetime, caller: str = OWN) -> None:
    begun = begin_dial_in(session, keyed(caller), node=NODE, now=now)
    assert begun is not None
    finish_dial_in(session, begun.dial_in_id, is_right=False, now=now)


def issued(session: Session, now: datetime, phone: str = OWN, account: str = "wang") -> DialInPin:
    person = make_person(session, account)
    return issue_dial_in_pin(session, person.id, phone=phone, pin_hash="a hash", now=now)


def newest(session: Session) -> DialIn:
    return session.scalars(sa.select(DialIn).order_by(DialIn.id.desc())).first()  # type: ignore[return-value]  # there is one


def told(pin: str, *, uid: str = "1791853200.7", attempt: str = "1") -> Keyed:
    """What the dialplan says of this PIN."""
    return Keyed(
        uid, "x", caller="", ticket="", covered_pin=covered(pin, uid=uid, attempt=attempt, key=KEY), attempt=attempt
    )


@given(pin=st.from_regex(r"[0-9]{6}", fullmatch=True), uid=st.from_regex(r"[0-9]{10}\.[0-9]{1,5}", fullmatch=True))
def test_a_covered_pin_is_uncovered_by_whoever_has_the_key(pin: str, uid: str) -> None:
    assert uncovered(told(pin, uid=uid), key=KEY) == pin


def test_the_same_pin_is_told_otherwise_in_each_call_and_each_try() -> None:
    heard = {
        told("048617", uid=f"1791853200.{call}", attempt=attempt).covered_pin for call in range(20) for attempt in "123"
    }

    assert len(heard) == 60
    assert "048617" not in heard


@pytest.mark.parametrize("pin", ["", "1", "12345", "１２３４５６", "-12345", "1234567"])
def test_what_is_no_pin_of_six_digits_is_wrong(pin: str) -> None:
    assert uncovered(told(pin), key=KEY) is None
    assert not is_pin(None, hash_pin("000000"))


def test_a_pin_is_kept_as_a_hash_that_only_it_fits() -> None:
    pin = new_pin()

    assert len(pin) == 6
    assert pin.isdecimal()
    assert is_pin(pin, hash_pin(pin))
    assert not is_pin(pin, hash_pin(f"{(int(pin) + 1) % 10**6:06d}"))
    assert pin not in hash_pin(pin)


def test_a_number_is_the_same_however_the_trunk_writes_it() -> None:
    assert {dialling_number(text) for text in (OWN, f"+86{OWN}", f"0{OWN}", f"0086{OWN}")} == {OWN}


def test_the_right_pin_is_news_for_whoever_judges_the_ticket(session: Session, now: datetime) -> None:
    pin = issued(session, now)

    begun = begin_dial_in(session, keyed(f"+86{OWN}"), node=NODE, now=now)
    assert begun == DialInTry(newest(session).id, "a hash")
    finish_dial_in(session, begun.dial_in_id, is_right=True, now=now)

    assert (newest(session).state, newest(session).person_id) == (DialInState.PROVEN, pin.person_id)


def test_a_wrong_pin_and_a_telephone_of_nobody_end_in_the_same_words(session: Session, now: datetime) -> None:
    issued(session, now)

    wrong(session, now)
    wrong(session, now, NOBODYS)

    told = take_dial_ins(session, node=NODE)
    assert [orders(one, hotline="12345")[0][1]["Exten"] for one in told] == ["wrong", "wrong"]
    assert begin_dial_in(session, keyed(NOBODYS), node=NODE, now=now).pin_hash is None  # type: ignore[union-attr]


def test_after_five_wrong_pins_no_more_are_looked_at_for_a_quarter_of_an_hour(session: Session, now: datetime) -> None:
    pin = issued(session, now)
    for _ in range(MOST):
        wrong(session, now)

    assert begin_dial_in(session, keyed(), node=NODE, now=now) is None
    assert newest(session).verdict is Verdict.LOCKED
    assert dial_in_standing(session, pin.person_id, now=now).locked_until == now + timedelta(minutes=15)
    later = now + timedelta(minutes=15)
    assert begin_dial_in(session, keyed(), node=NODE, now=later) is not None
    assert dial_in_standing(session, pin.person_id, now=later).locked_until is None


def test_another_telephone_or_a_new_pin_does_not_unlock_a_person(session: Session, now: datetime) -> None:
    pin = issued(session, now)
    for _ in range(MOST):
        wrong(session, now)

    issue_dial_in_pin(session, pin.person_id, phone=NOBODYS, pin_hash="another", now=now)

    assert begin_dial_in(session, keyed(NOBODYS), node=NODE, now=now) is None


def test_a_number_that_is_nobodys_is_locked_too_and_locks_nobody_else(session: Session, now: datetime) -> None:
    issued(session, now)
    for _ in range(MOST):
        wrong(session, now, NOBODYS)

    assert begin_dial_in(session, keyed(NOBODYS), node=NODE, now=now) is None
    assert begin_dial_in(session, keyed(), node=NODE, now=now) is not None


def test_guesses_at_once_are_counted_before_any_is_checked(session: Session, now: datetime) -> None:
    issued(session, now)

    begun = [begin_dial_in(session, keyed(), node=NODE, now=now) for _ in range(MOST + 1)]

    assert [one is None for one in begun] == [False] * MOST + [True]


def test_whoever_has_left_or_withdrew_dials_in_no_more(session: Session, now: datetime) -> None:
    gone, other = issued(session, now), issued(session, now, NOBODYS, "li")

    deactivate_person(session, gone.person_id, now=now)
    withdraw_dial_in_pin(session, other.person_id, now=now)
    withdraw_dial_in_pin(session, other.person_id, now=now)

    for caller in (OWN, NOBODYS):
        begun = begin_dial_in(session, keyed(caller), node=NODE, now=now)
        assert begun is not None
        assert begun.pin_hash is None


@pytest.mark.parametrize("phone", ["12345", "8001", "85551234", "abc", "PJSIP/8001"])
def test_a_telephone_whose_number_nobody_would_see_is_refused(session: Session, now: datetime, phone: str) -> None:
    with pytest.raises(DialInPhoneMalformed):
        issued(session, now, phone)


def test_one_telephone_is_one_persons(session: Session, now: datetime) -> None:
    issued(session, now)

    with pytest.raises(DialInPhoneTaken):
        issued(session, now, f"+86 {OWN}", "li")


def test_each_try_stands_in_the_audit_log_without_pin_and_number(session: Session, now: datetime) -> None:
    issued(session, now)
    wrong(session, now)
    wrong(session, now, NOBODYS)

    lines = session.scalars(sa.select(AuditRow).where(AuditRow.action == "dial_in").order_by(AuditRow.id)).all()

    assert [(line.actor, line.purpose) for line in lines] == [
        ("王芳（WANG）", "号码或密码不对"),
        ("未登记号码", "号码或密码不对"),
    ]
    assert session.scalars(sa.select(AuditRow.action).order_by(AuditRow.id)).first() == "issue_dial_in_pin"


def test_a_verdict_is_told_once(session: Session, now: datetime) -> None:
    wrong(session, now)

    assert len(take_dial_ins(session, node=NODE)) == 1
    assert take_dial_ins(session, node=NODE) == []


def test_whoever_dials_in_is_no_caller_of_the_hotline(now: datetime) -> None:
    arrived = AmiEvent("Newchannel", now, {"exten": "123459", "context": "from-trunk"})

    assert not is_followed(arrived, dial_in_number="123459")
    assert is_followed(arrived, dial_in_number="")


def test_an_event_without_its_fields_becomes_a_gap(now: datetime) -> None:
    batch = read_batch([AmiEvent("UserEvent", now, {"userevent": "HotlineDialIn", "callref": "1.1"})], [])

    assert batch.keyed == []
    assert [gap.reason for gap, _ in batch.gaps] == ["malformed_event"]
