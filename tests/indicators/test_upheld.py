"""剔除误评后: an upheld appeal takes an answer out of one named figure and out of no other."""

from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from evaluation.model import Rating
from evaluation.repairs.model import Repair, RepairAppeal
from evaluation.repairs.rules import Ground, RepairState
from evaluation.rules import Subject
from evaluation.verdict import Answers
from indicators.answers import answers
from indicators.given import given as given_answers
from indicators.periods import Period
from indicators.recount import Difference, recount
from indicators.satisfaction import Basis, Slice
from indicators.upheld import upheld_rows, without_upheld
from tests.evaluation.city import make_ticket, make_unit
from tests.indicators.test_beside import TODAY, rated
from tests.indicators.test_figures import DAY, close, rate


def appealed(session: Session, ticket_id: int, now: datetime, *, is_upheld: bool | None) -> None:
    """The repair of this ticket's newest rating, with an appeal that was decided so."""
    rating = session.query(Rating).filter_by(ticket_id=ticket_id).order_by(Rating.id.desc()).first()
    assert rating is not None
    unit = make_unit(session).id
    repair = Repair(
        number=f"R{rating.id}",
        ticket_id=ticket_id,
        invitation_id=rating.invitation_id,
        rating_id=rating.id,
        unit_id=unit,
        level=rating.level,
        is_real_name=False,
        state=RepairState.CLOSED,
        opened_at=now,
    )
    session.add(repair)
    session.flush()
    session.add(
        RepairAppeal(
            repair_id=repair.id,
            rating_id=rating.id,
            unit_id=unit,
            ground=Ground.MISTAKEN,
            evidence="录音",
            asked_at=now,
            asked_by="李明",
            is_upheld=is_upheld,
            reason="录音为证",
            salt=b"0" * 16,
            decided_at=now,
            decided_by="张审（S001）",
        )
    )
    session.flush()


def left(session: Session, wanted: Slice) -> Answers:
    headline = given_answers(session, wanted) if wanted.has_answers_only else answers(session, wanted)
    return without_upheld(session, wanted, headline)


def differences(session: Session) -> list[Difference]:
    """Of this figure: the repairs here have no lines of their own."""
    return [one for one in recount(session, Period(DAY, DAY)) if one.figure.startswith("upheld")]


def test_only_what_was_upheld_is_left_out_and_the_headline_keeps_it(session: Session, now: datetime) -> None:
    unit = make_unit(session).id
    _, mistaken, refused, waiting = rated(session, now, unit, 5, 1, 2, 1)
    for ticket_id, is_upheld in ((mistaken, True), (refused, False), (waiting, None)):
        appealed(session, ticket_id, now, is_upheld=is_upheld)

    assert answers(session, TODAY) == Answers(4, 4, 1)
    assert left(session, TODAY) == Answers(3, 3, 1)
    [row] = upheld_rows(session, TODAY)
    assert (row.id, row.level, row.ground, row.decided_by) == (mistaken, 1, Ground.MISTAKEN, "张审（S001）")
    assert differences(session) == []


def test_what_the_citizen_said_after_the_ruling_counts(session: Session, now: datetime) -> None:
    ticket = close(session, make_ticket(session, now=now, unit_id=make_unit(session).id), now)
    rate(session, ticket, 1, at=now)
    appealed(session, ticket.id, now, is_upheld=True)
    rate(session, ticket, 2, at=now + timedelta(hours=3), rework_no=1)

    assert left(session, TODAY) == answers(session, TODAY) == Answers(1, 1, 0)
    assert upheld_rows(session, TODAY) == []
    assert differences(session) == []


def test_it_belongs_to_the_period_and_unit_of_its_matter(session: Session, now: datetime) -> None:
    unit = make_unit(session).id
    _, mistaken = rated(session, now, unit, 5, 1)
    appealed(session, mistaken, now + timedelta(days=40), is_upheld=True)

    other = Slice(TODAY.period, unit_ids=(unit + 1000,))
    earlier = Slice(Period(DAY - timedelta(days=9), DAY - timedelta(days=8)))
    by_rating = Slice(TODAY.period, basis=Basis.RATED)

    assert [len(upheld_rows(session, one)) for one in (TODAY, by_rating, other, earlier)] == [1, 1, 0, 0]
    assert left(session, by_rating) == Answers(1, 1, 1)
    assert upheld_rows(session, TODAY, after=mistaken) == []
    assert upheld_rows(session, Slice(TODAY.period, Subject.DIRECT)) == []


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=st.lists(st.tuples(st.integers(1, 5), st.booleans()), min_size=1, max_size=6))
def test_it_takes_out_bad_answers_only_and_a_recount_agrees(
    session: Session, now: datetime, said: list[tuple[int, bool]]
) -> None:
    with session.begin_nested() as nested:
        unit = make_unit(session).id
        wanted = Slice(TODAY.period, unit_ids=(unit,))
        ids = rated(session, now, unit, *(level for level, _ in said))
        upheld = [one for one, (level, is_upheld) in zip(ids, said, strict=True) if level < 3 and is_upheld]
        for ticket_id in upheld:
            appealed(session, ticket_id, now, is_upheld=True)

        before, after = answers(session, wanted), left(session, wanted)

        assert (before.answered - after.answered, after.satisfied) == (len(upheld), before.satisfied)
        assert differences(session) == []
        nested.rollback()
