"""Taking matters from halls: registered once by the hall's number, corrected with what they said before kept."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import Invalid
from core.masking import mask_phone
from core.secrets import phone_hash, tail_hash
from evaluation.counters.errors import (
    CounterMatterCounted,
    CounterMatterRated,
    CounterUnitMissing,
    CounterUnitUnknown,
    CounterVersionTaken,
)
from evaluation.counters.forms import MatterForm, time_faults
from evaluation.counters.model import CounterMatter, CounterMatterChange, CounterWindow
from evaluation.counters.queries import first_rating
from evaluation.counters.rules import may_change, may_move_done, number_tail, rewritten_of
from staff.model import Unit
from tickets.platforms.model import Platform

#: kept of the form as it is
_AS_SAID = ("item_code", "item_name", "stage", "window_number", "staff_number", "applied_at", "done_at", "user_kind")


def register_matter(
    session: Session, platform_id: int, form: MatterForm, *, phone_key: bytes, now: datetime
) -> CounterMatter:
    """Keep what a hall says of a matter; a later version corrects it, an earlier one that comes late changes nothing.

    Locks the platform, so that one hall's matters come one after another.
    Raises Invalid, CounterUnitUnknown, CounterUnitMissing, CounterVersionTaken, CounterMatterRated,
    CounterMatterCounted.
    """
    if faults := time_faults(form, now=now):
        raise Invalid(faults)
    session.get_one(Platform, platform_id, with_for_update=True)
    known = session.scalar(
        select(CounterMatter).filter_by(platform_id=platform_id, number=form.number).with_for_update()
    )
    said = _said(session, platform_id, form, phone_key, known)
    if known is not None:
        return _corrected(session, known, said, form.version, now)
    matter = CounterMatter(
        platform_id=platform_id,
        number=form.number,
        number_tail=number_tail(form.number),
        version=form.version,
        registered_at=now,
        changed_at=now,
        **said,
    )
    session.add(matter)
    session.flush()
    return matter


def _corrected(
    session: Session, matter: CounterMatter, said: dict[str, Any], version: int, now: datetime
) -> CounterMatter:
    before = {name: getattr(matter, name) for name in said}
    if version < matter.version or (version == matter.version and before == said):
        return matter
    if version == matter.version:
        raise CounterVersionTaken(number=matter.number, version=version)
    first = first_rating(session, matter.id)
    if first is not None and not may_change(before, said, rated_at=first.recorded_at):
        raise CounterMatterRated(number=matter.number)
    if not may_move_done(before["done_at"], said["done_at"], now=now):
        raise CounterMatterCounted(number=matter.number)
    kept = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in before.items()}
    change = CounterMatterChange(matter_id=matter.id, version=matter.version, before=kept, changed_at=now)
    change.rewritten = "、".join(rewritten_of(before, said))
    session.add(change)
    for name, value in said.items():
        setattr(matter, name, value)
    matter.version, matter.changed_at = version, now
    session.flush()
    return matter


def _said(
    session: Session, platform_id: int, form: MatterForm, phone_key: bytes, known: CounterMatter | None
) -> dict[str, Any]:
    """What is kept of it: of the phone its hashes and its ends."""
    has_phone = bool(form.phone)
    return {name: getattr(form, name) for name in _AS_SAID} | {
        "unit_id": _unit_id(session, platform_id, form, known),
        "phone_hash": phone_hash(form.phone, phone_key) if has_phone else "",
        "tail_hash": tail_hash(form.phone, phone_key) if has_phone else "",
        "phone_masked": mask_phone(form.phone),
    }


def _unit_id(session: Session, platform_id: int, form: MatterForm, known: CounterMatter | None) -> int:
    """A hall speaks for the units behind its windows only: a bad rating opens a ticket there.

    What it has said before may be said again, wherever the windows have gone.
    """
    if form.unit_code:
        found = session.scalar(select(Unit.id).filter_by(code=form.unit_code))
        if found is None:
            raise CounterUnitUnknown(unit_code=form.unit_code)
        at_hall = select(CounterWindow.id).filter_by(platform_id=platform_id, unit_id=found).exists()
        if (known is None or known.unit_id != found) and not session.scalar(select(at_hall)):
            raise Invalid([(("body", "unit_code"), "unit_not_in_hall", "该单位在本大厅没有登记窗口")])
        return found
    window = select(CounterWindow.unit_id).filter_by(platform_id=platform_id, number=form.window_number)
    unit_id = session.scalar(window)
    if unit_id is None:
        raise CounterUnitMissing(window_number=form.window_number)
    return unit_id
