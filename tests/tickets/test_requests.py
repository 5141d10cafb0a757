"""延期, 挂账, 终止 are asked for while the clock runs on; what is granted moves both clocks, and nothing else does."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.calendar import SHANGHAI
from core.errors import Invalid
from core.jobs.model import JobRow
from tests.tickets.making import OFFICE, City, reply_form
from tickets.actions.correcting import correct_ticket
from tickets.actions.ending import rework_ticket
from tickets.actions.handling import reply_ticket, sign_ticket
from tickets.actions.parking import resume_at_review, resume_ticket
from tickets.actions.requests import ask_for, grant_request, refuse_request
from tickets.actions.side_paths import Course
from tickets.errors import RoleRefused
from tickets.forms import RequestForm
from tickets.guard_errors import ExtensionTooLate, ExtensionUsed, NoRequest, RequestPending
from tickets.kinds import RequestKind, RequestState, TerminationReason, TicketType, ToldBy, Urgency
from tickets.model import Ticket, TicketRequest
from tickets.rules import State


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


#: a Tuesday; five working days end on 10-20 24:00
BEGAN = at("2026-10-13T09:00")


@pytest.fixture
def city(session: Session) -> City:
    return City(session)


def extension(until: str = "2026-10-23", **changes: object) -> RequestForm:
    form = RequestForm(
        kind=RequestKind.EXTENSION,
        reason="管网需整体更换，工期不足",
        until_on=date.fromisoformat(until),
        told_by=ToldBy.CALL,
        told_note="10-13 10:00 电话告知",
    )
    return form.model_copy(update=changes)


def ask(session: Session, city: City, ticket: Ticket, form: RequestForm, *, now: datetime) -> Ticket:
    return ask_for(session, ticket.id, form, by=city.officer, office=OFFICE, now=now)


def as_supervisor(city: City, now: datetime) -> Course:
    return Course(city.supervisor, OFFICE, now)


def test_the_clock_runs_on_while_an_extension_is_asked_for(session: Session, city: City) -> None:
    ticket = city.signed(BEGAN)

    ask(session, city, ticket, extension(), now=at("2026-10-20T10:00"))

    assert ticket.unit_due_at == at("2026-10-21T00:00")
    assert ticket.state is State.IN_PROGRESS
    assert ticket.has_request


def test_a_granted_extension_moves_both_clocks_and_says_so(session: Session, city: City) -> None:
    ticket = city.signed(BEGAN)
    ask(session, city, ticket, extension(), now=at("2026-10-20T10:00"))

    grant_request(session, ticket.id, note="同意", course=as_supervisor(city, at("2026-10-20T11:00")))

    assert ticket.unit_due_at == ticket.citizen_due_at == at("2026-10-24T00:00")
    assert "批准延长 3 个工作日" in ticket.citizen_due_why
    assert not ticket.has_request


def test_a_refused_extension_moves_nothing(session: Session, city: City) -> None:
    ticket = city.signed(BEGAN)
    ask(session, city, ticket, extension(), now=at("2026-10-20T10:00"))

    refuse_request(session, ticket.id, reason="可以按期完成", course=as_supervisor(city, at("2026-10-20T11:00")))

    assert ticket.unit_due_at == at("2026-10-21T00:00")


def test_an_extension_is_asked_for_before_the_limit_is_over(session: Session, city: City) -> None:
    ticket = city.signed(BEGAN)

    ask(session, city, ticket, extension(), now=at("2026-10-20T23:59"))

    assert ticket.has_request


def test_after_the_limit_an_extension_is_refused(session: Session, city: City) -> None:
    ticket = city.signed(BEGAN)

    with pytest.raises(ExtensionTooLate, match="10-20 24:00"):
        ask(session, city, ticket, extension(), now=at("2026-10-21T00:00"))


def test_more_time_is_granted_once(session: Session, city: City) -> None:
    ticket = city.signed(BEGAN)
    ask(session, city, ticket, extension("2026-10-21"), now=BEGAN)
    grant_request(session, ticket.id, note="", course=as_supervisor(city, BEGAN))

    with pytest.raises(ExtensionUsed):
        ask(session, city, ticket, extension("2026-10-22"), now=BEGAN)


def test_a_day_that_was_asked_for_is_granted_though_the_limit_was_corrected_meanwhile(
    session: Session, city: City
) -> None:
    ticket = city.signed(BEGAN)
    ask(session, city, ticket, extension("2026-10-23"), now=BEGAN + timedelta(hours=1))
    changes, later = {"type": TicketType.CONSULT}, BEGAN + timedelta(hours=2)
    correct_ticket(session, ticket.id, changes, version=ticket.version, by=city.agent, office=OFFICE, now=later)

    grant_request(session, ticket.id, note="", course=as_supervisor(city, BEGAN + timedelta(hours=3)))

    assert (ticket.citizen_due_at, ticket.unit_due_at) == (at("2026-10-24T00:00"), at("2026-10-24T00:00"))


@pytest.mark.parametrize(
    ("first", "then", "until", "due"),
    [
        (Urgency.NORMAL, Urgency.URGENT, "2026-10-23", "2026-10-14T09:00"),
        (Urgency.URGENT, Urgency.NORMAL, "2026-10-14", "2026-10-21T00:00"),
    ],
)
def test_more_days_are_not_more_minutes_when_the_limit_is_counted_otherwise(
    session: Session, city: City, first: Urgency, then: Urgency, until: str, due: str
) -> None:
    ticket = city.signed(BEGAN, urgency=first)
    ask(session, city, ticket, extension(until), now=BEGAN + timedelta(hours=1))
    grant_request(session, ticket.id, note="", course=as_supervisor(city, BEGAN + timedelta(hours=2)))

    version, now = ticket.version, BEGAN + timedelta(hours=3)
    correct_ticket(session, ticket.id, {"urgency": then}, version=version, by=city.agent, office=OFFICE, now=now)

    assert (ticket.citizen_due_at, ticket.unit_due_at) == (at(due), at(due))


def test_more_days_for_a_rework_are_no_minutes_of_the_citizens_clock(session: Session, city: City) -> None:
    ticket = city.replied(BEGAN, urgency=Urgency.URGENT)
    rework_ticket(session, ticket.id, by=city.auditor, office=OFFICE, now=BEGAN, reason="未办")
    sign_ticket(session, ticket.id, by=city.officer, now=BEGAN)

    ask(session, city, ticket, extension("2026-10-20"), now=BEGAN)
    grant_request(session, ticket.id, note="", course=as_supervisor(city, BEGAN))

    assert ticket.unit_due_at == at("2026-10-21T00:00")
    assert ticket.citizen_due_at == at("2026-10-14T09:00")


def test_one_request_waits_at_a_time(session: Session, city: City) -> None:
    ticket = city.signed(BEGAN)
    ask(session, city, ticket, extension(), now=BEGAN)

    with pytest.raises(RequestPending, match="延期"):
        ask(session, city, ticket, extension(), now=BEGAN)


@pytest.mark.parametrize(
    ("until", "reason"),
    [
        ("2026-10-20", "应晚于 10-20"),
        ("2026-10-24", "休息日"),
        ("2026-10-28", "最晚 10-27"),
    ],
)
def test_an_extension_ends_on_a_working_day_within_the_limit_once_more(
    session: Session, city: City, until: str, reason: str
) -> None:
    ticket = city.signed(BEGAN)

    with pytest.raises(Invalid) as refused:
        ask(session, city, ticket, extension(until), now=BEGAN)

    assert reason in refused.value.faults[0][2]


def test_the_citizen_is_told_before_more_time_is_asked_for(session: Session, city: City) -> None:
    ticket = city.signed(BEGAN)

    with pytest.raises(Invalid) as refused:
        ask(session, city, ticket, extension(told_by=None, told_note=""), now=BEGAN)

    assert [code for _, code, _ in refused.value.faults] == ["citizen_not_told", "told_note_missing"]


def test_a_unit_does_not_grant_its_own_request(session: Session, city: City) -> None:
    ticket = city.signed(BEGAN)
    ask(session, city, ticket, extension(), now=BEGAN)

    with pytest.raises(RoleRefused):
        grant_request(session, ticket.id, note="", course=Course(city.officer, OFFICE, BEGAN))


def test_a_request_lapses_when_the_unit_answers(session: Session, city: City) -> None:
    ticket = city.signed(BEGAN)
    ask(session, city, ticket, extension(), now=BEGAN)

    reply_ticket(session, ticket.id, reply_form(), by=city.officer, office=OFFICE, now=BEGAN)

    assert session.scalars(select(TicketRequest.state)).all() == [RequestState.LAPSED]
    with pytest.raises(NoRequest):
        grant_request(session, ticket.id, note="", course=as_supervisor(city, BEGAN))


def parking(review_on: str = "2026-11-02") -> RequestForm:
    return RequestForm(
        kind=RequestKind.PARKING,
        reason="须待管网改造立项后解决",
        plan="列入十一月改造计划",
        review_on=date.fromisoformat(review_on),
    )


def parked(session: Session, city: City) -> Ticket:
    ticket = city.signed(BEGAN)
    ask(session, city, ticket, parking(), now=at("2026-10-15T15:00"))
    return grant_request(session, ticket.id, note="", course=as_supervisor(city, at("2026-10-15T16:00")))


def test_on_the_shelf_both_clocks_stand_still(session: Session, city: City) -> None:
    ticket = parked(session, city)

    assert ticket.state is State.PARKED
    assert (ticket.citizen_due_at, ticket.unit_due_at) == (None, None)
    assert "2026-11-02 复查" in ticket.citizen_due_why
    assert ticket.step_due_at == at("2026-11-02T00:00")


def test_back_from_the_shelf_the_clock_goes_on_where_it_stood(session: Session, city: City) -> None:
    ticket = parked(session, city)

    resume_ticket(session, ticket.id, reason="立项完成", course=as_supervisor(city, at("2026-11-02T09:00")))

    # 10-14 had counted when it was parked on 10-15; four more days: 11-02, 03, 04, 05
    assert ticket.unit_due_at == ticket.citizen_due_at == at("2026-11-06T00:00")
    assert "挂账暂停 10-15 16:00 至 11-02 09:00" in ticket.citizen_due_why


def test_the_day_of_review_brings_it_back_by_itself(session: Session, city: City) -> None:
    ticket = parked(session, city)
    session.flush()
    job = session.scalars(select(JobRow).where(JobRow.kind == "tickets.resume_at_review")).one()

    resume_at_review(
        session, ticket.id, pause_id=job.arguments["pause_id"], course=as_supervisor(city, at("2026-11-02T00:00"))
    )

    assert job.due_at == at("2026-11-02T00:00")
    assert ticket.state is State.IN_PROGRESS


def test_a_termination_needs_the_hotlines_word(session: Session, city: City) -> None:
    ticket = city.signed(BEGAN)
    form = RequestForm(
        kind=RequestKind.TERMINATION,
        reason="诉求人拒绝配合入户检测",
        termination_reason=TerminationReason.UNCOOPERATIVE,
    )
    ask(session, city, ticket, form, now=BEGAN)

    grant_request(session, ticket.id, note="已告知诉求人", course=as_supervisor(city, BEGAN + timedelta(hours=1)))

    assert ticket.state is State.TERMINATED
