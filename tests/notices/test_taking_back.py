"""Whoever has nothing more to do for a ticket is told, when it knew of it: the lead, helpers, and units below."""

import pytest

from staff.duty import set_contact
from tests.notices.desk import STANDING, NightDesk
from tests.notices.test_limits import course
from tests.tickets.making import OFFICE
from tickets.actions.correcting import correct_ticket
from tickets.actions.dispatching import recall_ticket
from tickets.actions.handling import sign_ticket
from tickets.actions.helping import ask_help, excuse_part
from tickets.actions.sending_down import Down, pull_back, send_down
from tickets.actions.side_paths import End, object_to_end, terminate_ticket
from tickets.kinds import Secrecy, TerminationReason, TicketType

COMMUNITY = "15404310008"
ROADS = "15404310007"


@pytest.fixture(autouse=True)
def _reached(desk: NightDesk) -> None:
    city = desk.city
    phones = {city.heating.id: STANDING, city.street.id: STANDING, city.community.id: COMMUNITY, city.roads.id: ROADS}
    for unit_id, phone in phones.items():
        desk.act(set_contact, unit_id, phone=phone, email="", webhook="")


def told(desk: NightDesk, phone: str) -> list[str]:
    """What each SMS to this telephone says has happened."""
    texts = [text for _, to, text in desk.sms.accepted if to == phone]
    return [text.partition("件")[2].partition("(")[0] for text in texts]


def at_the_district(desk: NightDesk, **changes: object) -> int:
    ticket_id = desk.dispatched_to(desk.city.district.id, **changes)
    desk.act(sign_ticket, ticket_id, by=desk.city.district_officer, now=desk.now())
    return ticket_id


def send_to_street(desk: NightDesk, ticket_id: int) -> None:
    down = Down(desk.city.street.id)
    desk.act(send_down, ticket_id, down, by=desk.city.district_officer, now=desk.now())


def pull(desk: NightDesk, ticket_id: int) -> None:
    desk.act(pull_back, ticket_id, reason="区里自办", by=desk.city.district_officer, now=desk.now())


def ask_roads(desk: NightDesk, ticket_id: int) -> None:
    by = desk.city.dispatcher
    desk.act(ask_help, ticket_id, unit_id=desk.city.roads.id, task="配合开挖路面", by=by, now=desk.now())


def terminate(desk: NightDesk, ticket_id: int) -> None:
    end = End(TerminationReason.UNREACHABLE, "三天内五次拨打均无人接听")
    desk.act(terminate_ticket, ticket_id, end, course=course(desk, desk.city.supervisor))


def test_every_unit_below_that_knew_of_it_is_told_that_it_was_pulled_back(desk: NightDesk) -> None:
    city, ticket_id = desk.city, at_the_district(desk)
    send_to_street(desk, ticket_id)
    desk.act(sign_ticket, ticket_id, by=city.street_officer, now=desk.now())
    desk.act(send_down, ticket_id, Down(city.community.id), by=city.street_officer, now=desk.now())
    desk.wait(minutes=2)

    pull(desk, ticket_id)
    desk.wait(minutes=2)

    tail = desk.ticket(ticket_id).number[-4:]
    assert desk.texts()[-1].endswith(f"您单位有1件任务已收回(尾号{tail},一般,无须再办),请登录平台办理")
    assert told(desk, COMMUNITY) == ["待签收", "任务已收回"]
    assert told(desk, STANDING) == ["任务已收回"]  # it had signed before its notice left


def test_each_time_it_comes_down_and_goes_is_told_and_never_what_went_before_it_was_told(desk: NightDesk) -> None:
    ticket_id = at_the_district(desk)
    for _ in range(2):
        send_to_street(desk, ticket_id)
        desk.wait(minutes=2)
        pull(desk, ticket_id)
        desk.wait(minutes=2)

    send_to_street(desk, ticket_id)
    pull(desk, ticket_id)
    desk.wait(minutes=2)

    assert told(desk, STANDING) == ["待签收", "任务已收回"] * 2


def test_a_unit_that_was_told_of_a_dispatch_is_told_that_it_was_recalled(desk: NightDesk) -> None:
    ticket_id = desk.dispatched()
    desk.wait(seconds=11)

    recalled = {"by": desk.city.dispatcher, "office": OFFICE, "now": desk.now(), "reason": "派错单位"}
    desk.act(recall_ticket, ticket_id, **recalled)
    desk.wait(minutes=2)

    assert told(desk, STANDING) == ["待签收", "任务已收回"]


def test_a_helper_that_nobody_waits_for_any_longer_is_told(desk: NightDesk) -> None:
    ticket_id = desk.dispatched()
    ask_roads(desk, ticket_id)
    desk.wait(minutes=2)

    by, roads = desk.city.dispatcher, desk.city.roads.id
    desk.act(excuse_part, ticket_id, unit_id=roads, reason="不再需要", by=by, now=desk.now())
    desk.wait(minutes=2)

    assert told(desk, ROADS) == ["待协办", "任务已收回"]


def test_helpers_and_units_below_are_told_of_a_termination_once_even_when_the_caller_objects(desk: NightDesk) -> None:
    ticket_id = at_the_district(desk)
    ask_roads(desk, ticket_id)
    send_to_street(desk, ticket_id)
    desk.wait(minutes=2)

    terminate(desk, ticket_id)
    desk.wait(minutes=2)
    desk.act(object_to_end, ticket_id, reason="没有打过电话", course=course(desk, desk.city.callback))
    desk.wait(minutes=2)

    assert told(desk, ROADS) == ["待协办", "已终止"]
    assert told(desk, STANDING) == ["待签收", "已终止"]


def test_a_unit_that_turns_out_to_be_accused_in_secret_is_told_nothing(desk: NightDesk) -> None:
    city = desk.city
    ticket_id = at_the_district(desk, type=TicketType.REPORT, secrecy=Secrecy.FROM_ACCUSED)
    send_to_street(desk, ticket_id)
    desk.wait(minutes=2)

    changes = {"accused": city.street.name, "accused_unit_id": city.street.id}
    version = desk.ticket(ticket_id).version
    desk.act(correct_ticket, ticket_id, changes, version=version, by=city.dispatcher, office=OFFICE, now=desk.now())
    desk.wait(minutes=2)

    assert desk.ticket(ticket_id).working_unit_id == city.district.id
    assert told(desk, STANDING) == ["待签收"]
