"""The life cycle of a ticket: one table of (state, action, roles, guards) → state.  What is not in it is refused."""

from collections.abc import Iterable
from dataclasses import dataclass

from staff.rules import Role
from tickets.guards import (
    ALONE,
    ASKED,
    BEFORE_DUE,
    COMPLETE,
    END_UNTOLD,
    FIRST_DISPUTE,
    HAS_LEFT,
    HAS_PAPERS,
    HAS_PARTS,
    HELPS,
    INCOMPLETE,
    LEADS,
    NO_RELEASE,
    NOBODY_TO_TELL,
    NONE_WAITS,
    NOT_RULED,
    NOTHING_ASKED,
    NOTHING_BELOW,
    NOTHING_MISSING,
    NOTHING_OWED,
    OBJECTABLE,
    ONE_EXTENSION,
    OTHER_UNIT,
    OWN_UNIT,
    PARTS_DONE,
    PROMISED,
    RELEASE_ASKED,
    REOPENABLE,
    REPLY_WAITS,
    REPORTED,
    RETURN_WINDOW,
    SECOND_PERSON,
    SENT_DOWN_HERE,
    SENT_IT_DOWN,
    SIGNED_HERE,
    STILL_ASKS,
    UNSIGNED_HERE,
    WITH_OTHERS,
    WORKS_HERE,
    Guard,
    Situation,
)
from tickets.kinds import Named


class State(Named):
    """Where a ticket stands (requests such as an extension are not states: the clock runs on)."""

    DRAFT = "draft", "草稿"
    REGISTERED = "registered", "已登记"
    ANSWERED = "answered", "直接办结"
    REJECTED = "rejected", "不予受理"
    TRANSFERRED = "transferred", "已转出"
    TO_DISPATCH = "to_dispatch", "待派单"
    DISPATCHED = "dispatched", "待签收"
    RETURN_REVIEW = "return_review", "退单待审"
    ARBITRATION = "arbitration", "会商裁定"
    IN_PROGRESS = "in_progress", "办理中"
    REPLIED = "replied", "已反馈"
    TO_CALLBACK = "to_callback", "待回访"
    REWORK = "rework", "重办"
    PARKED = "parked", "挂账"
    TERMINATED = "terminated", "终止"
    MERGED = "merged", "已并案"
    WITHDRAWN = "withdrawn", "已撤回"
    VOID = "void", "无效"
    CLOSED = "closed", "办结"
    ARCHIVED = "archived", "归档"


class Action(Named):
    """What somebody does to a ticket."""

    REGISTER = "register", "登记"
    DISCARD = "discard", "作废"
    LIST = "list", "提交派单"
    ANSWER = "answer", "直接答复"
    REJECT = "reject", "不予受理"
    OBJECT = "object", "异议受理"
    TRANSFER = "transfer", "转出"
    ACKNOWLEDGE = "acknowledge", "确认转出"
    REOPEN = "reopen", "重新受理"
    DISPATCH = "dispatch", "派出"
    SEND_BACK = "send_back", "退回补正"
    ASK_COMPLETION = "ask_completion", "请求补正"
    COMPLETE = "complete", "补正"
    RECALL = "recall", "撤回派单"
    STEP_ASIDE = "step_aside", "单位回避"
    WITHDRAW = "withdraw", "撤销诉求"
    WITHDRAW_PART = "withdraw_part", "撤销本人诉求"
    SIGN = "sign", "签收"
    RETURN = "return", "申请退单"
    APPROVE_RETURN = "approve_return", "同意退单"
    REFUSE_RETURN = "refuse_return", "驳回退单"
    CONFER = "confer", "提交会商"
    RULE = "rule", "裁定"
    REPLY = "reply", "提交答复"
    SUBMIT_REPLY = "submit_reply", "送审签"
    RELEASE_REPLY = "release_reply", "审签通过"
    SEND_REPLY_BACK = "send_reply_back", "审签退回"
    PASS_AUDIT = "pass_audit", "审核通过"
    FAIL_AUDIT = "fail_audit", "审核退回"
    CLOSE = "close", "办结"
    FULFIL = "fulfil", "承诺事项已办结"
    REWORK = "rework", "转重办"
    PARK = "park", "挂账"
    RESUME = "resume", "恢复办理"
    TERMINATE = "terminate", "终止"
    MERGE = "merge", "并案"
    SPLIT = "split", "拆出"
    ANSWER_CHILD = "answer_child", "随母单答复"
    TELL_END = "tell_end", "告知诉求人"
    ASK_EXTENSION = "ask_extension", "申请延期"
    ASK_PARKING = "ask_parking", "申请挂账"
    ASK_TERMINATION = "ask_termination", "申请终止"
    EXTEND = "extend", "同意延期"
    REFUSE_REQUEST = "refuse_request", "驳回申请"
    ASK_HELP = "ask_help", "加协办"
    REPORT_PART = "report_part", "协办反馈"
    EXCUSE_PART = "excuse_part", "不再等协办"
    SEND_DOWN = "send_down", "转下级"
    REPORT_UP = "report_up", "上报"
    ACCEPT_REPORT = "accept_report", "本级审核通过"
    SEND_BACK_DOWN = "send_back_down", "退回下级"
    PULL_BACK = "pull_back", "收回"
    INTERIM = "interim", "中途汇报"
    SUPERVISE = "supervise", "督办"
    INSTRUCT = "instruct", "领导批示"
    RECEIVE = "receive", "签收回执"
    ARCHIVE = "archive", "归档"
    URGE = "urge", "催办"
    SUPPLEMENT = "supplement", "补充"
    CORRECT = "correct", "更正要素"
    NOTE = "note", "内部备注"
    REDACT = "redact", "隐去身份信息"


