"""The ladder of supervision, from 催办通知书 to 移送, and what a leader instructs: papers, each with a number."""

from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core.events import announce
from staff.rules import SYSTEM, Actor
from tickets.actions.papers import Paper, paper_number, write_paper
from tickets.actions.writing import TicketKey, allowed_move, holding_of, locked_ticket, make_move, take
from tickets.clocks import Clocks, moment_zh
from tickets.errors import LeaderMissing
from tickets.events import PaperIssued
from tickets.kinds import OversightKind, OversightTrigger, Step
from tickets.model import Oversight, Ticket
from tickets.profiles import load_clocks
from tickets.queries.situations import unreceived_papers
from tickets.rules import Action, State
from tickets.settings import TicketOffice

AT_ONCE = 100
#: states in which a unit still owes its answer
_OWING = (State.DISPATCHED, State.IN_PROGRESS, State.RETURN_REVIEW)
#: what spares no unit the ladder: its first steps, and a leader's instruction, which is no step of it
_CLIMBING = (OversightKind.URGE_NOTICE, OversightKind.ORDER, OversightKind.INSTRUCTION)


def issue_paper(session: Session, key: TicketKey, paper: Paper, *, by: Actor, now: datetime) -> Oversight:
    """Issue a paper to the unit that holds the ticket; an instruction waits with the hotline while no unit does.

    Raises TicketNotFound, MoveRefused, RoleRefused, LeaderMissing.  Announces PaperIssued to a unit.
    """
    is_instruction = paper.kind is OversightKind.INSTRUCTION
    if is_instruction and not paper.leader:
        raise LeaderMissing
    ticket = locked_ticket(session, key, by)
    move = allowed_move(session, ticket, Action.INSTRUCT if is_instruction else Action.SUPERVISE, by, now=now)
    holding = holding_of(session, ticket)
    issued = write_paper(session, ticket, holding, paper, by=by, now=now)
    ticket.oversight = _higher(ticket.oversight, paper.kind)
    particulars = {"paper_id": issued.id, "kind": paper.kind.value, "number": paper_number(issued)}
    if paper.leader:
        particulars["leader"] = paper.leader
    take(session, ticket, move, by=by, now=now, reason=paper.text, particulars=particulars)
    if holding is not None:
        announce(session, PaperIssued(ticket.id, issued.id, holding.unit_id, paper.kind.value))
    return issued


def _higher(old: OversightKind | None, new: OversightKind) -> OversightKind:
    """An instruction stands above every step."""
    steps = list(OversightKind)
    return new if old is None or steps.index(new) > steps.index(old) else old


def receive_papers(session: Session, key: TicketKey, *, answer: str, by: Actor, now: datetime) -> Ticket:
    """签收回执: the unit has every paper that waits for it.  Raises TicketNotFound, MoveRefused, NothingToReceive."""
    ticket = locked_ticket(session, key, by)
    waiting = unreceived_papers(session, ticket)
    numbers = [paper_number(paper) for paper in waiting]
    make_move(session, ticket, Action.RECEIVE, by=by, now=now, reason=answer, particulars={"numbers": numbers})
    for paper in waiting:
        paper.received_at, paper.received_by, paper.answer = now, by.label, answer
    return ticket


def overdue_ticket_ids(session: Session, *, now: datetime, after: int = 0) -> list[int]:
    """Tickets whose unit is overdue and may have to climb the ladder.  Some at once."""
    overdue = select(Ticket.id).where(
        Ticket.state.in_(_OWING),
        Ticket.unit_due_at <= now,
        Ticket.id > after,
        or_(Ticket.oversight.is_(None), Ticket.oversight.in_(_CLIMBING)),
    )
    return list(session.scalars(overdue.order_by(Ticket.id).limit(AT_ONCE)))


def climb_ladder(session: Session, ticket_ids: list[int], *, office: TicketOffice, now: datetime) -> int:
    """The rule's steps: 催办通知书 once the limit is over, 通报 when that has not helped.  The number issued."""
    clocks = load_clocks(session, office.profile, Step.CIRCULAR)
    return sum(_climb(session, ticket_id, clocks, now) for ticket_id in ticket_ids)


def _climb(session: Session, ticket_id: int, clocks: Clocks, now: datetime) -> bool:
    ticket = locked_ticket(session, ticket_id, SYSTEM)
    due = ticket.unit_due_at
    if ticket.state not in _OWING or due is None or now < due:
        return False
    issued = set(session.scalars(select(Oversight.kind).where(Oversight.holding_id == ticket.holding_id)))
    circular = clocks.due(Step.CIRCULAR, due - timedelta(microseconds=1), what="通报")
    if OversightKind.URGE_NOTICE not in issued:
        kind, text = (
            OversightKind.URGE_NOTICE,
            f"办理时限 {moment_zh(due)} 已过，请立即办理并答复群众；抄送分管负责人。",
        )
    elif circular.at is not None and now >= circular.at and OversightKind.CIRCULAR not in issued:
        kind, text = OversightKind.CIRCULAR, f"办理时限 {moment_zh(due)} 已过，催办后仍未办结，予以通报。"
    else:
        return False
    issue_paper(
        session, ticket_id, Paper(kind, text, is_by_rule=True, trigger=OversightTrigger.OVERDUE), by=SYSTEM, now=now
    )
    return True
