"""Every print leaves a line in the audit log and in the ticket's history; sealed tickets are printed alone."""

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.audit.model import AuditRow
from core.errors import Invalid
from tests.tickets.making import City
from tickets.errors import TicketNotFound
from tickets.kinds import Secrecy
from tickets.printing.actions import log_prints
from tickets.printing.errors import SealedPrintsAlone
from tickets.queries.page import history_of


@pytest.fixture
def city(session: Session) -> City:
    return City(session)


def printed(session: Session) -> list[tuple[str, str, str]]:
    session.flush()
    rows = session.scalars(select(AuditRow).where(AuditRow.action == "print").order_by(AuditRow.id))
    return [(row.object_id, row.actor, row.purpose) for row in rows]


def test_a_print_of_several_is_logged_for_each_of_them(session: Session, city: City, now: datetime) -> None:
    first, second = city.signed(now), city.signed(now)

    numbers = [first.number, second.number]
    log_prints(session, numbers, what="承办单", purpose="", by=city.officer, now=now)

    who = city.officer.label
    assert printed(session) == [(first.number, who, "打印承办单"), (second.number, who, "打印承办单")]
    line = history_of(session, first.number, by=city.officer)[-1]
    assert (line.action, line.particulars, line.is_internal) == ("print", {"what": "承办单"}, True)


def test_a_sealed_ticket_is_printed_alone_and_with_a_purpose(session: Session, city: City, now: datetime) -> None:
    sealed, other = city.signed(now, secrecy=Secrecy.SEALED), city.signed(now)

    with pytest.raises(SealedPrintsAlone):
        log_prints(session, [sealed.number, other.number], what="承办单", purpose="呈批", by=city.officer, now=now)
    with pytest.raises(Invalid) as refused:
        log_prints(session, [sealed.number], what="承办单", purpose="", by=city.officer, now=now)
    log_prints(session, [sealed.number], what="承办单", purpose="呈分管领导批示", by=city.officer, now=now)

    assert [code for _, code, _ in refused.value.faults] == ["purpose_missing"]
    assert printed(session)[-1] == (sealed.number, city.officer.label, "打印承办单：呈分管领导批示")


def test_nobody_prints_what_they_may_not_see(session: Session, city: City, now: datetime) -> None:
    ticket = city.signed(now)

    with pytest.raises(TicketNotFound):
        log_prints(session, [ticket.number], what="承办单", purpose="", by=city.roads_officer, now=now)
