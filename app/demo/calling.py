"""Stories of the telephone: a call comes in, is answered or not, and leaves an outcome behind."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select

from app.demo.calls import CallPlan, abandoned, answered, greeting_only
from app.demo.founding import SEATS
from app.demo.stage import Story
from app.demo.world import Citizen, World, agents_of
from staff.rules import Actor
from telephony.calls import store_call_events
from telephony.facts import CallEvent
from telephony.rules import EndedBy
from telephony.seats import end_wrap_ups, log_in_seat, log_out_seat, make_seat_ready
from tickets.actions.notes import supplement_ticket, urge_ticket
from tickets.actions.registration import discard_draft
from tickets.actions.summaries import SummaryForm, record_summary
from tickets.kinds import CallOutcome, RejectReason, VoidReason
from tickets.model import Draft, Ticket
from tickets.rules import OPEN_STATES, State

#: chances out of a hundred that an answered caller presses 5, 4, 3, 2, 1, nothing, or hangs up before being asked
_KEYS = ((46, "5"), (11, "4"), (3, "3"), (2, "2"), (1, "1"), (15, ""), (22, None))


def man_seats(world: World) -> Story:
    """The agents sit down and are ready."""
    for number, agent in zip(SEATS, agents_of(world.founded), strict=False):
        log_in_seat(world.session, number, person_id=_id(agent), now=world.now)
        make_seat_ready(world.session, person_id=_id(agent), now=world.now)
    yield from ()


def leave_seats(world: World) -> Story:
    """The shift is over: the seats are free for those who log in to the demo."""
    end_wrap_ups(world.session, node=world.telephony.node, now=world.now)
    for agent in agents_of(world.founded):
        log_out_seat(world.session, person_id=_id(agent), now=world.now)
    yield from ()


def plan_call(world: World, caller: str, at: datetime) -> CallPlan:
    """A call that the seat which is free longest will answer; the wait is what it takes until then."""
    world.calls_made += 1
    chance = world.chance
    seat = world.free_seat(at)
    free_at = max(world.busy_until.get(seat, at), at) + timedelta(seconds=chance.uniform(3, 11))
    waited_s = max(chance.uniform(3, 11), (free_at - at).total_seconds() - 6.2)
    plan = CallPlan(at, world.calls_made, caller, world.telephony.queue, round(waited_s, 1))
    weights, keys = zip(*_KEYS, strict=True)
    plan = replace(
        plan,
        seat=seat,
        talk_s=round(chance.lognormvariate(4.9, 0.45), 1),
        ended_by=EndedBy.SEAT if chance.random() < 0.25 else EndedBy.CALLER,
        pressed=chance.choices(keys, weights)[0],
    )
    world.busy_until[seat] = plan.ended_at + timedelta(seconds=world.telephony.wrap_up_s)
    return plan


def take_call(world: World, plan: CallPlan, events: list[CallEvent]) -> int:
    """Tell the call layer what happened; the id of the call."""
    node = world.telephony.node
    end_wrap_ups(world.session, node=node, now=world.now)
    ids = store_call_events(world.session, events, node=node, wrap_up_s=world.telephony.wrap_up_s, now=world.now)
    return ids[0]


def agent_at(world: World, seat: str) -> Actor:
    """Who sits there."""
    return agents_of(world.founded)[SEATS.index(seat.removeprefix("PJSIP/"))]


def draft_of(world: World, call_id: int) -> Draft:
    """The draft that the answered call opened."""
    draft: Draft = world.session.scalars(select(Draft).where(Draft.call_id == call_id)).one()
    return draft


def lost_call(world: World, citizen: Citizen) -> Story:
    """Nobody talks to this caller: gone in the greeting, or tired of waiting."""
    world.calls_made += 1
    waited_s = round(world.chance.choice((2.1, 3.8, 9.5, 14.2, 22.7, 31.0, 48.3)), 1)
    plan = CallPlan(world.now, world.calls_made, citizen.phone, world.telephony.queue, waited_s)
    in_greeting = world.chance.random() < 0.3
    yield plan.at + timedelta(seconds=4) if in_greeting else plan.ended_at
    take_call(world, plan, greeting_only(plan, heard_s=3.6) if in_greeting else abandoned(plan))


def short_call(world: World, citizen: Citizen, outcome: CallOutcome) -> Story:
    """A call that needs no ticket: a question, progress of an old matter, a wrong number."""
    plan = plan_call(world, citizen.phone, world.now)
    if outcome is CallOutcome.VOID:
        plan = replace(plan, talk_s=round(world.chance.uniform(6, 25), 1), pressed=None)
    yield plan.ended_at
    call_id = take_call(world, plan, answered(plan))
    yield world.after_s(8, 40)
    agent, draft = agent_at(world, plan.seat), draft_of(world, call_id)
    form = _summary(world, citizen, outcome)
    _act_on_old_matter(world, form, agent)
    record_summary(world.session, call_id, form, by=agent, now=world.now)
    reason = form.void_reason or VoidReason.DUPLICATE_DRAFT
    discard_draft(world.session, draft.id, reason=reason, by=agent, now=world.now)


def _summary(world: World, citizen: Citizen, outcome: CallOutcome) -> SummaryForm:
    about = _open_ticket_of(world, citizen)
    if outcome in {CallOutcome.PROGRESS, CallOutcome.URGE, CallOutcome.SUPPLEMENT} and about:
        return SummaryForm(outcome=outcome, ticket_number=about)
    if outcome is CallOutcome.VOID:
        return SummaryForm(
            outcome=outcome, void_reason=world.chance.choice((VoidReason.SILENCE, VoidReason.WRONG_NUMBER))
        )
    if outcome is CallOutcome.TRANSFER:
        return SummaryForm(outcome=outcome, channel_told=world.say("answers", "channels"))
    if outcome is CallOutcome.REJECTED:
        reason = world.chance.choice((RejectReason.LITIGATION, RejectReason.PETITION))
        return SummaryForm(outcome=outcome, reject_reason=reason, channel_told="市信访局接待大厅")
    return SummaryForm(outcome=CallOutcome.ANSWERED, answer=world.city.words["answers"]["consult"])


def _open_ticket_of(world: World, citizen: Citizen) -> str | None:
    unanswered = [state for state in OPEN_STATES if state is not State.TO_CALLBACK]
    found = select(Ticket.number).where(Ticket.phone == citizen.phone, Ticket.state.in_(unanswered))
    number: str | None = world.session.scalar(found.order_by(Ticket.id.desc()).limit(1))
    return number


def _act_on_old_matter(world: World, form: SummaryForm, agent: Actor) -> None:
    if form.outcome is CallOutcome.URGE:
        urge_ticket(world.session, form.ticket_number, by=agent, now=world.now, reason=world.say("notes", "urge"))
    if form.outcome is CallOutcome.SUPPLEMENT:
        text = world.say("notes", "supplement")
        supplement_ticket(world.session, form.ticket_number, text=text, by=agent, now=world.now)


def _id(actor: Actor) -> int:
    if actor.person_id is None:
        raise ValueError("not a person")
    return actor.person_id
