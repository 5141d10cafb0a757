"""Getting a ticket to the unit that must answer: by a person, by the system, back again, or by ruling."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.events import announce
from staff.queries import unit_by_id
from staff.rules import Actor, UnitKind
from tickets.actions.claims import drop_claim, refuse_foreign_claim
from tickets.actions.due_times import count_anew, result_measure
from tickets.actions.following import follow_line
from tickets.actions.instructing import keep_instruction, pass_instructions_on
from tickets.actions.leaving import excuse_all_parts, leave_work, tell_taken_back
from tickets.actions.piles import Outcome, do_each
from tickets.actions.writing import (
    TicketKey,
    allowed_move,
    begin_step,
    check_version,
    holding_of,
    locked_ticket,
    make_move,
    take,
    wait_for_year,
)
from tickets.answer_limits import first_action_due, unit_due
from tickets.catalogue import catalogue_line_for
from tickets.clocks import Clocks
from tickets.errors import (
    ReasonRequired,
    RecallReasonRequired,
    RepeatWithoutFact,
    TopicNotFound,
    UnitAccused,
    UnitCannotHold,
)
from tickets.events import TicketDispatched, TicketLeft
from tickets.kinds import Step
from tickets.model import CatalogueLine, Holding, Ticket, Topic
from tickets.notices.rules import UNDO
from tickets.profiles import clocks_of_unit, load_clocks
from tickets.queries.access import is_accused
from tickets.rules import Action, State
from tickets.settings import TicketOffice

FACT_MOST = 400
#: of the acts that take a ticket out of a unit's hands, those that it has not asked for and is told of in no other way
_TOLD_TO_LEAD = frozenset({Action.RECALL, Action.WITHDRAW})


def list_for_dispatch(
    session: Session, key: TicketKey, *, by: Actor, now: datetime, reason: str = "", version: int | None = None
) -> Ticket:
    """Onto the dispatch list.  Raises TicketNotFound, MoveRefused, StillMissing."""
    ticket = locked_ticket(session, key, by)
    check_version(ticket, version, current={"missing": ticket.missing}, yours={"reason": reason})
    make_move(session, ticket, Action.LIST, by=by, now=now, reason=reason)
    return ticket


def dispatch_ticket(
    session: Session,
    key: TicketKey,
    *,
    unit_id: int,
    by: Actor,
    office: TicketOffice,
    now: datetime,
    reason: str = "",
    topic_id: int | None = None,
    new_fact: str = "",
    version: int | None = None,
) -> Ticket:
    """Hand a ticket to the unit that leads it; `topic_id` corrects the topic in the same breath.

    The unit's clock starts at `now`, not when it signs; the citizen's clock runs on.  Raises TicketNotFound,
    MoveRefused, RoleRefused, VersionConflict, ClaimedByOther, UnitNotFound, UnitCannotHold, ReasonRequired,
    RepeatWithoutFact.  Announces TicketDispatched.
    """
    ticket = locked_ticket(session, key, by)
    check_version(ticket, version, current={"unit_id": ticket.unit_id}, yours={"unit_id": unit_id, "reason": reason})
    move = allowed_move(session, ticket, Action.DISPATCH, by, now=now)
    refuse_foreign_claim(session, ticket, by, now=now)
    refuse_bare_repeat(session, ticket, new_fact)
    if topic_id is not None:
        set_topic(session, ticket, topic_id)
    line = catalogue_line_for(session, ticket.topic_id, ticket.place, now=now)
    is_rework = ticket.state is State.REWORK
    if line is not None and line.unit_id != unit_id and not reason and not is_rework:
        raise ReasonRequired
    particulars: dict[str, Any] = {"unit_id": unit_id, "catalogue_line_id": line.id if line else None}
    particulars |= {"new_fact": new_fact} if new_fact else {}
    if is_rework:
        ticket.rework_no += 1
        particulars["rework_no"] = ticket.rework_no
    hand_over_under(session, ticket, unit_id, line, by=by, clocks=load_clocks(session, office.profile), now=now)
    take(session, ticket, move, by=by, now=now, reason=reason, particulars=particulars)
    drop_claim(session, ticket.id)
    announce(session, TicketDispatched(ticket.id, unit_id))
    return ticket


def hand_over_under(
    session: Session,
    ticket: Ticket,
    unit_id: int,
    line: CatalogueLine | None,
    *,
    by: Actor,
    clocks: Clocks,
    now: datetime,
) -> Holding:
    """As hand_over, and the ticket follows the line of the catalogue: its limits are counted with it."""
    was = result_measure(ticket, clocks)
    if follow_line(session, ticket, line, now=now):
        count_anew(session, ticket, clocks, was=was)
    return hand_over(session, ticket, unit_id, by=by, clocks=clocks, now=now)


def hand_over(session: Session, ticket: Ticket, unit_id: int, *, by: Actor, clocks: Clocks, now: datetime) -> Holding:
    """Open a holding and start its clocks; the ticket is locked.  Raises UnitNotFound, UnitCannotHold, UnitAccused."""
    unit = unit_by_id(session, unit_id)
    if not unit.is_active or unit.kind is UnitKind.HOTLINE:
        raise UnitCannotHold(unit=unit.name)
    if is_accused(session, ticket, unit):
        raise UnitAccused(unit=unit.short_name)
    clocks = clocks_of_unit(session, unit, clocks)
    due = unit_due(ticket, unit.short_name, clocks, now)
    sign = clocks.due(Step.SIGN, now, what="签收", urgency=ticket.urgency, limit_class=ticket.limit_class)
    returning = clocks.due(Step.RETURN, now, what="退单")
    first = first_action_due(ticket, clocks, now)
    holding = Holding(
        ticket_id=ticket.id,
        unit_id=unit.id,
        rework_no=ticket.rework_no,
        dispatched_at=now,
        dispatched_by=by.label,
        dispatched_by_id=by.person_id,
        sign_due_at=sign.at,
        sign_why=sign.why,
        return_until=returning.at,
        first_due_at=first.at,
        first_why=first.why,
        due_at=due.at,
        due_why=due.why,
    )
    session.add(holding)
    session.flush()
    ticket.unit, ticket.unit_id, ticket.holding_id = unit, unit.id, holding.id
    ticket.working_unit_id = unit.id
    ticket.unit_due_at = due.at
    begin_step(ticket, sign, began_at=now)
    for other in (due, returning, first):
        wait_for_year(ticket, other)
    ticket.is_returned = False
    pass_instructions_on(session, ticket, holding, now=now)
    return holding


def end_holding(session: Session, ticket: Ticket, action: Action, *, by: Actor, now: datetime) -> None:
    """The hotline has the ticket again, and nobody waits for helpers.  Announces TicketLeft, WorkTakenBack."""
    leave_work(session, ticket, action, now=now)
    excuse_all_parts(session, ticket, action, by=by, now=now)
    holding = session.get(Holding, ticket.holding_id) if ticket.holding_id is not None else None
    if holding is not None:
        holding.ended_at = now
        holding.end_action = action.value
        announce(session, TicketLeft(ticket.id, ticket.number, holding.unit_id))
        if action in _TOLD_TO_LEAD:
            tell_taken_back(session, ticket, holding.unit_id, action)
    ticket.unit = None
    ticket.unit_id = ticket.holding_id = ticket.unit_due_at = None
    ticket.working_unit_id = None
    keep_instruction(ticket)
    ticket.is_auto_dispatched = False
    if ticket.citizen_due_at is not None:
        ticket.waits_for_calendar = None  # what waited for its year was a limit of the unit


def set_topic(session: Session, ticket: Ticket, topic_id: int) -> None:
    """A person's word on the topic; it is kept as a label for the classifier.  Raises TopicNotFound.

    The line of the catalogue is another one then: see tickets/actions/following.py.
    """
    topic = session.get(Topic, topic_id)
    if topic is None or not topic.is_active:
        raise TopicNotFound(topic_id=topic_id)
    ticket.topic, ticket.topic_id = topic, topic.id


def recall_ticket(
    session: Session, key: TicketKey, *, by: Actor, office: TicketOffice, now: datetime, reason: str = ""
) -> Ticket:
    """Take an unsigned dispatch back onto the list; once the unit has been told, with a reason.

    Raises TicketNotFound, MoveRefused, RoleRefused, AlreadyRuled, RecallReasonRequired.
    """
    ticket = locked_ticket(session, key, by)
    unit_id = ticket.unit_id
    move = allowed_move(session, ticket, Action.RECALL, by, now=now)
    holding = holding_of(session, ticket)
    if holding is not None and now >= holding.dispatched_at + UNDO and not reason:
        raise RecallReasonRequired
    end_holding(session, ticket, Action.RECALL, by=by, now=now)
    await_dispatch(session, ticket, load_clocks(session, office.profile), now=now)
    take(session, ticket, move, by=by, now=now, reason=reason, particulars={"unit_id": unit_id})
    return ticket


def recall_tickets(
    session: Session, numbers: Iterable[str], *, by: Actor, office: TicketOffice, now: datetime, reason: str
) -> list[Outcome]:
    """A whole pile; what has been signed meanwhile is named and stays."""
    return do_each(session, numbers, partial(recall_ticket, session, by=by, office=office, now=now, reason=reason))


def await_dispatch(session: Session, ticket: Ticket, clocks: Clocks, *, now: datetime) -> None:
    """The limit for sending it (again) starts now."""
    due = clocks.due(Step.DISPATCH, now, what="派单", urgency=ticket.urgency, limit_class=ticket.limit_class)
    begin_step(ticket, due, began_at=now)


def confer(session: Session, key: TicketKey, *, by: Actor, now: datetime, reason: str) -> Ticket:
    """Put a dispute, or a ticket that nobody's catalogue names, to a conference."""
    ticket = locked_ticket(session, key, by)
    move = allowed_move(session, ticket, Action.CONFER, by, now=now)
    if ticket.holding_id is not None:
        end_holding(session, ticket, Action.CONFER, by=by, now=now)
    take(session, ticket, move, by=by, now=now, reason=reason)
    drop_claim(session, ticket.id)
    return ticket


def refuse_bare_repeat(session: Session, ticket: Ticket, new_fact: str) -> None:
    """What some unit has had before, taken back since or not, is asked about no more.  Raises RepeatWithoutFact."""
    if ticket.repeat_of_id is None or new_fact:
        return
    if session.scalar(select(Holding.id).where(Holding.ticket_id == ticket.id).limit(1)) is None:
        raise RepeatWithoutFact


def unit_ids_tried(session: Session, ticket_id: int) -> set[int]:
    """Units that held the ticket and gave it back, also those whose second dispute went to a conference."""
    ended = (Action.RETURN.value, Action.APPROVE_RETURN.value, Action.CONFER.value)
    return set(
        session.scalars(select(Holding.unit_id).where(Holding.ticket_id == ticket_id, Holding.end_action.in_(ended)))
    )
