"""定类: a third party says what could be done about a matter; what is said after the rating leaves nothing out."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import Invalid
from evaluation.actions.answering import Answer, record_answer
from evaluation.classes.actions import decide_class
from evaluation.classes.errors import ClassDecided, MatterNotAnswered, NotThirdParty
from evaluation.classes.queries import class_of, classes_of, unclassed
from evaluation.classes.rules import MatterClass, is_third_party
from evaluation.ledger import newest_lines
from evaluation.rules import Channel, LedgerKind, Level
from staff.model import Unit
from staff.rules import Actor, Role
from tests.evaluation.city import City, make_ticket, make_unit
from tickets.kinds import ContactMade, ReplyResult
from tickets.model import HistoryLine, Holding, Reply, Ticket
from tickets.rules import State

WHY = "依据现行条例，此项不在补贴范围内"
AUDITOR = Actor(None, "张审", "S001", frozenset({Role.AUDITOR}), None)


def of_unit(unit: Unit) -> Actor:
    return Actor(None, "李明", "U001", frozenset({Role.AUDITOR}), unit.id)


def decide(
    session: Session, ticket: Ticket, now: datetime, *, by: Actor = AUDITOR, what: MatterClass = MatterClass.NO_POLICY
) -> None:
    decide_class(session, ticket.id, matter_class=what, reason=WHY, by=by, now=now)


def below(session: Session, unit: Unit) -> Unit:
    found = make_unit(session, "下属科室")
    found.path = f"{unit.path}{found.id}/"
    session.flush()
    return found


def test_a_class_stands_in_the_history_and_in_the_ledger(session: Session, now: datetime) -> None:
    ticket = make_ticket(session, now=now)

    decide(session, ticket, now)

    line = session.scalars(select(HistoryLine).filter_by(ticket_id=ticket.id, action="decide_class")).one()
    assert (line.reason, line.is_internal) == (f"政策不支持：{WHY}", True)
    written = newest_lines(session, kind=LedgerKind.RULING)[0].body
    assert written == {"about": "class", "ticket": ticket.number, "rework": 0, "class": "no_policy"}
    decided = class_of(session, ticket)
    assert decided is not None
    assert decided.decided_by == "张审（S001）"


def test_neither_the_unit_nor_one_above_or_below_it_decides(session: Session, now: datetime) -> None:
    district = make_unit(session)
    unit = below(session, district)
    ticket = make_ticket(session, now=now, unit_id=unit.id)

    for party in (district, unit, below(session, unit)):
        with pytest.raises(NotThirdParty):
            decide(session, ticket, now, by=of_unit(party))
    decide(session, ticket, now, by=of_unit(make_unit(session)))

    assert len(classes_of(session, ticket.id)) == 1


def test_a_unit_that_had_it_before_does_not_decide_either(session: Session, now: datetime) -> None:
    before = make_unit(session)
    ticket = make_ticket(session, now=now)
    session.add(Holding(ticket_id=ticket.id, unit_id=before.id, dispatched_at=now, dispatched_by="王派", ended_at=now))
    session.flush()

    with pytest.raises(NotThirdParty):
        decide(session, ticket, now, by=of_unit(before))


@pytest.mark.parametrize(
    ("own", "paths", "is_third"),
    [
        (None, ["/1/"], True),
        ("/1/", [], True),
        ("/1/", ["/2/", "/11/"], True),
        ("/1/", ["/2/", "/1/3/"], False),
        ("/1/3/", ["/1/"], False),
        ("/1/3/", ["/1/3/"], False),
        ("/1/3/", ["/1/33/"], True),
    ],
)
def test_a_third_party_is_on_no_branch_with_who_had_it(own: str | None, paths: list[str], is_third: bool) -> None:
    assert is_third_party(own, paths) is is_third


def test_nothing_is_decided_before_the_unit_has_answered(session: Session, now: datetime) -> None:
    for state in (State.IN_PROGRESS, State.REWORK, State.ARCHIVED, State.TRANSFERRED):
        with pytest.raises(MatterNotAnswered):
            decide(session, make_ticket(session, now=now, state=state), now)


def test_a_reason_has_to_be_given(session: Session, now: datetime) -> None:
    ticket = make_ticket(session, now=now)

    with pytest.raises(Invalid):
        decide_class(session, ticket.id, matter_class=MatterClass.SOLVABLE, reason="不行", by=AUDITOR, now=now)


def test_it_may_be_changed_until_the_citizen_has_rated_and_both_decisions_stay(city: City) -> None:
    ticket_id = city.ticket()
    invited = city.invite(ticket_id)
    later = city.clock.now() + timedelta(hours=1)

    def change(session: Session) -> list[tuple[str, bool]]:
        ticket = session.get_one(Ticket, ticket_id)
        decide(session, ticket, city.clock.now())
        decide(session, ticket, later, what=MatterClass.SOLVABLE)
        record_answer(session, invited, Answer(Level.DISSATISFIED, Channel.PAGE, "page:1"), now=later)
        with pytest.raises(ClassDecided):
            decide(session, ticket, later, what=MatterClass.UNREASONABLE)
        return [(one.matter_class.value, one.is_current) for one in classes_of(session, ticket_id)]

    assert city.database.write(change) == [("no_policy", False), ("solvable", True)]


def test_a_rework_is_classed_anew(session: Session, now: datetime) -> None:
    ticket = make_ticket(session, now=now)
    decide(session, ticket, now)

    ticket.rework_no = 1

    assert class_of(session, ticket) is None


def test_what_the_unit_says_it_could_not_solve_waits_for_a_class_the_longest_first(
    session: Session, now: datetime
) -> None:
    def replied(result: ReplyResult, hours: int, state: State = State.TO_CALLBACK) -> Ticket:
        ticket = make_ticket(session, now=now, state=state)
        assert ticket.unit_id is not None
        holding = Holding(ticket_id=ticket.id, unit_id=ticket.unit_id, dispatched_at=now, dispatched_by="王派")
        session.add(holding)
        session.flush()
        session.add(
            Reply(
                ticket_id=ticket.id,
                holding_id=holding.id,
                unit_id=ticket.unit_id,
                author_label="李明（U001）",
                replied_at=now - timedelta(hours=hours),
                result=result,
                text="已按规定办理，详情见答复。",
                finish_on=date(2026, 12, 1),
                contact=ContactMade.CALL,
            )
        )
        session.flush()
        return ticket

    newer, older = replied(ReplyResult.NO_POLICY, 1), replied(ReplyResult.NEEDS_TIME, 5, State.REPLIED)
    decided = replied(ReplyResult.UNTRUE, 9)
    replied(ReplyResult.SOLVED, 9)
    replied(ReplyResult.NO_POLICY, 9, State.CLOSED)
    decide(session, decided, now)

    waiting = unclassed(session, by=AUDITOR)

    assert [(one.ticket.id, one.result) for one in waiting] == [
        (older.id, ReplyResult.NEEDS_TIME),
        (newer.id, ReplyResult.NO_POLICY),
    ]
