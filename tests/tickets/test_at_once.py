"""Several people at once, and the same wish twice: nobody's work is lost and nothing is done two times."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.database import Database
from core.errors import Conflict
from core.events import announced
from staff.rules import Actor, Role
from tests.tickets.making import OFFICE, City, reply_form
from tickets.actions.claims import CLAIM_FOR, claim_ticket, drop_claims_of, release_claim, take_next
from tickets.actions.correcting import correct_ticket
from tickets.actions.dispatching import dispatch_ticket
from tickets.actions.handling import reply_ticket, sign_ticket
from tickets.actions.registration import add_matter, open_draft, register_draft, save_draft
from tickets.errors import ClaimedByOther, DraftClosed, DraftNotFound, VersionConflict
from tickets.events import TicketClaimed
from tickets.kinds import TicketType, Urgency
from tickets.model import Draft, Holding, Ticket
from tickets.rules import State


@pytest.fixture
def city(session: Session) -> City:
    return City(session)


def test_two_dispatchers_taking_the_next_never_get_the_same(database: Database, now: datetime) -> None:
    city: City = database.write(City)
    for _ in range(6):
        database.write(_list_one, city, now)
    people = [database.write(_dispatcher, city, n) for n in range(3)]

    with ThreadPoolExecutor(3) as threads:
        taken = list(threads.map(lambda by: [database.write(take_next, by=by, now=now) for _ in range(2)], people))

    numbers = [ticket.number for tickets in taken for ticket in tickets if ticket is not None]
    assert len(numbers) == len(set(numbers)) == 6
    assert database.write(take_next, by=people[0], now=now) is None


def _list_one(session: Session, city: City, now: datetime) -> None:
    City.session_of(session, city).listed(now)


def _dispatcher(session: Session, city: City, n: int) -> Actor:
    return City.session_of(session, city).person(f"dispatcher-{n}", Role.DISPATCHER)


def test_two_dispatchers_sending_at_once_send_it_once(database: Database, now: datetime) -> None:
    city: City = database.write(City)
    database.write(_list_one, city, now)
    ticket_id = database.read(lambda session: session.scalars(select(Ticket.id)).one())

    def send(_n: int) -> str:
        try:
            database.write(
                dispatch_ticket, ticket_id, unit_id=city.heating.id, by=city.dispatcher, office=OFFICE, now=now
            )
        except Conflict as refused:
            return refused.code
        return "sent"

    with ThreadPoolExecutor(4) as threads:
        results = sorted(threads.map(send, range(4)))

    assert results == ["move_refused"] * 3 + ["sent"]
    assert database.read(lambda session: session.scalar(select(func.count()).select_from(Holding))) == 1


def test_a_claim_is_renewed_dies_after_three_minutes_and_can_be_given_back(
    session: Session, city: City, now: datetime
) -> None:
    ticket = city.listed(now)
    other = city.person("dispatcher-2", Role.DISPATCHER)
    claim_ticket(session, ticket.number, by=city.dispatcher, now=now)
    claim_ticket(session, ticket.number, by=city.dispatcher, now=now + timedelta(minutes=2))

    with pytest.raises(ClaimedByOther, match="正在处理"):
        claim_ticket(session, ticket.number, by=other, now=now + CLAIM_FOR)
    release_claim(session, ticket.number, by=other)
    with pytest.raises(ClaimedByOther):
        claim_ticket(session, ticket.number, by=other, now=now + CLAIM_FOR)

    claim_ticket(session, ticket.number, by=other, now=now + timedelta(minutes=2) + CLAIM_FOR)


def test_claims_die_with_the_log_in_and_the_others_hear_of_it(session: Session, city: City, now: datetime) -> None:
    other = city.person("dispatcher-2", Role.DISPATCHER)
    first, second, foreign = city.listed(now), city.listed(now), city.listed(now)
    for ticket in (first, second):
        claim_ticket(session, ticket.number, by=city.dispatcher, now=now)
    claim_ticket(session, foreign.number, by=other, now=now)
    before = len(announced(session))

    drop_claims_of(session, city.dispatcher.person_id)

    assert set(announced(session)[before:]) == {TicketClaimed(first.id), TicketClaimed(second.id)}
    assert claim_ticket(session, first.number, by=other, now=now).person_id == other.person_id
    with pytest.raises(ClaimedByOther):
        claim_ticket(session, foreign.number, by=city.dispatcher, now=now)


def test_the_most_pressing_ticket_is_handed_out_first(session: Session, city: City, now: datetime) -> None:
    city.listed(now)
    urgent = city.listed(now, urgency=Urgency.CRITICAL)

    taken = take_next(session, by=city.dispatcher, now=now)

    assert taken is not None
    assert taken.number == urgent.number


def test_an_answer_on_an_old_version_is_refused_and_kept(session: Session, city: City, now: datetime) -> None:
    ticket = city.signed(now)

    with pytest.raises(VersionConflict) as refused:
        reply_ticket(
            session,
            ticket.id,
            reply_form(),
            by=city.officer,
            office=OFFICE,
            now=now,
            version=ticket.version - 1,
        )

    assert refused.value.more["version"] == ticket.version
    yours = refused.value.more["yours"]
    assert isinstance(yours, dict)
    assert yours["text"] == reply_form().text


def test_two_corrections_show_each_other(session: Session, city: City, now: datetime) -> None:
    ticket = city.listed(now)
    version = ticket.version
    correct_ticket(session, ticket.id, {"title": "第一人"}, version=version, by=city.dispatcher, office=OFFICE, now=now)

    with pytest.raises(VersionConflict) as refused:
        correct_ticket(session, ticket.id, {"title": "第二人"}, version=version, by=city.agent, office=OFFICE, now=now)

    assert (refused.value.more["current"], refused.value.more["yours"]) == ({"title": "第一人"}, {"title": "第二人"})


def test_a_corrected_type_moves_the_citizens_due_time_from_registration(
    session: Session, city: City, now: datetime
) -> None:
    ticket = city.listed(now)
    first = ticket.citizen_due_at

    correct_ticket(
        session,
        ticket.id,
        {"type": TicketType.CONSULT},
        version=ticket.version,
        by=city.dispatcher,
        office=OFFICE,
        now=now + timedelta(hours=5),
    )

    assert first is not None
    assert ticket.citizen_due_at is not None
    assert ticket.citizen_due_at < first


def test_a_draft_registered_twice_is_one_ticket(session: Session, city: City, now: datetime) -> None:
    draft = open_draft(session, call_id=None, person_id=city.agent.person_id, now=now)
    save_draft(session, draft.id, city.form(), version=1, by=city.agent, now=now)
    press = {"form": None, "version": None, "by": city.agent, "office": OFFICE, "now": now}

    first = register_draft(session, draft.id, **press)  # type: ignore[arg-type]
    second = register_draft(session, draft.id, **press)  # type: ignore[arg-type]

    assert first.id == second.id
    assert draft.state is State.REGISTERED
    assert draft.form == {}
    with pytest.raises(DraftClosed):
        save_draft(session, draft.id, city.form(), version=draft.version, by=city.agent, now=now)


def test_a_calls_draft_is_opened_once_however_often_the_job_runs(session: Session, city: City, now: datetime) -> None:
    drafts = [open_draft(session, call_id=77, person_id=city.agent.person_id, now=now) for _ in range(2)]

    assert drafts[0] is drafts[1]
    assert session.scalar(select(func.count()).select_from(Draft)) == 1


def test_one_call_may_carry_several_matters_of_one_caller(session: Session, city: City, now: datetime) -> None:
    first = open_draft(session, call_id=77, person_id=city.agent.person_id, now=now, form={"phone": "13812345678"})
    save_draft(session, first.id, city.form(), version=1, by=city.agent, now=now)

    second = add_matter(session, first.id, by=city.agent, now=now)

    assert second.matter_no == 2
    assert second.form["phone"] == "13812345678"
    assert "text" not in second.form


def test_nobody_reads_anothers_draft(session: Session, city: City, now: datetime) -> None:
    draft = open_draft(session, call_id=None, person_id=city.agent.person_id, now=now)
    other = city.person("agent-2", Role.AGENT)
    leader = city.person("leader", Role.SHIFT_LEADER)

    with pytest.raises(DraftNotFound):
        save_draft(session, draft.id, city.form(), version=1, by=other, now=now)
    save_draft(session, draft.id, city.form(), version=1, by=leader, now=now)


def test_a_unit_signs_once(session: Session, city: City, now: datetime) -> None:
    ticket = city.signed(now)

    with pytest.raises(Conflict, match="已签收"):
        sign_ticket(session, ticket.id, by=city.officer, now=now)
