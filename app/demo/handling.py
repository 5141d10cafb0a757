"""Stories of tickets: registered, dispatched, signed, answered, audited, rated; and the ways that go astray."""

from datetime import date, datetime, timedelta

from app.demo import sharing
from app.demo.astray import ask_to_return, disputed, other_unit
from app.demo.calling import agent_at, draft_of, plan_call, take_call
from app.demo.calls import answered
from app.demo.cases import ASTRAY, LEFT_LYING, WAITS_AT_ONCE, Case, Fate
from app.demo.hours import waking_moment
from app.demo.proofs import bear_out
from app.demo.rating import rate, rate_badly, rate_direct
from app.demo.stage import Story
from app.demo.world import World
from staff.rules import CITIZEN, Actor, Role
from tickets.actions.completing import Supplement, complete_ticket, send_back_for_completion
from tickets.actions.dispatching import dispatch_ticket
from tickets.actions.ending import fail_audit, pass_audit
from tickets.actions.handling import approve_return, reply_ticket, sign_ticket
from tickets.actions.notes import add_note
from tickets.actions.parking import park_ticket
from tickets.actions.registration import register_draft, register_ticket, save_draft
from tickets.actions.side_paths import (
    Course,
    End,
    acknowledge_transfer,
    answer_ticket,
    reject_ticket,
    terminate_ticket,
    transfer_ticket,
)
from tickets.actions.summaries import SummaryForm, record_summary
from tickets.actions.telling_ends import tell_end
from tickets.actions.withdrawing import Word, withdraw_ticket
from tickets.forms import ReplyForm, TicketForm
from tickets.kinds import (
    CallOutcome,
    CompletionBy,
    ContactMade,
    EndTold,
    RejectReason,
    ReplyResult,
    Secrecy,
    Source,
    TerminationReason,
    TicketType,
    Urgency,
)
from tickets.model import Ticket
from tickets.points import UNKNOWN, Point, Question, QuestionKind
from tickets.queries.situations import newest_ending
from tickets.rules import State

#: which of its answers each unit founds on what it has yet to do
_PROMISING = 6


def citizen_matter(world: World, case: Case) -> Story:
    """From the call to the archive."""
    if case.by_phone:
        plan = plan_call(world, case.citizen.phone, world.now)
        yield plan.ended_at
        call_id = take_call(world, plan, answered(plan))
        yield world.after_s(12, 43)
        agent, draft = agent_at(world, plan.seat), draft_of(world, call_id)
        form = _form(world, case)
        if case.fate is Fate.DRAFT_WAITS:
            save_draft(world.session, draft.id, form, version=draft.version, by=agent, now=world.now)
            return
        ticket_id = register_draft(
            world.session, draft.id, form=form, version=None, by=agent, office=world.office, now=world.now
        ).id
        record_summary(world.session, call_id, SummaryForm(outcome=CallOutcome.TICKET), by=agent, now=world.now)
    else:
        agent = world.somebody(Role.AGENT)
        ticket_id = register_ticket(
            world.session, _form(world, case), source=Source.WEB, by=CITIZEN, office=world.office, now=world.now
        ).id
    if _ends_at_the_desk(world, case, ticket_id, agent):
        if case.fate is Fate.ANSWERED_AT_ONCE:
            yield from rate_direct(world, case.citizen, ticket_id)
        if case.fate is Fate.TRANSFERRED:
            yield world.after_s(1800, 20 * 3600)
            _call_who_is_untold(world, ticket_id)
            acknowledge_transfer(
                world.session, ticket_id, accepted_by="对方值班室收文", course=_course(world, Role.DISPATCHER)
            )
        return
    if case.fate in WAITS_AT_ONCE:
        return
    yield from _dispatched(world, case, ticket_id)
    yield from _worked_on(world, case, ticket_id)


