"""A ticket that goes to another unit after it was rated: what was said, and what it owes, stays with the first one."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from core.database import Database
from evaluation.repairs.queries import Narrowed, repair_by_number, repairs_page
from indicators.periods import statistical_month
from indicators.satisfaction import Part, Slice, answer_rows
from staff.rules import Actor
from tests.evaluation.mending import Town, make_town
from tests.sms.desk import MovableClock
from tests.tickets import making
from tickets.actions.dispatching import dispatch_ticket, recall_ticket
from tickets.actions.ending import rework_ticket
from tickets.clocks import local_day


@pytest.fixture
def town(open_database: Callable[..., Database], clock: MovableClock) -> Town:
    return make_town(open_database, clock)


def test_a_ticket_that_goes_to_another_unit_leaves_its_bad_rating_and_the_repair_with_the_unit_that_was_rated(
    town: Town,
) -> None:
    number, people = town.badly_rated(), town.town
    ticket_id, office = town.repair(number).ticket_id, making.OFFICE
    town.act(rework_ticket, ticket_id, by=people.callback, office=office, reason="没有修好")
    town.act(recall_ticket, ticket_id, by=people.dispatcher, office=office, reason="实为城管事项")
    town.act(dispatch_ticket, ticket_id, by=people.dispatcher, office=office, unit_id=people.roads.id, reason="改派")

    def seen(session: Session, unit_id: int, by: Actor) -> tuple[list[int | None], list[str]]:
        wanted = Slice(statistical_month(local_day(town.clock.now())), unit_ids=(unit_id,))
        listed = repairs_page(session, Narrowed(unit_ids=(unit_id,)), by=by, now=town.clock.now())
        return [row.level for row in answer_rows(session, wanted, Part.ANSWERED)], [one.number for one in listed]

    assert town.ticket_of(number).unit_id == people.roads.id
    assert town.database.read(seen, people.heating.id, people.officer) == ([1], [number])
    assert town.database.read(seen, people.roads.id, people.roads_officer) == ([], [])
    assert town.database.read(repair_by_number, number, people.officer).unit_id == people.heating.id
    assert town.database.read(repair_by_number, number, people.roads_officer).number == number
