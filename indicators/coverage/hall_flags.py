"""What a hall says otherwise than before: of matters whose rating is still to come, and of who has rated."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from evaluation.counters.model import CounterMatter, CounterMatterChange
from evaluation.model import Rating
from evaluation.rules import LEVEL_NAMES, Level, Subject
from indicators.coverage.flags import FlagRow, Wanted
from indicators.coverage.rules import Flag
from staff.model import Unit


def rewritten(session: Session, wanted: Wanted) -> list[FlagRow]:
    """办件改报: whose it was, when it was done or whose phone it has is another than was said, before any rating."""
    said = select(func.max(Rating.id)).where(Rating.matter_id == CounterMatter.id, Rating.is_current)
    level = select(Rating.level).where(Rating.id == said.correlate(CounterMatter).scalar_subquery()).scalar_subquery()
    changed_at = CounterMatterChange.changed_at
    query = (
        select(
            CounterMatterChange.id,
            changed_at,
            CounterMatterChange.rewritten,
            CounterMatter.number,
            Unit.name,
            level.label("level"),
        )
        .join(CounterMatter, CounterMatter.id == CounterMatterChange.matter_id)
        .join(Unit, Unit.id == CounterMatter.unit_id)
        .where(
            CounterMatterChange.rewritten != "",
            changed_at >= wanted.period.begins_at,
            changed_at < wanted.period.ends_at,
        )
    )
    found = []
    for row in session.execute(wanted.page(query, CounterMatterChange.id)):
        after = f"，现评“{LEVEL_NAMES[Level(row.level)]}”" if row.level else "，未评价"
        what = f"办件 {row.number} 改报{row.rewritten}{after}"
        flag, key = Flag.COUNTER_REWRITTEN, f"change:{row.id}"
        found.append(FlagRow(flag, row.id, key, row.changed_at, row.name, what, []))
    return found


def raised(session: Session, wanted: Wanted) -> list[FlagRow]:
    """窗口实名改高: a number that the hall calls verified says better than what nobody proved before it."""
    before: Any = aliased(Rating)
    query = (
        select(Rating.id, Rating.recorded_at, Rating.level, before.level.label("was"), CounterMatter.number, Unit.name)
        .join(before, before.id == Rating.corrects_id)
        .join(CounterMatter, CounterMatter.id == Rating.matter_id)
        .join(Unit, Unit.id == CounterMatter.unit_id)
        .where(
            Rating.subject == Subject.COUNTER,
            Rating.recorded_at >= wanted.period.begins_at,
            Rating.recorded_at < wanted.period.ends_at,
            Rating.is_real_name.is_(True),
            before.is_real_name.is_not(True),
            Rating.level > before.level,
        )
    )
    return [
        FlagRow(
            Flag.COUNTER_RAISED,
            row.id,
            f"rating:{row.id}",
            row.recorded_at,
            row.name,
            f"办件 {row.number} 由“{LEVEL_NAMES[Level(row.was)]}”（未核验号码）改为“{LEVEL_NAMES[Level(row.level)]}”",
            [],
        )
        for row in session.execute(wanted.page(query, Rating.id))
    ]