def _call_who_is_untold(world: World, ticket_id: int) -> None:
    """No SMS could say to which house the matter went."""
    ended = newest_ending(world.session, world.session.get_one(Ticket, ticket_id))
    if ended is not None and ended.told is EndTold.TO_CALL:
        by = world.somebody(Role.CALLBACK)
        tell_end(world.session, ticket_id, note="已电话告知转往何处", by=by, now=world.now)


def _form(world: World, case: Case) -> TicketForm:
    matter = case.written.matter
    knows_topic = world.chance.random() < 0.5 and case.fate is not Fate.UNCLEAR_WAITS
    is_report = matter.type is TicketType.REPORT
    is_urgent = matter.topic in world.city.urgent_topics
    urgency = Urgency.CRITICAL if case.fate is Fate.CRITICAL_WAITS else Urgency.URGENT if is_urgent else Urgency.NORMAL
    return TicketForm(
        text=case.written.text,
        title=case.written.title,
        place_id=world.founded.places[case.written.place.code],
        type=matter.type,
        topic_id=world.founded.topics[matter.topic] if knows_topic else None,
        urgency=urgency,
        caller_name=case.citizen.name,
        caller_salutation=case.citizen.salutation,
        phone=case.citizen.phone,
        secrecy=Secrecy.FROM_ACCUSED if is_report else None,
        points=_points(world, case) if knows_topic and case.by_phone else [],
    )


def _points(world: World, case: Case) -> list[Point]:
    """What the agent heard; by the length of the text, so that no chance is taken."""
    asked = world.city.questions_of(case.written.matter.topic)
    return [Point(name=question.name, value=_said(question, len(case.written.text))) for question in asked]


def _said(question: Question, length: int) -> str:
    """What is asked in plain words the text says; a caller who must be asked need not know."""
    match question.kind:
        case QuestionKind.NUMBER:
            return str(1 + length % 20)
        case QuestionKind.CHOICE:
            return question.choices[length % len(question.choices)]
    return UNKNOWN if question.is_required else ""


def _ends_at_the_desk(world: World, case: Case, ticket_id: int, agent: Actor) -> bool:
    """Answered, rejected or transferred by the agent, in the same breath as it was registered."""
    course = Course(agent, world.office, world.now)
    match case.fate:
        case Fate.ANSWERED_AT_ONCE:
            answer_ticket(
                world.session, ticket_id, answer=world.city.words["answers"]["consult"], article="", course=course
            )
        case Fate.REJECTED:
            reason = world.chance.choice((RejectReason.LITIGATION, RejectReason.DECIDED, RejectReason.DISCLOSURE))
            reject_ticket(world.session, ticket_id, reason=reason, channel="市政务公开或司法途径", course=course)
        case Fate.TRANSFERRED:
            to = world.say("answers", "channels")
            transfer_ticket(world.session, ticket_id, to=to, accepted_by="值班员", course=course)
        case _:
            return False
    return True


def _dispatched(world: World, case: Case, ticket_id: int) -> Story:
    """By the system where it may, else by a dispatcher; sent back first where something is missing."""
    yield world.after_s(240, 3000)
    ticket = world.ticket(ticket_id)
    if ticket.state is State.TO_DISPATCH:
        if case.fate in {Fate.SENT_BACK, Fate.COMPLETION_WAITS}:
            missing = world.say("notes", "missing")
            dispatcher = world.somebody(Role.DISPATCHER)
            asks = CompletionBy.AGENT if ticket_id % 3 else CompletionBy.CALLBACK
            send_back_for_completion(world.session, ticket_id, missing=missing, asks=asks, by=dispatcher, now=world.now)
            if case.fate is Fate.COMPLETION_WAITS:
                return
            yield world.after_s(1800, 9000)
            _complete(world, ticket_id)
            yield world.after_s(240, 2400)
        _dispatch(world, case, ticket_id)
    elif ticket.topic_id != world.founded.topics[case.written.matter.topic]:
        yield from _rerouted(world, case, ticket_id)


def _complete(world: World, ticket_id: int) -> None:
    supplement = Supplement(world.city.words["notes"]["completed"])
    complete_ticket(world.session, ticket_id, supplement, by=world.somebody(Role.AGENT), now=world.now)


