"""Stories of citizens who are asked: they answer by SMS, to a person, or not at all; some are not satisfied."""

from collections.abc import Generator
from datetime import datetime, timedelta
from random import Random

from app.demo.auditing import press_citizen
from app.demo.bridging import call_citizen
from app.demo.hours import waking_moment
from app.demo.mending import plan_mending
from app.demo.numbers import is_some_caller
from app.demo.stage import Story
from app.demo.texting import open_request, write_sms
from app.demo.world import Citizen, World
from evaluation.actions.answering import Answer
from evaluation.actions.calling import answer_by_phone, record_attempt
from evaluation.classes.actions import decide_class
from evaluation.classes.rules import MatterClass
from evaluation.model import Invitation
from evaluation.plan import CallbackOutcome
from evaluation.queries import invitation_of_message, invitations_of, was_asked_why
from evaluation.rules import CALLED_STATES, BadReason, Channel, Level
from staff.rules import Actor, Role
from tickets.actions.ending import close_ticket, rework_ticket
from tickets.kinds import CloseReason
from tickets.rules import State

#: of a hundred citizens asked by SMS so many answer with this level; the rest is silent, unclear or refuses
_ANSWERS = ((26, "5"), (8, "4"), (3, "3"), (3, "2"), (2, "1"), (1, "unclear"), (2, "refuse"), (55, ""))
#: what citizens say to a person who calls
_TOLD = ((60, Level(5)), (22, Level(4)), (10, Level(3)), (8, Level(2)))
#: a call is over so long before its outcome is written down
_CALLED_BEFORE = timedelta(minutes=3)
#: so large a share of the answers is classed, by these words
_CLASSED = 0.3
_CLASSES = (
    (MatterClass.SOLVABLE, "属单位日常职责，条件具备，可以办成"),
    (MatterClass.NEEDS_TIME, "须列入年度改造计划，近期无法完工"),
    (MatterClass.NO_POLICY, "现行政策没有相应规定，已逐条说明"),
    (MatterClass.NO_POLICY, "不在补贴范围内，依据已当面出示"),
    (MatterClass.UNREASONABLE, "要求免除他人合法债务，于法无据"),
)

#: so many answer how the hotline's own answer was, and on the last afternoon they are not satisfied
_DIRECT_SAID, _LAST = 0.35, timedelta(hours=4)
#: what they write back to the question why
_WHY = ("A", "B没人联系我", "", "A,D", "C")

Rated = Generator[datetime, None, bool]


def rate(world: World, citizen: Citizen, ticket_id: int) -> Rated:
    """True when the ticket goes back to its unit, which then holds it again."""
    _class(world, ticket_id)
    yield waking_moment(world.after_s(120, 9 * 3600), world.chance)
    if world.ticket(ticket_id).state is not State.TO_CALLBACK:
        return False
    invitation = invitations_of(world.session, ticket_id)[-1]
    if invitation.state in CALLED_STATES:
        yield world.in_office(2, 20)
        _ask_by_phone(world, ticket_id)
    else:
        _answer_by_sms(world, citizen, ticket_id)
        _say_why(world, citizen, invitation.id)
    if not world.ticket(ticket_id).needs_repair:
        return False
    return (yield from _repaired(world, ticket_id))


def rate_badly(world: World, citizen: Citizen) -> Story:
    """Not satisfied, and a person has yet to look at it."""
    yield waking_moment(world.after_s(300, 3 * 3600), world.chance)
    _send(world, citizen, world.chance.choice("12"))


def rate_direct(world: World, citizen: Citizen, ticket_id: int) -> Story:
    """Some say how the hotline's own answer was; drawn by the number, so that no other story shifts."""
    chance = Random(f"direct {world.ticket(ticket_id).number}")
    if chance.random() >= _DIRECT_SAID or is_some_caller(citizen.phone):
        return
    yield waking_moment(world.now + timedelta(minutes=chance.uniform(5, 300)), chance)
    # a repair takes the next number, and others draw by theirs: bad ones come last
    is_last = world.now > world.ends_at - _LAST
    open_id = open_request(world, citizen.phone)
    is_of_it = open_id is not None and invitation_of_message(world.session, open_id) == _newest(world, ticket_id)
    if is_of_it and world.ticket(ticket_id).state is State.ANSWERED:
        _write(world, citizen, "2" if is_last else chance.choice("5554443"))


