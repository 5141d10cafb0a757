"""Every kind of notice about a ticket full of personal words: none of them leaves by any way."""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from core.calendar import load_calendar
from evaluation.actions.answering import Answer, record_answer
from evaluation.queries import invitations_of
from evaluation.rules import Channel, Level
from staff.duty import set_contact
from staff.model import Unit
from tests.notices.desk import DUTY, LEADER, MAIL, ROBOT, STANDING, NightDesk
from tests.notices.test_limits import due
from tests.notices.test_nothing_personal import MAY_BE_SAID, MOBILES, NAMES, everything_said
from tests.tickets.making import OFFICE, REPLY_TEXT, reply_form
from tickets.actions.completing import Supplement, ask_completion, complete_ticket
from tickets.actions.correcting import correct_ticket
from tickets.actions.ending import fail_audit, pass_audit
from tickets.actions.handling import refuse_return, reply_ticket, return_ticket, sign_ticket
from tickets.actions.helping import ask_help, excuse_part
from tickets.actions.notes import urge_ticket
from tickets.actions.oversight import issue_paper
from tickets.actions.papers import Paper
from tickets.actions.parking import park_ticket, resume_ticket
from tickets.actions.releasing import send_reply_back, submit_reply
from tickets.actions.requests import ask_for, grant_request, refuse_request
from tickets.actions.sending_down import Down, report_up, send_back_down, send_down
from tickets.actions.side_paths import Course, End, terminate_ticket
from tickets.actions.withdrawing import Word, withdraw_ticket
from tickets.clocks import local_day
from tickets.forms import RequestForm
from tickets.kinds import OversightKind, ReplyResult, RequestKind, TerminationReason, ToldBy, Urgency
from tickets.notices.rules import NoticeKind

PLACES = st.builds("{}小区{}号楼{}室".format, NAMES, st.integers(1, 99), st.integers(101, 3909))
IDENTITIES = st.from_regex(r"2201[0-9]{2}19[0-9]{2}(0[1-9]|1[0-2])[0-2][1-9][0-9]{3}[0-9X]", fullmatch=True)


@dataclass(frozen=True)
class Secrets:
    """What nobody outside may read."""

    name: str
    phone: str
    place: str
    identity: str

    @property
    def words(self) -> str:
        return f"{self.name}住{self.place}，电话{self.phone}，身份证{self.identity}，请尽快办理"


SECRETS = st.builds(Secrets, NAMES, MOBILES, PLACES, IDENTITIES)


@pytest.fixture
def busy_desk(desk: NightDesk) -> NightDesk:
    """All units can be reached by every way."""
    desk.contact(phone=STANDING, email=MAIL, webhook=ROBOT)
    for unit in (desk.city.roads, desk.city.district, desk.city.street):
        desk.act(set_contact, unit.id, phone=STANDING, email=MAIL, webhook=ROBOT)
    return desk


def live_through_all(desk: NightDesk, said: Secrets) -> None:
    """From the dispatch to the withdrawal, with the secrets in whatever anybody writes."""
    city, officer = desk.city, desk.city.officer
    desk.roster(duty=DUTY, leader=LEADER)
    desk.act(_ask_for_release, city.heating.id, needs=False)
    ticket_id = desk.dispatched(
        Urgency.URGENT, caller_name=said.name, phone=said.phone, text=said.words, title=said.words[:30]
    )
    desk.wait(minutes=11)
    desk.act(urge_ticket, ticket_id, by=city.agent, now=desk.now(), reason=said.words)
    desk.act(ask_help, ticket_id, unit_id=city.roads.id, task=said.words, by=city.dispatcher, now=desk.now())
    desk.wait(minutes=2)
    desk.act(sign_ticket, ticket_id, by=officer, now=desk.now(), handler=said.name)
    desk.act(ask_completion, ticket_id, missing=said.words, by=officer, now=desk.now())
    desk.act(complete_ticket, ticket_id, Supplement(said.words), by=city.callback, now=desk.now())
    paper = Paper(OversightKind.URGE_NOTICE, said.words)
    desk.act(issue_paper, ticket_id, paper, by=city.escalation, now=desk.now())
    desk.wait(minutes=2)
    _send_back_twice(desk, ticket_id, said)
    desk.wait(hours=21)
    desk.wait(hours=4)
    course = Course(city.callback, OFFICE, desk.now())
    desk.act(withdraw_ticket, ticket_id, Word(said.words), course=course)
    desk.wait(minutes=2)