#: 差评 are the two lowest levels (State Council 51/2019), so 基本满意 is not one
SATISFIED_FROM = 3


@dataclass(frozen=True)
class Move:
    """One line of the table.  The first action of a state in table order is its primary one."""

    state: State
    action: Action
    roles: frozenset[Role]
    to: State
    guards: tuple[Guard, ...] = ()

    @property
    def is_step(self) -> bool:
        """Whether the ticket leaves its state."""
        return self.to is not self.state


_INTAKE = (Role.AGENT, Role.SPECIALIST)
_DISPATCH = (Role.DISPATCHER, Role.SYSTEM)
_LEAD = (Role.DISPATCHER, Role.SUPERVISOR)
_OFFICER = (Role.UNIT_OFFICER,)
_NOTERS = (
    *_INTAKE, Role.DISPATCHER, Role.UNIT_OFFICER, Role.AUDITOR, Role.CALLBACK, Role.ESCALATION, Role.SHIFT_LEADER,
    Role.SUPERVISOR,
)  # fmt: skip
_URGERS = (*_INTAKE, Role.CALLBACK, Role.ESCALATION, Role.SUPERVISOR, Role.CITIZEN)
_TELLERS = (*_INTAKE, Role.CALLBACK, Role.SUPERVISOR)
_CORRECTORS = (*_INTAKE, Role.DISPATCHER, Role.SUPERVISOR)

#: states in which a unit or the hotline still owes the citizen something
OPEN_STATES = (
    State.REGISTERED, State.TO_DISPATCH, State.DISPATCHED, State.RETURN_REVIEW, State.ARBITRATION, State.IN_PROGRESS,
    State.REPLIED, State.TO_CALLBACK, State.REWORK, State.PARKED, State.MERGED,
)  # fmt: skip
#: states in which the citizen clock still runs: after the audited answer it has stopped
UNANSWERED_STATES = tuple(state for state in OPEN_STATES if state is not State.TO_CALLBACK)
#: a leader's instruction may come while somebody has something to do; whoever gets the ticket next has it too
INSTRUCTED_STATES = tuple(s for s in UNANSWERED_STATES if s not in {State.REWORK, State.MERGED})
#: states in which a unit may go on typing its reply; a draft of it ends with them
DRAFTING_STATES = (State.IN_PROGRESS, State.RETURN_REVIEW, State.PARKED)
#: the answer stands, and with it what the unit promised to do by a day
PROMISING_STATES = (State.TO_CALLBACK, State.CLOSED)
#: over without a unit's answer, of which the citizen is told; also after it was put away, when the SMS failed only then
TOLD_STATES = (State.TERMINATED, State.REJECTED, State.TRANSFERRED, State.ARCHIVED)
#: nothing leads out of these
TERMINAL_STATES = (State.ARCHIVED, State.WITHDRAWN, State.VOID)


def _move(state: State, action: Action, roles: Iterable[Role], to: State, *guards: Guard) -> Move:
    return Move(state, action, frozenset(roles), to, guards)


