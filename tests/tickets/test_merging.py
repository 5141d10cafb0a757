"""并案: one matter, many callers; each keeps an own reply and an own rating, and can be split off again."""

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.events import announced
from tests.tickets.making import OFFICE, City, reply_form
from tickets.actions.by_citizen import may_act
from tickets.actions.correcting import correct_ticket
from tickets.actions.ending import close_ticket, pass_audit, rework_ticket
from tickets.actions.handling import reply_ticket
from tickets.actions.merging import (
    answer_children,
    merge_ticket,
    merge_tickets,
    preview_merge,
    release_children,
    split_ticket,
)
from tickets.actions.side_paths import Course, reject_ticket
from tickets.errors import MergeRefused, MoveRefused
from tickets.events import ParentEnded, TicketAnswered
from tickets.kinds import CloseReason, ContactMade, RejectReason, Urgency
from tickets.model import HistoryLine, Holding, Reply, Ticket
from tickets.queries.evidence import claims_of_replies
from tickets.rules import State


@pytest.fixture
def city(session: Session) -> City:
    return City(session)


def merge(session: Session, city: City, child: Ticket, parent: Ticket, now: datetime) -> Ticket:
    return merge_ticket(session, child.id, parent=parent.id, by=city.dispatcher, now=now)


def answered_with_child(session: Session, city: City, now: datetime) -> tuple[Ticket, Ticket]:
    parent, child = city.signed(now), city.listed(now, phone="13912345678")
    merge(session, city, child, parent, now)
    reply_ticket(session, parent.id, reply_form(), by=city.officer, office=OFFICE, now=now)
    pass_audit(session, parent.id, by=city.auditor, office=OFFICE, now=now)
    assert answer_children(session, parent.id, office=OFFICE, now=now) == 1
    return parent, child


def test_a_child_waits_under_its_parent_and_its_citizen_clock_runs_on(
    session: Session, city: City, now: datetime
) -> None:
    parent, child = city.signed(now), city.listed(now)
    due = child.citizen_due_at

    merge(session, city, child, parent, now)

    assert (child.state, child.parent_id, child.citizen_due_at) == (State.MERGED, parent.id, due)
    assert parent.child_count == 1


def test_a_child_has_the_answer_as_its_own_reply_and_is_asked_itself(
    session: Session, city: City, now: datetime
) -> None:
    parent, child = answered_with_child(session, city, now)

    own = session.get_one(Reply, child.reply_id)
    shared = session.get_one(Reply, parent.reply_id)
    assert (own.ticket_id, own.text, own.id != shared.id) == (child.id, shared.text, True)
    assert child.state is State.TO_CALLBACK
    assert TicketAnswered(child.id) in announced(session)


def test_contact_with_one_caller_is_not_contact_with_those_merged_under_it(
    session: Session, city: City, now: datetime
) -> None:
    parent, child = answered_with_child(session, city, now)

    own = session.get_one(Reply, child.reply_id)
    assert session.get_one(Reply, parent.reply_id).contact is ContactMade.CALL
    assert own.contact is ContactMade.NONE
    assert parent.number in own.contact_note
    assert may_act(session, child.id, now=now).claimed is ContactMade.NONE
    assert claims_of_replies([own]) == []


def test_telling_the_children_twice_changes_nothing(session: Session, city: City, now: datetime) -> None:
    parent, _ = answered_with_child(session, city, now)

    assert answer_children(session, parent.id, office=OFFICE, now=now) == 0


def test_a_child_that_is_not_satisfied_is_done_again_alone(session: Session, city: City, now: datetime) -> None:
    parent, child = answered_with_child(session, city, now)

    rework_ticket(session, child.id, by=city.callback, office=OFFICE, now=now, reason="我家仍不热")

    assert (child.state, child.unit_id) == (State.DISPATCHED, city.heating.id)
    assert parent.state is State.TO_CALLBACK


def test_the_units_clock_never_begins_for_a_child_that_came_answered(
    session: Session, city: City, now: datetime
) -> None:
    _, child = answered_with_child(session, city, now)

    correct_ticket(
        session, child.id, {"urgency": Urgency.URGENT}, version=child.version, by=city.agent, office=OFFICE, now=now
    )

    holding = session.get_one(Holding, child.holding_id)
    assert (child.unit_due_at, holding.due_at, holding.return_until) == (None, None, None)


