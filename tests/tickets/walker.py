"""Somebody who does random things to one ticket; what comes of it is judged by the law and by slow clocks."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.errors import Conflict, HotlineError, Invalid, NotFound, Refused
from core.events import announced, savepoint
from staff.rules import SYSTEM, Actor
from tests.tickets import law
from tests.tickets.deeds import Crowd, Deeds
from tests.tickets.judge import Done, Judge, as_words
from tests.tickets.making import OFFICE
from tickets.actions import ending, merging, registration, withdrawing
from tickets.actions.side_paths import Course
from tickets.actions.withdrawing import Word
from tickets.events import ParentAnswered, ParentEnded
from tickets.kinds import InnerState, TicketType, Urgency, VoidReason
from tickets.model import Draft, Ticket
from tickets.rules import Action, State

REFUSALS = (Refused, Conflict, NotFound, Invalid)
#: minutes between one act and the next
PAUSES = (1, 5, 30, 180, 600, 1500)
ON_THE_SHELF = (30, 600, 1500, 4000)
ONWARDS = {
    Action.LIST, Action.DISPATCH, Action.SIGN, Action.REPLY, Action.PASS_AUDIT, Action.RULE, Action.RESUME,
    Action.ASK_EXTENSION, Action.EXTEND, Action.ANSWER_CHILD,
}  # fmt: skip
#: what happens between a unit and those below it
BELOW = {Action.SIGN, Action.REPORT_UP, Action.ACCEPT_REPORT, Action.SEND_BACK_DOWN, Action.PULL_BACK}
ANSWERS = {Action.REPLY, Action.SUBMIT_REPLY, Action.RELEASE_REPLY, Action.SEND_REPLY_BACK}
#: nobody else can so much as try
OF_THE_SYSTEM = {Action.ARCHIVE, Action.ANSWER_CHILD, Action.STEP_ASIDE}
#: acts that are sure to be refused for want of something to do them to, and when they are not
SENSE: dict[Action, Callable[[Ticket], bool]] = {
    **dict.fromkeys((Action.EXTEND, Action.REFUSE_REQUEST), lambda ticket: ticket.has_request),
    **dict.fromkeys(
        (Action.ASK_EXTENSION, Action.ASK_PARKING, Action.ASK_TERMINATION), lambda ticket: not ticket.has_request
    ),
    **dict.fromkeys((Action.REPORT_PART, Action.EXCUSE_PART), lambda ticket: ticket.open_parts > 0),
    **dict.fromkeys(
        (Action.ACCEPT_REPORT, Action.SEND_BACK_DOWN), lambda ticket: ticket.inner_state is InnerState.REPORTED
    ),
    **dict.fromkeys((Action.RELEASE_REPLY, Action.SEND_REPLY_BACK), lambda ticket: ticket.waits_for_release),
    Action.RECEIVE: lambda ticket: ticket.oversight is not None,
    Action.FULFIL: lambda ticket: ticket.promise_due_at is not None,
    Action.SEND_DOWN: lambda ticket: ticket.inner_state is not InnerState.SENT,
    Action.SIGN: lambda ticket: ticket.state is State.DISPATCHED or ticket.inner_state is InnerState.SENT,
    Action.REPORT_UP: lambda ticket: ticket.inner_state is InnerState.SIGNED,
    Action.PULL_BACK: lambda ticket: ticket.inner_state is not None,
    Action.LIST: lambda ticket: not ticket.missing,
    Action.COMPLETE: lambda ticket: bool(ticket.missing),
    Action.WITHDRAW: lambda ticket: ticket.child_count == 0,
    Action.WITHDRAW_PART: lambda ticket: ticket.child_count > 0 and ticket.caller_withdrew_at is None,
}
#: nothing follows it: a walk that took it as often as other acts would see little
LAST = 0.04


class Walker:
    """One ticket, many hands; the judge sees every step."""

    def __init__(self, session: Session, crowd: Crowd, dice: random.Random, now: datetime) -> None:
        self.session, self.crowd, self.dice, self.now = session, crowd, dice, now
        self.deeds = Deeds(session, crowd, dice)
        self.of_drafts: set[Done] = set()
        self.ticket, by = self.begin()
        self.judge = Judge(session, self.ticket, now)
        self.judge.read_on(Action.REGISTER, by)

    @property
    def done(self) -> set[Done]:
        """Each act, with the state in which it was done and the one to which it led."""
        return self.of_drafts | self.judge.done

    def begin(self) -> tuple[Ticket, Actor]:
        """Drafts are thrown away until one is registered, each by somebody who may; that ticket, and by whom."""
        while True:
            draft = registration.open_draft(self.session, call_id=None, person_id=None, now=self.now)
            by = self.end_draft(draft, Action.DISCARD if self.dice.random() < 0.1 else Action.REGISTER)
            if draft.ticket_id is not None:
                return self.session.get_one(Ticket, draft.ticket_id), by
            assert draft.state is State.VOID
            assert not self.may_go(draft, Action.REGISTER, self.crowd.city.agent)

    def end_draft(self, draft: Draft, action: Action) -> Actor:
        """One after the other tries; whom the law lets in does it."""
        for by in self.dice.sample(self.crowd.people, len(self.crowd.people)):
            lawful = law.leads_to("draft", action, as_words(by))
            assert self.may_go(draft, action, by) == (lawful is not None)
            if lawful is not None:
                self.of_drafts.add(("draft", action.value, draft.state.value))
                assert draft.state.value == lawful
                return by
        raise AssertionError("nobody may end a draft")

    def may_go(self, draft: Draft, action: Action, by: Actor) -> bool:
        kind = self.dice.choice([TicketType.CONSULT, TicketType.HELP, TicketType.COMPLAINT])
        topic_id = self.dice.choice(self.crowd.topics).id
        urgency = self.dice.choice([Urgency.NORMAL, Urgency.URGENT])
        form = self.crowd.city.form(type=kind, urgency=urgency, topic_id=topic_id)
        try:
            with savepoint(self.session):
                if action is Action.REGISTER:
                    registration.register_draft(
                        self.session, draft.id, form=form, version=None, office=OFFICE, by=by, now=self.now
                    )
                else:
                    registration.discard_draft(self.session, draft.id, reason=VoidReason.SILENCE, by=by, now=self.now)
        except REFUSALS:
            return False
        return True

    def step(self) -> None:
        """One act by somebody: it moves as the law says, or is refused and leaves no trace."""
        pauses = PAUSES if self.ticket.state is not State.PARKED else ON_THE_SHELF
        self.now += timedelta(minutes=self.dice.choice(pauses))
        self.judge.now = self.now
        whim = self.dice.random()
        if whim < 0.04:
            self.be_joined()
        elif whim < 0.07:
            self.be_rated()
        elif whim < 0.09:
            self.be_left()
        else:
            action = self.choose()
            self.act(action, self.somebody(action))

    def act(self, action: Action, by: Actor) -> None:
        self.deeds.make_ready(self.ticket, action, self.now)
        before, version, heard = self.ticket.state, self.ticket.version, len(announced(self.session))
        lawful = law.leads_to(before, action, as_words(by))
        refused = self.refusal(lambda: self.deeds.by_action[action](self.ticket, by, self.now))
        if self.ticket.version == version:
            assert self.ticket.state is before
            assert lawful is None or not self.judge.must_succeed(action, by), f"{by.label} {action}: {refused}"
            return
        assert lawful is not None, f"{by.label} did {action} to what was {before}"
        self.judge.check_conditions(before, action, by)
        self.tell_children(heard)
        self.judge.read_on(action, by, self.crowd.city.agent if action is Action.STEP_ASIDE else by)

    def refusal(self, do: Callable[[], object]) -> HotlineError | None:
        """Why it is refused, or None; what is refused leaves no trace."""
        try:
            with savepoint(self.session):
                do()
        except REFUSALS as refused:
            self.session.refresh(self.ticket)
            return refused
        return None

    def choose(self) -> Action:
        """Mostly something that the law has here, often the way onwards, sometimes anything at all."""
        every = list(self.deeds.by_action)
        here = [action for action in every if (self.ticket.state.value, action.value) in law.BY_LAW]
        if self.dice.random() > LAST:
            here = [action for action in here if action is not Action.WITHDRAW]
        sensible = [action for action in here if action not in SENSE or SENSE[action](self.ticket)]
        onwards = [action for action in sensible if action in ONWARDS or action in SENSE]
        below = [action for action in sensible if action in BELOW and self.ticket.inner_state is not None]
        whim = self.dice.random()
        for wishes, share in ((below, 0.65), (onwards, 0.35), (sensible, 0.85), (here, 0.92)):
            if wishes and whim < share:
                return self.dice.choice(wishes)
        return self.dice.choice(every)

    def somebody(self, action: Action) -> Actor:
        """Mostly one whom the law lets, and of units mostly the one that has it; sometimes anybody."""
        if action in OF_THE_SYSTEM:
            return SYSTEM
        lawful = [by for by in self.crowd.people if law.leads_to(self.ticket.state, action, as_words(by))]
        if not lawful or self.dice.random() < 0.15:
            return self.dice.choice(self.crowd.people)
        own = [by for by in lawful if by.unit_id == self.unit_for(action)]
        return self.dice.choice(own if own and self.dice.random() < 0.9 else lawful)

    def unit_for(self, action: Action) -> int | None:
        """The unit that most probably does it: whoever works on it, the one that leads, or any for helpers' parts."""
        if action is Action.REPORT_PART:
            return self.deeds.helper_id
        leads = {*ANSWERS, Action.FULFIL, Action.RETURN, Action.PULL_BACK, Action.RECEIVE, Action.EXCUSE_PART}
        return self.ticket.unit_id if action in leads else self.ticket.working_unit_id

    def be_joined(self) -> None:
        """One more caller with the same matter is put under this one, where that may be."""
        caller = self.crowd.city.listed(self.now, phone="13912345678")
        may = self.ticket.state.value in law.UNANSWERED and self.ticket.state is not State.MERGED
        by = self.crowd.city.dispatcher
        refused = self.refusal(
            lambda: merging.merge_ticket(self.session, caller.id, parent=self.ticket.id, by=by, now=self.now)
        )
        assert may == (refused is None), refused
        if may:
            self.judge.children.append(caller)
            self.judge.read_on(None, by)

    def be_left(self) -> None:
        """One of those under this one takes the own matter back; the last one of all ends it."""
        under = [child for child in self.judge.children if child.state is State.MERGED]
        if under:
            by = self.crowd.city.callback
            course = Course(by, OFFICE, self.now)
            withdrawing.withdraw_ticket(self.session, self.dice.choice(under).id, Word("不再追究"), course=course)
            self.judge.read_on(None, by)

    def be_rated(self) -> None:
        """The citizen rates an answer, on time or late."""
        if self.ticket.answered_at is not None:
            level = self.dice.randint(1, 5)
            ending.note_rating(self.session, self.ticket.id, level=level, rework_no=None, office=OFFICE, now=self.now)
            self.judge.read_on(None)

    def tell_children(self, heard: int) -> None:
        """What the jobs do that follow from what was announced."""
        for event in announced(self.session)[heard:]:
            if event == ParentAnswered(self.ticket.id):
                merging.answer_children(self.session, self.ticket.id, office=OFFICE, now=self.now)
            elif event == ParentEnded(self.ticket.id):
                merging.release_children(self.session, self.ticket.id, office=OFFICE, now=self.now)


def walk(session: Session, crowd: Crowd, seed: int, now: datetime, *, steps: int) -> Walker:
    """Who has walked so many steps; every one of them was checked."""
    walker = Walker(session, crowd, random.Random(seed), now)
    for _ in range(steps):
        walker.step()
    walker.judge.check_history()
    walker.judge.check_sight(crowd.officers)
    return walker
