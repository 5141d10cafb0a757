"""Log-in by a one-time code on a telephone: for unit officers on duty, to their bound mobile or the roster's."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from core.audit.actions import record_view
from core.masking import is_mobile, plain_number
from staff.actions import Attempt, finish_log_in, refuse_many
from staff.errors import CodeTooSoon, MobileTaken, NoMobile, WrongCode
from staff.model import DutyShift, LogInCode, LogInFailure, Person
from staff.queries import LogIn, person_by_id
from staff.rules import FAILURES_PER_ACCOUNT, FAILURES_PER_ADDRESS, Role

LASTS = timedelta(minutes=5)
TRIES_MOST = 5
#: codes for one phone, then for one address: (window, how many)
CODES_PER_PHONE = ((timedelta(minutes=1), 1), (timedelta(hours=1), 5))
CODES_PER_ADDRESS = (timedelta(minutes=15), 10)
#: a code by SMS is weaker than a password: it opens nothing but a unit's own inbox
_ALLOWED = frozenset({Role.UNIT_OFFICER})


@dataclass(frozen=True)
class Asked:
    """What the answer says to everybody, and whom the code goes to; None: nobody, which the answer does not tell."""

    code_id: int
    person_id: int | None


def ask_for_code(
    session: Session, phone: str, *, phone_hash: str, code_hash: str, address: str, now: datetime
) -> Asked:
    """Keep a code for a phone, known or not: neither what is written nor what is answered tells which.

    Raises NoMobile, CodeTooSoon.
    """
    if not is_mobile(phone):
        raise NoMobile
    for limit in CODES_PER_PHONE:
        _refuse_soon(session, LogInCode.phone_hash == phone_hash, limit, now)
    _refuse_soon(session, LogInCode.address == address, CODES_PER_ADDRESS, now)
    person = _officer_of(session, plain_number(phone), at=now)
    code = LogInCode(
        phone_hash=phone_hash,
        person_id=person.id if person else None,
        code_hash=code_hash,
        address=address,
        asked_at=now,
        expires_at=now + LASTS,
        tries=0,
    )
    session.add(code)
    session.flush()
    _log(session, code, "ask_log_in_code", f"请求登录验证码（{'已发出' if person else '号码未登记'}）", now)
    return Asked(code.id, code.person_id)


def _refuse_soon(session: Session, who: ColumnElement[bool], limit: tuple[timedelta, int], now: datetime) -> None:
    window, most = limit
    n, oldest = session.execute(
        select(func.count(), func.min(LogInCode.asked_at)).where(who, LogInCode.asked_at > now - window)
    ).one()
    if n >= most:
        raise CodeTooSoon(retry_after_s=max(1, ceil((oldest + window - now).total_seconds())))


def _officer_of(session: Session, phone: str, *, at: datetime) -> Person | None:
    """The one officer with this bound mobile, or on duty with it now; of a phone that two share, nobody."""
    on_duty = select(DutyShift.person_id).where(
        DutyShift.phone == phone, DutyShift.person_id.is_not(None), DutyShift.begins_at <= at, DutyShift.ends_at > at
    )
    found = select(Person.id).where(Person.is_active, (Person.mobile_phone == phone) | Person.id.in_(on_duty))
    ids = session.scalars(found.limit(2)).all()
    if len(ids) != 1:
        return None
    person = person_by_id(session, ids[0])
    return person if {row.role for row in person.role_rows} == _ALLOWED else None


@dataclass(frozen=True)
class CodeTry:
    """One try that has been counted already; `code_hash` None: there is no code that could be right."""

    attempt: Attempt
    code_id: int | None
    code_hash: str | None


def take_try(session: Session, *, phone_hash: str, address: str, now: datetime) -> CodeTry:
    """Count this try before the code is looked at, so that guesses sent at once are counted too.

    Raises TooManyFailures.
    """
    account = f"sms:{phone_hash[:32]}"
    refuse_many(session, LogInFailure.address == address, FAILURES_PER_ADDRESS, now)
    refuse_many(session, LogInFailure.account == account, FAILURES_PER_ACCOUNT, now)
    failure = LogInFailure(account=account, address=address, at=now)
    session.add(failure)
    session.flush()
    newest = select(LogInCode).where(LogInCode.phone_hash == phone_hash).order_by(LogInCode.id.desc()).limit(1)
    code = session.scalar(newest.with_for_update())
    is_open = code is not None and code.used_at is None and now < code.expires_at and code.tries < TRIES_MOST
    if code is None or not is_open:
        return CodeTry(Attempt(failure.id, None, None), None, None)
    code.tries += 1
    if code.tries == TRIES_MOST:
        _log(session, code, "log_in_code_spent", "登录验证码试错次数已用尽", now)
    return CodeTry(Attempt(failure.id, code.person_id, None), code.id, code.code_hash)


def finish_code_log_in(
    session: Session, tried: CodeTry, *, code_hash: str, token_hash: str, csrf_token: str, address: str, now: datetime
) -> LogIn:
    """The code was right: it is spent, and the log-in is open.  Raises WrongCode."""
    is_right = tried.code_hash is not None and hmac.compare_digest(tried.code_hash, code_hash)
    if not is_right or tried.attempt.person_id is None:
        raise WrongCode
    spent = update(LogInCode).where(LogInCode.id == tried.code_id, LogInCode.used_at.is_(None)).values(used_at=now)
    if session.execute(spent.returning(LogInCode.id)).first() is None:
        raise WrongCode
    code = session.get_one(LogInCode, tried.code_id)
    _log(session, code, "log_in_by_code", f"验证码登录（{address}）", now)
    return finish_log_in(session, tried.attempt, token_hash=token_hash, csrf_token=csrf_token, address=address, now=now)


def _log(session: Session, code: LogInCode, action: str, purpose: str, now: datetime) -> None:
    """Never the phone, never the code."""
    person = person_by_id(session, code.person_id) if code.person_id is not None else None
    label = f"{person.name}（{person.staff_number}）" if person else "未登记号码"
    record_view(session, label, code.person_id, action, "log_in_code", code.id, purpose, now)


def bind_mobile(session: Session, person_id: int, *, phone: str) -> Person:
    """The mobile to which a person's codes go; empty: none.  Raises PersonNotFound, NoMobile, MobileTaken."""
    person = person_by_id(session, person_id)
    number = plain_number(phone)
    if phone and not is_mobile(phone):
        raise NoMobile
    others = select(Person.id).where(Person.mobile_phone == number, Person.id != person_id, Person.is_active)
    if number and session.scalar(others) is not None:
        raise MobileTaken
    person.mobile_phone = number
    session.flush()
    return person


def hash_code(code: str, *, phone_hash: str, key: bytes) -> str:
    """Keyed, and bound to its phone: six digits are soon guessed from a plain hash."""
    return hmac.new(key, f"log-in {phone_hash} {code}".encode(), hashlib.sha256).hexdigest()
