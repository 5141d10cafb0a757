"""经过 beside the acts: the citizen's calls and every look at hidden data, with unit and name."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from core.audit import record_view
from staff.rules import Actor
from telephony.model import Call
from telephony.rules import CallState, RatingState
from tests.tickets.making import City
from tickets.actions.notes import log_sealed_view, reveal_caller
from tickets.actions.recusing import recuse
from tickets.actions.summaries import SummaryForm, record_summary
from tickets.errors import TicketNotFound
from tickets.kinds import CallOutcome
from tickets.queries.traces import traces_of


@pytest.fixture
def city(session: Session) -> City:
    return City(session)


def call_of(session: Session, by: Actor, at: datetime) -> Call:
    call = Call(
        node="a", uid=f"{at.timestamp()}", version=1, began_at=at, state=CallState.ENDED, is_held=False, talk_s=161.0,
        ring_attempts=1, rating=RatingState.NOT_ASKED, person_id=by.person_id,
    )  # fmt: skip
    session.add(call)
    session.flush()
    return call


def test_calls_about_a_ticket_are_lines_with_who_took_them_and_how_long(
    session: Session, city: City, now: datetime
) -> None:
    ticket = city.signed(now)
    ticket.call_id = call_of(session, city.agent, now).id
    urging = call_of(session, city.agent, now + timedelta(hours=2))
    form = SummaryForm(outcome=CallOutcome.URGE, ticket_number=ticket.number)
    record_summary(session, urging.id, form, by=city.agent, now=now + timedelta(hours=2))
    session.flush()

    traces = sorted(traces_of(session, ticket.number, by=city.officer), key=lambda trace: trace.at)

    assert [(trace.action, trace.unit, trace.words, trace.particulars["talk_s"]) for trace in traces] == [
        ("call", "市热线中心", "", 161.0),
        ("call", "市热线中心", "催办", 161.0),
    ]


def test_a_look_is_a_line_once_though_the_history_tells_some_itself(
    session: Session, city: City, now: datetime
) -> None:
    ticket = city.signed(now)
    ticket.call_id = call_of(session, city.agent, now).id
    log_sealed_view(session, ticket.number, by=city.officer, now=now)
    reveal_caller(session, ticket.number, purpose="联系群众", by=city.officer, now=now)
    record_view(session, city.auditor.label, city.auditor.person_id, "listen", "call", ticket.call_id, "听录音", now)
    record_view(session, city.agent.label, city.agent.person_id, "listen", "call", 999_999, "听录音", now)
    session.flush()

    looks = [trace for trace in traces_of(session, ticket.number, by=city.officer) if trace.action == "look"]

    assert [(look.unit, look.actor, look.words) for look in sorted(looks, key=lambda look: look.key)] == [
        ("市供热公司", city.officer.label, "查看密件"),
        ("市热线中心", city.auditor.label, "听录音"),
    ]


def test_traces_are_kept_from_whom_the_ticket_is_kept(session: Session, city: City, now: datetime) -> None:
    ticket = city.signed(now)
    recuse(session, ticket.number, person_id=city.auditor.person_id or 0, reason="亲属", by=city.auditor, now=now)

    for stranger in (city.roads_officer, city.auditor):
        with pytest.raises(TicketNotFound):
            traces_of(session, ticket.number, by=stranger)
