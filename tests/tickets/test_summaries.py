"""What came of a call: one required outcome, with what it needs; a later one keeps the earlier."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from core.errors import Invalid
from tests.tickets.making import OFFICE, City
from tickets.actions.registration import register_ticket
from tickets.actions.summaries import SummaryForm, record_summary, require_summary, summary_of
from tickets.errors import SummaryMissing, TicketNotFound
from tickets.kinds import CallOutcome, RejectReason, Source, VoidReason

CALL = 4711


@pytest.fixture
def city(session: Session) -> City:
    return City(session)


@pytest.mark.parametrize(
    ("thin", "missing"),
    [
        (SummaryForm(outcome=CallOutcome.TICKET), "outcome"),
        (SummaryForm(outcome=CallOutcome.ANSWERED, answer="说过了"), "answer"),
        (SummaryForm(outcome=CallOutcome.REJECTED, reject_reason=RejectReason.PETITION), "channel_told"),
        (SummaryForm(outcome=CallOutcome.VOID), "void_reason"),
        (SummaryForm(outcome=CallOutcome.TRANSFER), "channel_told"),
        (SummaryForm(outcome=CallOutcome.PROGRESS), "ticket_number"),
        (SummaryForm(outcome=CallOutcome.URGE), "ticket_number"),
        (SummaryForm(outcome=CallOutcome.SUPPLEMENT), "ticket_number"),
    ],
)
def test_an_outcome_names_what_it_still_needs(
    session: Session, city: City, now: datetime, thin: SummaryForm, missing: str
) -> None:
    with pytest.raises(Invalid) as refused:
        record_summary(session, CALL, thin, by=city.agent, now=now)

    assert [loc[-1] for loc, _, _ in refused.value.faults] == [missing]
    assert summary_of(session, CALL) is None


def test_the_wrap_up_does_not_end_without_one(session: Session, city: City, now: datetime) -> None:
    with pytest.raises(SummaryMissing):
        require_summary(session, CALL)

    record_summary(
        session, CALL, SummaryForm(outcome=CallOutcome.VOID, void_reason=VoidReason.SILENCE), by=city.agent, now=now
    )

    require_summary(session, CALL)


def test_a_call_with_a_ticket_is_a_new_ticket(session: Session, city: City, now: datetime) -> None:
    register_ticket(session, city.form(), source=Source.PHONE, call_id=CALL, by=city.agent, office=OFFICE, now=now)

    summary = record_summary(session, CALL, SummaryForm(outcome=CallOutcome.TICKET), by=city.agent, now=now)

    assert summary.outcome is CallOutcome.TICKET


def test_saying_it_again_replaces_it_and_keeps_the_earlier(session: Session, city: City, now: datetime) -> None:
    ticket = city.listed(now)
    first = SummaryForm(outcome=CallOutcome.ANSWERED, article="KB-12 供暖时间")
    second = SummaryForm(outcome=CallOutcome.URGE, ticket_number=ticket.number)
    record_summary(session, CALL, first, by=city.agent, now=now)

    summary = record_summary(session, CALL, second, by=city.agent, now=now + timedelta(minutes=1))

    assert (summary.outcome, summary.ticket_id) == (CallOutcome.URGE, ticket.id)
    assert [kept["outcome"] for kept in summary.earlier] == ["answered"]


def test_a_ticket_that_is_not_there_is_not_urged(session: Session, city: City, now: datetime) -> None:
    with pytest.raises(TicketNotFound):
        record_summary(
            session,
            CALL,
            SummaryForm(outcome=CallOutcome.URGE, ticket_number="261013999994"),
            by=city.agent,
            now=now,
        )
