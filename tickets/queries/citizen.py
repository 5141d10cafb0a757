"""群众看到的: what a citizen is told of the own ticket, the same words on the phone, the page and for the unit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.audit.model import AuditRow
from core.masking import mask_text
from core.signing import read_signed, sign
from staff.model import Person, Unit
from tickets.clocks import local_day, moment_zh
from tickets.ending_words import end_sentence
from tickets.errors import TicketNotFound
from tickets.kinds import RejectReason, Secrecy, TerminationReason
from tickets.model import HistoryLine, Holding, Reply, Ticket
from tickets.numbers import in_fours
from tickets.queries.access import PRESENTED
from tickets.rules import UNANSWERED_STATES, Action, State

VIEWS_SHOWN = 20
#: 没人联系我, as it stands in the history
DENIED = "contact_denied"
#: what each act means to a citizen; acts that are not here are nobody's business outside
STEPS: dict[str, str] = {
    Action.REGISTER: "您的诉求已登记",
    Action.DISPATCH: "已交{unit}办理",
    Action.SIGN: "{unit}已签收，正在办理",
    Action.RETURN: "正在核实应由哪个单位办理",
    Action.APPROVE_RETURN: "正在重新确定承办单位",
    Action.REFUSE_RETURN: "已确定由{unit}办理",
    Action.RECALL: "正在重新确定承办单位",
    Action.STEP_ASIDE: "正在重新确定承办单位",
    Action.CONFER: "正在会商确定承办单位",
    Action.RULE: "已确定由{unit}办理",
    Action.SEND_BACK: "需要补充信息，工作人员会与您联系",
    Action.ASK_COMPLETION: "承办单位需要补充信息，工作人员会与您联系",
    Action.EXTEND: "办理时间经批准延长",
    Action.PARK: "目前条件尚不具备，已列入计划",
    Action.RESUME: "已恢复办理",
    Action.PASS_AUDIT: "已答复",
    Action.ANSWER: "已当场答复",
    Action.ANSWER_CHILD: "已答复",
    Action.MERGE: "与同一事项的其他诉求一并办理",
    Action.SPLIT: "改为单独办理",
    Action.REWORK: "重新办理",
    Action.REOPEN: "已重新受理",
    Action.REJECT: "不属于热线受理范围",
    Action.TRANSFER: "已转交其他渠道",
    Action.TERMINATE: "已终止办理",
    Action.TELL_END: "已告知您",
    Action.OBJECT: "已受理您的异议",
    Action.COMPLETE: "已补充所需信息",
    Action.WITHDRAW: "已按您的要求撤销",
    Action.WITHDRAW_PART: "已按您的要求撤销",
    Action.CLOSE: "已办结",
    Action.FULFIL: "{unit}承诺的事项已办妥",
    Action.URGE: "已为您催办",
    Action.SUPPLEMENT: "已补充您的说明",
    DENIED: "您反映没有人联系过您",
}
#: of these the reason was written for the citizen as well
_WITH_REASON = {
    Action.ANSWER.value, Action.REJECT.value, Action.TRANSFER.value, Action.PARK.value, Action.TERMINATE.value,
    Action.FULFIL.value,
}  # fmt: skip
_REASONS = {reason.value: reason for reason in TerminationReason}


@dataclass(frozen=True)
class CitizenStep:
    """One line of what happened, in plain words."""

    at: datetime
    words: str


@dataclass(frozen=True)
class Look:
    """Somebody looked at the citizen's data: from where, and what for; no names."""

    at: datetime
    who: str
    purpose: str


@dataclass(frozen=True)
class CitizenPage:
    """Everything on the page, ready to be shown; replies are those that passed the audit, newest first."""

    number: str
    sentence: str
    why: str
    registered_at: datetime
    steps: Sequence[CitizenStep]
    replies: Sequence[str]
    looks: Sequence[Look]


#: our own names of states mean nothing outside
_SAID = {
    State.REGISTERED: "热线已登记",
    State.TO_DISPATCH: "热线正在确定承办单位",
    State.DISPATCHED: "已交{who}，待其签收",
    State.RETURN_REVIEW: "热线正在核实应由哪个单位办理",
    State.ARBITRATION: "热线正在会商确定承办单位",
    State.IN_PROGRESS: "{who}办理中",
    State.REPLIED: "{who}已提交办理结果，热线正在审核",
    State.REWORK: "热线正在安排重新办理",
    State.PARKED: "{who}已列入计划",
    State.MERGED: "与同一事项的其他诉求一并办理",
    State.ANSWERED: "热线已当场答复",
    State.TO_CALLBACK: "{who}已答复",
    State.CLOSED: "{who}已答复，工单办结",
    State.ARCHIVED: "{who}已答复，工单已归档",
    State.REJECTED: "不属于热线受理范围，受理渠道见下",
    State.TRANSFERRED: "已转交其他渠道办理",
    State.TERMINATED: "已终止办理",
    State.WITHDRAWN: "已按您的要求撤销",
}


#: what a link to the page is signed for
STATUS_PAGE = "status-page.1"


def status_token(ticket_id: int, *, expires_at: datetime, key: bytes) -> str:
    """Opens the page without number and phone tail, until then."""
    return sign(ticket_id, purpose=STATUS_PAGE, expires_at=expires_at, key=key)


def read_status_token(token: str, *, now: datetime, key: bytes) -> int:
    """The ticket.  Raises LinkForged, LinkStale."""
    return read_signed(token, purpose=STATUS_PAGE, now=now, key=key)


