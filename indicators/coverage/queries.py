"""The whole of an audit: the account that must add up, every loss with its reason, every flag with its rows."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from evaluation.rules import Subject
from indicators.coverage import callbacks, findings, flags, hall_flags, moved_flags, unit_flags, window_flags
from indicators.coverage.account import MissingNumbers, calls_unaccounted, missing_numbers, rated_open
from indicators.coverage.errors import NotFlagged
from indicators.coverage.fates import Loss, losses
from indicators.coverage.flags import FlagRow, Read, Wanted
from indicators.coverage.model import CoverageCheck
from indicators.coverage.rules import Flag, Stage, reaching
from indicators.periods import Period
from indicators.population import Population, population, registered_count

#: so many rows of a flag are counted; whoever has more has another problem
MOST = 1000
#: of which a ticket's closing is the occasion
ON_TICKETS = (Subject.HANDLING, Subject.DIRECT)
FLAGS: Mapping[Flag, Read] = {
    Flag.UNEXPLAINED: findings.unexplained,
    Flag.NUMBER_MISSING: findings.numbers_missing,
    Flag.CALL_UNACCOUNTED: findings.calls_unaccounted,
    Flag.SELECTIVE: unit_flags.selective,
    Flag.SELECTIVE_SEAT: unit_flags.selective_seat,
    Flag.CALLBACK_UNPROVEN: callbacks.unproven,
    Flag.CALLED_BEFORE: flags.called_before,
    Flag.TOO_FAST: flags.too_fast,
    Flag.ONE_PHONE: flags.one_phone,
    Flag.PHONE_CHANGED: flags.phone_changed,
    Flag.OTHER_PHONE: flags.other_phone,
    Flag.COUNTER_FAST: window_flags.too_fast,
    Flag.COUNTER_PHONE: window_flags.one_phone,
    Flag.COUNTER_SERIES: window_flags.in_series,
    Flag.COUNTER_LATE: window_flags.told_late,
    Flag.COUNTER_REWRITTEN: hall_flags.rewritten,
    Flag.COUNTER_RAISED: hall_flags.raised,
    Flag.ENDED_BEFORE: flags.ended_before,
    Flag.PERFECT_FEW: unit_flags.perfect_few,
    Flag.MOVED_AFTER_BAD: moved_flags.moved_after_bad,
}


@dataclass(frozen=True)
class Account:
    """Registered in the period and where it stands; closed in the period and what became of each question.

    `standing` comes from the kept counts and `registered` from the tickets: together they must add up.  `rated_open`:
    by subject, rated and not closed, which with those closed makes what satisfaction counts of it.
    """

    registered: int
    standing: Population
    losses: Sequence[Loss]
    rated_open: Mapping[Subject, int]
    missing: MissingNumbers
    calls: int

    @property
    def adds_up(self) -> bool:
        return self.standing.adds_up and self.registered == self.standing.registered

    @property
    def stages(self) -> dict[Stage, int]:
        """How many came at least so far: all that was closed, so that it adds up with what came in."""
        parts = [self.stages_of(subject) for subject in ON_TICKETS]
        return {stage: sum(part[stage] for part in parts) for stage in Stage}

    def stages_of(self, subject: Subject) -> dict[Stage, int]:
        """The same of what a unit handled, or of what was answered at once: each has a headline of its own."""
        by_fate: Counter[str] = Counter()
        for loss in self.losses:
            by_fate[loss.fate] += loss.n if loss.subject is subject else 0
        return {stage: sum(by_fate[fate] for fate in reaching(stage)) for stage in Stage}

    @property
    def unexplained(self) -> int:
        """Closed matters that were lost without a reason."""
        return sum(loss.n for loss in self.losses if loss.fate.is_finding)


@dataclass(frozen=True)
class FlagCount:
    """How many rows are flagged (at most MOST are counted), and how many of them nobody has looked at."""

    flag: Flag
    n: int
    unchecked: int


@dataclass(frozen=True)
class Flagged:
    """A flagged row, and everything that was found by whoever looked at it, the newest first."""

    row: FlagRow
    checks: Sequence[CoverageCheck]

    @property
    def check(self) -> CoverageCheck | None:
        return self.checks[0] if self.checks else None


@dataclass(frozen=True)
class Audit:
    """A finding stands until somebody has looked at it; an account that does not add up until it does."""

    account: Account
    flags: Sequence[FlagCount]

    @property
    def has_finding(self) -> bool:
        return not self.account.adds_up or any(one.unchecked for one in self.flags if one.flag.is_finding)


def audit(session: Session, period: Period, *, now: datetime) -> Audit:
    """The whole of it for one period."""
    return Audit(account(session, period, now=now), flag_counts(session, period, now=now))


def account(session: Session, period: Period, *, now: datetime) -> Account:
    """The account of one period."""
    return Account(
        registered=registered_count(session, period),
        standing=population(session, period),
        losses=losses(session, period, now=now),
        rated_open={subject: rated_open(session, period, subject) for subject in ON_TICKETS},
        missing=missing_numbers(session, period),
        calls=calls_unaccounted(session, period, now=now),
    )


def flag_counts(session: Session, period: Period, *, now: datetime) -> list[FlagCount]:
    """Every flag, also those of which there are no rows."""
    wanted = Wanted(period, now, limit=MOST)
    counted = []
    for flag in FLAGS:
        rows = flagged(session, flag, wanted)
        counted.append(FlagCount(flag, len(rows), sum(one.check is None for one in rows)))
    return counted


def flagged_keys(session: Session, period: Period, *, now: datetime) -> dict[Flag, list[str]]:
    """The key of every flagged row, at most MOST of a flag."""
    wanted = Wanted(period, now, limit=MOST)
    return {flag: [row.key for row in read(session, wanted)] for flag, read in FLAGS.items()}


def flagged(session: Session, flag: Flag, wanted: Wanted) -> list[Flagged]:
    """The rows of a flag, newest first, each with what was found."""
    rows = FLAGS[flag](session, wanted)
    checks = _checks(session, flag, [row.key for row in rows])
    return [Flagged(row, checks[row.key]) for row in rows]


def flagged_row(session: Session, flag: Flag, key: str, period: Period, *, now: datetime) -> FlagRow:
    """The one row with this key.  Raises NotFlagged."""
    for row in FLAGS[flag](session, Wanted(period, now, limit=MOST)):
        if row.key == key:
            return row
    raise NotFlagged


def _checks(session: Session, flag: Flag, keys: Sequence[str]) -> Mapping[str, Sequence[CoverageCheck]]:
    found: defaultdict[str, list[CoverageCheck]] = defaultdict(list)
    looked_at = select(CoverageCheck).where(CoverageCheck.flag == flag, CoverageCheck.key.in_(keys))
    for check in session.scalars(looked_at.order_by(CoverageCheck.id.desc())):
        found[check.key].append(check)
    return found
