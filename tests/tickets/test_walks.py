"""Random walks over the life cycle by random people: no illegal state, no lost line, no ticket without an owner."""

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.errors import Conflict, Invalid, NotFound, Refused
from staff.rules import SYSTEM, Actor
from tests.tickets.making import OFFICE, City, reply_form
from tickets.actions import dispatching, ending, handling, notes, side_paths
from tickets.actions.side_paths import Course
from tickets.forms import ReturnForm
from tickets.kinds import CloseReason, RejectReason, ReturnBasis
from tickets.model import HistoryLine, Holding
from tickets.rules import TABLE, Action, State, moves_from

STEPS = 14
HELD = {State.DISPATCHED, State.IN_PROGRESS, State.RETURN_REVIEW, State.REPLIED, State.TO_CALLBACK, State.PARKED}
RETURN = ReturnForm(
    basis=ReturnBasis.DUTY_TEXT,
    basis_text="三定方案第四条",
    explanation="经核查该事项不属于我单位职责，建议改派城管部门。",
)
Act = Callable[[Session, int, Actor, datetime], Any]


class Walker:
    """Does random things to one ticket, and keeps its own idea of what is legal."""

    def __init__(self, session: Session, city: City, dice: random.Random, now: datetime) -> None:
        self.session, self.city, self.dice, self.now = session, city, dice, now
        self.people = [
            city.agent, city.dispatcher, city.officer, city.roads_officer, city.auditor, city.callback,
            city.supervisor, SYSTEM,
        ]  # fmt: skip
        self.ticket = city.registered(now)
        self.lines = 1
        self.first_due = self.ticket.citizen_due_at

    def acts(self) -> dict[Action, Act]:
        unit_id = self.dice.choice([self.city.heating.id, self.city.roads.id])
        return {
            Action.LIST: lambda s, key, by, now: dispatching.list_for_dispatch(s, key, by=by, now=now),
            Action.DISPATCH: lambda s, key, by, now: dispatching.dispatch_ticket(
                s, key, unit_id=unit_id, by=by, office=OFFICE, now=now, reason="随机"
            ),
            Action.SEND_BACK: lambda s, key, by, now: dispatching.send_back_for_completion(
                s, key, missing="门牌号", by=by, now=now
            ),
            Action.RECALL: lambda s, key, by, now: dispatching.recall_ticket(s, key, by=by, office=OFFICE, now=now),
            Action.CONFER: lambda s, key, by, now: dispatching.confer(s, key, by=by, now=now, reason="争议"),
            Action.RULE: lambda s, key, by, now: dispatching.rule(
                s, key, unit_id=unit_id, by=by, office=OFFICE, now=now, reason="裁定"
            ),
            Action.SIGN: lambda s, key, by, now: handling.sign_ticket(s, key, by=by, now=now),
            Action.RETURN: lambda s, key, by, now: handling.return_ticket(s, key, RETURN, by=by, now=now),
            Action.APPROVE_RETURN: lambda s, key, by, now: handling.approve_return(
                s, key, by=by, office=OFFICE, now=now
            ),
            Action.REFUSE_RETURN: lambda s, key, by, now: handling.refuse_return(s, key, by=by, now=now, reason="否"),
            Action.REPLY: lambda s, key, by, now: handling.reply_ticket(
                s, key, reply_form(), by=by, office=OFFICE, now=now
            ),
            Action.PASS_AUDIT: lambda s, key, by, now: ending.pass_audit(s, key, by=by, office=OFFICE, now=now),
            Action.FAIL_AUDIT: lambda s, key, by, now: ending.fail_audit(s, key, by=by, now=now, note="不清"),
            Action.REWORK: lambda s, key, by, now: ending.rework_ticket(
                s, key, by=by, office=OFFICE, now=now, reason="未办"
            ),
            Action.CLOSE: lambda s, key, by, now: ending.close_ticket(
                s, key, by=by, office=OFFICE, now=now, reason=CloseReason.CALLBACK
            ),
            Action.URGE: lambda s, key, by, now: notes.urge_ticket(s, key, by=by, now=now, reason="催"),
            Action.NOTE: lambda s, key, by, now: notes.add_note(s, key, text="备注", by=by, now=now),
            Action.CORRECT: lambda s, key, by, now: notes.correct_ticket(
                s, key, {"title": "改"}, version=self.ticket.version, by=by, office=OFFICE, now=now
            ),
            **self.side_acts(),
        }

    @staticmethod
    def side_acts() -> dict[Action, Act]:
        def on_course(act: Callable[..., Any], **told: Any) -> Act:
            return lambda s, key, by, now: act(s, key, course=Course(by, OFFICE, now), **told)

        return {
            Action.ANSWER: on_course(side_paths.answer_ticket, answer="已经当场答复清楚了，请放心。", article=""),
            Action.REJECT: on_course(side_paths.reject_ticket, reason=RejectReason.LITIGATION, channel="法院"),
            Action.TRANSFER: on_course(side_paths.transfer_ticket, to="110", accepted_by="王警官"),
            Action.ACKNOWLEDGE: on_course(side_paths.acknowledge_transfer, note="已接"),
            Action.WITHDRAW: on_course(side_paths.withdraw_ticket, reason="撤诉"),
            Action.TERMINATE: on_course(side_paths.terminate_ticket, reason="不配合"),
            Action.PARK: on_course(side_paths.park_ticket, plan="列入明年计划", review_on=date(2027, 3, 1)),
            Action.RESUME: on_course(side_paths.resume_ticket, reason="到期复查"),
            Action.REOPEN: on_course(side_paths.reopen_ticket, reason="群众不认可"),
            Action.OBJECT: on_course(side_paths.object_to_rejection, reason="群众异议"),
        }

    def step(self) -> None:
        """One act by somebody: it moves as the table says, or is refused and leaves no trace."""
        by = self.dice.choice(self.people)
        acts = self.acts()
        steps = [move.action for move in moves_from(self.ticket.state) if move.is_step and move.action in acts]
        action = self.dice.choice(steps if steps and self.dice.random() < 0.7 else list(acts))
        move = TABLE.get((self.ticket.state, action))
        if move is not None and self.dice.random() < 0.6:
            by = self.dice.choice([person for person in self.people if person.may_act_as(move.roles)])
        self.now += timedelta(minutes=self.dice.choice([1, 30, 600, 1500]))
        before, version = self.ticket.state, self.ticket.version
        try:
            with self.session.begin_nested():
                acts[action](self.session, self.ticket.id, by, self.now)
        except (Refused, Conflict, NotFound, Invalid):
            self.session.refresh(self.ticket)
            assert (self.ticket.state, self.ticket.version) == (before, version)
            return
        self.check_step(before, action, by)

    def check_step(self, before: State, action: Action, by: Actor) -> None:
        move = TABLE[before, action]
        assert by.may_act_as(move.roles)
        went_on = action is Action.REWORK and self.ticket.state is State.DISPATCHED
        assert self.ticket.state is move.to or went_on
        self.lines += 2 if went_on else 1
        self.check()

    def check(self) -> None:
        """What must hold at every moment."""
        self.session.flush()
        ticket = self.ticket
        lines = self.session.scalar(
            select(func.count()).select_from(HistoryLine).where(HistoryLine.ticket_id == ticket.id)
        )
        assert lines == self.lines == ticket.version
        assert (ticket.unit_id is not None) == (ticket.holding_id is not None)
        if ticket.state in HELD:
            assert ticket.unit_id is not None
        live = self.session.scalars(
            select(Holding).where(Holding.ticket_id == ticket.id, Holding.ended_at.is_(None))
        ).all()
        assert [held.id for held in live] == ([ticket.holding_id] if ticket.holding_id else [])
        for held in live:
            assert held.due_at == ticket.unit_due_at
        assert ticket.citizen_due_at == self.first_due


def walk(session: Session, city: City, seed: int, now: datetime) -> Walker:
    walker = Walker(session, city, random.Random(seed), now)
    for _ in range(STEPS):
        walker.step()
    return walker


def walk_all(session: Session, seeds: range, now: datetime) -> set[State]:
    """The states that these walks reached."""
    city = City(session)
    reached: set[State] = set()
    for seed in seeds:
        with session.begin_nested() as walked:
            walker = walk(session, city, seed, now)
            lines = select(HistoryLine.to_state).where(HistoryLine.ticket_id == walker.ticket.id)
            reached |= {state for state in session.scalars(lines) if state is not None}
            walked.rollback()
    return reached


def test_random_walks_break_no_rule_and_see_most_states(session: Session, now: datetime) -> None:
    reached = walk_all(session, range(150), now)

    assert len(reached) >= 14


@pytest.mark.long
@pytest.mark.parametrize("first_seed", range(1_000, 6_000, 500))
def test_thousands_of_random_walks_break_no_rule(session: Session, now: datetime, first_seed: int) -> None:
    walk_all(session, range(first_seed, first_seed + 500), now)
