"""Ticket numbers: yymmdd + five running digits + one Damm check digit, read out on the phone in fours."""

import unicodedata
from datetime import date, datetime
from functools import cache
from typing import cast

from sqlalchemy import Table, bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from core.calendar import SHANGHAI
from core.errors import Conflict
from tickets.model import NumberDay

#: H. Michael Damm, "Total anti-symmetrische Quasigruppen" (2004): catches every wrong digit and every adjacent swap
DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)
LENGTH = 12
MOST_A_DAY = 99_999
_BLANKS = " \t\n\r-–—·_."


class BadNumber(ValueError):
    """A text that is not a ticket number."""

    code = "ticket_number_malformed"

    def __init__(self) -> None:
        super().__init__("工单编号应为 12 位数字")


class MisheardNumber(BadNumber):
    """Twelve digits whose check digit does not fit."""

    code = "ticket_number_misheard"

    def __init__(self) -> None:
        ValueError.__init__(self, "号码可能听错一位")


class DayFull(Conflict):
    """More tickets on one day than five digits can count."""

    code = "ticket_numbers_used_up"
    message = "今日工单编号已用完（{most} 个），请联系管理员"


def check_digit(digits: str) -> int:
    """The digit that makes `digits` plus itself run out at zero."""
    interim = 0
    for digit in digits:
        interim = DAMM[interim][int(digit)]
    return interim


def number_of(day: date, running: int) -> str:
    """The twelve digits of the `running`-th ticket of a day.  Raises DayFull."""
    if not 0 < running <= MOST_A_DAY:
        raise DayFull(most=MOST_A_DAY)
    head = f"{day:%y%m%d}{running:05d}"
    return f"{head}{check_digit(head)}"


def parse_number(text: str) -> str:
    """Twelve digits from what was typed or heard: full-width digits and blanks are accepted.

    Raises BadNumber, MisheardNumber.
    """
    digits = "".join(char for char in unicodedata.normalize("NFKC", text) if char not in _BLANKS)
    if len(digits) != LENGTH or not (digits.isascii() and digits.isdigit()):
        raise BadNumber
    if check_digit(digits) != 0:
        raise MisheardNumber
    return digits


def in_fours(number: str) -> str:
    """As it is shown and spoken: 2610 1300 8210."""
    return " ".join(number[start : start + 4] for start in range(0, LENGTH, 4))


def take_number(session: Session, now: datetime) -> str:
    """The next number of the Shanghai day of `now`.

    The day's row is locked until the commit, so two registrations never get one number; a rolled-back one leaves
    no gap.
    """
    day = now.astimezone(SHANGHAI).date()
    running: int = session.execute(_count_one(session.get_bind().dialect.name), {"day": day}).scalar_one()
    return number_of(day, running)


@cache
def _count_one(dialect: str) -> ReturningInsert[int]:
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    days = cast(Table, NumberDay.__table__)
    first = insert(days).values(day=bindparam("day"), running=1)
    counted = first.on_conflict_do_update(index_elements=["day"], set_={"running": days.c.running + 1})
    return counted.returning(days.c.running)
