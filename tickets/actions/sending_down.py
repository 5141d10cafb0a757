"""区 → 街道 → 社区: a unit sends down its own tree, audits what comes back, and alone answers to the hotline."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.errors import Invalid
from core.events import announce
from staff.model import Unit
from staff.queries import unit_by_id
from staff.rules import Actor, is_within
from tickets.actions.leaving import pull
from tickets.actions.writing import TicketKey, allowed_move, check_version, locked_ticket, make_move, take
from tickets.clocks import moment_zh
from tickets.errors import NotBelow, UnitAccused
from tickets.events import ReportGiven, ReportSentBack, TicketSentDown
from tickets.kinds import InnerState
from tickets.model import InnerHolding, Ticket
from tickets.queries.access import is_accused
from tickets.queries.situations import chain_below
from tickets.rules import Action

#: of the time that is left, when nobody says otherwise
INNER_SHARE = 0.6
#: when there is no limit, or it is over
WITHOUT_LIMIT = timedelta(days=1)
REPORT_LEAST = 10


@dataclass(frozen=True)
class Down:
    """Where it goes, and until when the unit below reports; None: after 60 % of the time that is left."""

    unit_id: int
    due_at: datetime | None = None
    note: str = ""


def send_down(
    session: Session, key: TicketKey, down: Down, *, by: Actor, now: datetime, version: int | None = None
) -> Ticket:
    """Hand the work to a unit below; the clock of the unit that leads runs on.

    Raises Invalid, TicketNotFound, MoveRefused, WorksElsewhere, NotSigned, NotBelow.  Announces TicketSentDown.
    """
    ticket = locked_ticket(session, key, by)
    check_version(ticket, version, current={"working_unit_id": ticket.working_unit_id}, yours={"unit_id": down.unit_id})
    move = allowed_move(session, ticket, Action.SEND_DOWN, by, now=now)
    unit = unit_by_id(session, down.unit_id)
    own = session.get_one(Unit, by.unit_id)
    if not unit.is_active or unit.id == own.id or not is_within(unit.path, own.path):
        raise NotBelow(unit=unit.short_name)
    if is_accused(session, ticket, unit):
        raise UnitAccused(unit=unit.short_name)
    inner = InnerHolding(
        ticket_id=ticket.id,
        holding_id=ticket.holding_id,
        parent_id=ticket.inner_id,
        from_unit_id=own.id,
        unit_id=unit.id,
        state=InnerState.SENT,
        sent_at=now,
        sent_by=by.label,
        note=down.note,
        due_at=_inner_due(ticket, down, now),
    )
    session.add(inner)
    session.flush()
    _work_at(ticket, unit.id, inner)
    particulars = {"unit_id": unit.id, "due_at": inner.due_at.isoformat()}
    take(session, ticket, move, by=by, now=now, reason=down.note, particulars=particulars)
    announce(session, TicketSentDown(ticket.id, unit.id))
    return ticket


def _inner_due(ticket: Ticket, down: Down, now: datetime) -> datetime:
    """Raises Invalid: an inner date lies before the unit's own, while that is still to come."""
    latest = ticket.unit_due_at if ticket.unit_due_at is not None and ticket.unit_due_at > now else None
    if down.due_at is None:
        return now + (latest - now) * INNER_SHARE if latest is not None else now + WITHOUT_LIMIT
    if down.due_at <= now or (latest is not None and down.due_at > latest):
        until = f"，且不晚于 {moment_zh(latest)}" if latest is not None else ""
        raise Invalid([(("body", "due_at"), "inner_due_outside", f"内部时限应晚于现在{until}")])
    return down.due_at


def _work_at(ticket: Ticket, unit_id: int | None, inner: InnerHolding | None) -> None:
    """Who works on it now."""
    ticket.working_unit_id = unit_id
    ticket.inner_id = inner.id if inner is not None else None
    ticket.inner_state = inner.state if inner is not None else None