def test_a_child_that_is_done_again_may_take_others_in(session: Session, city: City, now: datetime) -> None:
    _, child = answered_with_child(session, city, now)
    rework_ticket(session, child.id, by=city.callback, office=OFFICE, now=now, reason="我家仍不热")
    neighbour = city.listed(now, phone="13712345678")

    merge(session, city, neighbour, child, now)

    assert (neighbour.state, neighbour.parent_id) == (State.MERGED, child.id)


def test_a_child_never_has_an_answer_that_no_auditor_has_passed(session: Session, city: City, now: datetime) -> None:
    parent, child = city.signed(now), city.listed(now, phone="13912345678")
    merge(session, city, child, parent, now)
    reply_ticket(session, parent.id, reply_form(), by=city.officer, office=OFFICE, now=now)

    assert answer_children(session, parent.id, office=OFFICE, now=now) == 0
    assert child.state is State.MERGED


def test_a_child_can_be_split_off_again(session: Session, city: City, now: datetime) -> None:
    parent, child = city.signed(now), city.listed(now)
    merge(session, city, child, parent, now)

    split_ticket(session, child.id, by=city.dispatcher, office=OFFICE, now=now, reason="不是同一件事")

    assert (child.state, child.parent_id, parent.child_count) == (State.TO_DISPATCH, None, 0)
    assert child.step_due_at is not None


def test_what_is_closed_is_not_merged_and_nothing_is_merged_into_it(
    session: Session, city: City, now: datetime
) -> None:
    closed, fresh = city.answered(now), city.listed(now)
    close_ticket(session, closed.id, by=city.callback, office=OFFICE, now=now, reason=CloseReason.CALLBACK)

    with pytest.raises(MoveRefused):
        merge(session, city, closed, fresh, now)
    with pytest.raises(MergeRefused, match="办结"):
        merge(session, city, fresh, closed, now)


def test_merging_never_makes_a_circle_or_a_chain(session: Session, city: City, now: datetime) -> None:
    first, second, third = city.listed(now), city.listed(now), city.listed(now)
    merge(session, city, second, first, now)

    with pytest.raises(MergeRefused, match="自身"):
        merge(session, city, first, first, now)
    with pytest.raises(MergeRefused, match="并入其母单"):
        merge(session, city, first, second, now)
    with pytest.raises(MergeRefused, match="并入其母单"):
        merge(session, city, third, second, now)
    with pytest.raises(MergeRefused, match="反向并案"):
        merge(session, city, first, third, now)


def test_a_preview_names_what_would_be_refused_and_changes_nothing(session: Session, city: City, now: datetime) -> None:
    parent, good, held = city.listed(now), city.listed(now), city.signed(now)
    session.flush()
    told = len(announced(session))

    outcomes = preview_merge(session, [good.number, held.number], parent=parent.number, by=city.dispatcher, now=now)

    assert [(one.number, one.refused is None) for one in outcomes] == [(good.number, True), (held.number, False)]
    session.expire_all()
    assert (good.state, parent.child_count) == (State.TO_DISPATCH, 0)
    assert len(announced(session)) == told


def test_a_pile_is_merged_but_for_what_is_refused(session: Session, city: City, now: datetime) -> None:
    parent, good, held = city.listed(now), city.listed(now), city.signed(now)

    outcomes = merge_tickets(
        session,
        [good.number, held.number, "261013000000"],
        parent=parent.number,
        by=city.dispatcher,
        now=now,
        reason="同一热源",
    )

    assert [one.refused.code if one.refused else "" for one in outcomes] == ["", "move_refused", "ticket_not_found"]
    assert (good.state, parent.child_count) == (State.MERGED, 1)


def test_a_parent_that_ends_without_an_answer_lets_its_children_go(session: Session, city: City, now: datetime) -> None:
    parent, child = city.listed(now), city.listed(now)
    merge(session, city, child, parent, now)
    course = Course(city.supervisor, OFFICE, now)
    reject_ticket(session, parent.id, reason=RejectReason.LITIGATION, channel="法院", course=course)

    assert ParentEnded(parent.id) in announced(session)
    assert release_children(session, parent.id, office=OFFICE, now=now) == 1
    assert (child.state, child.parent_id) == (State.TO_DISPATCH, None)
    lines = select(HistoryLine.reason).where(HistoryLine.ticket_id == child.id).order_by(HistoryLine.id.desc())
    assert parent.number in (session.scalars(lines).first() or "")
