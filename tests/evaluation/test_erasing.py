"""What a citizen wrote is taken out for good, and every proof of the rating stays."""

import json
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.audit import AuditRow
from core.checkpoints.walk import walk
from evaluation.actions.erasing import ERASED, erase_words
from evaluation.checkpoints.rules import Standing
from evaluation.errors import MayNotErase
from evaluation.ledger import LEDGER_CHAIN, newest_lines, salted_hash
from evaluation.model import Rating, RatingWords
from evaluation.rules import SAID_AFTER, Level
from sms.model import Reply
from staff.rules import Actor, Role
from tests.evaluation.city import City
from tests.evaluation.house import House, checked
from tickets.model import HistoryLine, Ticket

WORDS = "没人来过，楼道的灯还是坏的"
ADMINISTRATOR = Actor(9, "周敏", "A001", frozenset({Role.ADMINISTRATOR}), None)
SUPERVISOR = Actor(8, "陈刚", "B001", frozenset({Role.SUPERVISOR}), None)
AUDITOR = Actor(7, "何静", "C001", frozenset({Role.AUDITOR}), None)


def erase(city: City, *, by: Actor = ADMINISTRATOR) -> int:
    """The words of the one ticket of this city."""

    def do(session: Session, now: datetime) -> int:
        number = session.scalars(select(Ticket.number)).one()
        return erase_words(session, number, by=by, reason="群众来电要求删除", now=now)

    return city.database.write(do, city.clock.now())


def kept(city: City) -> RatingWords:
    found: RatingWords = city.database.read(lambda session: session.scalars(select(RatingWords)).one())
    return found


def test_words_are_gone_and_every_proof_holds_as_before(house: House, tmp_path: Path) -> None:
    code = house.rate(Level.DISSATISFIED, words=WORDS)
    house.night()
    before = house.proof(code)

    assert erase(house.city) == 1

    assert (kept(house.city).words, kept(house.city).salt) == (None, None)
    assert house.receipt(code).standing is Standing.PROVED
    assert house.proof(code) == before
    assert checked(before, tmp_path).returncode == 0
    house.night()
    found = house.city.database.read(walk, LEDGER_CHAIN, house.verifier, now=house.city.clock.now())
    assert (found.holds, found.checkpoints) == (True, 2)


def test_who_knows_the_words_cannot_tell_any_more_that_they_were_said(house: House) -> None:
    house.rate(Level.DISSATISFIED, words=WORDS)
    words = kept(house.city)
    said = house.city.database.read(newest_lines)[0].body["words"]
    assert words.salt is not None
    assert said == salted_hash(words.salt, WORDS)

    erase(house.city)

    left = kept(house.city)
    salts = [salt for salt in (left.salt, left.receipt_salt, b"") if salt is not None]
    assert said not in {salted_hash(salt, WORDS) for salt in salts}


def test_the_audit_log_says_who_did_it_and_why_and_holds_no_word(house: House) -> None:
    house.rate(Level.DISSATISFIED, words=WORDS)

    erase(house.city)

    row = house.city.database.read(lambda session: session.scalars(select(AuditRow)).all())[-1]
    assert (row.actor, row.action, row.object_kind, row.purpose) == (
        "周敏（A001）",
        "erase_words",
        "rating",
        "群众来电要求删除",
    )
    lines = house.city.database.read(newest_lines)
    assert WORDS not in json.dumps([line.body for line in lines], ensure_ascii=False)


def test_the_sms_that_said_them_says_them_no_more_and_the_level_stays(city: City) -> None:
    city.invite(city.ticket())
    city.write(f"2,{WORDS}")

    erase(city)

    reply = city.database.read(lambda session: session.scalars(select(Reply)).one())
    rating = city.database.read(lambda session: session.scalars(select(Rating)).one())
    assert (reply.text, reply.comment, reply.level) == (ERASED, None, 2)
    assert rating.level == 2


def test_asked_for_twice_it_is_done_once_with_one_line(house: House) -> None:
    house.rate(Level.DISSATISFIED, words=WORDS)

    assert (erase(house.city), erase(house.city)) == (1, 0)

    actions = house.city.database.read(lambda session: session.scalars(select(AuditRow.action)).all())
    assert actions.count("erase_words") == 1


def test_nobody_but_an_administrator_or_a_supervisor_takes_them_out(house: House) -> None:
    house.rate(Level.DISSATISFIED, words=WORDS)

    with pytest.raises(MayNotErase):
        erase(house.city, by=AUDITOR)
    assert kept(house.city).words == WORDS

    assert erase(house.city, by=SUPERVISOR) == 1


def test_what_was_written_after_the_rating_is_gone_as_well(city: City) -> None:
    city.invite(city.ticket())
    city.write("4")
    city.write("今天又坏了，没人来")

    erase(city)

    def left(session: Session) -> list[str]:
        said = session.scalars(select(HistoryLine.reason).filter_by(action=SAID_AFTER)).all()
        return [*said, *session.scalars(select(Reply.text).filter(Reply.level.is_(None)))]

    assert city.database.read(left) == [ERASED, ERASED]
