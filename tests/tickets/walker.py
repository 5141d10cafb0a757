"""Somebody who does random things to one ticket, and keeps an own idea of what is legal and when it is due."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.errors import Conflict, Invalid, NotFound, Refused
from staff.rules import SYSTEM, Actor
from tests.tickets.making import OFFICE, City, reply_form
from tests.tickets.oracle import REWORK, SHANGHAI, Clock, days_between, is_worked, limit_of
from tickets.actions import (
    dispatching,
    ending,
    handling,
    helping,
    merging,
    notes,
    oversight,
    parking,
    requests,
    ruling,
    sending_down,
    side_paths,
)
from tickets.actions.side_paths import Course
from tickets.forms import RequestForm, ReturnForm
from tickets.kinds import (
    CloseReason,
    InnerState,
    OversightKind,
    RejectReason,
    RequestKind,
    RequestState,
    ReturnBasis,
    TicketType,
    ToldBy,
    Urgency,
)
from tickets.model import HelperPart, HistoryLine, Holding, InnerHolding, Ticket, TicketRequest
from tickets.rules import TABLE, Action, State, moves_from

HELD = {State.DISPATCHED, State.IN_PROGRESS, State.RETURN_REVIEW, State.REPLIED, State.TO_CALLBACK, State.PARKED}
RETURN = ReturnForm(
    basis=ReturnBasis.DUTY_TEXT,
    basis_text="三定方案第四条",
    explanation="经核查该事项不属于我单位职责，建议改派城管部门。",
)
Act = Callable[[Session, int, Actor, datetime], Any]
PAUSES = (1, 30, 600, 1500)
ONWARDS = {
    Action.LIST, Action.DISPATCH, Action.SIGN, Action.REPLY, Action.PASS_AUDIT, Action.RULE, Action.RESUME,
    Action.ASK_EXTENSION, Action.EXTEND, Action.PARK,
}  # fmt: skip


class Walker:
    """One ticket, many hands; `lines` counts what must stand in its history."""

    def __init__(self, session: Session, city: City, dice: random.Random, now: datetime) -> None:
        self.session, self.city, self.dice, self.now = session, city, dice, now
        self.people = [
            city.agent, city.dispatcher, city.officer, city.roads_officer, city.district_officer, city.street_officer,
            city.community_officer, city.auditor, city.callback, city.supervisor, city.escalation, SYSTEM,
        ]  # fmt: skip
        self.units = [city.heating.id, city.roads.id, city.district.id]
        self.parent = city.listed(now)
        kind = dice.choice([TicketType.CONSULT, TicketType.HELP, TicketType.COMPLAINT])
        self.ticket = city.registered(now, type=kind, urgency=dice.choice([Urgency.NORMAL, Urgency.URGENT]))
        self.lines = 1
        self.citizen = Clock(now, self.limit)
        self.unit: Clock | None = None
        self.parked_at: datetime | None = None

    @property
    def limit(self) -> tuple[int, int]:
        return limit_of(self.ticket.type.value, self.ticket.urgency.value)

    def acts(self) -> dict[Action, Act]:
        return {**self.hotline_acts(), **self.unit_acts(), **self.side_acts(), **self.shared_acts()}

    def hotline_acts(self) -> dict[Action, Act]:
        unit_id = self.dice.choice(self.units)
        return {
            Action.LIST: lambda s, key, by, now: dispatching.list_for_dispatch(s, key, by=by, now=now),
            Action.DISPATCH: lambda s, key, by, now: dispatching.dispatch_ticket(
                s, key, unit_id=unit_id, by=by, office=OFFICE, now=now, reason="随机"
            ),
            Action.SEND_BACK: lambda s, key, by, now: dispatching.send_back_for_completion(
                s, key, missing="门牌号", by=by, now=now
            ),
            Action.RECALL: lambda s, key, by, now: dispatching.recall_ticket(
                s, key, by=by, office=OFFICE, now=now, reason="派错"
            ),
            Action.CONFER: lambda s, key, by, now: dispatching.confer(s, key, by=by, now=now, reason="争议"),
            Action.RULE: lambda s, key, by, now: ruling.rule(
                s, key, unit_id=unit_id, by=by, office=OFFICE, now=now, reason="裁定"
            ),
            Action.APPROVE_RETURN: lambda s, key, by, now: handling.approve_return(
                s, key, by=by, office=OFFICE, now=now
            ),
            Action.REFUSE_RETURN: lambda s, key, by, now: handling.refuse_return(s, key, by=by, now=now, reason="否"),
            Action.PASS_AUDIT: lambda s, key, by, now: ending.pass_audit(s, key, by=by, office=OFFICE, now=now),
            Action.FAIL_AUDIT: lambda s, key, by, now: ending.fail_audit(s, key, by=by, now=now, note="不清"),
            Action.REWORK: lambda s, key, by, now: ending.rework_ticket(
                s, key, by=by, office=OFFICE, now=now, reason="未办"
            ),
            Action.CLOSE: lambda s, key, by, now: ending.close_ticket(
                s, key, by=by, office=OFFICE, now=now, reason=CloseReason.CALLBACK
            ),
            Action.MERGE: lambda s, key, by, now: merging.merge_ticket(s, key, parent=self.parent.id, by=by, now=now),
            Action.SPLIT: lambda s, key, by, now: merging.split_ticket(
                s, key, by=by, office=OFFICE, now=now, reason="另一件事"
            ),
            Action.SUPERVISE: lambda s, key, by, now: oversight.issue_paper(
                s, key, oversight.Paper(OversightKind.ORDER, "请抓紧办理"), by=by, now=now
            ),
        }

    def unit_acts(self) -> dict[Action, Act]:
        return {
            Action.SIGN: lambda s, key, by, now: handling.sign_ticket(s, key, by=by, now=now),
            Action.RETURN: lambda s, key, by, now: handling.return_ticket(s, key, RETURN, by=by, now=now),
            Action.REPLY: lambda s, key, by, now: handling.reply_ticket(
                s, key, reply_form(), by=by, office=OFFICE, now=now
            ),
            Action.INTERIM: lambda s, key, by, now: notes.report_interim(s, key, text="正在抢修", by=by, now=now),
            Action.RECEIVE: lambda s, key, by, now: oversight.receive_papers(s, key, answer="收到", by=by, now=now),
            Action.ASK_EXTENSION: self.asking(RequestKind.EXTENSION),
            Action.ASK_PARKING: self.asking(RequestKind.PARKING),
            Action.ASK_TERMINATION: self.asking(RequestKind.TERMINATION),
            Action.SEND_DOWN: lambda s, key, by, now: sending_down.send_down(
                s,
                key,
                sending_down.Down(self.dice.choice([self.city.street.id, self.city.community.id])),
                by=by,
                now=now,
            ),
            Action.REPORT_UP: lambda s, key, by, now: sending_down.report_up(
                s, key, report="已上门查看，阀门已修复。", by=by, now=now
            ),
            Action.ACCEPT_REPORT: lambda s, key, by, now: sending_down.accept_report(s, key, by=by, now=now),
            Action.SEND_BACK_DOWN: lambda s, key, by, now: sending_down.send_back_down(
                s, key, reason="没有照片", by=by, now=now
            ),
            Action.PULL_BACK: lambda s, key, by, now: sending_down.pull_back(s, key, reason="自办", by=by, now=now),
        }

    def asking(self, kind: RequestKind) -> Act:
        later = (self.now.astimezone(SHANGHAI) + timedelta(days=self.dice.randint(1, 12))).date()
        form = RequestForm(
            kind=kind,
            reason="管网改造需要更多时间",
            until_on=later if kind is RequestKind.EXTENSION else None,
            told_by=ToldBy.CALL if kind is RequestKind.EXTENSION else None,
            told_note="10-13 上午电话告知" if kind is RequestKind.EXTENSION else "",
            plan="列入明年改造" if kind is RequestKind.PARKING else "",
            review_on=later if kind is RequestKind.PARKING else None,
        )
        return lambda s, key, by, now: requests.ask_for(s, key, form, by=by, office=OFFICE, now=now)

    def side_acts(self) -> dict[Action, Act]:
        def on_course(act: Callable[..., Any], **told: Any) -> Act:
            return lambda s, key, by, now: act(s, key, course=Course(by, OFFICE, now), **told)

        later = (self.now.astimezone(SHANGHAI) + timedelta(days=40)).date()
        return {
            Action.ANSWER: on_course(side_paths.answer_ticket, answer="已经当场答复清楚了，请放心。", article=""),
            Action.REJECT: on_course(side_paths.reject_ticket, reason=RejectReason.LITIGATION, channel="法院"),
            Action.TRANSFER: on_course(side_paths.transfer_ticket, to="110", accepted_by="王警官"),
            Action.ACKNOWLEDGE: on_course(side_paths.acknowledge_transfer, note="已接"),
            Action.WITHDRAW: on_course(side_paths.withdraw_ticket, reason="撤诉"),
            Action.TERMINATE: on_course(side_paths.terminate_ticket, reason="不配合"),
            Action.PARK: on_course(parking.park_ticket, plan="列入明年计划", review_on=later),
            Action.RESUME: on_course(parking.resume_ticket, reason="到期复查"),
            Action.REOPEN: on_course(side_paths.reopen_ticket, reason="群众不认可"),
            Action.OBJECT: on_course(side_paths.object_to_rejection, reason="群众异议"),
            Action.EXTEND: on_course(self.grant_extension),
            Action.REFUSE_REQUEST: on_course(requests.refuse_request, reason="理由不充分"),
        }

    def grant_extension(self, session: Session, key: int, *, course: Course) -> None:
        """The other kinds are granted by parking and terminating."""
        waiting = select(TicketRequest.kind).where(
            TicketRequest.ticket_id == key, TicketRequest.state == RequestState.PENDING
        )
        if session.scalar(waiting) in {RequestKind.PARKING, RequestKind.TERMINATION}:
            raise Conflict
        requests.grant_request(session, key, note="", course=course)

    def shared_acts(self) -> dict[Action, Act]:
        helper = self.dice.choice(self.units)
        return {
            Action.URGE: lambda s, key, by, now: notes.urge_ticket(s, key, by=by, now=now, reason="催"),
            Action.NOTE: lambda s, key, by, now: notes.add_note(s, key, text="备注", by=by, now=now),
            Action.CORRECT: lambda s, key, by, now: notes.correct_ticket(
                s,
                key,
                {"urgency": self.dice.choice(list(Urgency))},
                version=self.ticket.version,
                by=by,
                office=OFFICE,
                now=now,
            ),
            Action.ASK_HELP: lambda s, key, by, now: helping.ask_help(
                s, key, unit_id=helper, task="配合开挖路面", by=by, now=now
            ),
            Action.REPORT_PART: lambda s, key, by, now: helping.report_part(
                s, key, result="路面已经开挖并恢复。", by=by, now=now
            ),
            Action.EXCUSE_PART: lambda s, key, by, now: helping.excuse_part(
                s, key, unit_id=helper, reason="不再需要", by=by, now=now
            ),
        }

    def step(self) -> None:
        """One act by somebody: it moves as the table says, or is refused and leaves no trace."""
        by = self.dice.choice(self.people)
        acts = self.acts()
        action = self.choose(list(acts))
        move = TABLE.get((self.ticket.state, action))
        if move is not None and self.dice.random() < 0.8:
            by = self.dice.choice([person for person in self.people if person.may_act_as(move.roles)] or self.people)
        self.now += timedelta(minutes=self.dice.choice(PAUSES))
        before, version = self.ticket.state, self.ticket.version
        try:
            with self.session.begin_nested():
                acts[action](self.session, self.ticket.id, by, self.now)
        except (Refused, Conflict, NotFound, Invalid):
            self.session.refresh(self.ticket)
            assert (self.ticket.state, self.ticket.version) == (before, version)
            return
        self.check_step(before, action, by)

    def choose(self, every: list[Action]) -> Action:
        """Mostly something that the table has here, often the way onwards, sometimes anything at all."""
        here = [move.action for move in moves_from(self.ticket.state) if move.action in every]
        onwards = [action for action in here if action in ONWARDS]
        whim = self.dice.random()
        if onwards and whim < 0.35:
            return self.dice.choice(onwards)
        return self.dice.choice(here if here and whim < 0.85 else every)

    def check_step(self, before: State, action: Action, by: Actor) -> None:
        move = TABLE[before, action]
        assert by.may_act_as(move.roles)
        went_on = action is Action.REWORK and self.ticket.state is State.DISPATCHED
        assert self.ticket.state is move.to or went_on
        self.lines += 2 if went_on else 1
        self.session.flush()
        self.wind(action, went_on)
        self.check()

    def wind(self, action: Action, went_on: bool) -> None:
        """Tell the slow clocks what has happened."""
        if action in {Action.DISPATCH, Action.RULE} or went_on:
            self.unit = Clock(self.now, REWORK if self.ticket.rework_no else self.limit, pauses=self.citizen.pauses)
        elif self.ticket.unit_id is None:
            self.unit = None
        if action is Action.CORRECT:
            self.citizen.limit = self.limit
            if self.unit is not None and not self.ticket.rework_no:
                self.unit.limit = self.limit
        elif action is Action.PARK:
            self.parked_at = self.now
        elif action is Action.EXTEND and self.unit is not None:
            more = self.granted(self.unit)
            self.unit.more += more
            self.citizen.more += more
        if self.parked_at is not None and before_park_ended(self.ticket.state):
            self.citizen.pauses.append((self.parked_at, self.now))
            self.parked_at = None

    def granted(self, clock: Clock) -> int:
        """How much longer until the end of the day that was asked for, counted by hand."""
        newest = (
            select(TicketRequest).where(TicketRequest.ticket_id == self.ticket.id).order_by(TicketRequest.id.desc())
        )
        request = self.session.scalars(newest).first()
        assert request is not None
        assert request.until_on is not None
        old = clock.ends().astimezone(SHANGHAI)
        if clock.limit[0]:
            midnight = datetime(request.until_on.year, request.until_on.month, request.until_on.day, tzinfo=SHANGHAI)
            return min(int((midnight + timedelta(days=1) - old).total_seconds() // 60), clock.limit[0])
        assert is_worked(request.until_on)
        return days_between((old - timedelta(minutes=1)).date(), request.until_on)

    def check(self) -> None:
        """What must hold at every moment."""
        self.check_history()
        self.check_holder()
        self.check_sharing()
        self.check_clocks()

    def check_history(self) -> None:
        own = select(func.count()).select_from(HistoryLine).where(HistoryLine.ticket_id == self.ticket.id)
        assert self.session.scalar(own) == self.lines == self.ticket.version

    def check_holder(self) -> None:
        ticket = self.ticket
        assert (ticket.unit_id is not None) == (ticket.holding_id is not None)
        if ticket.state in HELD:
            assert ticket.unit_id is not None
            assert ticket.working_unit_id is not None
        live = self.session.scalars(
            select(Holding).where(Holding.ticket_id == ticket.id, Holding.ended_at.is_(None))
        ).all()
        assert [held.id for held in live] == ([ticket.holding_id] if ticket.holding_id else [])
        for held in live:
            assert held.due_at == ticket.unit_due_at
        assert (ticket.state is State.MERGED) == (ticket.parent_id is not None)

    def check_sharing(self) -> None:
        """What stands on the ticket about others is what their own rows say."""
        ticket = self.ticket
        below = self.session.scalars(
            select(InnerHolding)
            .where(InnerHolding.ticket_id == ticket.id, InnerHolding.ended_at.is_(None))
            .order_by(InnerHolding.id)
        ).all()
        assert ticket.inner_id == (below[-1].id if below else None)
        assert ticket.inner_state == (below[-1].state if below else None)
        if below:
            assert ticket.state is State.IN_PROGRESS
            last = below[-1]
            reported = last.state is InnerState.REPORTED
            assert ticket.working_unit_id == (last.from_unit_id if reported else last.unit_id)
        else:
            assert ticket.working_unit_id == ticket.unit_id
        assert ticket.open_parts == self.count(HelperPart, HelperPart.ended_at.is_(None))
        pending = self.count(TicketRequest, TicketRequest.state == RequestState.PENDING)
        assert int(ticket.has_request) == pending
        assert not pending or ticket.state is State.IN_PROGRESS

    def count(self, model: type[HelperPart] | type[TicketRequest], *conditions: Any) -> int:
        rows = select(func.count()).select_from(model).where(model.ticket_id == self.ticket.id, *conditions)
        return self.session.scalar(rows) or 0

    def check_clocks(self) -> None:
        """Both clocks say what the slow ones say; on the shelf they say nothing."""
        if self.parked_at is not None:
            assert self.ticket.citizen_due_at is None
            assert self.ticket.unit_due_at is None
        elif self.ticket.state is not State.CLOSED:
            assert self.ticket.citizen_due_at == self.citizen.ends()
            assert self.ticket.unit_due_at == (self.unit.ends() if self.unit is not None else None)


def before_park_ended(state: State) -> bool:
    """Whether the ticket has left the shelf."""
    return state is not State.PARKED


def walk(session: Session, city: City, seed: int, now: datetime, *, steps: int) -> Ticket:
    """The ticket after so many steps; every one of them was checked."""
    walker = Walker(session, city, random.Random(seed), now)
    for _ in range(steps):
        walker.step()
    return walker.ticket
