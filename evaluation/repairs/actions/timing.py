"""The limits of repairs, computed again when the calendar or the profile is another one."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.events import announce
from evaluation.repairs.actions.writing import allowed_act, locked_repair, take
from evaluation.repairs.events import RepairDueMoved
from evaluation.repairs.limits import repair_clocks, set_limits
from evaluation.repairs.model import Repair
from evaluation.repairs.rules import OPEN_STATES, Act
from staff.rules import SYSTEM

AT_ONCE = 200


def timed_repair_ids(session: Session, *, after: int = 0) -> list[int]:
    """Those whose limits run, some at once."""
    open_ = select(Repair.id).where(Repair.state.in_(OPEN_STATES), Repair.id > after)
    return list(session.scalars(open_.order_by(Repair.id).limit(AT_ONCE)))


def time_repairs(session: Session, repair_ids: list[int], *, profile: str, now: datetime) -> int:
    """Each change has its line.  Returns how many changed.  Announces RepairDueMoved for each."""
    return sum(_time(session, repair_id, profile=profile, now=now) for repair_id in repair_ids)


def _time(session: Session, repair_id: int, *, profile: str, now: datetime) -> bool:
    repair = locked_repair(session, repair_id, SYSTEM)
    if repair.state not in OPEN_STATES:
        return False
    before = repair.contact_due_at, repair.fix_due_at
    set_limits(repair, repair_clocks(session, profile))
    if before == (repair.contact_due_at, repair.fix_due_at):
        return False
    move = allowed_act(session, repair, Act.RETIME, SYSTEM)
    told = {"was": [None if at is None else at.isoformat() for at in before]}
    take(session, repair, move, by=SYSTEM, now=now, words=repair.fix_why, particulars=told)
    announce(session, RepairDueMoved(repair.id))
    return True
