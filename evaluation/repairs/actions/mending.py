"""What a unit does about a bad rating: at once, by a day, in words; and that it is done."""

from datetime import datetime

from sqlalchemy.orm import Session

from core.events import announce
from evaluation.repairs.actions.writing import RepairKey, allowed_act, check_repair_version, locked_repair, take
from evaluation.repairs.events import RepairDone
from evaluation.repairs.forms import BookForm, WordsForm, book_faults
from evaluation.repairs.model import Repair
from evaluation.repairs.rules import OUTCOMES, Act
from staff.rules import Actor
from tickets.forms import refuse_faults


def fix_at_once(
    session: Session, key: RepairKey, form: WordsForm, *, by: Actor, now: datetime, version: int | None = None
) -> Repair:
    """立行立改: the fix limit of the profile holds.

    Raises RepairNotFound, RepairMoveRefused, RepairRoleRefused, RepairOfOtherUnit, ContactOwed, VersionConflict.
    """
    return _choose(session, key, Act.FIX, form, by=by, now=now, version=version)


def book_fix(
    session: Session, key: RepairKey, form: BookForm, *, by: Actor, now: datetime, version: int | None = None
) -> Repair:
    """建账限期整改: the unit's own day; the city's limit stays.  Raises Invalid, and what fix_at_once raises."""
    refuse_faults(book_faults(form, now=now))
    repair = _choose(session, key, Act.BOOK, form, by=by, now=now, version=version)
    repair.booked_on = form.until_on
    return repair


def explain_repair(
    session: Session, key: RepairKey, form: WordsForm, *, by: Actor, now: datetime, version: int | None = None
) -> Repair:
    """解释说明: nothing can be mended, and the citizen was told why.  Raises what fix_at_once raises.

    Announces RepairDone.
    """
    repair = _choose(session, key, Act.EXPLAIN, form, by=by, now=now, version=version)
    _be_done(session, repair, now=now)
    return repair


def complete_repair(
    session: Session, key: RepairKey, form: WordsForm, *, by: Actor, now: datetime, version: int | None = None
) -> Repair:
    """整改完成, with what was done.  Raises what fix_at_once raises.  Announces RepairDone."""
    repair = locked_repair(session, key, by)
    check_repair_version(repair, version, form.model_dump(mode="json"))
    move = allowed_act(session, repair, Act.COMPLETE, by)
    take(session, repair, move, by=by, now=now, words=form.words)
    _be_done(session, repair, now=now)
    return repair


def _choose(
    session: Session, key: RepairKey, act: Act, form: WordsForm, *, by: Actor, now: datetime, version: int | None
) -> Repair:
    repair = locked_repair(session, key, by)
    check_repair_version(repair, version, form.model_dump(mode="json"))
    move = allowed_act(session, repair, act, by)
    repair.outcome = OUTCOMES[act]
    told = {"until_on": form.until_on.isoformat()} if isinstance(form, BookForm) else {}
    take(session, repair, move, by=by, now=now, words=form.words, particulars=told)
    return repair


def _be_done(session: Session, repair: Repair, *, now: datetime) -> None:
    repair.done_at = now
    announce(session, RepairDone(repair.id, repair.ticket_id))
