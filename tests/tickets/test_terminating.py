"""终止: a matter ends without an answer; its citizen is told once why and how to object, in the same words."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kinds import import_all_jobs
from app.reactions import REACTIONS
from core.database import Database
from core.errors import Invalid
from sms.model import Message
from sms.providers.console import Fault
from sms.rules import MessageState
from staff.queries import actor_by_id
from tests.sms.desk import MovableClock
from tests.tickets.making import OFFICE, City
from tests.tickets.town import Town
from tickets.actions.dispatching import dispatch_ticket
from tickets.actions.handling import sign_ticket
from tickets.actions.merging import merge_ticket, release_children
from tickets.actions.requests import ask_for, grant_request
from tickets.actions.side_paths import Course, End, object_to_end, terminate_ticket
from tickets.actions.telling_ends import note_end_failed, tell_end, tell_of_end
from tickets.actions.withdrawing import Word, withdraw_part
from tickets.clocks import local_day
from tickets.ending_words import spoken_of
from tickets.errors import RoleRefused
from tickets.forms import RequestForm
from tickets.guard_errors import NothingToTell, ObjectionWindowOver
from tickets.kinds import EndTold, RequestKind, Secrecy, TerminationReason
from tickets.model import Ending, HistoryLine, Holding, Ticket
from tickets.queries.citizen import citizen_page
from tickets.queries.lists import Filters, list_tickets
from tickets.rules import State

import_all_jobs()
UNREACHABLE = End(TerminationReason.UNREACHABLE, "三天内五次拨打均无人接听")
LANDLINE = "0431-88765432"


@pytest.fixture
def city(session: Session) -> City:
    return City(session)


def terminate(city: City, ticket: Ticket, now: datetime, end: End = UNREACHABLE) -> Ending:
    terminate_ticket(city.session, ticket.id, end, course=Course(city.supervisor, OFFICE, now))
    return termination_of(city.session, ticket)


def termination_of(session: Session, ticket: Ticket) -> Ending:
    newest = select(Ending).where(Ending.ticket_id == ticket.id).order_by(Ending.id.desc()).limit(1)
    return session.scalars(newest).one()


@pytest.fixture
def town(open_database: Callable[..., Database], now: datetime) -> Town:
    clock = MovableClock(now)
    return Town(open_database(reactions=REACTIONS, clock=clock), clock)


def ended_in(town: Town, **changes: object) -> int:
    """A terminated ticket; nobody has been told yet."""

    def make(session: Session) -> int:
        city, now = City(session), town.clock.now()
        return terminate(city, city.signed(now, **changes), now).id

    return town.database.write(make)


class TestBeingTold:
    def test_the_citizen_gets_one_sms_with_the_reason_and_until_when_to_object(self, town: Town) -> None:
        ended = ended_in(town)

        town.work()
        town.work()

        until = town.ending(ended).object_until
        assert until is not None
        (text,) = town.messages("terminated")
        assert "因多次联系不上终止办理" in text
        assert f"请在{until.month}月{until.day}日24时前拨打12345提出" in text
        assert len(text) <= 70
        assert not {"张三", "13812345678", "南湖"} & {text[n : n + 2] for n in range(len(text))}
        assert town.ending(ended).told in {EndTold.SENT, EndTold.TOLD}

    def test_told_again_by_a_job_that_runs_twice_it_leaves_once(self, town: Town) -> None:
        ended = ended_in(town)

        for _ in range(2):
            town.database.write(tell_of_end, ended, office=town.desk.office, now=town.clock.now())
        town.work()

        assert len(town.messages("terminated")) == 1

    def test_a_delivered_sms_says_that_the_citizen_was_told(self, town: Town) -> None:
        ended = ended_in(town)
        town.work()

        town.clock.move_on(timedelta(hours=1))
        town.work()

        found = town.ending(ended)
        assert (found.told, found.told_by) == (EndTold.TOLD, "短信")
        assert found.told_at is not None

    @pytest.mark.parametrize(
        ("changes", "told", "why"),
        [
            ({"phone": LANDLINE}, EndTold.TO_CALL, "landline"),
            ({"secrecy": Secrecy.SEALED}, EndTold.TO_CALL, "sealed"),
            ({"phone": "", "is_anonymous": True}, EndTold.NO_WAY, "no_phone"),
        ],
    )
    def test_who_gets_no_sms_is_left_to_a_person_with_the_reason(
        self, town: Town, changes: dict[str, object], told: EndTold, why: str
    ) -> None:
        ended = ended_in(town, **changes)

        town.work()

        found = town.ending(ended)
        assert (found.told, found.why_not_sms) == (told, why)

    def test_an_sms_that_the_provider_refuses_is_left_to_a_person(self, town: Town) -> None:
        town.desk.console.misbehave(Fault.REJECTED)
        ended = ended_in(town)

        town.work()

        found = town.ending(ended)
        assert (found.told, found.why_not_sms) == (EndTold.TO_CALL, "delivery_failed")

    def test_who_objects_before_the_sms_has_left_is_not_written_to(self, town: Town) -> None:
        ended = ended_in(town)
        town.database.write(tell_of_end, ended, office=town.desk.office, now=town.clock.now())
        ticket_id = town.ending(ended).ticket_id

        def hear_objection(session: Session) -> None:
            agent = session.scalars(select(HistoryLine.actor_id).where(HistoryLine.action == "register")).one()
            course = Course(actor_by_id(session, agent or 0), OFFICE, town.clock.now())
            object_to_end(session, ticket_id, reason="诉求人来电异议", course=course)

        town.database.write(hear_objection)
        town.work()

        states = town.database.read(lambda session: session.scalars(select(Message.state)).all())
        assert (states, town.ending(ended).told) == ([MessageState.NOT_SENT], EndTold.NOT_NEEDED)


class TestByAPerson:
    def test_a_person_notes_whom_no_sms_could_tell_and_it_leaves_the_list(
        self, session: Session, city: City, now: datetime
    ) -> None:
        ticket = city.signed(now)
        terminate(city, ticket, now).told = EndTold.TO_CALL
        session.flush()

        def listed() -> list[str]:
            wanted = Filters(is_untold=True)
            found = list_tickets(session, wanted, by=city.callback, phone_key=OFFICE.phone_key, now=now)
            return [one.number for one in found.tickets]

        before = listed()
        tell_end(session, ticket.id, note="电话告知，无异议", by=city.callback, now=now)

        assert (before, listed()) == ([ticket.number], [])
        ended = termination_of(session, ticket)
        assert (ended.told, ended.told_at, ended.told_by) == (EndTold.TOLD, now, city.callback.label)
        with pytest.raises(NothingToTell):
            tell_end(session, ticket.id, note="再次", by=city.callback, now=now)

    def test_a_unit_does_not_say_that_the_citizen_was_told(self, session: Session, city: City, now: datetime) -> None:
        ticket = city.signed(now)
        terminate(city, ticket, now).told = EndTold.TO_CALL

        with pytest.raises(RoleRefused):
            tell_end(session, ticket.id, note="已告知", by=city.officer, now=now)

    def test_a_failed_sms_of_somebody_else_is_left_alone(self, session: Session, city: City, now: datetime) -> None:
        terminate(city, city.signed(now), now)

        note_end_failed(session, 12345, reason="landline")


class TestTheSameWords:
    def test_the_status_page_says_the_words_of_the_sms(self, session: Session, city: City, now: datetime) -> None:
        ticket = city.signed(now)
        ended = terminate(city, ticket, now)

        words = citizen_page(session, ticket.id).steps[-1].words

        sentence = spoken_of(ticket.number, ended, until=ended.object_until).sentence
        assert words == f"已终止办理：{sentence}。三天内五次拨打均无人接听"

    def test_whoever_takes_it_instead_is_named(self, session: Session, city: City, now: datetime) -> None:
        ticket = city.signed(now)

        terminate(city, ticket, now, End(TerminationReason.PETITION, "已在市信访局登记", "市信访局接待大厅"))

        assert citizen_page(session, ticket.id).steps[-1].words.endswith("。已在市信访局登记。请向市信访局接待大厅反映")

    def test_what_another_house_takes_is_not_ended_without_naming_it(
        self, session: Session, city: City, now: datetime
    ) -> None:
        ticket = city.signed(now)

        with pytest.raises(Invalid):
            terminate(city, ticket, now, End(TerminationReason.LITIGATION, "已在法院立案"))

        assert ticket.state is State.IN_PROGRESS

    def test_every_reason_fits_into_the_sms(self) -> None:
        assert max(len(reason.name_zh) for reason in TerminationReason) == 6


class TestAskingAndGranting:
    def form(self, **changes: object) -> RequestForm:
        asked = {"reason": "三天内五次拨打均无人接听", "termination_reason": TerminationReason.UNREACHABLE}
        return RequestForm.model_validate({"kind": RequestKind.TERMINATION} | asked | changes)

    def ask(self, city: City, ticket: Ticket, now: datetime, **changes: object) -> None:
        ask_for(city.session, ticket.id, self.form(**changes), by=city.officer, office=OFFICE, now=now)

    def test_the_unit_names_a_class_of_reasons(self, city: City, now: datetime) -> None:
        ticket = city.signed(now)

        with pytest.raises(Invalid) as refused:
            self.ask(city, ticket, now, termination_reason=None)
        with pytest.raises(Invalid):
            self.ask(city, ticket, now, termination_reason=TerminationReason.PETITION)

        assert refused.value.faults[0][:2] == (("body", "form", "termination_reason"), "termination_reason_missing")

    def test_granted_it_ends_for_the_reason_that_was_asked_for(
        self, session: Session, city: City, now: datetime
    ) -> None:
        ticket = city.signed(now)
        self.ask(city, ticket, now, termination_reason=TerminationReason.PETITION, channel="市信访局")

        grant_request(session, ticket.id, note="", course=Course(city.supervisor, OFFICE, now))

        ended = termination_of(session, ticket)
        assert (ended.reason, ended.channel) == (TerminationReason.PETITION, "市信访局")

    def test_or_for_the_one_that_the_hotline_finds_right(self, session: Session, city: City, now: datetime) -> None:
        ticket = city.signed(now)
        self.ask(city, ticket, now, termination_reason=TerminationReason.PETITION, channel="市信访局")

        course = Course(city.supervisor, OFFICE, now)
        grant_request(session, ticket.id, note="", course=course, termination_reason=TerminationReason.REPEAT)

        ended = termination_of(session, ticket)
        assert (ended.reason, ended.channel) == (TerminationReason.REPEAT, "")


class TestObjecting:
    def test_until_the_end_of_the_seventh_day_it_is_taken_on_again(
        self, session: Session, city: City, now: datetime
    ) -> None:
        ticket = city.signed(now)
        ended = terminate(city, ticket, now)
        ended.told, last = EndTold.SENT, now + timedelta(days=7)

        object_to_end(session, ticket.id, reason="电话一直畅通", course=Course(city.agent, OFFICE, last))

        assert (ticket.state, ticket.unit_id, ticket.closed_at) == (State.REGISTERED, None, None)
        assert session.scalars(select(Holding.ended_at)).all() == [now]
        assert ended.told is EndTold.NOT_NEEDED
        assert citizen_page(session, ticket.id).steps[-1].words == "已受理您的异议"

    def test_on_the_eighth_day_it_is_refused(self, session: Session, city: City, now: datetime) -> None:
        ticket = city.signed(now)
        terminate(city, ticket, now).told = EndTold.SENT

        with pytest.raises(ObjectionWindowOver):
            object_to_end(session, ticket.id, reason="异议", course=Course(city.agent, OFFICE, now + timedelta(days=8)))

        assert ticket.state is State.TERMINATED

    def test_who_was_not_told_may_still_object_and_has_seven_days_from_the_call(
        self, session: Session, city: City, now: datetime
    ) -> None:
        ticket, called_at = city.signed(now), now + timedelta(days=10)
        ended = terminate(city, ticket, now)
        ended.told = EndTold.TO_CALL
        tell_end(session, ticket.id, note="电话告知", by=city.callback, now=called_at)

        words = citizen_page(session, ticket.id).steps[-1].words
        object_to_end(
            session, ticket.id, reason="异议", course=Course(city.agent, OFFICE, called_at + timedelta(days=7))
        )

        until = local_day(called_at + timedelta(days=7))
        assert words == f"已告知您：{spoken_of(ticket.number, ended, until=until).sentence}"
        assert ticket.state is State.REGISTERED


class TestManyCallers:
    def test_a_caller_under_it_goes_on_and_is_told_of_the_own_end_only(
        self, session: Session, city: City, now: datetime
    ) -> None:
        parent = city.listed(now)
        child = city.listed(now, phone="13900005678")
        merge_ticket(session, child.id, parent=parent.id, by=city.dispatcher, now=now)

        dispatch_ticket(
            session, parent.id, unit_id=city.heating.id, by=city.dispatcher, office=OFFICE, now=now, reason="并案"
        )
        sign_ticket(session, parent.id, by=city.officer, now=now)
        terminate(city, parent, now)
        release_children(session, parent.id, office=OFFICE, now=now)

        assert child.state is State.TO_DISPATCH
        assert session.scalars(select(Ending.ticket_id)).all() == [parent.id]
        assert not any("终止" in step.words for step in citizen_page(session, child.id).steps)

    def test_who_took_the_own_part_back_is_not_written_to(self, town: Town) -> None:
        def make(session: Session) -> int:
            city, now = City(session), town.clock.now()
            parent = city.signed(now)
            child = city.listed(now, phone="13900005678")
            merge_ticket(session, child.id, parent=parent.id, by=city.dispatcher, now=now)
            withdraw_part(session, parent.id, Word("已解决"), course=Course(city.callback, OFFICE, now))
            return terminate(city, parent, now).id

        ended = town.database.write(make)
        town.work()

        assert (town.messages("terminated"), town.ending(ended).told) == ([], EndTold.NOT_NEEDED)