def _steps_to_dispatch() -> list[Move]:
    s, a, r = State, Action, Role
    return [
        _move(s.DRAFT, a.REGISTER, (*_INTAKE, r.SYSTEM, r.CITIZEN), s.REGISTERED),
        _move(s.DRAFT, a.DISCARD, (*_INTAKE, r.SYSTEM), s.VOID),
        _move(s.REGISTERED, a.COMPLETE, (*_INTAKE, r.CALLBACK), s.TO_DISPATCH, INCOMPLETE),
        _move(s.REGISTERED, a.LIST, (*_INTAKE, r.SYSTEM), s.TO_DISPATCH, COMPLETE),
        _move(s.REGISTERED, a.ANSWER, _INTAKE, s.ANSWERED),
        _move(s.REGISTERED, a.REJECT, (*_INTAKE, *_LEAD), s.REJECTED),
        _move(s.REGISTERED, a.TRANSFER, (*_INTAKE, r.DISPATCHER), s.TRANSFERRED),
        _move(s.REGISTERED, a.MERGE, (*_INTAKE, r.DISPATCHER), s.MERGED),
        _move(s.ANSWERED, a.REOPEN, (*_INTAKE, r.CALLBACK, r.SUPERVISOR), s.REGISTERED, REOPENABLE),
        _move(s.ANSWERED, a.ARCHIVE, (r.SYSTEM,), s.ARCHIVED),
        *(_move(state, a.TELL_END, _TELLERS, state, END_UNTOLD) for state in TOLD_STATES),
        _move(s.REJECTED, a.OBJECT, (*_INTAKE, r.CALLBACK, r.SUPERVISOR), s.REGISTERED),
        _move(s.REJECTED, a.ARCHIVE, (r.SYSTEM,), s.ARCHIVED),
        _move(s.TRANSFERRED, a.ACKNOWLEDGE, _DISPATCH, s.ARCHIVED, NOBODY_TO_TELL),
        _move(s.TO_DISPATCH, a.DISPATCH, _DISPATCH, s.DISPATCHED),
        _move(s.TO_DISPATCH, a.SEND_BACK, (r.DISPATCHER,), s.REGISTERED),
        _move(s.TO_DISPATCH, a.CONFER, _LEAD, s.ARBITRATION),
        _move(s.TO_DISPATCH, a.MERGE, (r.DISPATCHER,), s.MERGED),
        _move(s.TO_DISPATCH, a.REJECT, _LEAD, s.REJECTED),
        _move(s.TO_DISPATCH, a.TRANSFER, (r.DISPATCHER,), s.TRANSFERRED),
    ]  # fmt: skip


def _steps_after_dispatch() -> list[Move]:
    s, a, r = State, Action, Role
    return [
        _move(s.DISPATCHED, a.SIGN, _OFFICER, s.IN_PROGRESS, OWN_UNIT),
        _move(s.DISPATCHED, a.RETURN, _OFFICER, s.RETURN_REVIEW, OWN_UNIT, NOT_RULED, RETURN_WINDOW),
        _move(s.DISPATCHED, a.RECALL, _LEAD, s.TO_DISPATCH, NOT_RULED),
        _move(s.RETURN_REVIEW, a.APPROVE_RETURN, _LEAD, s.TO_DISPATCH, FIRST_DISPUTE),
        _move(s.RETURN_REVIEW, a.REFUSE_RETURN, _LEAD, s.IN_PROGRESS, FIRST_DISPUTE),
        _move(s.RETURN_REVIEW, a.CONFER, _LEAD, s.ARBITRATION),
        _move(s.ARBITRATION, a.RULE, (r.SUPERVISOR,), s.DISPATCHED),
        *_kept_from_accused(),
        *_from_below(),
        *_replies(),
        _move(s.IN_PROGRESS, a.SEND_DOWN, _OFFICER, s.IN_PROGRESS, WORKS_HERE, SIGNED_HERE),
        _move(s.IN_PROGRESS, a.PULL_BACK, _OFFICER, s.IN_PROGRESS, SENT_IT_DOWN),
        _move(s.IN_PROGRESS, a.RETURN, _OFFICER, s.RETURN_REVIEW, OWN_UNIT, NOTHING_BELOW, NOT_RULED, RETURN_WINDOW),
        *_requests(),
        _move(s.IN_PROGRESS, a.PARK, (r.SUPERVISOR,), s.PARKED),
        _move(s.IN_PROGRESS, a.TERMINATE, (r.SUPERVISOR,), s.TERMINATED),
        _move(s.REPLIED, a.PASS_AUDIT, (r.AUDITOR,), s.TO_CALLBACK, OTHER_UNIT),
        _move(s.REPLIED, a.FAIL_AUDIT, (r.AUDITOR,), s.IN_PROGRESS, OTHER_UNIT),
        _move(s.REPLIED, a.REWORK, (r.AUDITOR,), s.REWORK, OTHER_UNIT),
        _move(s.TO_CALLBACK, a.CLOSE, (r.CALLBACK, r.SYSTEM), s.CLOSED),
        _move(s.TO_CALLBACK, a.REWORK, (r.CALLBACK, r.SUPERVISOR, r.SYSTEM), s.REWORK),
        _move(s.REWORK, a.DISPATCH, _DISPATCH, s.DISPATCHED),
        _move(s.PARKED, a.RESUME, (r.SUPERVISOR, r.ESCALATION, r.SYSTEM), s.IN_PROGRESS),
        _move(s.PARKED, a.CLOSE, (r.SUPERVISOR,), s.CLOSED),
        _move(s.TERMINATED, a.OBJECT, (*_INTAKE, r.CALLBACK, r.SUPERVISOR), s.REGISTERED, OBJECTABLE),
        _move(s.TERMINATED, a.ARCHIVE, (r.SYSTEM,), s.ARCHIVED),
        _move(s.MERGED, a.SPLIT, _DISPATCH, s.TO_DISPATCH),
        _move(s.MERGED, a.ANSWER_CHILD, (r.SYSTEM,), s.TO_CALLBACK),
        _move(s.CLOSED, a.REWORK, (r.CALLBACK, r.SUPERVISOR), s.REWORK),
        _move(s.CLOSED, a.ARCHIVE, (r.SYSTEM,), s.ARCHIVED, NOTHING_OWED),
    ]  # fmt: skip


