"""Deciding the class of a matter."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import Invalid
from evaluation.classes.errors import ClassDecided, MatterNotAnswered, NotThirdParty
from evaluation.classes.model import ClassDecision
from evaluation.classes.queries import class_of, is_rated
from evaluation.classes.rules import DECIDABLE_STATES, REASON_LEAST, MatterClass, is_third_party
from evaluation.ledger import append_entry
from evaluation.rules import LedgerKind
from staff.model import Unit
from staff.rules import Actor, UnitKind
from tickets.actions.writing import TicketKey, locked_ticket, write_history
from tickets.model import HelperPart, Holding, Ticket

DECIDED = "decide_class"


def decide_class(
    session: Session, key: TicketKey, *, matter_class: MatterClass, reason: str, by: Actor, now: datetime
) -> ClassDecision:
    """For the ticket's present answer; one decided before stays beside it.  What counts is in the ledger too.

    Raises Invalid, TicketNotFound, NotThirdParty, MatterNotAnswered, ClassDecided.  Announces TicketChanged.
    """
    _refuse_short(reason)
    ticket = locked_ticket(session, key, by)
    _refuse_party(session, ticket, by)
    if ticket.state not in DECIDABLE_STATES:
        raise MatterNotAnswered
    before = class_of(session, ticket)
    if before is not None:
        if is_rated(session, ticket):
            raise ClassDecided(name=before.matter_class.name_zh)
        before.is_current = False
    decision = _decision(ticket, matter_class, reason, by=by, now=now)
    session.add(decision)
    _write(session, ticket, decision, by=by, now=now)
    session.flush()
    return decision


def _refuse_short(reason: str) -> None:
    if len(reason) < REASON_LEAST:
        raise Invalid([(("body", "reason"), "text_too_short", f"请写明理由，至少 {REASON_LEAST} 个字")])


def _refuse_party(session: Session, ticket: Ticket, by: Actor) -> None:
    """Whoever has it or had it, leads or helps, and everybody above and below them."""
    own = select(Unit.path).where(Unit.id == by.unit_id, Unit.kind != UnitKind.HOTLINE)
    had = (select(model.unit_id).where(model.ticket_id == ticket.id) for model in (Holding, HelperPart))
    paths = session.scalars(select(Unit.path).where(Unit.id.in_(next(had).union(*had)) | (Unit.id == ticket.unit_id)))
    if not is_third_party(session.scalar(own), paths.all()):
        raise NotThirdParty


def _decision(ticket: Ticket, matter_class: MatterClass, reason: str, *, by: Actor, now: datetime) -> ClassDecision:
    return ClassDecision(
        ticket_id=ticket.id,
        rework_no=ticket.rework_no,
        matter_class=matter_class,
        reason=reason,
        decided_at=now,
        decided_by=by.label,
        decided_by_id=by.person_id,
        is_current=True,
    )


def _write(session: Session, ticket: Ticket, decision: ClassDecision, *, by: Actor, now: datetime) -> None:
    words = f"{decision.matter_class.name_zh}：{decision.reason}"
    ticket.version += 1
    ticket.changed_at = now
    write_history(session, ticket, DECIDED, before=ticket.state, by=by, now=now, reason=words, is_internal=True)
    line = {"about": "class", "ticket": ticket.number, "rework": ticket.rework_no, "class": decision.matter_class}
    append_entry(session, LedgerKind.RULING, line, now=now)
