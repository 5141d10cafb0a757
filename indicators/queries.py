"""Every figure by its name, as pages and the command line show it."""

from dataclasses import asdict
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy.orm import Session

from evaluation.rules import Subject
from evaluation.verdict import TARGET, Answers, needed_for_proof, needed_for_target
from indicators.answers import answers, course_of
from indicators.automatic import CheckCounts, check_counts
from indicators.calls import CallCounts, call_counts
from indicators.cards import CARDS, card
from indicators.counts.queries import Changes, Counts, Tally, changes, tallies
from indicators.counts.rules import KIND_OF, Kind
from indicators.on_time import timely_counts
from indicators.periods import Period
from indicators.population import population_of
from indicators.repairs import RepairCounts, repair_counts
from indicators.satisfaction import Slice


class Known:
    """What several figures of a period share, each read when it is first wanted."""

    def __init__(self, session: Session, period: Period) -> None:
        self._session, self._period = session, period

    @cached_property
    def changed(self) -> Changes:
        return changes(self._session)

    @cached_property
    def calls(self) -> CallCounts:
        return call_counts(self._session, self._period)

    @cached_property
    def repairs(self) -> RepairCounts:
        return repair_counts(self._session, self._period)

    @cached_property
    def kept(self) -> tuple[Counts, Counts]:
        """What was counted of handled matters, and of where registered ones stand: one statement for both."""
        wanted = [Tally([self._period], [KIND_OF[Subject.HANDLING]]), Tally([self._period], [Kind.STANDING])]
        handled, standing = tallies(self._session, self.changed, wanted)
        return handled[0], standing[0]


def show(
    session: Session,
    name: str,
    first: date,
    last: date,
    *,
    subject: Subject = Subject.HANDLING,
    now: datetime | None = None,
    known: Known | None = None,
) -> dict[str, Any]:
    """A figure with its parts and its card, as plain values; rates are rounded to four places, None without answers.

    `now`: what falls due later is left out (None: nothing is).  `known`: for whoever shows several.
    Raises IndicatorUnknown, PeriodBackwards.
    """
    period = Period(first, last)
    known = known or Known(session, period)
    found = card(name)
    parts = _parts(session, name, period, subject, known, now=now or period.ends_at)
    return {"name": name, "from": first.isoformat(), "to": last.isoformat(), **parts, "card": asdict(found)}


def _parts(
    session: Session, name: str, period: Period, subject: Subject, known: Known, *, now: datetime
) -> dict[str, Any]:
    """What the figure says besides its card."""
    match name:
        case "satisfaction":
            if subject is Subject.HANDLING:
                rated = course_of([known.kept[0]], KIND_OF[subject])[0][0]
            else:
                rated = answers(session, Slice(period, subject), known.changed)
            return {"subject": subject.value, **satisfaction_parts(rated)}
        case "population":
            account = population_of(known.kept[1])
            account_parts: dict[str, Any] = {"registered": account.registered, "adds_up": account.adds_up}
            account_parts |= {standing.value: count for standing, count in account.standing.items()}
            return account_parts
        case "on_time_rate":
            timely = timely_counts(session, period, now=now, changed=known.changed)
            rate = _rounded(timely.in_time / timely.due if timely.due else None)
            return {"rate": rate, "numerator": timely.in_time, "n": timely.due}
        case "auto_dispatch_error":
            return check_parts(check_counts(session, period))
        case "repair_rate" | "repair_on_time_rate":
            return repair_parts(name, known.repairs)
        case _:
            counts = known.calls
            counted = counts.answered if name == "connect_rate" else counts.fast
            rate = _rounded(counted / counts.asked if counts.asked else None)
            return {"rate": rate, "numerator": counted, "n": counts.asked, "excluded": counts.excluded}


def show_all(session: Session, first: date, last: date, *, now: datetime) -> list[dict[str, Any]]:
    """Every figure of one period."""
    known = Known(session, Period(first, last))
    return [show(session, name, first, last, now=now, known=known) for name in CARDS]


def satisfaction_parts(counted: Answers) -> dict[str, Any]:
    """The three denominators, the interval and the verdict, and how many good answers are missing."""
    return {
        "rate": _rounded(counted.rate),
        "n": counted.answered,
        "satisfied": counted.satisfied,
        "closed": counted.closed,
        "answer_rate": _rounded(counted.answer_rate),
        "silence_as_satisfied": _rounded(counted.silence_as_satisfied),
        "of_all_closed": _rounded(counted.of_all_closed),
        "wilson95": _rounded_ends(counted.interval),
        "verdict": counted.verdict.name_zh,
        "point_below_target": counted.point_below_target,
        "target": float(TARGET),
        "needed_for_target": needed_for_target(counted.satisfied, counted.answered),
        "needed_for_proof": needed_for_proof(counted.satisfied, counted.answered),
    }


def repair_parts(name: str, counted: RepairCounts) -> dict[str, Any]:
    """Mended, or in time, of the valid ones; and what was left out."""
    done = counted.fixed if name == "repair_rate" else counted.in_time
    rate = _rounded(done / counted.valid if counted.valid else None)
    return {
        "rate": rate,
        "numerator": done,
        "n": counted.valid,
        "withdrawn": counted.withdrawn,
        "upheld": counted.upheld,
    }


def check_parts(counted: CheckCounts) -> dict[str, Any]:
    """What was checked and found wrong, with its interval; and how many were drawn and sent in all."""
    return {
        "rate": _rounded(counted.rate),
        "numerator": counted.wrong,
        "n": counted.checked,
        "drawn": counted.drawn,
        "sent": counted.sent,
        "wilson95": _rounded_ends(counted.interval),
    }


def _rounded_ends(interval: tuple[float, float] | None) -> list[float] | None:
    return [round(end, 4) for end in interval] if interval else None


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)
