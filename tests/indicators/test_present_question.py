"""Whoever was asked about an earlier answer was not asked about the present one: 未邀 says so of every unit."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from core import migrate
from core.database import Database
from evaluation.model import Invitation
from evaluation.rules import InvitationState, Subject
from indicators.answers import Asked, course, unit_answers
from indicators.counts.afresh import count_afresh
from indicators.counts.counter import count_all
from indicators.coverage.fates import losses
from indicators.coverage.rules import Fate
from indicators.recount import recount
from indicators.satisfaction import Part, Slice, answer_rows
from tests.coverage.making import MONTH, make_at_once, make_closed, make_invitation, make_rating
from tests.evaluation.city import make_unit
from tests.indicators.histories import LONG, History, count_everything
from tickets.kinds import CloseReason
from tickets.model import Ticket, Topic
from tickets.rules import State

#: of the audit: owed or not, nobody asked about the present answer
NOT_ASKED = (Fate.AT_ONCE, Fate.DECIDED, Fate.TAKEN_BACK, Fate.QUEUED, Fate.UNINVITED, Fate.ROUND_UNINVITED)
DIRECT = Subject.DIRECT


def asked(session: Session, subject: Subject = Subject.HANDLING) -> Asked:
    return course(session, Slice(MONTH, subject), [MONTH])[1]


def not_invited(session: Session, subject: Subject = Subject.HANDLING, **more: int) -> dict[int | None, int]:
    wanted = Slice(MONTH, subject, **more)  # type: ignore[arg-type]
    return {line.unit_id: line.not_invited for line in unit_answers(session, wanted)}


def row_ids(session: Session, part: Part, subject: Subject = Subject.HANDLING) -> list[int]:
    return [row.id for row in answer_rows(session, Slice(MONTH, subject), part)]


def ended(session: Session, now: datetime) -> dict[Fate, int]:
    return {loss.fate: loss.n for loss in losses(session, MONTH, now=now)}


def answered_at_once_then_by_a_unit(session: Session, now: datetime) -> tuple[Ticket, int]:
    """Asked about the first answer, which arrived; reopened and closed by a unit, about whose work nobody asked."""
    ticket, unit_id = make_at_once(session, now=now, answered_at=now - timedelta(days=2)), make_unit(session).id
    at = now - timedelta(days=2)
    make_invitation(session, ticket, at=at, delivered_at=at, state=InvitationState.VOIDED, subject=DIRECT)
    ticket.unit_id, ticket.state, ticket.close_reason = unit_id, State.CLOSED, CloseReason.WINDOW_END
    ticket.answered_at = now - timedelta(hours=2)
    session.flush()
    return ticket, unit_id


def test_asked_about_the_answer_at_once_is_not_asked_about_the_unit(session: Session, now: datetime) -> None:
    ticket, unit_id = answered_at_once_then_by_a_unit(session, now)

    for _ in range(2):  # before it is counted, and after
        assert asked(session) == Asked({}, 0)
        assert not_invited(session) == {unit_id: 1}
        assert row_ids(session, Part.NOT_INVITED) == [ticket.id]
        assert [(row.is_invited, row.is_delivered) for row in answer_rows(session, Slice(MONTH), Part.CLOSED)] == [
            (False, False)
        ]
        assert ended(session, now) == {Fate.UNINVITED: 1}
        assert recount(session, MONTH) == []
        count_everything(session, now)

    count_afresh(session, now=now)
    assert (asked(session), not_invited(session), recount(session, MONTH)) == (Asked({}, 0), {unit_id: 1}, [])


def test_asked_about_the_first_round_is_not_asked_about_the_rework(session: Session, now: datetime) -> None:
    unit_id = make_unit(session).id
    ticket = make_closed(session, now=now, rework_no=1, unit_id=unit_id)
    before = make_invitation(session, ticket, at=now - timedelta(days=1), delivered_at=now, rework_no=0)
    make_rating(session, before, at=now - timedelta(hours=20), level=2)

    assert (asked(session), not_invited(session)) == (Asked({}, 0), {unit_id: 1})
    assert row_ids(session, Part.NOT_INVITED) == [ticket.id]
    assert ended(session, now) == {Fate.ROUND_UNINVITED: 1}
    assert recount(session, MONTH) == []


def test_a_question_of_the_first_round_that_arrived_is_no_arrival_of_the_second(
    session: Session, now: datetime
) -> None:
    ticket = make_closed(session, now=now, rework_no=1, unit_id=make_unit(session).id)
    make_invitation(session, ticket, at=now - timedelta(days=1), delivered_at=now, rework_no=0)
    make_invitation(session, ticket, at=now - timedelta(hours=1))

    assert asked(session) == Asked({InvitationState.INVITED: 1}, 0)
    assert (row_ids(session, Part.NOT_INVITED), row_ids(session, Part.NOT_DELIVERED)) == ([], [ticket.id])
    assert recount(session, MONTH) == []


def test_asked_about_the_first_answer_at_once_is_not_asked_about_the_second(session: Session, now: datetime) -> None:
    ticket = make_at_once(session, now=now)
    make_invitation(session, ticket, at=now - timedelta(days=1), delivered_at=now, subject=DIRECT)

    assert asked(session, DIRECT) == Asked({}, 0)
    assert (not_invited(session, DIRECT), row_ids(session, Part.NOT_INVITED, DIRECT)) == ({None: 1}, [ticket.id])
    assert recount(session, MONTH) == []

    make_invitation(session, ticket, at=now - timedelta(hours=1), delivered_at=now, subject=DIRECT, rework_no=1)
    assert asked(session, DIRECT) == Asked({InvitationState.INVITED: 1}, 1)
    assert (not_invited(session, DIRECT), row_ids(session, Part.NOT_INVITED, DIRECT)) == ({None: 0}, [])
    assert recount(session, MONTH) == []


def test_what_was_rated_and_is_not_closed_was_asked_by_the_question_that_was_answered(
    session: Session, now: datetime
) -> None:
    """The rework is under way: nobody is to be asked about it yet."""
    unit_id = make_unit(session).id
    ticket = make_closed(session, now=now, unit_id=unit_id)
    make_rating(session, make_invitation(session, ticket, at=now, delivered_at=now), at=now, level=1)
    ticket.state, ticket.rework_no, ticket.closed_at, ticket.close_reason = State.REWORK, 1, None, None
    session.flush()

    assert asked(session) == Asked({InvitationState.ANSWERED: 1}, 1)
    assert (not_invited(session), row_ids(session, Part.NOT_INVITED)) == ({unit_id: 0}, [])
    assert recount(session, MONTH) == []


def test_an_answer_at_once_that_was_rated_keeps_its_question_when_a_unit_has_closed_the_matter(
    session: Session, now: datetime
) -> None:
    ticket, unit_id = answered_at_once_then_by_a_unit(session, now)
    topic = Topic(code="Q1", name="供热", full_name="供热", level=1)
    session.add(topic)
    session.flush()
    ticket.topic_id = topic.id
    make_rating(session, session.query(Invitation).one(), at=now - timedelta(days=1), level=1)

    for _ in range(2):
        assert (asked(session, DIRECT), asked(session)) == (Asked({InvitationState.ANSWERED: 1}, 1), Asked({}, 0))
        assert (not_invited(session, topic_id=topic.id), sum(not_invited(session, DIRECT).values())) == (
            {unit_id: 1},
            0,
        )
        assert sum(not_invited(session, DIRECT, topic_id=topic.id).values()) == 0
        assert recount(session, MONTH) == []
        count_everything(session, now)


@pytest.mark.parametrize("seed", range(41, 45))
def test_the_page_and_the_audit_agree_about_whom_nobody_asked(session: Session, now: datetime, seed: int) -> None:
    history = History(session, seed, now)
    for n in range(90):
        history.step()
        if n % 30 == 29:
            _agree(session, history)
    count_everything(session, now)
    _agree(session, history)


def _agree(session: Session, history: History) -> None:
    later = history.now + timedelta(days=400)
    audited = dict.fromkeys((Subject.HANDLING, DIRECT), 0)
    for loss in losses(session, LONG, now=later):
        audited[loss.subject] += loss.n * (loss.fate in NOT_ASKED)
    for subject, n in audited.items():
        wanted = Slice(LONG, subject)
        assert sum(line.not_invited for line in unit_answers(session, wanted)) == n
        assert len(answer_rows(session, wanted, Part.NOT_INVITED, limit=1000)) == n
    assert recount(session, LONG) == []


def test_what_an_older_release_had_counted_as_asked_is_counted_anew(database: Database, now: datetime) -> None:
    ticket_id, unit_id = database.write(_ids, now)
    migrate.downgrade(database.writing, _below("0140"))
    with database.writing.begin() as connection:
        for statement in _counted_as_asked(ticket_id, unit_id):
            connection.execute(text(statement))
    migrate.upgrade(database.writing)

    for _ in range(2):
        assert database.read(not_invited) == {unit_id: 1}
        assert database.read(recount, LONG) == []
        count_all(database)


def test_back_to_the_older_release_and_up_again_nothing_is_lost(database: Database, now: datetime) -> None:
    ticket_id, unit_id = database.write(_ids, now)
    database.write(_rate_the_first_answer, ticket_id, now)
    count_all(database)

    migrate.downgrade(database.writing, _below("0140"))
    migrate.upgrade(database.writing)
    count_all(database)

    assert database.read(not_invited) == {unit_id: 1}
    assert database.read(recount, LONG) == []


def _ids(session: Session, now: datetime) -> tuple[int, int]:
    ticket, unit_id = answered_at_once_then_by_a_unit(session, now)
    return ticket.id, unit_id


def _rate_the_first_answer(session: Session, ticket_id: int, now: datetime) -> None:
    question = session.query(Invitation).filter_by(ticket_id=ticket_id).one()
    make_rating(session, question, at=now - timedelta(days=1), level=1)


def _counted_as_asked(ticket_id: int, unit_id: int) -> Iterator[str]:
    """As that release left it: closed by the unit, silent, and the question about the answer before it for its own."""
    yield "DELETE FROM stale_tickets"
    yield (
        "INSERT INTO counted_tickets (ticket_id, unit_id, handled_unit_id, direct_unit_id, topic_id, is_in_time, "
        "handled_on, is_responded, is_delivered, invitation) "
        f"VALUES ({ticket_id}, {unit_id}, {unit_id}, {unit_id}, 0, false, '2026-10-13', false, true, 'voided')"
    )
    for part in ("silent", "voided", "delivered"):
        for scope, owner_id in (("all", 0), ("unit", unit_id), ("topic", 0)):
            yield (
                "INSERT INTO day_counts (kind, scope, owner_id, day, part, n) "
                f"VALUES ('handling', '{scope}', {owner_id}, '2026-10-13', '{part}', 1)"
            )


def _below(revision: str) -> str:
    chain = migrate.chain()
    return chain[chain.index(revision) - 1]
