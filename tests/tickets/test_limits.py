"""Other limits of the city: open tickets are timed again, with a line that says so."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.events import announced
from staff.rules import SYSTEM
from tests.tickets.making import OFFICE, City
from tickets.actions.due_times import compute_due_times, timed_ticket_ids
from tickets.actions.limits import limits_of, set_limits
from tickets.clocks import Allowance
from tickets.events import LimitsChanged
from tickets.kinds import Measure, Step
from tickets.model import HistoryLine


def test_other_limits_move_open_tickets_and_the_history_says_so(session: Session, now: datetime) -> None:
    ticket = City(session).registered(now)
    rows = [
        replace(row, allowance=Allowance(3, Measure.HOURS)) if row.key[0] is Step.RESULT else row
        for row in limits_of(session, OFFICE.profile)
    ]

    assert set_limits(session, rows, profile=OFFICE.profile, by=SYSTEM, now=now)
    assert compute_due_times(session, timed_ticket_ids(session), office=OFFICE, now=now, why="办理时限有更新") == 1

    assert LimitsChanged() in announced(session)
    assert ticket.citizen_due_at == now + timedelta(hours=3)
    line = session.scalars(select(HistoryLine).where(HistoryLine.action == "due_computed")).one()
    assert line.reason.startswith("办理时限有更新，群众时限为 ")


def test_the_same_limits_announce_nothing(session: Session, now: datetime) -> None:
    rows = limits_of(session, OFFICE.profile)

    assert not set_limits(session, rows, profile=OFFICE.profile, by=SYSTEM, now=now)
    assert LimitsChanged() not in announced(session)