def _send_back_twice(desk: NightDesk, ticket_id: int, said: Secrets) -> None:
    """By the auditor, and within the unit; nobody waits for the helper any longer."""
    city, officer = desk.city, desk.city.officer
    form = reply_form(text=REPLY_TEXT + said.name, internal_note=said.words)
    unit_id = city.roads.id
    desk.act(excuse_part, ticket_id, unit_id=unit_id, reason=said.words, by=city.dispatcher, now=desk.now())
    desk.act(reply_ticket, ticket_id, form, by=officer, office=OFFICE, now=desk.now())
    desk.act(fail_audit, ticket_id, by=city.auditor, now=desk.now(), note=said.words)
    desk.wait(minutes=2)
    desk.act(_ask_for_release, city.heating.id, needs=True)
    desk.act(submit_reply, ticket_id, form, by=officer, now=desk.now())
    desk.wait(minutes=2)
    desk.act(send_reply_back, ticket_id, reason=said.words, by=officer, now=desk.now())


def be_decided_on(desk: NightDesk, said: Secrets) -> None:
    """What a district returns, asks for and sends down, until the hotline ends it."""
    city, officer = desk.city, desk.city.district_officer
    by_supervisor = partial(Course, city.supervisor, OFFICE)
    ticket_id = desk.dispatched_to(
        city.district.id, caller_name=said.name, phone=said.phone, text=said.words, title=said.words[:30]
    )
    desk.wait(minutes=2)
    form = city.return_form(explanation=said.words)
    desk.act(return_ticket, ticket_id, form, by=officer, now=desk.now())
    desk.act(refuse_return, ticket_id, by=city.supervisor, now=desk.now(), reason=said.words)
    desk.act(ask_for, ticket_id, _more_time(desk, ticket_id, said), by=officer, office=OFFICE, now=desk.now())
    desk.act(grant_request, ticket_id, note=said.words, course=by_supervisor(desk.now()))
    desk.wait(minutes=2)
    _work_below(desk, ticket_id, said)
    shelf = {"plan": said.words, "review_on": local_day(desk.now() + timedelta(days=9))}
    asked = RequestForm.model_validate({"kind": RequestKind.PARKING, "reason": said.words} | shelf)
    desk.act(ask_for, ticket_id, asked, by=officer, office=OFFICE, now=desk.now())
    desk.act(refuse_request, ticket_id, reason=said.words, course=by_supervisor(desk.now()))
    desk.wait(minutes=2)
    desk.act(park_ticket, ticket_id, **shelf, course=by_supervisor(desk.now()), note=said.words)
    desk.wait(minutes=2)
    desk.act(resume_ticket, ticket_id, reason=said.words, course=by_supervisor(desk.now()))
    desk.wait(minutes=2)
    end = End(TerminationReason.UNREACHABLE, said.words)
    desk.act(terminate_ticket, ticket_id, end, course=by_supervisor(desk.now()))
    desk.wait(minutes=2)


def _more_time(desk: NightDesk, ticket_id: int, said: Secrets) -> RequestForm:
    """Until the first working day after the limit."""
    calendar, day = desk.database.read(load_calendar), local_day(due(desk, ticket_id))
    while not calendar.is_working_day(day):
        day += timedelta(days=1)
    return RequestForm(
        kind=RequestKind.EXTENSION, reason=said.words, until_on=day, told_by=ToldBy.CALL, told_note=said.words
    )


def _work_below(desk: NightDesk, ticket_id: int, said: Secrets) -> None:
    """The street is late, reports, is not believed, and then it is urgent."""
    city, officer, street = desk.city, desk.city.district_officer, desk.city.street_officer
    down = Down(city.street.id, desk.now() + timedelta(hours=30), said.words)
    desk.act(send_down, ticket_id, down, by=officer, now=desk.now())
    desk.act(sign_ticket, ticket_id, by=street, now=desk.now(), handler=said.name)
    for _ in range(11):  # neither the warning nor what comes after it disturbs anybody's night
        desk.wait(hours=4)
    desk.act(report_up, ticket_id, report=said.words, by=street, now=desk.now())
    desk.wait(minutes=2)
    desk.act(send_back_down, ticket_id, reason=said.words, by=officer, now=desk.now())
    urgent, version = {"urgency": Urgency.CRITICAL}, desk.ticket(ticket_id).version
    desk.act(correct_ticket, ticket_id, urgent, version=version, by=city.dispatcher, office=OFFICE, now=desk.now())
    desk.wait(minutes=2)


