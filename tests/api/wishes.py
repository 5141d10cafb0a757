"""A ticket in every state, and a well-formed request over the API for every act of the life cycle."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.tickets.making import OFFICE, City, reply_form
from tickets.actions import dispatching, ending, handling, merging, parking, registration, side_paths, withdrawing
from tickets.actions.side_paths import Course, End
from tickets.actions.withdrawing import Word
from tickets.kinds import CloseReason, RejectReason, TerminationReason, VoidReason
from tickets.model import Draft, Ticket
from tickets.rules import Action, State

Stage = Callable[[Session, City, datetime], Ticket]


def _ended(act: Callable[..., Any], **told: Any) -> Stage:
    return lambda s, c, now: act(s, c.registered(now).id, course=Course(c.agent, OFFICE, now), **told)


def _by_supervisor(act: Callable[..., Any], **told: Any) -> Stage:
    return lambda s, c, now: act(s, c.signed(now).id, course=Course(c.supervisor, OFFICE, now), **told)


def _merged(session: Session, city: City, now: datetime) -> Ticket:
    above = city.listed(now)
    return merging.merge_ticket(session, city.listed(now).id, parent=above.id, by=city.dispatcher, now=now)


def _closed(session: Session, city: City, now: datetime) -> Ticket:
    answered = city.answered(now)
    ending.close_ticket(session, answered.id, by=city.callback, office=OFFICE, now=now, reason=CloseReason.CALLBACK)
    return answered


def _archived(session: Session, city: City, now: datetime) -> Ticket:
    closed = _closed(session, city, now)
    ending.archive_ticket(session, closed.id, ended_at=now, now=now)
    return closed


def _in_rework(session: Session, city: City, now: datetime) -> Ticket:
    """It never stays there: the same act sends it out again."""
    ticket = city.replied(now)
    ticket.state = State.REWORK
    return ticket


_REVIEW_ON = timedelta(days=30)
STAGES: dict[State, Stage] = {
    State.REGISTERED: lambda s, c, now: c.registered(now),
    State.TO_DISPATCH: lambda s, c, now: c.listed(now),
    State.DISPATCHED: lambda s, c, now: c.dispatched(now),
    State.IN_PROGRESS: lambda s, c, now: c.signed(now),
    State.REPLIED: lambda s, c, now: c.replied(now),
    State.TO_CALLBACK: lambda s, c, now: c.answered(now),
    State.RETURN_REVIEW: lambda s, c, now: handling.return_ticket(
        s, c.dispatched(now).id, c.return_form(), by=c.officer, now=now
    ),
    State.ARBITRATION: lambda s, c, now: dispatching.confer(
        s, c.listed(now).id, by=c.dispatcher, now=now, reason="争议"
    ),
    State.ANSWERED: _ended(side_paths.answer_ticket, answer="已经当场答复清楚了，请放心。", article=""),
    State.REJECTED: _ended(side_paths.reject_ticket, reason=RejectReason.LITIGATION, channel="法院"),
    State.TRANSFERRED: _ended(side_paths.transfer_ticket, to="110", accepted_by="王警官"),
    State.WITHDRAWN: lambda s, c, now: withdrawing.withdraw_ticket(
        s, c.dispatched(now).id, Word("撤诉"), course=Course(c.supervisor, OFFICE, now)
    ),
    State.TERMINATED: _by_supervisor(side_paths.terminate_ticket, end=End(TerminationReason.UNCOOPERATIVE, "不配合")),
    State.PARKED: lambda s, c, now: parking.park_ticket(
        s, c.signed(now).id, plan="明年", review_on=(now + _REVIEW_ON).date(), course=Course(c.supervisor, OFFICE, now)
    ),
    State.MERGED: _merged,
    State.REWORK: _in_rework,
    State.CLOSED: _closed,
    State.ARCHIVED: _archived,
}


def one_in_each_state(session: Session, city: City, now: datetime) -> dict[State, str]:
    """The numbers of tickets, one in each state that a ticket can be in."""
    there = City.session_of(session, city)
    made = {state: stage(session, there, now) for state, stage in STAGES.items()}
    session.flush()
    assert {state: ticket.state for state, ticket in made.items()} == {state: state for state in STAGES}
    return {state: ticket.number for state, ticket in made.items()}


def drafts(session: Session, city: City, now: datetime) -> dict[State, int]:
    """A draft that is open, one that was thrown away, and one that has become a ticket."""
    opened = {
        state: registration.open_draft(session, call_id=None, person_id=None, now=now)
        for state in (State.DRAFT, State.VOID, State.REGISTERED)
    }
    city = City.session_of(session, city)
    gone, done = opened[State.VOID], opened[State.REGISTERED]
    registration.discard_draft(session, gone.id, reason=VoidReason.SILENCE, by=city.agent, now=now)
    registration.register_draft(session, done.id, form=city.form(), version=None, by=city.agent, office=OFFICE, now=now)
    return {state: draft.id for state, draft in opened.items()}


def everything(session: Session) -> list[tuple[Any, ...]]:
    """Whatever an act could change, of tickets and drafts."""
    tickets = session.execute(select(Ticket.id, Ticket.version, Ticket.state, Ticket.changed_at).order_by(Ticket.id))
    of_drafts = session.execute(select(Draft.id, Draft.version, Draft.state).order_by(Draft.id))
    return [*map(tuple, tickets), *map(tuple, of_drafts)]


def versions(session: Session) -> dict[str, int]:
    """By ticket number."""
    return {row.number: row.version for row in session.execute(select(Ticket.number, Ticket.version))}


#: acts that do not go by their own name
_PATHS = {
    Action.PASS_AUDIT: "audit", Action.FAIL_AUDIT: "audit", Action.EXTEND: "grant", Action.ASK_HELP: "help",
    Action.ASK_EXTENSION: "requests", Action.ASK_PARKING: "requests", Action.ASK_TERMINATION: "requests",
    Action.SUPERVISE: "papers", Action.INSTRUCT: "papers",
}  # fmt: skip


class Wishes:
    """What a browser would send; every body has what its act needs, so that nothing but the law refuses it."""

    def __init__(self, city: City, now: datetime, versions: dict[str, int] | None = None) -> None:
        self.versions = versions or {}
        later = (now + _REVIEW_ON).date().isoformat()
        why, text = {"reason": "随机"}, {"text": "情况说明"}
        unit = {"unit_id": city.roads.id}
        ask = {"kind": "parking", "reason": "管网改造需要更多时间", "plan": "列入明年改造", "review_on": later}
        told = {"kind": "extension", "until_on": "2026-10-23", "told_by": "call", "told_note": "已电话告知"}
        end = {"kind": "termination", "plan": "", "review_on": None, "termination_reason": "uncooperative"}
        self.bodies: dict[Action, dict[str, Any]] = {
            Action.DISPATCH: unit | why, Action.RULE: unit | why, Action.EXCUSE_PART: unit | why,
            Action.ASK_HELP: unit | {"task": "配合开挖"}, Action.SEND_DOWN: {"unit_id": city.street.id},
            Action.REJECT: {"reject_reason": "litigation", "channel": "法院"}, Action.TRANSFER: {"to": "110"},
            Action.ACKNOWLEDGE: {"accepted_by": "王警官"},
            Action.ANSWER: {"answer": "已经当场答复清楚了，请放心。"}, Action.SEND_BACK: {"missing": "门牌号"},
            Action.RETURN: {"form": city.return_form().model_dump(mode="json")}, Action.PASS_AUDIT: {"passed": True},
            Action.REPLY: {"form": reply_form().model_dump(mode="json")},
            Action.SUBMIT_REPLY: {"form": reply_form().model_dump(mode="json")}, Action.RELEASE_REPLY: {},
            Action.FAIL_AUDIT: {"passed": False, "note": "不清"}, Action.PARK: {"plan": "明年", "review_on": later},
            Action.ASK_PARKING: {"form": ask}, Action.ASK_TERMINATION: {"form": ask | end},
            Action.ASK_EXTENSION: {"form": ask | {"plan": "", "review_on": None} | told},
            Action.REPORT_PART: {"result": "路面已经开挖并恢复。"},
            Action.REPORT_UP: {"report": "已上门查看，阀门已修复。"},
            Action.SUPERVISE: {"kind": "order", "text": "请抓紧办理"},
            Action.INSTRUCT: {"kind": "instruction", "text": "请速办", "leader": "李市长"},
            Action.REDACT: {"begins": 0, "ends": 2, "is_hidden": True},
            Action.DISCARD: {"reason": "silence"}, Action.REGISTER: {"form": city.form().model_dump(mode="json")},
            **dict.fromkeys((Action.NOTE, Action.SUPPLEMENT, Action.URGE, Action.INTERIM), text),
            Action.FULFIL: {"text": "管网改造已经全部完成。"},
            Action.COMPLETE: {"supplement": "三号楼二单元"}, Action.ASK_COMPLETION: {"missing": "房间号"},
            Action.SIGN: {},
            Action.TERMINATE: why | {"termination_reason": "uncooperative"},
            Action.EXTEND: {},
            Action.ACCEPT_REPORT: {},
        }  # fmt: skip
        self.why = why

    def of(self, action: Action, number: str, parent: str) -> tuple[str, str, dict[str, Any]]:
        """Method, path below /api, and body."""
        if action is Action.MERGE:
            return "POST", f"/tickets/{parent}/children", {"numbers": [number]}
        body = self.bodies.get(action, self.why)
        if action is Action.CORRECT:
            return "PATCH", f"/tickets/{number}", {"version": self.versions.get(number, 1), "title": "改"}
        return "POST", f"/tickets/{number}/{_PATHS.get(action, action.value.replace('_', '-'))}", body
