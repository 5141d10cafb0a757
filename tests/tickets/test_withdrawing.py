"""撤销诉求: on the citizen's word, from registration until the unit has answered; nothing is left behind."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import Invalid
from core.events import announced
from staff.rules import Actor
from telephony.bridges.model import BridgedCall
from telephony.bridges.rules import BridgeResult, BridgeState
from tests.tickets.making import OFFICE, City, reply_form
from tickets.actions.completing import send_back_for_completion
from tickets.actions.dispatching import confer, dispatch_ticket
from tickets.actions.ending import pass_audit
from tickets.actions.handling import reply_ticket, return_ticket, sign_ticket
from tickets.actions.helping import ask_help
from tickets.actions.merging import answer_children, merge_ticket, release_children, split_ticket
from tickets.actions.parking import park_ticket, resume_at_review
from tickets.actions.requests import ask_for
from tickets.actions.sending_down import Down, send_down
from tickets.actions.side_paths import Course, object_to_end, reject_ticket
from tickets.actions.withdrawing import Word, withdraw_part, withdraw_ticket
from tickets.errors import MoveRefused, RoleRefused, TicketNotFound
from tickets.events import TicketAnswered, WorkTakenBack
from tickets.forms import RequestForm
from tickets.guard_errors import NoOthers, OthersWait, PartWithdrawn
from tickets.kinds import (
    CompletionState,
    InnerState,
    PartState,
    RejectReason,
    RequestKind,
    RequestState,
    SaidBy,
    TerminationReason,
)
from tickets.model import Completion, HelperPart, HistoryLine, Holding, InnerHolding, Pause, Ticket, TicketRequest
from tickets.queries.citizen import citizen_page
from tickets.rules import State

WORD = Word("问题已自行解决", SaidBy.RELATIVE)
Stage = Callable[[City, datetime], Ticket]


@pytest.fixture
def city(session: Session) -> City:
    return City(session)


def withdraw(city: City, ticket: Ticket, now: datetime, by: Actor | None = None, word: Word = WORD) -> Ticket:
    return withdraw_ticket(city.session, ticket.id, word, course=Course(by or city.agent, OFFICE, now))


def leave(city: City, ticket: Ticket, now: datetime) -> Ticket:
    return withdraw_part(city.session, ticket.id, WORD, course=Course(city.callback, OFFICE, now))


def line_of(session: Session, ticket: Ticket, action: str = "withdraw") -> HistoryLine:
    return session.scalars(
        select(HistoryLine).where(HistoryLine.ticket_id == ticket.id, HistoryLine.action == action)
    ).one()


def returned(city: City, now: datetime) -> Ticket:
    return return_ticket(city.session, city.dispatched(now).id, city.return_form(), by=city.officer, now=now)


def conferred(city: City, now: datetime) -> Ticket:
    return confer(city.session, city.listed(now).id, by=city.dispatcher, now=now, reason="争议")


def parked(city: City, now: datetime) -> Ticket:
    course, review_on = Course(city.supervisor, OFFICE, now), (now + timedelta(days=30)).date()
    return park_ticket(city.session, city.signed(now).id, plan="列入计划", review_on=review_on, course=course)


def incomplete(city: City, now: datetime) -> Ticket:
    return send_back_for_completion(city.session, city.listed(now).id, missing="门牌号", by=city.dispatcher, now=now)


@pytest.mark.parametrize(
    "stage",
    [City.registered, incomplete, City.listed, City.dispatched, returned, conferred, City.signed, parked],
)
def test_it_can_be_taken_back_until_the_unit_has_answered(
    session: Session, city: City, now: datetime, stage: Stage
) -> None:
    ticket, later = stage(city, now), now + timedelta(hours=2)

    withdraw(city, ticket, later)

    assert (ticket.state, ticket.closed_at, ticket.step_due_at) == (State.WITHDRAWN, later, None)
    assert (ticket.unit_id, ticket.working_unit_id, ticket.holding_id, ticket.missing) == (None, None, None, "")
    for model in (Holding, Pause):
        open_ones = select(model).where(model.ticket_id == ticket.id, model.ended_at.is_(None))
        assert session.scalars(open_ones).all() == []
    asked = select(Completion).where(Completion.state == CompletionState.OPEN)
    assert session.scalars(asked).all() == []
    assert TicketAnswered(ticket.id) not in announced(session)
    page = citizen_page(session, ticket.id)
    assert (page.sentence, page.steps[-1].words) == ("已按您的要求撤销", "已按您的要求撤销")


def test_the_history_says_who_said_it_when_and_on_which_call(session: Session, city: City, now: datetime) -> None:
    ticket = city.signed(now - timedelta(days=1))
    call = BridgedCall(
        node="a", about_id=ticket.id, person_id=city.callback.person_id, person_label="", own_channel="", own_shown="",
        citizen_channel="", state=BridgeState.ENDED, result=BridgeResult.TALKED, asked_at=now - timedelta(minutes=9),
    )  # fmt: skip
    session.add(call)
    session.flush()

    word = Word("已和物业谈妥", SaidBy.SELF, now - timedelta(minutes=5))
    withdraw(city, ticket, now, by=city.callback, word=word)

    line = line_of(session, ticket)
    assert (line.reason, line.actor_label) == ("已和物业谈妥", city.callback.label)
    said_at = (now - timedelta(minutes=5)).isoformat()
    assert line.particulars == {"said_by": "self", "said_at": said_at, "bridge_id": call.id}


@pytest.mark.parametrize("minutes", [-60, 1])
def test_it_was_said_after_registration_and_before_now(
    session: Session, city: City, now: datetime, minutes: int
) -> None:
    ticket = city.signed(now)

    with pytest.raises(Invalid):
        withdraw(city, ticket, now, word=Word("已解决", said_at=now + timedelta(minutes=minutes)))
    with pytest.raises(Invalid):
        withdraw(city, ticket, now, word=Word(""))

    assert ticket.state is State.IN_PROGRESS


def test_what_others_do_for_it_ends_with_it_and_each_unit_is_told(session: Session, city: City, now: datetime) -> None:
    ticket = city.listed(now)
    dispatch_ticket(
        session, ticket.id, unit_id=city.district.id, by=city.dispatcher, office=OFFICE, now=now, reason="属地"
    )
    sign_ticket(session, ticket.id, by=city.district_officer, now=now)
    send_down(session, ticket.id, Down(city.street.id), by=city.district_officer, now=now)
    ask_help(session, ticket.id, unit_id=city.roads.id, task="配合开挖", by=city.dispatcher, now=now)
    form = RequestForm(
        kind=RequestKind.TERMINATION,
        reason="诉求人不再配合办理，多次联系无果",
        termination_reason=TerminationReason.UNREACHABLE,
    )
    ask_for(session, ticket.id, form, by=city.district_officer, office=OFFICE, now=now)
    holding_id = ticket.holding_id

    withdraw(city, ticket, now + timedelta(hours=1))

    told = [event.unit_id for event in announced(session) if isinstance(event, WorkTakenBack)]
    assert sorted(told) == sorted([city.district.id, city.street.id, city.roads.id])
    assert session.scalars(select(InnerHolding.state)).all() == [InnerState.PULLED]
    assert session.scalars(select(HelperPart.state)).all() == [PartState.EXCUSED]
    assert session.scalars(select(TicketRequest.state)).all() == [RequestState.LAPSED]
    assert session.get_one(Holding, holding_id).end_action == "withdraw"
    assert (ticket.open_parts, ticket.has_request, ticket.inner_id) == (0, False, None)


def test_on_the_day_of_review_it_does_not_come_back(session: Session, city: City, now: datetime) -> None:
    ticket = parked(city, now)
    pause_id = session.scalars(select(Pause.id)).one()
    withdraw(city, ticket, now + timedelta(days=1))

    course = Course(city.supervisor, OFFICE, now + timedelta(days=30))
    resume_at_review(session, ticket.id, pause_id=pause_id, course=course)

    assert ticket.state is State.WITHDRAWN


def test_after_the_answer_it_is_too_late_and_units_auditors_and_inspectors_never_may(
    session: Session, city: City, now: datetime
) -> None:
    replied, signed = city.replied(now), city.signed(now)

    with pytest.raises(MoveRefused):
        withdraw(city, replied, now)
    for by in (city.officer, city.auditor, city.escalation):
        with pytest.raises(RoleRefused):
            withdraw(city, signed, now, by=by)
    with pytest.raises(TicketNotFound):
        withdraw(city, signed, now, by=city.roads_officer)


class TestManyCallers:
    """One of many takes back the own part and nothing else."""

    @pytest.fixture
    def parent(self, city: City, now: datetime) -> Ticket:
        return city.signed(now)

    @pytest.fixture
    def child(self, city: City, parent: Ticket, now: datetime) -> Ticket:
        child = city.listed(now, phone="13912345678")
        return merge_ticket(city.session, child.id, parent=parent.id, by=city.dispatcher, now=now)

    def test_a_child_leaves_and_the_matter_goes_on(
        self, session: Session, city: City, parent: Ticket, child: Ticket, now: datetime
    ) -> None:
        withdraw(city, child, now)

        assert (child.state, child.parent_id, parent.child_count) == (State.WITHDRAWN, None, 0)
        assert parent.state is State.IN_PROGRESS
        assert line_of(session, child).particulars["parent"] == parent.number
        assert line_of(session, parent, "child_withdrawn").particulars["child"] == child.number

    def test_the_first_caller_does_not_end_it_for_the_others(
        self, session: Session, city: City, parent: Ticket, child: Ticket, now: datetime
    ) -> None:
        with pytest.raises(OthersWait):
            withdraw(city, parent, now)

        leave(city, parent, now)

        assert (parent.state, child.state) == (State.IN_PROGRESS, State.MERGED)
        assert citizen_page(session, parent.id).sentence == "已按您的要求撤销"
        with pytest.raises(PartWithdrawn):
            leave(city, parent, now)

    def test_who_left_hears_no_answer_and_is_not_asked_while_the_others_are(
        self, session: Session, city: City, parent: Ticket, child: Ticket, now: datetime
    ) -> None:
        leave(city, parent, now)
        later = now + timedelta(hours=3)
        reply_ticket(session, parent.id, reply_form(), by=city.officer, office=OFFICE, now=later)

        pass_audit(session, parent.id, by=city.auditor, office=OFFICE, now=later)
        answer_children(session, parent.id, office=OFFICE, now=later)

        assert (parent.state, child.state) == (State.WITHDRAWN, State.TO_CALLBACK)
        asked = [event.ticket_id for event in announced(session) if isinstance(event, TicketAnswered)]
        assert asked == [child.id]
        page = citizen_page(session, parent.id)
        assert (page.replies, page.steps[-1].words) == ([], "已按您的要求撤销")

    @pytest.mark.parametrize("is_split", [False, True])
    def test_when_the_last_one_has_left_the_matter_is_over(
        self, session: Session, city: City, parent: Ticket, child: Ticket, now: datetime, is_split: bool
    ) -> None:
        leave(city, parent, now)

        if is_split:
            split_ticket(session, child.id, by=city.dispatcher, office=OFFICE, now=now, reason="另一件事")
        else:
            withdraw(city, child, now)

        assert (parent.state, parent.unit_id) == (State.WITHDRAWN, None)
        assert child.state is (State.TO_DISPATCH if is_split else State.WITHDRAWN)

    def test_who_left_and_objects_to_what_was_said_since_asks_again(
        self, session: Session, city: City, now: datetime
    ) -> None:
        parent, course = city.listed(now), Course(city.supervisor, OFFICE, now)
        other = city.listed(now, phone="13912345678")
        merge_ticket(session, other.id, parent=parent.id, by=city.dispatcher, now=now)
        leave(city, parent, now)
        reject_ticket(session, parent.id, reason=RejectReason.LITIGATION, channel="法院", course=course)
        release_children(session, parent.id, office=OFFICE, now=now)

        object_to_end(session, parent.id, reason="诉求人仍要求办理", course=course)

        assert (parent.state, parent.caller_withdrew_at) == (State.REGISTERED, None)
        assert citizen_page(session, parent.id).steps[-1].words != "已按您的要求撤销"

    def test_there_is_no_part_where_nobody_else_asks(self, city: City, parent: Ticket, now: datetime) -> None:
        with pytest.raises(NoOthers):
            leave(city, parent, now)
