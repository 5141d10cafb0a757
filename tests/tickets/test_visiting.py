"""现场走访: who was there, when, where and whom they met bears an answer out; an empty house does not."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from core.errors import Invalid
from tests.tickets.making import OFFICE, City, reply_form
from tickets.actions.dispatching import dispatch_ticket
from tickets.actions.handling import reply_ticket, sign_ticket
from tickets.actions.helping import ask_help
from tickets.actions.sending_down import Down, send_down
from tickets.actions.visiting import record_visit
from tickets.errors import MoveRefused, RoleRefused, TicketNotFound, VisitNotFound
from tickets.evidence import Evidence
from tickets.forms import VisitForm
from tickets.kinds import ContactMade
from tickets.model import HistoryLine, Ticket
from tickets.photos.actions import add_to_ticket
from tickets.photos.rules import PhotoKind, Picture, Shows
from tickets.queries.page import ticket_page

HOUR = timedelta(hours=1)
POSITION = (43.88361, 125.325)


@pytest.fixture
def city(session: Session) -> City:
    return City(session)


@pytest.fixture
def ticket(city: City, now: datetime) -> Ticket:
    return city.signed(now)


def seen(at: datetime, **changes: object) -> VisitForm:
    filled: dict[str, object] = {
        "visitors": "赵六、钱七",
        "visited_at": at,
        "place": "南湖小区三号楼",
        "met": "住户本人",
    }
    return VisitForm.model_validate(filled | changes)


def evidence(session: Session, city: City, ticket: Ticket, at: datetime) -> Evidence:
    """Of an answer that says that the unit was there."""
    form = reply_form(contact=ContactMade.VISIT)
    reply_ticket(session, ticket.id, form, by=city.officer, office=OFFICE, now=at)
    session.flush()
    page = ticket_page(session, ticket.number, by=city.auditor, profile=OFFICE.profile, now=at)
    return page.evidence[page.replies[0].id]


def test_a_claim_to_have_been_there_without_a_visit_is_not_borne_out(
    session: Session, city: City, ticket: Ticket, now: datetime
) -> None:
    found = evidence(session, city, ticket, now + HOUR)

    assert (found.visit, found.visits, found.proof) == (None, [], None)


def test_a_visit_on_which_somebody_was_met_bears_it_out_with_its_photo(
    session: Session, city: City, ticket: Ticket, now: datetime
) -> None:
    visit = record_visit(session, ticket.id, seen(now + HOUR), by=city.officer, now=now + 2 * HOUR)
    taken = now + HOUR
    picture = Picture("a" * 64, 320, 200, 1000, POSITION, taken)
    shows = Shows(PhotoKind.VISIT, visit.id)
    photo = add_to_ticket(session, ticket.id, picture, most=9, shows=shows, by=city.officer, now=now + 2 * HOUR)

    found = evidence(session, city, ticket, now + 3 * HOUR)

    assert found.visit is not None
    assert (found.visit.visitors, found.visit.met, found.visit.place) == ("赵六、钱七", "住户本人", "南湖小区三号楼")
    assert list(found.visit.photos) == [photo.id]
    assert (photo.kind, photo.taken_at, photo.latitude, photo.longitude) == (PhotoKind.VISIT, taken, *POSITION)


def test_an_empty_house_is_shown_and_proves_nothing(
    session: Session, city: City, ticket: Ticket, now: datetime
) -> None:
    record_visit(
        session, ticket.id, seen(now + HOUR, met="", is_nobody_there=True), by=city.officer, now=now + 2 * HOUR
    )

    found = evidence(session, city, ticket, now + 3 * HOUR)

    assert (found.visit, [one.met for one in found.visits]) == (None, [""])


def test_a_visit_is_a_line_of_the_history(session: Session, city: City, ticket: Ticket, now: datetime) -> None:
    version = ticket.version

    record_visit(session, ticket.id, seen(now + HOUR, note="室温二十度"), by=city.officer, now=now + 2 * HOUR)

    line = session.query(HistoryLine).filter_by(ticket_id=ticket.id, action="visit").one()
    assert (line.actor_label, line.reason, line.is_internal) == (city.officer.label, "室温二十度", True)
    assert line.particulars["met"] == "住户本人"
    assert ticket.version == version + 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"visitors": ""}, "visitors_missing"),
        ({"place": ""}, "visit_place_missing"),
        ({"met": ""}, "met_missing"),
        ({"is_nobody_there": True}, "met_missing"),
    ],
)
def test_who_where_and_whom_are_asked_for(
    session: Session, city: City, ticket: Ticket, now: datetime, changes: dict[str, object], code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        record_visit(session, ticket.id, seen(now, **changes), by=city.officer, now=now)

    assert [fault[1] for fault in refused.value.faults] == [code]


@pytest.mark.parametrize(
    ("after", "code"), [(timedelta(minutes=1), "visit_in_the_future"), (-timedelta(days=1), "visit_before_ticket")]
)
def test_nobody_was_there_tomorrow_nor_before_the_unit_had_it(
    session: Session, city: City, ticket: Ticket, now: datetime, after: timedelta, code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        record_visit(session, ticket.id, seen(now + after), by=city.officer, now=now)

    assert [fault[1] for fault in refused.value.faults] == [code]


def test_units_below_and_helpers_record_visits_and_a_helpers_is_no_proof_of_the_leads_word(
    session: Session, city: City, now: datetime
) -> None:
    ticket = city.listed(now)
    by = city.dispatcher
    dispatch_ticket(session, ticket.id, unit_id=city.district.id, by=by, office=OFFICE, now=now, reason="属地")
    sign_ticket(session, ticket.id, by=city.district_officer, now=now)
    ask_help(session, ticket.id, unit_id=city.roads.id, task="配合开挖", by=by, now=now)
    send_down(session, ticket.id, Down(city.street.id), by=city.district_officer, now=now)
    session.flush()

    for person in (city.street_officer, city.roads_officer):
        record_visit(session, ticket.id, seen(now), by=person, now=now)

    with pytest.raises(TicketNotFound):
        record_visit(session, ticket.id, seen(now), by=city.officer, now=now)
    with pytest.raises(RoleRefused):
        record_visit(session, ticket.id, seen(now), by=city.supervisor, now=now)


def test_what_was_answered_gets_no_visit_any_more(session: Session, city: City, ticket: Ticket, now: datetime) -> None:
    evidence(session, city, ticket, now + HOUR)

    with pytest.raises(MoveRefused):
        record_visit(session, ticket.id, seen(now), by=city.officer, now=now + HOUR)


def test_a_photo_names_only_a_visit_of_its_own_ticket(
    session: Session, city: City, ticket: Ticket, now: datetime
) -> None:
    other = city.signed(now)
    visit = record_visit(session, other.id, seen(now), by=city.officer, now=now)
    picture, shows = Picture("b" * 64, 320, 200, 1000), Shows(PhotoKind.VISIT, visit.id)

    with pytest.raises(VisitNotFound):
        add_to_ticket(session, ticket.id, picture, most=9, shows=shows, by=city.officer, now=now)