def _dispatch(world: World, case: Case, ticket_id: int) -> None:
    ticket = world.ticket(ticket_id)
    topic_id = world.founded.topics[case.written.matter.topic]
    dispatch_ticket(
        world.session,
        ticket_id,
        unit_id=_right_unit(world, case),
        by=world.somebody(Role.DISPATCHER),
        office=world.office,
        now=world.now,
        topic_id=topic_id if ticket.topic_id != topic_id else None,
        new_fact="来电人称问题仍在",
    )


def _right_unit(world: World, case: Case) -> int:
    return world.unit_for(case.written.matter.topic, case.written.place.code)


def _rerouted(world: World, case: Case, ticket_id: int) -> Story:
    """The system was sure and wrong: the unit returns it, and a dispatcher sends it where it belongs."""
    yield world.in_office(0.3, 3)
    ticket = world.ticket(ticket_id)
    right = _right_unit(world, case)
    if right == ticket.unit_id:
        return
    ask_to_return(world, ticket, proposed=right)
    yield world.after_s(1200, 7200)
    approve_return(world.session, ticket_id, by=world.somebody(Role.DISPATCHER), office=world.office, now=world.now)
    yield world.after_s(300, 1200)
    _dispatch(world, case, ticket_id)


def _course(world: World, role: Role) -> Course:
    return Course(world.somebody(role), world.office, world.now)


def _worked_on(world: World, case: Case, ticket_id: int) -> Story:
    """What the unit does, after what goes astray before it signs."""
    yield from _before_signing(world, case, ticket_id)
    ticket = world.ticket(ticket_id)
    if case.fate is Fate.UNSIGNED or ticket.state not in {State.DISPATCHED, State.IN_PROGRESS}:
        return
    if ticket.state is State.DISPATCHED:
        yield world.in_office(0.1, 4.5)
        sign_ticket(world.session, ticket_id, by=world.officer_of(ticket), now=world.now)
    if world.chance.random() < 0.12:
        yield world.in_office(1, 10)
        note = world.say("notes", "note")
        add_note(world.session, ticket_id, text=note, by=world.somebody(Role.DISPATCHER), now=world.now)
    yield from _finished(world, case, ticket_id)


def _before_signing(world: World, case: Case, ticket_id: int) -> Story:
    ticket = world.ticket(ticket_id)
    if ticket.state is not State.DISPATCHED:
        return
    if case.fate is Fate.WITHDRAWN:
        yield world.after_s(900, 4000)
        withdraw_ticket(
            world.session,
            ticket_id,
            Word(world.city.words["notes"]["withdrawn"]),
            course=_course(world, Role.SUPERVISOR),
        )
    if case.fate not in ASTRAY:
        return
    other = other_unit(world, ticket)
    yield world.after_s(1800, 5 * 3600)
    ask_to_return(world, ticket, proposed=other)
    yield from disputed(world, case, ticket_id, other)


def _finished(world: World, case: Case, ticket_id: int) -> Story:
    """Parked, terminated, left lying, or answered and audited and rated; after a bad rating all over again."""
    if case.fate in {Fate.PARKED, Fate.TERMINATED}:
        yield world.in_office(6, 30)
        course = _course(world, Role.SUPERVISOR)
        if case.fate is Fate.PARKED:
            review_on = (world.now + timedelta(days=90)).date()
            plan = world.say("notes", "plans")
            park_ticket(world.session, ticket_id, plan=plan, review_on=review_on, course=course)
        else:
            end = End(TerminationReason.UNCOOPERATIVE, world.city.words["notes"]["terminated"])
            terminate_ticket(world.session, ticket_id, end, course=course)
        return
    yield from _shared(world, case, ticket_id)
    if case.fate in LEFT_LYING:
        return
    again = True
    while again:
        yield _answer_moment(world, case, world.ticket(ticket_id))
        yield from _answer(world, case, ticket_id)
        if case.fate is Fate.AUDIT_WAITS:
            return
        yield from _audited(world, case, ticket_id)
        if case.fate is Fate.DISSATISFIED:
            yield from rate_badly(world, case.citizen)
            return
        again = yield from rate(world, case.citizen, ticket_id)
        if again:
            yield world.in_office(0.5, 6)
            sign_ticket(world.session, ticket_id, by=world.officer_of(world.ticket(ticket_id)), now=world.now)


