"""不予受理 and 转出: whoever asked is told why, and where to turn, by SMS or by a person."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.reactions import REACTIONS
from core.database import Database
from tests.sms.desk import MovableClock
from tests.tickets.making import OFFICE, City
from tests.tickets.town import Town
from tickets.actions.side_paths import Course, acknowledge_transfer, object_to_end, reject_ticket, transfer_ticket
from tickets.actions.telling_ends import tell_end
from tickets.guard_errors import EndUntold
from tickets.kinds import EndTold, RejectReason, Secrecy
from tickets.model import Ending, Ticket
from tickets.queries.citizen import citizen_page
from tickets.queries.lists import Filters, list_tickets
from tickets.rules import State

LANDLINE = "0431-88765432"
PETITIONS = "市信访局"
#: more than an SMS may name
LONG = "市信访局群众接待大厅"


@pytest.fixture
def city(session: Session) -> City:
    return City(session)


@pytest.fixture
def town(open_database: Callable[..., Database], now: datetime) -> Town:
    clock = MovableClock(now)
    return Town(open_database(reactions=REACTIONS, clock=clock), clock)


def reject(
    city: City, ticket: Ticket, now: datetime, reason: RejectReason = RejectReason.PETITION, channel: str = PETITIONS
) -> Ending:
    course = Course(city.dispatcher, OFFICE, now)
    reject_ticket(city.session, ticket.id, reason=reason, channel=channel, course=course)
    return ending_of(city.session, ticket)


def transfer(city: City, ticket: Ticket, now: datetime, to: str = "110") -> Ending:
    transfer_ticket(city.session, ticket.id, to=to, accepted_by="", course=Course(city.dispatcher, OFFICE, now))
    return ending_of(city.session, ticket)


def ending_of(session: Session, ticket: Ticket) -> Ending:
    return session.scalars(select(Ending).where(Ending.ticket_id == ticket.id)).one()


def untold(city: City, now: datetime) -> list[str]:
    wanted = Filters(is_untold=True)
    found = list_tickets(city.session, wanted, by=city.callback, phone_key=OFFICE.phone_key, now=now)
    return [one.number for one in found.tickets]


class TestBySms:
    def in_town(self, town: Town, act: Callable[..., Ending], *told: object, **changes: object) -> Ending:
        def make(session: Session) -> int:
            city, now = City(session), town.clock.now()
            return act(city, city.listed(now, **changes), now, *told).id

        ended = town.database.write(make)
        town.work()
        return town.ending(ended)

    def test_whose_matter_is_refused_hears_why_and_where_to_turn(self, town: Town) -> None:
        found = self.in_town(town, reject)

        (text,) = town.messages("rejected")
        assert "因已在信访程序不予受理,请向市信访局反映" in text
        assert len(text) <= 70
        assert found.told in {EndTold.SENT, EndTold.TOLD}

    def test_whose_matter_goes_to_another_house_hears_to_which(self, town: Town) -> None:
        found = self.in_town(town, transfer)

        (text,) = town.messages("transferred")
        assert "已转交110办理" in text
        assert found.told in {EndTold.SENT, EndTold.TOLD}

    @pytest.mark.parametrize(
        ("told", "changes", "why"),
        [
            ((), {"phone": LANDLINE}, "landline"),
            ((), {"secrecy": Secrecy.SEALED}, "sealed"),
            ((RejectReason.PETITION, LONG), {}, "too_long"),
            ((RejectReason.PETITION, "gov.cn"), {}, "too_long"),
            ((RejectReason.REPEAT, "电话告知工单 2610 1300 8210 的答复"), {}, "repeated"),
        ],
    )
    def test_whom_no_sms_can_tell_is_left_to_a_person_with_the_reason(
        self, town: Town, told: tuple[object, ...], changes: dict[str, object], why: str
    ) -> None:
        found = self.in_town(town, reject, *told, **changes)

        assert (found.told, found.why_not_sms) == (EndTold.TO_CALL, why)


class TestByAPerson:
    @pytest.mark.parametrize("end", [reject, transfer])
    def test_a_person_notes_the_call_and_it_leaves_the_list(
        self, session: Session, city: City, now: datetime, end: Callable[..., Ending]
    ) -> None:
        ticket = city.listed(now)
        end(city, ticket, now).told = EndTold.TO_CALL
        session.flush()

        before = untold(city, now)
        tell_end(session, ticket.id, note="电话告知", by=city.callback, now=now)

        assert (before, untold(city, now)) == ([ticket.number], [])
        assert ending_of(session, ticket).told is EndTold.TOLD
        assert citizen_page(session, ticket.id).steps[-1].words == "已告知您"

    def test_what_was_put_away_before_the_sms_failed_is_still_told_by_a_person(
        self, session: Session, city: City, now: datetime
    ) -> None:
        ticket = city.listed(now)
        ended = transfer(city, ticket, now)
        acknowledge_transfer(session, ticket.id, accepted_by="对方值班室", course=Course(city.dispatcher, OFFICE, now))
        ended.told = EndTold.TO_CALL
        session.flush()

        before = untold(city, now)
        tell_end(session, ticket.id, note="电话告知", by=city.callback, now=now)

        assert (before, untold(city, now), ticket.state) == ([ticket.number], [], State.ARCHIVED)

    def test_nobody_puts_a_transfer_away_before_its_citizen_was_told(
        self, session: Session, city: City, now: datetime
    ) -> None:
        ticket = city.listed(now)
        transfer(city, ticket, now).told = EndTold.TO_CALL
        course = Course(city.dispatcher, OFFICE, now)

        with pytest.raises(EndUntold):
            acknowledge_transfer(session, ticket.id, accepted_by="对方值班室", course=course)
        tell_end(session, ticket.id, note="电话告知", by=city.callback, now=now)
        acknowledge_transfer(session, ticket.id, accepted_by="对方值班室", course=course)

        assert ticket.state is State.ARCHIVED

    def test_who_objects_need_not_be_called_any_more(self, session: Session, city: City, now: datetime) -> None:
        ticket = city.listed(now)
        reject(city, ticket, now).told = EndTold.TO_CALL

        object_to_end(session, ticket.id, reason="群众异议", course=Course(city.agent, OFFICE, now))

        assert ending_of(session, ticket).told is EndTold.NOT_NEEDED


def test_who_is_told_the_earlier_answer_reads_that_and_no_house(session: Session, city: City, now: datetime) -> None:
    ticket = city.listed(now)

    reject(city, ticket, now, RejectReason.REPEAT, "电话告知此前的答复")

    assert citizen_page(session, ticket.id).steps[-1].words.endswith("。电话告知此前的答复")
