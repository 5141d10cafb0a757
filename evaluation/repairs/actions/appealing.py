"""申诉复核: a unit says that a rating is not to be held against it; another body decides, and both values stay."""

import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from evaluation.ledger import append_entry, salted_hash
from evaluation.repairs.actions.writing import RepairKey, allowed_act, check_repair_version, locked_repair, take
from evaluation.repairs.forms import AppealForm, DecisionForm
from evaluation.repairs.model import Repair, RepairAppeal
from evaluation.repairs.rules import OUTCOMES, Act
from evaluation.rules import LedgerKind
from staff.rules import Actor


def appeal_rating(
    session: Session, key: RepairKey, form: AppealForm, *, by: Actor, now: datetime, version: int | None = None
) -> Repair:
    """Once; every limit runs on until it is decided.

    Raises RepairNotFound, RepairMoveRefused, RepairRoleRefused, RepairOfOtherUnit, ContactOwed, AppealedBefore,
    VersionConflict.
    """
    repair = locked_repair(session, key, by)
    check_repair_version(repair, version, form.model_dump(mode="json"))
    move = allowed_act(session, repair, Act.APPEAL, by)
    repair.outcome = OUTCOMES[Act.APPEAL]
    appeal = RepairAppeal(
        repair_id=repair.id,
        rating_id=repair.rating_id,
        unit_id=repair.unit_id,
        ground=form.ground,
        evidence=form.evidence,
        asked_at=now,
        asked_by=by.label,
        salt=secrets.token_bytes(16),
    )
    session.add(appeal)
    session.flush()
    told = {"ground": form.ground.value, "appeal_id": appeal.id}
    take(session, repair, move, by=by, now=now, words=f"{form.ground.name_zh}。{form.evidence}", particulars=told)
    return repair


def uphold_appeal(
    session: Session, key: RepairKey, form: DecisionForm, *, by: Actor, now: datetime, version: int | None = None
) -> Repair:
    """采纳: nothing more is owed.  The rating stays what it is and where it is; one named view leaves it out.

    Raises RepairNotFound, RepairMoveRefused, RepairRoleRefused, OwnAppeal, VersionConflict.
    """
    return _decide(session, key, Act.UPHOLD, form, by=by, now=now, version=version)


def refuse_appeal(
    session: Session, key: RepairKey, form: DecisionForm, *, by: Actor, now: datetime, version: int | None = None
) -> Repair:
    """不予采纳: the unit does something about it after all.

    Raises RepairNotFound, RepairMoveRefused, RepairRoleRefused, OwnAppeal, VersionConflict.
    """
    return _decide(session, key, Act.REFUSE, form, by=by, now=now, version=version)


def _decide(
    session: Session, key: RepairKey, act: Act, form: DecisionForm, *, by: Actor, now: datetime, version: int | None
) -> Repair:
    repair = locked_repair(session, key, by)
    check_repair_version(repair, version, form.model_dump(mode="json"))
    move = allowed_act(session, repair, act, by)
    waiting = select(RepairAppeal).where(RepairAppeal.repair_id == repair.id, RepairAppeal.is_upheld.is_(None))
    appeal = session.scalars(waiting.with_for_update()).one()
    appeal.is_upheld, appeal.reason = act is Act.UPHOLD, form.reason
    appeal.decided_at, appeal.decided_by, appeal.decided_unit_id = now, by.label, by.unit_id
    line = append_entry(session, LedgerKind.RULING, _ruling_line(repair, appeal), now=now)
    appeal.entry_id = line.id
    take(session, repair, move, by=by, now=now, words=form.reason, particulars={"appeal_id": appeal.id})
    return repair


def _ruling_line(repair: Repair, appeal: RepairAppeal) -> dict[str, object]:
    """What was rated and what was ruled, side by side."""
    return {
        "ruling": "appeal",
        "repair": repair.number,
        "invitation": repair.invitation_id,
        "rating": appeal.rating_id,
        "level": repair.level,
        "unit": appeal.unit_id,
        "ground": appeal.ground,
        "upheld": appeal.is_upheld,
        "by_unit": appeal.decided_unit_id,
        "evidence": salted_hash(appeal.salt, appeal.evidence),
        "reason": salted_hash(appeal.salt, appeal.reason),
    }
