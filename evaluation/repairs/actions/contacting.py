"""联系核实: the unit speaks with the citizen about a bad rating, or tries in vain, as often as it takes."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from evaluation.repairs.actions.writing import RepairKey, allowed_act, check_repair_version, locked_repair, take
from evaluation.repairs.forms import ContactForm, TryForm, try_faults, way_faults
from evaluation.repairs.model import Repair, RepairLine
from evaluation.repairs.rules import Act
from staff.rules import Actor
from tickets.forms import refuse_faults
from tickets.kinds import ContactMade
from tickets.queries.evidence import evidence_since


def note_contact(
    session: Session, key: RepairKey, form: ContactForm, *, by: Actor, now: datetime, version: int | None = None
) -> Repair:
    """The citizen was spoken with: at the moment that the hotline's own records bear out, else as the unit says, now.

    Raises Invalid, RepairNotFound, RepairMoveRefused, RepairRoleRefused, RepairOfOtherUnit, VersionConflict.
    """
    refuse_faults(way_faults(form.way))
    repair = locked_repair(session, key, by)
    check_repair_version(repair, version, form.model_dump(mode="json"))
    move = allowed_act(session, repair, Act.CONTACT, by)
    seen = evidence_since(session, repair.ticket, form.way, repair.unit.path, since=repair.opened_at, until=now, by=by)
    repair.contacted_at = seen.spoken_at or now
    repair.contact_way = form.way
    told = {"way": form.way.value, "at": repair.contacted_at.isoformat(), "is_proven": seen.spoken_at is not None}
    take(session, repair, move, by=by, now=now, words=form.words, particulars=told)
    return repair


def note_try(
    session: Session, key: RepairKey, form: TryForm, *, by: Actor, now: datetime, version: int | None = None
) -> Repair:
    """Nobody was reached.  Raises what note_contact raises."""
    repair = locked_repair(session, key, by)
    check_repair_version(repair, version, form.model_dump(mode="json"))
    move = allowed_act(session, repair, Act.TRY, by)
    earlier = tried_minutes(session, repair)
    refuse_faults(try_faults(form, opened_at=repair.opened_at, earlier=earlier, now=now))
    repair.tries += 1
    told = {"way": form.way.value, "at": form.tried_at.replace(second=0, microsecond=0).isoformat()}
    take(session, repair, move, by=by, now=now, words=form.words, particulars=told)
    return repair


def give_up_contact(
    session: Session, key: RepairKey, *, by: Actor, now: datetime, version: int | None = None
) -> Repair:
    """Three dated tries stand for the contact that never came about.

    Raises RepairNotFound, RepairMoveRefused, RepairRoleRefused, RepairOfOtherUnit, TriedTooLittle, VersionConflict.
    """
    repair = locked_repair(session, key, by)
    check_repair_version(repair, version, {})
    move = allowed_act(session, repair, Act.GIVE_UP, by)
    repair.contacted_at, repair.contact_way = now, ContactMade.NONE
    take(session, repair, move, by=by, now=now, particulars={"tries": repair.tries})
    return repair


def tried_minutes(session: Session, repair: Repair) -> set[datetime]:
    """Since it was opened, or opened again."""
    tried = select(RepairLine.particulars).where(
        RepairLine.repair_id == repair.id, RepairLine.act == Act.TRY, RepairLine.at >= repair.opened_at
    )
    return {datetime.fromisoformat(told["at"]) for told in session.scalars(tried)}