def _lowest(session: Session, ticket: Ticket) -> InnerHolding:
    return session.get_one(InnerHolding, ticket.inner_id)


def sign_below(session: Session, ticket: Ticket, *, by: Actor, now: datetime, handler: str) -> Ticket:
    """The unit below takes it on; `ticket` is locked and in progress.  Raises WorksElsewhere, AlreadySigned."""
    make_move(session, ticket, Action.SIGN, by=by, now=now, particulars={"handler": handler, "is_inner": True})
    inner = _lowest(session, ticket)
    inner.state = ticket.inner_state = InnerState.SIGNED
    inner.signed_at, inner.handler = now, handler
    return ticket


def report_up(session: Session, key: TicketKey, *, report: str, by: Actor, now: datetime) -> Ticket:
    """Tell the unit above what was done.

    Raises Invalid, TicketNotFound, MoveRefused, WorksElsewhere, NotSentDown.  Announces ReportGiven.
    """
    if len(report) < REPORT_LEAST:
        sentence = f"请写明办理情况，至少 {REPORT_LEAST} 个字"
        raise Invalid([(("body", "report"), "report_too_short", sentence)])
    ticket = locked_ticket(session, key, by)
    move = allowed_move(session, ticket, Action.REPORT_UP, by, now=now)
    inner = _lowest(session, ticket)
    inner.state, inner.reported_at, inner.report = InnerState.REPORTED, now, report
    _work_at(ticket, inner.from_unit_id, inner)
    take(session, ticket, move, by=by, now=now, reason=report, is_internal=True)
    announce(session, ReportGiven(ticket.id, ticket.version))
    return ticket


def accept_report(session: Session, key: TicketKey, *, by: Actor, now: datetime, note: str = "") -> Ticket:
    """The unit above has read it and works on, or reports further up.  Raises WorksElsewhere, NotReported."""
    ticket = locked_ticket(session, key, by)
    move = allowed_move(session, ticket, Action.ACCEPT_REPORT, by, now=now)
    inner = _lowest(session, ticket)
    inner.state, inner.ended_at = InnerState.ACCEPTED, now
    above = session.get(InnerHolding, inner.parent_id) if inner.parent_id is not None else None
    _work_at(ticket, inner.from_unit_id, above)
    take(session, ticket, move, by=by, now=now, reason=note, is_internal=True)
    return ticket


def send_back_down(session: Session, key: TicketKey, *, reason: str, by: Actor, now: datetime) -> Ticket:
    """It was not enough: the unit below works on.  Raises WorksElsewhere, NotReported.  Announces ReportSentBack."""
    ticket = locked_ticket(session, key, by)
    move = allowed_move(session, ticket, Action.SEND_BACK_DOWN, by, now=now)
    inner = _lowest(session, ticket)
    inner.state, inner.reported_at = InnerState.SIGNED, None
    _work_at(ticket, inner.unit_id, inner)
    take(session, ticket, move, by=by, now=now, reason=reason, is_internal=True)
    announce(session, ReportSentBack(ticket.id, ticket.version))
    return ticket


def pull_back(session: Session, key: TicketKey, *, reason: str, by: Actor, now: datetime) -> Ticket:
    """Take it back from below, however far down it went, and tell each unit there.

    Raises TicketNotFound, MoveRefused, NothingBelow.  Announces WorkTakenBack.
    """
    ticket = locked_ticket(session, key, by)
    move = allowed_move(session, ticket, Action.PULL_BACK, by, now=now)
    chain = chain_below(session, ticket)
    own = next(place for place, inner in enumerate(chain) if inner.from_unit_id == by.unit_id)
    pull(session, ticket, chain[own:], Action.PULL_BACK, now=now)
    _work_at(ticket, by.unit_id, chain[own - 1] if own else None)
    take(session, ticket, move, by=by, now=now, reason=reason, is_internal=True)
    return ticket