def _replies() -> list[Move]:
    """The unit answers; where its profile asks for 审签, a second person of it lets the reply go."""
    a, here, ready = Action, State.IN_PROGRESS, (OWN_UNIT, NOTHING_BELOW, PARTS_DONE)
    return [
        _move(here, a.RELEASE_REPLY, _OFFICER, State.REPLIED, REPLY_WAITS, *ready, SECOND_PERSON),
        _move(here, a.REPLY, _OFFICER, State.REPLIED, NO_RELEASE, *ready),
        _move(here, a.SUBMIT_REPLY, _OFFICER, here, RELEASE_ASKED, NONE_WAITS, *ready),
        _move(here, a.SEND_REPLY_BACK, _OFFICER, here, REPLY_WAITS, OWN_UNIT),
    ]


def _kept_from_accused() -> list[Move]:
    """The unit turns out to be the one that a secret ticket accuses: another one must have it, ruled or not."""
    held = (State.DISPATCHED, State.RETURN_REVIEW, State.IN_PROGRESS, State.REPLIED, State.PARKED)
    return [_move(state, Action.STEP_ASIDE, (Role.SYSTEM,), State.TO_DISPATCH) for state in held]


def _from_below() -> list[Move]:
    """区 → 街道 → 社区: inside the unit that leads, which alone answers to the hotline."""
    a, here = Action, State.IN_PROGRESS
    return [
        _move(here, a.SIGN, _OFFICER, here, UNSIGNED_HERE, WORKS_HERE),
        _move(here, a.REPORT_UP, _OFFICER, here, SENT_DOWN_HERE, WORKS_HERE),
        _move(here, a.ACCEPT_REPORT, _OFFICER, here, REPORTED, WORKS_HERE),
        _move(here, a.SEND_BACK_DOWN, _OFFICER, here, REPORTED, WORKS_HERE),
    ]


def _requests() -> list[Move]:
    """延期, 挂账, 终止 are asked for; the clock runs on until the hotline has granted them."""
    a, here = Action, State.IN_PROGRESS
    return [
        *_missing(),
        _move(here, a.ASK_EXTENSION, _OFFICER, here, OWN_UNIT, NOTHING_ASKED, ONE_EXTENSION, BEFORE_DUE),
        _move(here, a.ASK_PARKING, _OFFICER, here, OWN_UNIT, NOTHING_ASKED),
        _move(here, a.ASK_TERMINATION, _OFFICER, here, OWN_UNIT, NOTHING_ASKED),
        _move(here, a.EXTEND, (Role.SUPERVISOR,), here, ASKED),
        _move(here, a.REFUSE_REQUEST, (Role.SUPERVISOR,), here, ASKED),
    ]


def _missing() -> list[Move]:
    """请求补正: a unit names what is missing and keeps the ticket; the hotline answers, and every clock runs on."""
    a, with_unit, answerers = Action, (State.DISPATCHED, State.IN_PROGRESS), (Role.DISPATCHER, Role.CALLBACK)
    return [
        *(_move(state, a.ASK_COMPLETION, _OFFICER, state, OWN_UNIT, NOTHING_MISSING) for state in with_unit),
        *(_move(state, a.COMPLETE, answerers, state, INCOMPLETE) for state in with_unit),
    ]


