"""联系核实: the unit speaks with the citizen about a bad rating, or tries in vain, as often as it takes."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from evaluation.repairs.actions.writing import RepairKey, allowed_act, check_repair_version, locked_repair, take
from evaluation.repairs.forms import ContactForm, TryForm, try_faults, way_faults
from evaluation.repairs.guards import TRIES_NEEDED
from evaluation.repairs.model import Repair, RepairLine
from evaluation.repairs.rules import Act
from staff.rules import Actor
from telephony.bridges.rules import BridgeResult
from tickets.forms import refuse_faults
from tickets.kinds import ContactMade
from tickets.profiles import clocks_of_unit, load_clocks
from tickets.queries.evidence import evidence_since

#: how far a call or visit may lie from the minute that the unit writes down
TRY_NEAR = timedelta(minutes=20)


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
    repair.is_contact_proven = _owed(repair, seen.spoken_at is not None)
    told = {"way": form.way.value, "at": repair.contacted_at.isoformat(), "is_proven": seen.spoken_at is not None}
    take(session, repair, move, by=by, now=now, words=form.words, particulars=told)
    return repair


def note_try(
    session: Session,
    key: RepairKey,
    form: TryForm,
    *,
    profile: str,
    by: Actor,
    now: datetime,
    version: int | None = None,
) -> Repair:
    """Nobody was reached; hours of office time lie between tries, and a call or visit bears each out or does not.

    Raises what note_contact raises.
    """
    repair = locked_repair(session, key, by)
    check_repair_version(repair, version, form.model_dump(mode="json"))
    move = allowed_act(session, repair, Act.TRY, by)
    earlier = {at for at, _ in tries_of(session, repair)}
    clocks = clocks_of_unit(session, repair.unit, load_clocks(session, profile))
    refuse_faults(try_faults(form, opened_at=repair.opened_at, earlier=earlier, clocks=clocks, now=now))
    repair.tries += 1
    at = form.tried_at.replace(second=0, microsecond=0)
    told = {"way": form.way.value, "at": at.isoformat(), "is_proven": _is_tried(session, repair, form, by=by)}
    take(session, repair, move, by=by, now=now, words=form.words, particulars=told)
    return repair


def give_up_contact(
    session: Session, key: RepairKey, *, by: Actor, now: datetime, version: int | None = None
) -> Repair:
    """Three dated tries stand for the contact that never came about; they prove it when each is borne out.

    Raises RepairNotFound, RepairMoveRefused, RepairRoleRefused, RepairOfOtherUnit, TriedTooLittle, VersionConflict.
    """
    repair = locked_repair(session, key, by)
    check_repair_version(repair, version, {})
    move = allowed_act(session, repair, Act.GIVE_UP, by)
    is_proven = sum(is_proven for _, is_proven in tries_of(session, repair)) >= TRIES_NEEDED
    repair.contacted_at, repair.contact_way = now, ContactMade.NONE
    repair.is_contact_proven = _owed(repair, is_proven)
    told = {"tries": repair.tries, "is_proven": is_proven}
    take(session, repair, move, by=by, now=now, particulars=told)
    return repair


def tries_of(session: Session, repair: Repair) -> list[tuple[datetime, bool]]:
    """Minute and whether it was borne out, of each since it was opened, or opened again."""
    tried = select(RepairLine.particulars).where(
        RepairLine.repair_id == repair.id, RepairLine.act == Act.TRY, RepairLine.at >= repair.opened_at
    )
    return [(datetime.fromisoformat(told["at"]), told.get("is_proven", False)) for told in session.scalars(tried)]


def _is_tried(session: Session, repair: Repair, form: TryForm, *, by: Actor) -> bool:
    """The unit's own call, whatever came of it once the citizen's telephone rang, or its visit, near that moment."""
    since, until = form.tried_at - TRY_NEAR, form.tried_at + TRY_NEAR
    seen = evidence_since(session, repair.ticket, form.way, repair.unit.path, since=since, until=until, by=by)
    return bool(seen.visits) or any(call.result != BridgeResult.OWN_NO_ANSWER for call in seen.looked_at)


def _owed(repair: Repair, is_proven: bool) -> bool | None:
    return is_proven if repair.is_real_name else None
