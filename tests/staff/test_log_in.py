"""Log-ins: they end when they should, guesses are counted, and roles that are taken away are gone at once."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from staff.actions import (
    add_person,
    add_unit,
    begin_log_in,
    deactivate_person,
    end_log_in,
    finish_log_in,
    forget_old_log_ins,
    move_unit,
    set_password,
    set_roles,
    touch_log_in,
)
from staff.errors import TooManyFailures, UnitCycle, WrongPassword
from staff.model import LogInFailure, LogInSession, Person
from staff.queries import LogIn, session_of, subtree
from staff.rules import SESSION_ABSOLUTE, SESSION_IDLE, Role, UnitKind
from staff.tokens import token_hash

ADDRESS = "203.0.113.7"


@pytest.fixture
def li(session: Session) -> Person:
    unit = add_unit(session, code="hotline", name="热线中心", kind=UnitKind.HOTLINE)
    return add_person(
        session,
        unit_id=unit.id,
        account="li",
        name="李明",
        staff_number="A012",
        roles=[Role.AGENT, Role.CALLBACK],
        password_hash="kept",
    )


def log_in(session: Session, person: Person, token: str, now: datetime) -> LogIn:
    attempt = begin_log_in(session, account=person.account, address=ADDRESS, now=now)
    return finish_log_in(session, attempt, token_hash=token_hash(token), csrf_token="csrf", address=ADDRESS, now=now)


def test_a_log_in_knows_who_it_is(session: Session, li: Person, now: datetime) -> None:
    opened = log_in(session, li, "t", now)

    assert opened.actor.label == "李明（A012）"
    assert opened.actor.roles == {Role.AGENT, Role.CALLBACK}
    assert session_of(session, token_hash("t"), now=now) == opened
    assert session_of(session, token_hash("another"), now=now) is None


def test_the_token_itself_is_nowhere_in_the_database(session: Session, li: Person, now: datetime) -> None:
    log_in(session, li, "the token", now)

    stored = session.scalars(select(LogInSession)).one()
    assert "the token" not in [getattr(stored, column.key) for column in LogInSession.__table__.columns]


def test_an_idle_log_in_ends_and_a_used_one_ends_with_the_shift(session: Session, li: Person, now: datetime) -> None:
    opened = log_in(session, li, "t", now)
    known = token_hash("t")

    assert session_of(session, known, now=now + SESSION_IDLE - timedelta(seconds=1)) is not None
    assert session_of(session, known, now=now + SESSION_IDLE) is None
    used_at = now
    while used_at < now + SESSION_ABSOLUTE - timedelta(hours=1):
        used_at += timedelta(hours=1)
        touch_log_in(session, opened.id, now=used_at)
    session.expire_all()
    assert session_of(session, known, now=used_at) is not None
    assert session_of(session, known, now=now + SESSION_ABSOLUTE) is None


def test_the_idle_clock_is_written_once_a_minute_at_most(session: Session, li: Person, now: datetime) -> None:
    log_in(session, li, "t", now)

    touch_due = [
        found.is_touch_due
        for later in (timedelta(0), timedelta(seconds=59), timedelta(seconds=60))
        if (found := session_of(session, token_hash("t"), now=now + later)) is not None
    ]

    assert touch_due == [False, False, True]


def test_logging_out_ends_it_and_a_second_time_changes_nothing(session: Session, li: Person, now: datetime) -> None:
    log_in(session, li, "t", now)

    end_log_in(session, "t", now=now)
    end_log_in(session, "t", now=now + timedelta(hours=1))

    session.expire_all()
    assert session_of(session, token_hash("t"), now=now) is None
    assert session.scalars(select(LogInSession.ended_at)).one() == now


def test_a_new_password_a_lost_role_and_leaving_end_every_log_in(session: Session, li: Person, now: datetime) -> None:
    for token, act in (
        ("one", lambda: set_password(session, li.id, password_hash="new", now=now)),
        ("two", lambda: set_roles(session, li.id, roles=[Role.AGENT], now=now)),
        ("three", lambda: deactivate_person(session, li.id, now=now)),
    ):
        log_in(session, li, token, now)
        act()
        session.expire_all()
        assert session_of(session, token_hash(token), now=now) is None


def test_somebody_who_left_is_nobody(session: Session, li: Person, now: datetime) -> None:
    deactivate_person(session, li.id, now=now)
    session.flush()

    attempt = begin_log_in(session, account="li", address=ADDRESS, now=now)

    assert (attempt.person_id, attempt.password_hash) == (None, None)
    with pytest.raises(WrongPassword):
        finish_log_in(session, attempt, token_hash="h", csrf_token="c", address=ADDRESS, now=now)


def test_the_sixth_guess_from_one_address_is_refused_until_the_first_is_five_minutes_old(
    session: Session, now: datetime
) -> None:
    for n in range(5):
        begin_log_in(session, account=f"guess-{n}", address=ADDRESS, now=now + timedelta(minutes=n))

    with pytest.raises(TooManyFailures) as refused:
        begin_log_in(session, account="li", address=ADDRESS, now=now + timedelta(minutes=4, seconds=30))

    assert refused.value.retry_after_s == 30
    begin_log_in(session, account="li", address=ADDRESS, now=now + timedelta(minutes=5))


def test_the_eleventh_guess_at_one_account_is_refused_wherever_it_comes_from(session: Session, now: datetime) -> None:
    for n in range(10):
        begin_log_in(session, account="li", address=f"203.0.113.{n}", now=now)

    with pytest.raises(TooManyFailures):
        begin_log_in(session, account="li", address="198.51.100.1", now=now + timedelta(minutes=14))
    begin_log_in(session, account="li", address="198.51.100.1", now=now + timedelta(minutes=15))


def test_guesses_sent_at_once_are_counted_before_their_passwords_are_checked(session: Session, now: datetime) -> None:
    waiting = [begin_log_in(session, account="li", address=ADDRESS, now=now) for _ in range(5)]

    with pytest.raises(TooManyFailures):
        begin_log_in(session, account="li", address=ADDRESS, now=now)
    assert len(waiting) == 5


def test_success_takes_its_own_attempt_away_and_leaves_the_failures(
    session: Session, li: Person, now: datetime
) -> None:
    begin_log_in(session, account="li", address=ADDRESS, now=now)
    log_in(session, li, "t", now)

    assert session.scalar(select(func.count()).select_from(LogInFailure)) == 1
    forget_old_log_ins(session, now=now + timedelta(days=2))
    assert session.scalar(select(func.count()).select_from(LogInFailure)) == 0


def test_a_moved_unit_takes_everything_below_it_along(session: Session) -> None:
    city, district, street, community = (
        add_unit(session, code=code, name=code, kind=UnitKind.DISTRICT) for code in ("city", "d", "s", "c")
    )
    move_unit(session, street.id, parent_id=district.id)
    move_unit(session, community.id, parent_id=street.id)

    move_unit(session, district.id, parent_id=city.id)

    assert community.path == f"/{city.id}/{district.id}/{street.id}/{community.id}/"
    assert [unit.code for unit in subtree(session, district)] == ["d", "s", "c"]
    with pytest.raises(UnitCycle):
        move_unit(session, city.id, parent_id=community.id)