def in_plain_words(ticket: Ticket, *, leader: str = "") -> str:
    """Where it stands, for the citizen's ears: 朝阳区住建局办理中，10-20 24:00 前答复.

    `leader` is the unit that has the matter under which it was merged.
    """
    if ticket.caller_withdrew_at is not None:
        return _SAID[State.WITHDRAWN]
    who = ticket.unit.short_name if ticket.unit is not None else "热线"
    if ticket.state is State.ARCHIVED and ticket.answered_at is None:  # refused, handed over or ended: not 办结
        return "工单已结束并归档"
    said = (f"由{leader}" if leader else "") + _SAID.get(ticket.state, "{who}" + ticket.state.name_zh).format(who=who)
    if ticket.promise_due_at is not None:
        return f"{said}，承诺 {moment_zh(ticket.promise_due_at)} 前办妥"
    if ticket.state not in UNANSWERED_STATES:
        return said
    return f"{said}，{_until(ticket)}"


def _until(ticket: Ticket) -> str:
    if ticket.state is State.PARKED and ticket.step_due_at is not None:
        return f"{local_day(ticket.step_due_at):%Y-%m-%d} 再次核实"
    return f"{moment_zh(ticket.citizen_due_at)} 前答复" if ticket.citizen_due_at else ticket.citizen_due_why


def citizen_page(session: Session, ticket_id: int) -> CitizenPage:
    """Raises TicketNotFound."""
    ticket = session.scalar(select(Ticket).where(Ticket.id == ticket_id).options(*PRESENTED))
    if ticket is None:
        raise TicketNotFound(ticket=ticket_id)
    is_sealed = ticket.secrecy is Secrecy.SEALED
    is_due = ticket.state in UNANSWERED_STATES and ticket.caller_withdrew_at is None and ticket.citizen_due_at
    return CitizenPage(
        number=in_fours(ticket.number),
        sentence=in_plain_words(ticket, leader=_leader(session, ticket)),
        why=ticket.citizen_due_why if is_due else "",
        registered_at=ticket.registered_at,
        steps=[] if is_sealed else _steps(session, ticket),
        replies=[] if is_sealed else _replies(session, ticket),
        looks=_looks(session, ticket),
    )


def _leader(session: Session, ticket: Ticket) -> str:
    """Who has the matter that it was merged under; empty: nobody yet, or it was not merged."""
    if ticket.state is not State.MERGED:
        return ""
    above = select(Unit.short_name).join(Ticket, Ticket.unit_id == Unit.id).where(Ticket.id == ticket.parent_id)
    return session.scalar(above) or ""


def _steps(session: Session, ticket: Ticket) -> list[CitizenStep]:
    lines = select(HistoryLine).where(
        HistoryLine.ticket_id == ticket.id, HistoryLine.action.in_(STEPS), HistoryLine.is_internal.is_(False)
    )
    if ticket.caller_withdrew_at is not None:  # what becomes of it for others is not this citizen's
        lines = lines.where(HistoryLine.at <= ticket.caller_withdrew_at)
    held = select(Holding.unit_id).where(Holding.ticket_id == ticket.id)
    units = {unit.id: unit.short_name for unit in session.scalars(select(Unit).where(Unit.id.in_(held)))}
    steps: list[CitizenStep] = []
    holder = ""
    for line in session.scalars(lines.order_by(HistoryLine.at, HistoryLine.id)):
        if line.particulars.get("is_inner"):  # who works on it below the unit that answers is nobody's business outside
            continue
        holder = units.get(line.particulars.get("unit_id") or line.actor_unit_id or 0, holder)
        words = STEPS[line.action].format(unit=holder or "承办单位")
        reason = _told(line, ticket.number)
        steps.append(CitizenStep(line.at, f"{words}：{reason}" if reason else words))
    return steps


def _told(line: HistoryLine, number: str) -> str:
    """What was written for the citizen as well; of a refusal always the channel that does take the matter.

    Of a termination first of all the words of the SMS; a repeat is told the earlier answer, and no channel.
    """
    said = [mask_text(line.reason)] if line.action in _WITH_REASON and line.reason else []
    if reason := _REASONS.get(line.particulars.get("termination_reason", "")):
        until = date.fromisoformat(line.particulars["object_until"])
        said.insert(0, end_sentence(number, reason, until))
    if channel := mask_text(line.particulars.get("channel", "")):
        is_repeat = line.particulars.get("reject_reason") == RejectReason.REPEAT
        said.append(channel if is_repeat else f"请向{channel}反映")
    return "。".join([*(part.rstrip("。") for part in said[:-1]), *said[-1:]])


def _replies(session: Session, ticket: Ticket) -> list[str]:
    passed = select(Reply).where(Reply.ticket_id == ticket.id, Reply.audit_passed.is_(True))
    if ticket.caller_withdrew_at is not None:
        passed = passed.where(Reply.audited_at <= ticket.caller_withdrew_at)
    return [_told_reply(reply) for reply in session.scalars(passed.order_by(Reply.id.desc()))]


def _told_reply(reply: Reply) -> str:
    """The words; of what is not done yet also what will be done, and until when (DOMAIN 1.2)."""
    if not reply.result.leaves_rest or reply.finish_on is None:
        return reply.text
    return f"{reply.text}\n措施：{reply.measures}\n预计 {reply.finish_on:%Y-%m-%d} 前完成"


def _looks(session: Session, ticket: Ticket) -> list[Look]:
    """谁看过我的诉求: the unit of whoever looked, and what for."""
    looked = (
        select(AuditRow, Unit.short_name)
        .outerjoin(Person, Person.id == AuditRow.person_id)
        .outerjoin(Unit, Unit.id == Person.unit_id)
        .where(AuditRow.object_kind == "ticket", AuditRow.object_id == ticket.number)
    )
    rows = session.execute(looked.order_by(AuditRow.id.desc()).limit(VIEWS_SHOWN))
    return [Look(row.at, unit or "热线", row.purpose) for row, unit in rows]
