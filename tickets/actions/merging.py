"""并案: many callers, one matter.  A child follows its parent's handling and keeps its own reply and rating."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from core.events import announce
from staff.model import Unit
from staff.rules import SYSTEM, Actor
from tickets.actions.claims import drop_claim, refuse_foreign_claim
from tickets.actions.dispatching import await_dispatch
from tickets.actions.piles import Outcome, do_each, rehearse
from tickets.actions.promising import is_kept, promise_rest
from tickets.actions.side_paths import Course
from tickets.actions.timers import enqueue_window_end
from tickets.actions.withdrawing import leave_parent, note_on_parent
from tickets.actions.writing import TicketKey, allowed_move, begin_step, locked_ticket, take
from tickets.clocks import Clocks
from tickets.errors import MergeRefused
from tickets.events import TicketAnswered, TicketReworded
from tickets.kinds import ContactMade, PartState, Secrecy, Step
from tickets.model import HelperPart, Holding, Incident, InnerHolding, Reply, Ticket
from tickets.profiles import load_clocks
from tickets.queries.access import is_accused
from tickets.rules import OPEN_STATES, UNANSWERED_STATES, Action, State
from tickets.settings import TicketOffice

AT_ONCE = 100


def merge_ticket(
    session: Session, key: TicketKey, *, parent: TicketKey, by: Actor, now: datetime, reason: str = ""
) -> Ticket:
    """Put one matter under another; its citizen clock runs on.

    Both rows are locked, the older first.  Raises TicketNotFound, MoveRefused, RoleRefused, ClaimedByOther,
    MergeRefused (itself, a parent or a child of another, answered or ended already, or to be kept apart).
    Announces TicketReworded for the parent.
    """
    child, above = _lock_both(session, key, parent, by)
    move = allowed_move(session, child, Action.MERGE, by, now=now)
    refuse_foreign_claim(session, child, by, now=now)
    _refuse_wrong_pair(child, above)
    _refuse_incident(session, child)
    if not may_lie_under(session, child, above):
        raise MergeRefused(reason=_WHY_APART[child.secrecy])
    child.parent_id = above.id
    child.step_due_at = None
    take(session, child, move, by=by, now=now, reason=reason, particulars={"parent": above.number})
    drop_claim(session, child.id)
    announce(session, TicketReworded(above.id))
    note_on_parent(session, above, "merged_in", 1, child, by=by, now=now)
    return child


def _lock_both(session: Session, key: TicketKey, parent: TicketKey, by: Actor) -> tuple[Ticket, Ticket]:
    """In the order of ids, so that two merges never wait for each other."""
    ids = {found: _id_of(session, found) for found in (key, parent)}
    locked = {ticket_id: locked_ticket(session, ticket_id, by) for ticket_id in sorted(set(ids.values()))}
    return locked[ids[key]], locked[ids[parent]]


def _id_of(session: Session, key: TicketKey) -> int:
    """An unknown number becomes 0, which locked_ticket does not find."""
    return key if isinstance(key, int) else session.scalar(select(Ticket.id).where(Ticket.number == key)) or 0


def _refuse_wrong_pair(child: Ticket, above: Ticket) -> None:
    if child.id == above.id:
        raise MergeRefused(reason="不能并入自身")
    if above.state is State.MERGED:
        raise MergeRefused(reason="目标工单已并入其他工单，请并入其母单")
    if child.child_count:
        raise MergeRefused(reason=f"该工单已有 {child.child_count} 件子单，请反向并案")
    if above.state not in UNANSWERED_STATES:
        raise MergeRefused(reason=f"目标工单{above.state.name_zh}，不能再并入")


def _refuse_incident(session: Session, child: Ticket) -> None:
    """What callers join stays where they find it."""
    stands = select(Incident.name).where(Incident.ticket_id == child.id, Incident.ended_at.is_(None))
    if name := session.scalar(stands):
        raise MergeRefused(reason=f"该工单是群体事件“{name}”的母单，请反向并案")


_WHY_APART = {
    Secrecy.SEALED: "密件只与密件并案",
    Secrecy.FROM_ACCUSED: "该工单对被反映单位保密，而目标工单由该单位办理或协办",
    Secrecy.NONE: "目标工单是密件，不能并入普通工单",
}


def may_lie_under(session: Session, child: Ticket, above: Ticket) -> bool:
    """Sealed matters stay among themselves, and whom a secret one accuses has nothing to do with its parent."""
    if (child.secrecy is Secrecy.SEALED) != (above.secrecy is Secrecy.SEALED):
        return False
    return not any(is_accused(session, child, unit) for unit in _concerned_units(session, above))


def _concerned_units(session: Session, ticket: Ticket) -> Sequence[Unit]:
    """Whoever leads, works below, or helps now."""
    ids = union(
        *(
            select(model.unit_id).where(model.ticket_id == ticket.id, *present)
            for model, present in (
                (Holding, (Holding.id == ticket.holding_id,)),
                (InnerHolding, (InnerHolding.ended_at.is_(None),)),
                (HelperPart, (HelperPart.state == PartState.OPEN,)),
            )
        )
    )
    return session.scalars(select(Unit).where(Unit.id.in_(ids))).all()


def merge_tickets(
    session: Session, numbers: Iterable[str], *, parent: str, by: Actor, now: datetime, reason: str
) -> list[Outcome]:
    """A whole pile under one parent."""
    return do_each(session, numbers, partial(merge_ticket, session, parent=parent, by=by, now=now, reason=reason))


def preview_merge(session: Session, numbers: Iterable[str], *, parent: str, by: Actor, now: datetime) -> list[Outcome]:
    """What merge_tickets would say; nothing stays."""
    return rehearse(session, numbers, partial(merge_ticket, session, parent=parent, by=by, now=now, reason="预览"))


def split_ticket(
    session: Session, key: TicketKey, *, by: Actor, office: TicketOffice, now: datetime, reason: str
) -> Ticket:
    """A matter of its own after all: back onto the dispatch list.

    Raises TicketNotFound, MoveRefused, RoleRefused.  Announces TicketReworded for the parent.
    """
    child = locked_ticket(session, key, by)
    move = allowed_move(session, child, Action.SPLIT, by, now=now)
    parent = locked_ticket(session, child.parent_id or 0, SYSTEM)
    await_dispatch(session, child, load_clocks(session, office.profile), now=now)
    child.parent_id = None
    announce(session, TicketReworded(parent.id))
    take(session, child, move, by=by, now=now, reason=reason, particulars={"parent": parent.number})
    leave_parent(session, parent, "split_off", child, course=Course(by, office, now))
    return child


def children_ids(session: Session, parent_id: int) -> list[int]:
    """Children that still wait for their parent.  Some at once."""
    waiting = select(Ticket.id).where(Ticket.parent_id == parent_id, Ticket.state == State.MERGED)
    return list(session.scalars(waiting.order_by(Ticket.id).limit(AT_ONCE)))


def answer_children(session: Session, parent_id: int, *, office: TicketOffice, now: datetime) -> int:
    """One answer, many citizens told: every child gets the parent's reply as its own, and its own question.

    Some at once; the number done, none while no auditor has passed it.  Announces TicketAnswered for each.
    """
    parent = locked_ticket(session, parent_id, SYSTEM)
    reply = session.get_one(Reply, parent.reply_id) if parent.reply_id is not None else None
    if reply is None or not reply.audit_passed:
        return 0
    clocks = load_clocks(session, office.profile)
    ids = children_ids(session, parent_id)
    for child_id in ids:
        _answer_child(session, locked_ticket(session, child_id, SYSTEM), parent, reply, clocks, now=now)
    return len(ids)


def _answer_child(
    session: Session, child: Ticket, parent: Ticket, reply: Reply, clocks: Clocks, *, now: datetime
) -> None:
    move = allowed_move(session, child, Action.ANSWER_CHILD, SYSTEM, now=now)
    holding = Holding(
        ticket_id=child.id,
        unit_id=reply.unit_id,
        dispatched_at=now,
        dispatched_by=f"随母单 {parent.number}",
        signed_at=now,
        handler=reply.handler,
    )
    session.add(holding)
    session.flush()
    own = _copy_of(reply, child, parent, holding)
    session.add(own)
    session.flush()
    child.unit_id = child.working_unit_id = reply.unit_id
    child.holding_id, child.reply_id, child.answered_at = holding.id, own.id, now
    begin_step(child, clocks.due(Step.CALLBACK, now, what="回访"), began_at=now)
    particulars = {"parent": parent.number, "reply_id": own.id}
    take(session, child, move, by=SYSTEM, now=now, reason=f"随母单 {parent.number} 答复", particulars=particulars)
    if not is_kept(session, parent, reply):
        promise_rest(session, child, own, now=now)
    announce(session, TicketAnswered(child.id))
    enqueue_window_end(session, child, clocks, answered_at=now, now=now)


#: what an auditor has passed; the child's own copy is what its citizen hears and rates
_COPIED = (
    "unit_id", "author_id", "author_label", "replied_at", "result", "text", "internal_note", "basis", "measures",
    "finish_on", "handler", "signer", "audited_at", "auditor_label", "audit_passed", "audit_note",
)  # fmt: skip


def _copy_of(reply: Reply, child: Ticket, parent: Ticket, holding: Holding) -> Reply:
    """The answer without the contact: whoever spoke with one citizen has not spoken with the others."""
    copied = {name: getattr(reply, name) for name in _COPIED}
    note = f"随母单 {parent.number} 答复，未单独联系"
    return Reply(ticket_id=child.id, holding_id=holding.id, contact=ContactMade.NONE, contact_note=note, **copied)


def release_children(session: Session, parent_id: int, *, office: TicketOffice, now: datetime) -> int:
    """The parent ended without an answer: its children go onto the dispatch list.  Some at once; the number done."""
    parent = locked_ticket(session, parent_id, SYSTEM)
    if parent.state in OPEN_STATES:
        return 0
    ids = children_ids(session, parent_id)
    for child_id in ids:
        split_ticket(
            session, child_id, by=SYSTEM, office=office, now=now, reason=f"母单 {parent.number} {parent.state.name_zh}"
        )
    return len(ids)