def _newest(world: World, ticket_id: int) -> int | None:
    """Its last question."""
    asked = invitations_of(world.session, ticket_id)
    return asked[-1].id if asked else None


def _class(world: World, ticket_id: int) -> None:
    """定类 of some, before anybody has answered; drawn by the number, so that no other story shifts."""
    ticket = world.ticket(ticket_id)
    chance = Random(f"class {ticket.number} {ticket.rework_no}")
    if ticket.state is not State.TO_CALLBACK or chance.random() >= _CLASSED:
        return
    matter_class, reason = chance.choice(_CLASSES)
    auditor = chance.choice(world.founded.with_role(Role.AUDITOR))
    decide_class(world.session, ticket_id, matter_class=matter_class, reason=reason, by=auditor, now=world.now)


def _answer_by_sms(world: World, citizen: Citizen, ticket_id: int) -> None:
    weights, kinds = zip(*_ANSWERS, strict=True)
    kind = world.chance.choices(kinds, weights)[0]
    # who calls during the demo can still be asked by SMS
    if kind == "refuse" and is_some_caller(citizen.phone):
        return
    if kind:
        if kind.isdecimal():
            press_citizen(world, ticket_id)
        _send(world, citizen, kind)


def _send(world: World, citizen: Citizen, kind: str) -> None:
    """Nobody answers what has not reached them."""
    if open_request(world, citizen.phone) is None:
        return
    text = {"refuse": "TD", "unclear": world.say("rating", "unclear")}.get(kind) or world.say("rating", kind)
    _write(world, citizen, text)


def _say_why(world: World, citizen: Citizen, invitation_id: int) -> None:
    """Most of those who were asked why write back; which reason says the invitation, so that no story shifts."""
    why = _WHY[invitation_id % len(_WHY)]
    if why and was_asked_why(world.session, invitation_id):
        _write(world, citizen, why)


def _write(world: World, citizen: Citizen, text: str) -> None:
    write_sms(world, citizen.phone, text)
    plan_mending(world)


def _ask_by_phone(world: World, ticket_id: int) -> None:
    """回访: a person asks, and writes down what is said; four in ten are not reached."""
    invitation = invitations_of(world.session, ticket_id)[-1]
    if world.chance.random() < 0.4 or world.ticket(ticket_id).state is not State.TO_CALLBACK:
        _not_reached(world, invitation)
        return
    weights, levels = zip(*_TOLD, strict=True)
    level = Level(world.chance.choices(levels, weights)[0])
    source = f"callback:{invitation.id}"
    reasons = (BadReason.UNSOLVED, BadReason.PASSED_ON)[: 1 + invitation.id % 2]
    answer = Answer(level, Channel.CALLBACK, source, is_solved=level.is_satisfied, reasons=reasons)
    by = _ring(world, invitation, talk_s=75)
    answer_by_phone(world.session, invitation.id, answer, by=by, now=world.now)
    world.stage.settle()
    plan_mending(world)


def _not_reached(world: World, invitation: Invitation) -> None:
    if invitation.state not in CALLED_STATES:
        return
    by, source = _ring(world, invitation, talk_s=None), f"attempt:{invitation.id}:{world.now.isoformat()}"
    record_attempt(world.session, invitation.id, CallbackOutcome.NO_ANSWER, source=source, by=by, now=world.now)


def _ring(world: World, invitation: Invitation, *, talk_s: int | None) -> Actor:
    """Whoever asks has called; of every sixteenth callback there is no call, for the audit to show."""
    by, ticket = world.founded.with_role(Role.CALLBACK)[0], world.ticket(invitation.ticket_id)
    if ticket.phone and invitation.id % 16:
        call_citizen(world, ticket, by, asked_at=max(invitation.invited_at, world.now - _CALLED_BEFORE), talk_s=talk_s)
    return by


def _repaired(world: World, ticket_id: int) -> Rated:
    """A bad rating: done again, explained, or settled by its repair meanwhile."""
    yield world.in_office(3, 26)
    if not world.ticket(ticket_id).needs_repair:
        return False
    caller = world.somebody(Role.CALLBACK)
    if world.chance.random() < 0.65:
        reason = world.say("notes", "rework")
        rework_ticket(world.session, ticket_id, by=caller, office=world.office, now=world.now, reason=reason)
        return True
    close_ticket(
        world.session,
        ticket_id,
        by=caller,
        office=world.office,
        now=world.now,
        reason=CloseReason.CALLBACK,
        note=world.say("notes", "explained"),
    )
    return False
