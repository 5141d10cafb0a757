"""The facts that the guards of the life-cycle table judge by."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from staff.model import Unit
from staff.rules import Actor, UnitKind
from tickets.guards import Situation
from tickets.kinds import EndTold, InnerState, PartState, RequestKind, RequestState
from tickets.model import (
    Ending,
    HelperPart,
    HistoryLine,
    Holding,
    InnerHolding,
    Oversight,
    Ticket,
    TicketRequest,
    WaitingReply,
)
from tickets.rules import TOLD_STATES, Action

#: nobody has told the citizen of the end, or even tried
UNTOLD = (EndTold.WAITING, EndTold.TO_CALL)
_OPEN_BELOW = (InnerState.SENT, InnerState.SIGNED, InnerState.REPORTED)


def situation_of(session: Session, ticket: Ticket, by: Actor, *, now: datetime, holding: Holding | None) -> Situation:
    """One statement for the units, and one each for what is below, for open parts and for requests, where there are."""
    uppers = _upper_unit_ids(session, ticket)
    units = _units(session, {by.unit_id, ticket.unit_id, ticket.working_unit_id, *uppers})
    paths = {unit_id: unit.path for unit_id, unit in units.items()}
    own, working = units.get(by.unit_id), units.get(ticket.working_unit_id)
    pending, was_extended = _requests(session, holding)
    ended = newest_ending(session, ticket) if ticket.state in TOLD_STATES else None
    return Situation(
        now=now,
        actor_unit_path=paths.get(by.unit_id, ""),
        actor_is_hotline=own is None or own.kind is UnitKind.HOTLINE,
        holder_path=paths.get(ticket.unit_id, ""),
        return_until=holding.return_until if holding else None,
        is_ruled=ticket.is_ruled,
        return_count=ticket.return_count,
        ended_at=ticket.closed_at,
        unit_due_at=ticket.unit_due_at,
        working_path=working.path if working else "",
        working_name=working.short_name if working else "",
        inner_state=ticket.inner_state,
        upper_paths=tuple(paths[unit_id] for unit_id in uppers),
        open_parts=open_parts(session, ticket),
        pending=pending,
        was_extended=was_extended,
        needs_release=ticket.unit_id in units and units[ticket.unit_id].needs_release,
        waits_for_release=ticket.waits_for_release,
        is_own_reply=_wrote_it(session, ticket, by),
        is_incomplete=bool(ticket.missing),
        others=ticket.child_count,
        has_withdrawn=ticket.caller_withdrew_at is not None,
        is_promised=ticket.promise_due_at is not None,
        is_end_untold=ended is not None and ended.told is EndTold.TO_CALL,
        object_until=None if ended is None or ended.told in UNTOLD else ended.object_until,
        has_papers=ticket.oversight is not None and bool(unreceived_papers(session, ticket)),
    )


def waiting_reply(session: Session, ticket: Ticket) -> WaitingReply | None:
    """What was written for a release in the present holding, also when it was sent back."""
    if ticket.holding_id is None:
        return None
    return session.scalar(select(WaitingReply).where(WaitingReply.holding_id == ticket.holding_id))


def sent_back_line(session: Session, ticket: Ticket, waiting: WaitingReply) -> HistoryLine | None:
    """By whom and why it came back to its writer; None while it waits, and when it was never sent back."""
    if ticket.waits_for_release:
        return None
    sent_back = (HistoryLine.ticket_id == ticket.id, HistoryLine.action == Action.SEND_REPLY_BACK)
    since = HistoryLine.at >= waiting.written_at
    return session.scalar(select(HistoryLine).where(*sent_back, since).order_by(HistoryLine.id.desc()).limit(1))


def newest_ending(session: Session, ticket: Ticket, *, is_locked: bool = False) -> Ending | None:
    """How it was terminated, rejected or transferred last, and how far its citizen has been told.

    `is_locked`: read afresh and kept until the commit, for whoever changes how far.
    """
    of_it = select(Ending).where(Ending.ticket_id == ticket.id).order_by(Ending.id.desc()).limit(1)
    if is_locked:
        of_it = of_it.with_for_update().execution_options(populate_existing=True)
    return session.scalar(of_it)


def promise_kept_at(session: Session, ticket: Ticket) -> datetime | None:
    """When its unit last said that what it had promised is done."""
    said = select(func.max(HistoryLine.at)).where(
        HistoryLine.ticket_id == ticket.id, HistoryLine.action == Action.FULFIL
    )
    return session.scalar(said)


def _wrote_it(session: Session, ticket: Ticket, by: Actor) -> bool:
    waiting = waiting_reply(session, ticket) if ticket.waits_for_release else None
    return waiting is not None and waiting.author_id == by.person_id


def _units(session: Session, ids: set[int | None]) -> dict[int | None, Unit]:
    wanted = {unit_id for unit_id in ids if unit_id is not None}
    return {unit.id: unit for unit in session.scalars(select(Unit).where(Unit.id.in_(wanted)))} if wanted else {}


def chain_below(session: Session, ticket: Ticket) -> list[InnerHolding]:
    """Who was sent it and has not finished, the highest first; empty while the leading unit works itself."""
    if ticket.inner_id is None:
        return []
    chain = select(InnerHolding).where(
        InnerHolding.holding_id == ticket.holding_id, InnerHolding.state.in_(_OPEN_BELOW)
    )
    return list(session.scalars(chain.options(joinedload(InnerHolding.unit)).order_by(InnerHolding.id)))


def _upper_unit_ids(session: Session, ticket: Ticket) -> tuple[int, ...]:
    return tuple(inner.from_unit_id for inner in chain_below(session, ticket))


def open_parts(session: Session, ticket: Ticket) -> dict[str, str]:
    """Path → name of the helping units that have not said what they did."""
    if not ticket.open_parts:
        return {}
    waiting = (
        select(Unit)
        .join(HelperPart, HelperPart.unit_id == Unit.id)
        .where(HelperPart.ticket_id == ticket.id, HelperPart.state == PartState.OPEN)
    )
    return {unit.path: unit.short_name for unit in session.scalars(waiting.order_by(HelperPart.id))}


def unreceived_papers(session: Session, ticket: Ticket) -> list[Oversight]:
    """Papers of the ladder that the unit which holds it has not signed for, oldest first."""
    waiting = select(Oversight).where(Oversight.holding_id == ticket.holding_id, Oversight.received_at.is_(None))
    return list(session.scalars(waiting.order_by(Oversight.id)))


def _requests(session: Session, holding: Holding | None) -> tuple[frozenset[RequestKind], bool]:
    """What is asked for now, and whether more time was granted before, in this holding."""
    if holding is None or holding.signed_at is None:
        return frozenset(), False
    of_it = select(TicketRequest.kind, TicketRequest.state).where(TicketRequest.holding_id == holding.id)
    asked = [(kind, state) for kind, state in session.execute(of_it)]
    pending = frozenset(kind for kind, state in asked if state is RequestState.PENDING)
    return pending, (RequestKind.EXTENSION, RequestState.GRANTED) in asked
