"""我的数据: every score of a unit is the count of rows that can be listed, and objections are answered beside it."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import Invalid
from indicators.cards import IndicatorUnknown
from indicators.errors import AlreadyObjected, ObjectionAnswered, ScoreRowNotFound
from indicators.model import ObjectionState
from indicators.objections import answer_objection, object_to, objections, open_objections
from indicators.periods import Period
from indicators.tree import branches
from indicators.unit_scores import NO_SCORES, SCORES, score_counts, score_rows, scores_of_units
from staff.model import Unit
from staff.queries import reach_of
from staff.rules import Actor
from tests.tickets.making import OFFICE, City, reply_form
from tickets.actions.dispatching import dispatch_ticket, recall_ticket
from tickets.actions.ending import close_ticket, pass_audit
from tickets.actions.handling import reply_ticket, return_ticket, sign_ticket
from tickets.actions.sending_down import Down, send_down
from tickets.kinds import CloseReason
from tickets.model import HistoryLine, Recusal, Ticket

MONTH = Period(date(2026, 9, 26), date(2026, 10, 25))
MONDAY = datetime.fromisoformat("2026-10-12T09:00+08:00")
LATER = datetime.fromisoformat("2026-10-24T09:00+08:00")
REASON = "派单时已超出签收时限，不应计入。"


@pytest.fixture
def city(session: Session) -> City:
    return City(session)


def counted(session: Session, city: City, name: str, *, now: datetime = LATER) -> tuple[int, int]:
    session.flush()
    counts = score_counts(session, name, [city.heating.id], MONTH, now=now)
    rows = score_rows(session, name, [city.heating.id], MONTH, by=city.officer, now=now, limit=500)
    assert (len(rows), sum(row.is_counted for row in rows)) == (counts.n, counts.counted)
    return counts.counted, counts.n


def row_of(session: Session, city: City, name: str, ticket: Ticket) -> int:
    rows = score_rows(session, name, [city.heating.id], MONTH, by=city.officer, now=LATER)
    return next(row.row_id for row in rows if row.ticket.id == ticket.id)


def recuse(session: Session, ticket: Ticket, who: Actor) -> None:
    session.add(
        Recusal(ticket_id=ticket.id, person_id=who.person_id, reason="亲属", recused_at=MONDAY, recused_by=who.label)
    )


def returned(session: Session, city: City, now: datetime) -> Ticket:
    ticket = city.dispatched(now)
    return return_ticket(session, ticket.id, city.return_form(), by=city.officer, now=now)


def test_signed_late_or_never_counts_against_the_unit_and_recalled_in_time_not_at_all(
    session: Session, city: City
) -> None:
    city.signed(MONDAY)
    sign_ticket(session, city.dispatched(MONDAY).id, by=city.officer, now=MONDAY + timedelta(days=1))
    city.dispatched(MONDAY)
    recalled = city.dispatched(MONDAY)
    recall_ticket(
        session, recalled.id, by=city.dispatcher, office=OFFICE, now=MONDAY + timedelta(minutes=5), reason="派错"
    )

    assert counted(session, city, "unit_sign_rate") == (1, 3)


def test_what_is_not_due_yet_is_no_part_of_a_score(session: Session, city: City) -> None:
    city.dispatched(MONDAY)

    assert counted(session, city, "unit_sign_rate", now=MONDAY + timedelta(minutes=1)) == (0, 0)
    assert counted(session, city, "unit_on_time_rate", now=MONDAY + timedelta(days=1)) == (0, 0)


def test_open_overdue_ones_stay_in_the_denominator(session: Session, city: City) -> None:
    city.answered(MONDAY)
    city.signed(MONDAY)
    late = city.signed(MONDAY)
    at = LATER - timedelta(days=1)
    reply_ticket(session, late.id, reply_form(), by=city.officer, office=OFFICE, now=at)
    pass_audit(session, late.id, by=city.auditor, office=OFFICE, now=at)

    assert counted(session, city, "unit_on_time_rate") == (1, 3)


def test_a_reply_that_waits_for_its_audit_does_not_count_yet(session: Session, city: City) -> None:
    city.replied(MONDAY)

    assert counted(session, city, "unit_on_time_rate") == (0, 1)


def test_returns_are_counted_over_dispatches(session: Session, city: City) -> None:
    city.dispatched(MONDAY)
    returned(session, city, MONDAY)

    assert counted(session, city, "unit_return_rate") == (1, 2)


def test_reworks_are_counted_over_what_was_closed(session: Session, city: City) -> None:
    for rework_no in (0, 1):
        ticket = city.answered(MONDAY)
        ticket.rework_no = rework_no
        close_ticket(session, ticket.id, by=city.callback, office=OFFICE, now=MONDAY, reason=CloseReason.CALLBACK)

    assert counted(session, city, "unit_rework_rate") == (1, 2)


def test_another_units_rows_are_in_none_of_the_scores(session: Session, city: City) -> None:
    city.answered(MONDAY)
    session.flush()

    for name in SCORES:
        assert score_counts(session, name, [city.roads.id], MONTH, now=LATER).n == 0


def test_who_stepped_aside_does_not_see_the_row(session: Session, city: City) -> None:
    ticket = city.signed(MONDAY)
    recuse(session, ticket, city.officer)
    session.flush()

    assert score_rows(session, "unit_sign_rate", [city.heating.id], MONTH, by=city.officer, now=LATER) == []


def test_an_unknown_score_is_named(session: Session, city: City) -> None:
    with pytest.raises(IndicatorUnknown):
        score_counts(session, "popularity", [city.heating.id], MONTH, now=LATER)


def test_an_upheld_objection_is_counted_apart_and_the_figure_stays(session: Session, city: City) -> None:
    good, bad = city.signed(MONDAY), city.dispatched(MONDAY)
    session.flush()
    row = row_of(session, city, "unit_sign_rate", bad)

    made = object_to(session, "unit_sign_rate", row, MONTH, text=REASON, by=city.officer, now=LATER)
    assert open_objections(session) == 1
    answer_objection(
        session, made.id, is_upheld=True, answer="经核实，派单晚于时限，异议成立。", by=city.supervisor, now=LATER
    )

    counts = score_counts(session, "unit_sign_rate", [city.heating.id], MONTH, now=LATER)
    assert (counts.counted, counts.n) == (1, 2)
    assert (counts.objected, counts.upheld) == (1, 1)
    assert (counts.counted_without_upheld, counts.n_without_upheld) == (1, 1)
    assert open_objections(session) == 0
    lines = session.scalars(select(HistoryLine).where(HistoryLine.ticket_id == bad.id).order_by(HistoryLine.id)).all()
    assert [(line.action, line.is_internal) for line in lines[-2:]] == [
        ("object_score", True),
        ("answer_objection", True),
    ]
    assert good.version < bad.version


def test_a_refused_objection_changes_no_count(session: Session, city: City) -> None:
    ticket = city.dispatched(MONDAY)
    session.flush()
    row = row_of(session, city, "unit_sign_rate", ticket)
    made = object_to(session, "unit_sign_rate", row, MONTH, text=REASON, by=city.officer, now=LATER)

    answer_objection(
        session, made.id, is_upheld=False, answer="派单时限计算无误，维持原数。", by=city.supervisor, now=LATER
    )

    counts = score_counts(session, "unit_sign_rate", [city.heating.id], MONTH, now=LATER)
    assert (counts.objected, counts.upheld, counts.n_without_upheld) == (1, 0, 1)
    assert [one.id for one in objections(session, ObjectionState.REFUSED, by=city.supervisor)] == [made.id]


def test_objections_that_cannot_be_are_refused(session: Session, city: City) -> None:
    ticket = city.dispatched(MONDAY)
    session.flush()
    row = row_of(session, city, "unit_sign_rate", ticket)
    name = "unit_sign_rate"

    with pytest.raises(Invalid):
        object_to(session, name, row, MONTH, text="不对", by=city.officer, now=LATER)
    with pytest.raises(ScoreRowNotFound):
        object_to(session, name, row + 1, MONTH, text=REASON, by=city.officer, now=LATER)
    with pytest.raises(ScoreRowNotFound):
        object_to(session, name, row, MONTH, text=REASON, by=city.roads_officer, now=LATER)
    made = object_to(session, name, row, MONTH, text=REASON, by=city.officer, now=LATER)
    with pytest.raises(AlreadyObjected):
        object_to(session, name, row, MONTH, text=REASON, by=city.officer, now=LATER)
    answer_objection(
        session, made.id, is_upheld=False, answer="维持原数，理由见派单记录。", by=city.supervisor, now=LATER
    )
    with pytest.raises(ObjectionAnswered):
        answer_objection(session, made.id, is_upheld=True, answer="再次答复，改为成立。", by=city.supervisor, now=LATER)


def led_by(session: Session, city: City, unit: Unit, now: datetime) -> Ticket:
    listed = city.listed(now)
    return dispatch_ticket(
        session, listed.id, unit_id=unit.id, by=city.dispatcher, office=OFFICE, now=now, reason="属地事项"
    )


def test_a_district_with_all_below_it_is_the_sum_of_its_lines_and_counts_what_it_sent_down_once(
    session: Session, city: City
) -> None:
    sent = sign_ticket(session, led_by(session, city, city.district, MONDAY).id, by=city.district_officer, now=MONDAY)
    send_down(session, sent.id, Down(city.street.id), by=city.district_officer, now=MONDAY)
    sign_ticket(session, led_by(session, city, city.street, MONDAY).id, by=city.street_officer, now=MONDAY)
    led_by(session, city, city.community, MONDAY)
    led_by(session, city, city.heating, MONDAY)
    session.flush()

    units = reach_of(session, city.district, with_below=True)
    found = scores_of_units(session, [unit.id for unit in units], MONTH, now=LATER)
    lines = {line.unit.name: (line.is_own, line.part.by_name) for line in branches(units, found, top=city.district)}
    total = sum(found.values(), NO_SCORES).by_name

    signs = {
        name: (is_own, (part["unit_sign_rate"].counted, part["unit_sign_rate"].n))
        for name, (is_own, part) in lines.items()
    }
    assert signs == {"朝阳区政府": (True, (1, 1)), "南湖街道办": (False, (1, 2))}
    for name in SCORES:
        assert sum((part[name] for _, part in lines.values()), NO_SCORES.by_name[name]) == total[name]
        ids = [unit.id for unit in units]
        assert score_counts(session, name, ids, MONTH, now=LATER) == total[name]
        assert len(score_rows(session, name, ids, MONTH, by=city.supervisor, now=LATER)) == total[name].n
    assert total["unit_sign_rate"].n == 3


def test_an_objection_stands_at_the_row_of_the_unit_that_made_it(session: Session, city: City) -> None:
    ticket = led_by(session, city, city.street, MONDAY)
    session.flush()
    ids = [city.district.id, city.street.id]
    row = score_rows(session, "unit_sign_rate", ids, MONTH, by=city.district_officer, now=LATER)[0]

    with pytest.raises(ScoreRowNotFound):
        object_to(session, "unit_sign_rate", row.row_id, MONTH, text=REASON, by=city.district_officer, now=LATER)
    object_to(session, "unit_sign_rate", row.row_id, MONTH, text=REASON, by=city.street_officer, now=LATER)

    seen = score_rows(session, "unit_sign_rate", ids, MONTH, by=city.district_officer, now=LATER)[0]
    assert (seen.ticket.id, seen.unit.id) == (ticket.id, city.street.id)
    assert seen.objection is not None
    assert score_counts(session, "unit_sign_rate", ids, MONTH, now=LATER).objected == 1