def _shared() -> list[Move]:
    """Helpers' parts, word from the unit before it answers, and the ladder of supervision."""
    a = Action
    held = (State.DISPATCHED, State.IN_PROGRESS, State.RETURN_REVIEW)
    overseers = (Role.ESCALATION, Role.SUPERVISOR, Role.SYSTEM)
    return [
        *(_move(state, a.REPORT_PART, _OFFICER, state, HELPS) for state in (*held, State.PARKED)),
        *(_move(state, a.ASK_HELP, _LEAD, state) for state in held),
        *(_move(state, a.EXCUSE_PART, (*_LEAD, *_OFFICER), state, HAS_PARTS, LEADS) for state in held),
        *(_move(state, a.INTERIM, _OFFICER, state, WORKS_HERE) for state in held),
        *(_move(state, a.SUPERVISE, overseers, state) for state in held),
        *(_move(state, a.INSTRUCT, (Role.ESCALATION, Role.SUPERVISOR), state) for state in INSTRUCTED_STATES),
        *(
            _move(state, a.RECEIVE, _OFFICER, state, HAS_PAPERS, OWN_UNIT)
            for state in (*held, State.REPLIED, State.PARKED)
        ),
    ]


def _stays() -> list[Move]:
    """Acts that change the ticket and leave its state alone."""
    answering = [state for state in OPEN_STATES if state is not State.TO_CALLBACK]
    registered = [state for state in State if state not in {State.DRAFT, *TERMINAL_STATES}]
    return [
        *_shared(),
        *(_move(state, Action.FULFIL, (*_OFFICER, Role.SYSTEM), state, PROMISED, LEADS) for state in PROMISING_STATES),
        *(_move(state, Action.URGE, _URGERS, state) for state in answering),
        *(_move(state, Action.SUPPLEMENT, _URGERS, state) for state in answering),
        *(_move(state, Action.CORRECT, _CORRECTORS, state) for state in (*answering, State.TO_CALLBACK)),
        *(_move(state, Action.NOTE, _NOTERS, state) for state in registered),
        *(_move(state, Action.REDACT, _CORRECTORS, state) for state in registered),
    ]


def _withdrawals() -> list[Move]:
    """On the citizen's word, until the unit has answered; one caller of many takes back no more than the own part.

    Last of a state's acts, so that it is nobody's primary one.
    """
    s, a = State, Action
    alone = (s.REGISTERED, s.TO_DISPATCH, s.DISPATCHED, s.RETURN_REVIEW, s.ARBITRATION, s.IN_PROGRESS, s.PARKED)
    heard = (*_INTAKE, Role.CALLBACK, *_LEAD)
    return [
        *(_move(state, a.WITHDRAW, (*heard, Role.SYSTEM), s.WITHDRAWN, ALONE) for state in alone),
        *(_move(state, a.WITHDRAW_PART, heard, state, WITH_OTHERS, STILL_ASKS) for state in alone),
        _move(s.MERGED, a.WITHDRAW, heard, s.WITHDRAWN),
        _move(s.TO_CALLBACK, a.WITHDRAW, (Role.SYSTEM,), s.WITHDRAWN, HAS_LEFT),
    ]


MOVES: tuple[Move, ...] = (*_steps_to_dispatch(), *_steps_after_dispatch(), *_stays(), *_withdrawals())
TABLE: dict[tuple[State, Action], Move] = {(move.state, move.action): move for move in MOVES}


def moves_from(state: State) -> list[Move]:
    """In the order in which the page offers them."""
    return [move for move in MOVES if move.state is state]


def hindrance(move: Move, situation: Situation) -> tuple[Guard, str] | None:
    """The first guard that says no, with its reason; None when nothing stands in the way."""
    for guard in move.guards:
        reason = guard.check(situation)
        if reason is not None:
            return guard, reason
    return None


@dataclass(frozen=True)
class Offer:
    """A button of the page: grey with its reason when a guard blocks it, absent when the role never has it."""

    action: Action
    is_enabled: bool
    reason: str | None


def offers(state: State, roles: frozenset[Role], situation: Situation) -> list[Offer]:
    """What a person with these roles is offered now, the primary act first; what makes no sense now is left out."""
    shown = []
    for move in moves_from(state):
        if roles.isdisjoint(move.roles):
            continue
        found = hindrance(move, situation)
        if found is not None and found[0].is_quiet:
            continue
        shown.append(Offer(move.action, found is None, found[1] if found else None))
    return shown
