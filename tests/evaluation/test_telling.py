"""已告知 n / N: of everybody who called about one incident, who has been told, who waits, and whom no SMS reached."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy.orm import Session

from evaluation.rules import Reason
from evaluation.telling import Told, callers_told, told_counts
from sms.providers.console import Fault
from staff.rules import SYSTEM
from tests.evaluation.city import City
from tickets.model import Ticket
from tickets.rules import State


def under(city: City, parent: int, *phones: str, state: State = State.TO_CALLBACK) -> list[int]:
    """Tickets of these callers, merged under the parent."""
    children = [city.ticket(phone=phone, state=state) for phone in phones]

    def put(session: Session) -> None:
        for child in children:
            session.get_one(Ticket, child).parent_id = parent

    city.database.write(put)
    return children


def counts(city: City, parent: int) -> dict[Told, int]:
    return city.database.read(lambda session: told_counts(session, [parent])[parent])


def told(city: City, parent: int, which: Told | None = None) -> Sequence[tuple[int, Told, Reason | None]]:
    def read(session: Session) -> list[tuple[int, Told, Reason | None]]:
        return [(row.ticket.id, row.told, row.reason) for row in callers_told(session, parent, by=SYSTEM, told=which)]

    return city.database.read(read)


def test_each_caller_is_counted_once_by_how_far_they_are(city: City) -> None:
    parent = city.ticket(phone="13900000001")
    reached, landline, waiting = under(city, parent, "13900000002", "043188776655", "13900000004")
    assert counts(city, parent) == {Told.WAITING: 4, Told.SENT: 0, Told.TOLD: 0, Told.FAILED: 0}

    for ticket in (parent, reached, landline):
        city.invite(ticket)
    assert counts(city, parent) == {Told.WAITING: 1, Told.SENT: 2, Told.TOLD: 0, Told.FAILED: 1}
    city.clock.move_on(timedelta(seconds=3))
    city.work()

    assert counts(city, parent) == {Told.WAITING: 1, Told.SENT: 0, Told.TOLD: 2, Told.FAILED: 1}
    assert told(city, parent, Told.FAILED) == [(landline, Told.FAILED, Reason.LANDLINE)]
    assert [ticket for ticket, _, _ in told(city, parent)] == [parent, reached, landline, waiting]


def test_whom_no_sms_reached_is_named_until_a_person_has_asked(city: City) -> None:
    parent = city.ticket(phone="13900000001")
    city.desk.console.misbehave(Fault.REJECTED)
    city.invite(parent)
    city.clock.move_on(timedelta(seconds=3))
    city.work()

    assert told(city, parent) == [(parent, Told.FAILED, Reason.DELIVERY_FAILED)]


def test_another_incidents_callers_are_not_counted(city: City) -> None:
    first, second = city.ticket(phone="13900000001"), city.ticket(phone="13900000002")
    under(city, first, "13900000003", "13900000004")

    found = city.database.read(lambda session: told_counts(session, [first, second]))

    assert [sum(found[ticket].values()) for ticket in (first, second)] == [3, 1]
