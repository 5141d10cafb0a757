"""Until when a unit must have spoken with the citizen and have mended what was wrong, by the city's profile."""

from datetime import datetime

from sqlalchemy.orm import Session

from evaluation.repairs.model import Repair
from tickets.clocks import Clocks
from tickets.kinds import Step
from tickets.profiles import load_clocks


def repair_clocks(session: Session, profile: str) -> Clocks:
    return load_clocks(session, profile, Step.REPAIR_CONTACT, Step.REPAIR_FIX)


def set_limits(repair: Repair, clocks: Clocks) -> None:
    """Both from when it was opened; past the loaded calendar there is none until its year is imported.

    Contact is owed to whoever rated under a verified number, until there was one.  A day that the unit has set for
    itself stands beside the city's limit and moves it nowhere.
    """
    contact = clocks.due(Step.REPAIR_CONTACT, repair.opened_at, what=Step.REPAIR_CONTACT.name_zh)
    fix = clocks.due(Step.REPAIR_FIX, repair.opened_at, what=Step.REPAIR_FIX.name_zh)
    missing = [fix.missing_year]
    if repair.is_real_name and repair.contacted_at is None:
        repair.contact_due_at, repair.contact_why = contact.at, contact.why
        missing.append(contact.missing_year)
    repair.fix_due_at, repair.fix_why = fix.at, fix.why
    repair.waits_for_calendar = max((year for year in missing if year is not None), default=None)


def is_late(repair: Repair, now: datetime) -> bool:
    """By either of the limits; what was done stays as late as it was."""
    contact, fix = repair.contact_due_at, repair.fix_due_at
    contacted, done = repair.contacted_at or now, repair.done_at or repair.closed_at or now
    return (contact is not None and contacted >= contact) or (fix is not None and done >= fix)