def _shared(world: World, case: Case, ticket_id: int) -> Story:
    """What others have to do with it; of most tickets nobody has."""
    match case.fate:
        case Fate.EXTENDED | Fate.EXTENSION_WAITS:
            yield from sharing.extension(world, ticket_id, is_granted=case.fate is Fate.EXTENDED)
        case Fate.LACKING:
            yield from sharing.lacking(world, ticket_id)
        case Fate.PARKING_WAITS:
            yield from sharing.parking_request(world, ticket_id)
        case Fate.SENT_DOWN | Fate.REPORTED_UP:
            yield from sharing.sent_down(world, ticket_id, is_reported=case.fate is Fate.REPORTED_UP)
        case Fate.HELPED:
            yield from sharing.helped(world, ticket_id)
        case Fate.OVERSEEN:
            yield from sharing.overseen(world, ticket_id)


def _answer_moment(world: World, case: Case, ticket: Ticket) -> datetime:
    """Somewhere within the unit's time; late ones after it."""
    due = ticket.unit_due_at or world.now + timedelta(days=5)
    left_h = max((due - world.now).total_seconds() / 3600, 1.0)
    if case.fate in {Fate.DISSATISFIED, Fate.AUDIT_WAITS}:
        return world.in_office(2, 20)
    if case.fate is Fate.LATE:
        return world.in_office(left_h + 2, left_h + 60)
    return min(world.in_office(left_h * 0.12, left_h * 0.85), max(due - timedelta(minutes=20), world.now))


def _answer(world: World, case: Case, ticket_id: int) -> Story:
    """With what bears it out."""
    ticket = world.ticket(ticket_id)
    officer = world.officer_of(ticket)
    matter = case.written.matter
    kind = matter.type.value if matter.type.value in world.city.words["replies"] else "general"
    result = world.chance.choice(matter.replies) if matter.replies else world.say("replies", kind)
    text = f"您好，您反映的“{ticket.title}”已办理。{result}{world.say('notes', 'finished')}"
    world.answers[officer.unit_id] += 1
    is_open = world.chance.random() < 0.07 or world.answers[officer.unit_id] == _PROMISING
    form = ReplyForm(
        result=ReplyResult.NEEDS_TIME if is_open else ReplyResult.SOLVED,
        text=text,
        contact=world.chance.choice((ContactMade.CALL, ContactMade.CALL, ContactMade.VISIT)),
        handler=officer.name,
        signer=officer.name,
        measures="已制定分步整改方案，由专人每周跟进" if is_open else "",
        finish_on=_next_month(world.now) if is_open else None,
    )
    yield from bear_out(world, ticket_id, form.contact, officer)
    reply_ticket(world.session, ticket_id, form, by=officer, office=world.office, now=world.now)


def _next_month(now: datetime) -> date:
    return (now + timedelta(days=30)).date()


def _audited(world: World, case: Case, ticket_id: int) -> Story:
    """Sent back once where the answer does not do, then passed."""
    yield waking_moment(world.in_office(0.4, 7), world.chance)
    auditor = world.somebody(Role.AUDITOR)
    if case.fate is Fate.AUDIT_FAILS and world.ticket(ticket_id).rework_no == 0:
        note = world.say("notes", "audit_failed")
        fail_audit(world.session, ticket_id, by=auditor, now=world.now, note=note)
        yield world.in_office(2, 9)
        yield from _answer(world, case, ticket_id)
        yield world.in_office(0.4, 6)
    pass_audit(world.session, ticket_id, by=auditor, office=world.office, now=world.now)