def break_a_promise(desk: NightDesk, said: Secrets) -> None:
    """The day by which the rest should be done passes."""
    city = desk.city
    ticket_id = desk.dispatched(
        caller_name=said.name, phone="", is_anonymous=True, text=said.words, title=said.words[:30]
    )
    desk.act(sign_ticket, ticket_id, by=city.officer, now=desk.now(), handler=said.name)
    desk.act(_ask_for_release, city.heating.id, needs=False)
    form = reply_form(
        result=ReplyResult.NEEDS_TIME, measures=said.words, finish_on=local_day(desk.now()), internal_note=said.words
    )
    desk.act(reply_ticket, ticket_id, form, by=city.officer, office=OFFICE, now=desk.now())
    desk.act(pass_audit, ticket_id, by=city.auditor, office=OFFICE, now=desk.now())
    desk.wait(days=2)


def take_no_step(desk: NightDesk, said: Secrets) -> None:
    """Nobody begins on something urgent."""
    desk.roster(duty=DUTY, leader=LEADER)
    desk.dispatched(Urgency.URGENT, caller_name=said.name, phone=said.phone, text=said.words, title=said.words[:30])
    desk.wait(hours=1)
    desk.wait(hours=1)


def leave_a_bad_rating_alone(desk: NightDesk, said: Secrets) -> None:
    """Nobody calls back whoever was not satisfied; the hotline's own roster hears of it too."""
    city = desk.city
    desk.act(set_contact, city.hotline.id, phone=STANDING, email="", webhook="")
    desk.act(_ask_for_release, city.heating.id, needs=False)
    ticket_id = desk.dispatched(caller_name=said.name, phone=said.phone, text=said.words, title=said.words[:30])
    desk.act(sign_ticket, ticket_id, by=city.officer, now=desk.now(), handler=said.name)
    desk.act(reply_ticket, ticket_id, reply_form(), by=city.officer, office=OFFICE, now=desk.now())
    desk.act(pass_audit, ticket_id, by=city.auditor, office=OFFICE, now=desk.now())
    desk.wait(minutes=2)
    asked = desk.database.read(invitations_of, ticket_id)[-1]
    bad = Answer(Level.DISSATISFIED, Channel.PAGE, f"page:{ticket_id}", said.words)
    desk.act(record_answer, asked.id, bad, now=desk.now())
    desk.wait(minutes=2)
    for _ in range(7):  # the warning comes in between
        desk.wait(hours=12)


def _ask_for_release(session: Session, unit_id: int, *, needs: bool) -> None:
    session.get_one(Unit, unit_id).needs_release = needs


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(secrets=SECRETS)
def test_no_kind_of_notice_carries_a_personal_word(busy_desk: NightDesk, secrets: Secrets) -> None:
    desk = busy_desk
    before, known = len(everything_said(desk)), len(desk.notices())

    live_through_all(desk, secrets)
    be_decided_on(desk, secrets)
    break_a_promise(desk, secrets)
    take_no_step(desk, secrets)
    leave_a_bad_rating_alone(desk, secrets)

    told = desk.notices()[known:]
    assert {notice.kind for notice in told} == set(NoticeKind)
    own = {text.removeprefix("【长春12345】") for _, phone, text in desk.sms.accepted if phone == secrets.phone}
    said = [one for one in everything_said(desk)[before:] if one not in own]
    assert [one for one in said if not MAY_BE_SAID.fullmatch(one)] == []
    shown = [f"{notice.text} {notice.told} {notice.error}" for notice in told]
    assert [line for line in shown for word in (secrets.phone, secrets.place, secrets.identity) if word in line] == []
    assert set(desk.rung()) <= {DUTY, LEADER}
    assert LEADER in [phone for _, phone, text in desk.sms.accepted if "催办抄送" in text]
