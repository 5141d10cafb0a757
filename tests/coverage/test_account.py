"""人口账: what came in stands somewhere, what was closed was asked about, and whatever is lost has a reason."""

import itertools
import random
from collections import Counter
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from evaluation.actions.answering import Answer, record_answer
from evaluation.model import Invitation, InvitationMessage, Rating
from evaluation.rules import Channel, InvitationState, Level, Reason, Subject
from indicators.answers import answers, unit_answers
from indicators.coverage.account import call_rows, calls_unaccounted, missing_numbers
from indicators.coverage.fates import fate_rows, fates_by_unit, losses
from indicators.coverage.flags import Wanted
from indicators.coverage.queries import ON_TICKETS, account, audit, flagged
from indicators.coverage.rules import Fate, Flag, Stage, lost_after
from indicators.satisfaction import Slice
from staff.queries import unit_by_id
from tests.core.test_chain import drop_guards
from tests.coverage.making import (
    DAY,
    MONTH,
    make_at_once,
    make_closed,
    make_invitation,
    make_rated,
    make_rating,
    make_unasked,
)
from tests.evaluation.city import City, make_call, make_ticket, make_unit
from tickets.kinds import CallOutcome, CloseReason, Source
from tickets.model import CallSummary, NumberDay, Ticket
from tickets.numbers import number_of
from tickets.rules import State


def fates(session: Session, now: datetime) -> Counter[Fate]:
    return Counter({loss.fate: loss.n for loss in losses(session, MONTH, now=now)})


def test_a_hundred_closed_and_five_invitations_suppressed_the_audit_lists_just_those_five(city: City) -> None:
    """DOMAIN 8, check 10."""
    tickets = [city.ticket(phone=f"138{n:08d}") for n in range(100)]
    asked = [city.invite(ticket) for ticket in tickets]
    suppressed = [tickets[place] for place in (3, 17, 41, 72, 99)]

    def close_and_suppress(session: Session) -> list[str]:
        for ticket in session.scalars(select(Ticket)):
            ticket.state, ticket.close_reason = State.CLOSED, CloseReason.WINDOW_END
            ticket.answered_at = ticket.closed_at = city.clock.now()
        for invitation_id in asked[:10:2]:
            record_answer(
                session, invitation_id, Answer(Level(5), Channel.SMS, f"s:{invitation_id}"), now=city.clock.now()
            )
        gone = select(Invitation.id).where(Invitation.ticket_id.in_(suppressed)).scalar_subquery()
        session.execute(delete(InvitationMessage).where(InvitationMessage.invitation_id.in_(gone)))
        session.execute(delete(Invitation).where(Invitation.ticket_id.in_(suppressed)))
        return list(session.scalars(select(Ticket.number).where(Ticket.id.in_(suppressed))))

    numbers = city.database.write(close_and_suppress)
    city.clock.move_on(timedelta(hours=2))

    found = city.database.read(audit, MONTH, now=city.clock.now())
    listed = city.database.read(flagged, Flag.UNEXPLAINED, Wanted(MONTH, city.clock.now()))
    assert (found.account.stages[Stage.CLOSED], found.account.unexplained, found.has_finding) == (100, 5, True)
    assert sorted(number for one in listed for number in one.row.numbers) == sorted(numbers)
    assert [one.flag for one in found.flags if one.n and one.flag.is_finding] == [Flag.UNEXPLAINED]


def test_while_the_invitation_waits_in_the_queue_nothing_is_missed(session: Session, now: datetime) -> None:
    ticket = make_closed(session, now=now)
    ticket.answered_at = now - timedelta(minutes=59)
    session.flush()

    assert fates(session, now) == {Fate.QUEUED: 1}
    assert fates(session, now + timedelta(minutes=2)) == {Fate.UNINVITED: 1}


def test_after_a_rework_the_earlier_question_does_not_stand_for_the_present_answer(
    session: Session, now: datetime
) -> None:
    rated = make_rated(session, now=now)
    ticket = session.get_one(Ticket, rated.ticket_id)
    ticket.rework_no = 1
    session.flush()
    assert fates(session, now) == {Fate.ROUND_UNINVITED: 1}

    make_invitation(session, ticket, at=now - timedelta(hours=1))

    assert fates(session, now) == {Fate.RATED_BEFORE: 1}


def test_what_a_supervisor_decided_or_the_caller_took_back_was_owed_no_question(
    session: Session, now: datetime
) -> None:
    decided, taken_back = (make_closed(session, now=now) for _ in range(2))
    decided.close_reason, decided.answered_at = CloseReason.DECISION, None
    taken_back.caller_withdrew_at = now
    session.flush()

    assert fates(session, now) == {Fate.DECIDED: 1, Fate.TAKEN_BACK: 1}


def test_whoever_rated_at_a_window_has_left_the_hotline_no_number_to_ask(session: Session, now: datetime) -> None:
    from_window, from_caller = (make_closed(session, now=now) for _ in range(2))
    from_window.source, from_window.phone = Source.RATING, ""
    from_caller.source = Source.RATING
    session.flush()

    assert fates(session, now)[Fate.FROM_WINDOW] == 1


def test_what_was_answered_at_once_owes_its_question_unless_the_city_did_not_ask_then(
    session: Session, now: datetime
) -> None:
    make_unasked(session, make_at_once(session, now=now))
    make_at_once(session, now=now)
    make_at_once(session, now=now, answered_at=now - timedelta(minutes=5))

    assert fates(session, now) == {Fate.AT_ONCE: 1, Fate.UNINVITED: 1, Fate.QUEUED: 1}


def test_the_question_about_an_earlier_direct_answer_does_not_stand_for_the_present_one(
    session: Session, now: datetime
) -> None:
    ticket = make_at_once(session, now=now, answered_at=now - timedelta(hours=5))
    make_rating(session, make_invitation(session, ticket, at=now - timedelta(hours=5), subject=Subject.DIRECT), at=now)
    assert fates(session, now) == {Fate.RATED: 1}

    ticket.answered_at = now - timedelta(hours=2)  # taken up again, and answered at once once more
    session.flush()
    assert fates(session, now) == {Fate.UNINVITED: 1}

    asked = make_invitation(session, ticket, at=now - timedelta(hours=2), subject=Subject.DIRECT, rework_no=1)
    assert fates(session, now) == {Fate.RATED_BEFORE: 1}
    make_rating(session, asked, at=now, level=1)
    assert fates(session, now) == {Fate.RATED: 1}


def test_a_question_about_a_direct_answer_does_not_stand_for_what_a_unit_did_later(
    session: Session, now: datetime
) -> None:
    ticket = make_closed(session, now=now)
    make_rating(session, make_invitation(session, ticket, at=now, subject=Subject.DIRECT), at=now)

    assert fates(session, now) == {Fate.UNINVITED: 1}


def test_a_decision_after_an_audited_answer_still_owes_the_question(session: Session, now: datetime) -> None:
    ticket = make_closed(session, now=now)
    ticket.close_reason = CloseReason.DECISION
    session.flush()

    assert fates(session, now) == {Fate.UNINVITED: 1}


def test_each_end_of_a_question_is_told_apart(session: Session, now: datetime) -> None:
    earlier = now - timedelta(hours=2)
    long_ago = now - timedelta(days=8)

    def ask(**matters: object) -> Invitation:
        at = matters.pop("at", earlier)
        return make_invitation(session, make_closed(session, now=now), at=at, **matters)  # type: ignore[arg-type]

    ask(state=InvitationState.TO_CALL, reason=Reason.LANDLINE)
    ask(state=InvitationState.EXPIRED, reason=Reason.SEALED, at=long_ago)
    ask()
    ask(at=long_ago, state=InvitationState.EXPIRED)
    ask(has_message=False)
    ask(delivered_at=earlier)
    ask(delivered_at=long_ago, at=long_ago, state=InvitationState.EXPIRED)
    ask(state=InvitationState.TO_CALL, reason=Reason.UNCLEAR_TWICE)
    ask(state=InvitationState.REFUSED)
    ask(state=InvitationState.ANSWERED, delivered_at=earlier)
    make_rating(session, ask(delivered_at=earlier), at=now)

    found = {(loss.fate, loss.reason): loss.n for loss in losses(session, MONTH, now=now)}
    assert found == {
        (Fate.NOT_BY_SMS, Reason.LANDLINE): 1,
        (Fate.NOT_BY_SMS, Reason.SEALED): 1,
        (Fate.ON_ITS_WAY, None): 1,
        (Fate.NO_RECEIPT, None): 1,
        (Fate.NEVER_SENT, None): 1,
        (Fate.WAITING, None): 2,
        (Fate.SILENT, None): 1,
        (Fate.REFUSED, None): 1,
        (Fate.RATING_GONE, None): 1,
        (Fate.RATED, None): 1,
    }
    only = fate_rows(session, MONTH, [Fate.NOT_BY_SMS], reason=Reason.SEALED, now=now)
    assert [row.reason for row in only] == [Reason.SEALED]


@pytest.mark.parametrize("seed", range(4))
def test_the_account_adds_up_whatever_became_of_the_matters(session: Session, now: datetime, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(60):
        _walk(session, chance, now)

    found = account(session, MONTH, now=now)

    assert found.adds_up
    assert found.registered == sum(found.standing.standing.values())
    stages = list(found.stages.items())
    for (stage, n), (_, farther) in itertools.pairwise(stages):
        lost = sum(loss.n for loss in found.losses if loss.fate in lost_after(stage))
        assert n == farther + lost
    for loss in found.losses:
        rows = fate_rows(session, MONTH, [loss.fate], reason=loss.reason, subject=loss.subject, now=now, limit=100)
        assert len(rows) == loss.n
    assert found.rated_open[Subject.HANDLING] > 0
    for subject in ON_TICKETS:
        shown, asked = answers(session, Slice(MONTH, subject)), found.stages_of(subject)
        assert asked[Stage.CLOSED] > 0
        assert shown.closed == asked[Stage.CLOSED] + found.rated_open[subject]
        assert shown.answered == asked[Stage.RATED] + found.rated_open[subject]


def test_the_account_adds_up_by_unit_as_well_wherever_the_tickets_went(session: Session, now: datetime) -> None:
    units = [make_unit(session).id for _ in range(3)]
    chance = random.Random(5)
    for level in (1, 5, None, 1, 2, None, 5, 1):
        ticket = make_closed(session, now=now, unit_id=chance.choice(units))
        asked = make_invitation(session, ticket, at=now - timedelta(hours=2))
        if level is not None:
            make_rating(session, asked, at=now - timedelta(hours=1), level=level)
        ticket.unit_id = chance.choice([None, *units])
    session.flush()

    by_unit = fates_by_unit(session, MONTH, now=now)

    lines = {line.unit_id: line.answers for line in unit_answers(session, Slice(MONTH))}
    assert {unit_id: fates.total() for unit_id, fates in by_unit.items()} == {
        unit_id: line.closed for unit_id, line in lines.items()
    }
    assert {unit_id: fates[Fate.RATED] for unit_id, fates in by_unit.items()} == {
        unit_id: line.answered for unit_id, line in lines.items()
    }
    for unit_id, line in lines.items():
        rows = fate_rows(session, MONTH, unit_id=unit_id, now=now)
        assert (len(rows), {row.unit_name for row in rows}) == (line.closed, {unit_by_id(session, unit_id or 0).name})


def _walk(session: Session, chance: random.Random, now: datetime) -> None:
    """A matter in any state; a closed one with any question, or none; one rated badly and being worked at again."""
    if chance.random() < 0.4:
        make_ticket(session, now=now, state=chance.choice([*State]))
        return
    if chance.random() < 0.1:
        reopened = session.get_one(Ticket, make_rated(session, now=now).ticket_id)
        reopened.state, reopened.closed_at, reopened.close_reason = State.IN_PROGRESS, None, None
        session.flush()
        return
    ticket, subject = _made(session, chance, now)
    if chance.random() < 0.2:
        return
    asked_at = now - timedelta(hours=chance.randrange(300))
    asked = make_invitation(
        session,
        ticket,
        subject=subject,
        at=asked_at if subject is Subject.HANDLING else max(asked_at, ticket.answered_at or now),
        state=chance.choice([*InvitationState]),
        reason=chance.choice([None, None, *Reason]),
        delivered_at=chance.choice([None, now - timedelta(hours=1)]),
        has_message=chance.random() < 0.9,
    )
    if chance.random() < 0.4:
        make_rating(session, asked, at=now)
    if subject is Subject.DIRECT and chance.random() < 0.3:
        ticket.state, ticket.closed_at, ticket.answered_at = State.REGISTERED, None, None
        session.flush()


def _made(session: Session, chance: random.Random, now: datetime) -> tuple[Ticket, Subject]:
    """Closed by a unit, or answered at once."""
    if chance.random() < 0.3:
        at_once = make_at_once(session, now=now, answered_at=now - timedelta(hours=chance.choice([0, 3, 200])))
        if chance.random() < 0.2:
            make_unasked(session, at_once)
        return at_once, Subject.DIRECT
    ticket = make_closed(session, now=now, rework_no=chance.choice([0, 0, 1]))
    ticket.close_reason = chance.choice([*CloseReason])
    ticket.answered_at = chance.choice([None, now, now - timedelta(hours=3)])
    session.flush()
    return ticket, Subject.HANDLING


def test_a_ticket_that_was_taken_away_leaves_its_number_missing(session: Session, now: datetime) -> None:
    session.add(NumberDay(day=DAY, running=4))
    for running in (1, 2, 4):
        make_ticket(session, now=now).number = number_of(DAY, running)
    session.flush()

    missing = missing_numbers(session, MONTH)

    assert (missing.n, list(missing.numbers)) == (1, [number_of(DAY, 3)])


def test_an_answered_call_owes_an_outcome_or_a_ticket_a_day_later(session: Session, now: datetime) -> None:
    later = now + timedelta(hours=25)
    silent, said, lost = (make_call(session, now=now) for _ in range(3))
    for call, outcome in ((said, CallOutcome.PROGRESS), (lost, CallOutcome.TICKET)):
        session.add(CallSummary(call_id=call.id, outcome=outcome, recorded_at=now))
    make_ticket(session, now=now).call_id = make_call(session, now=now).id
    session.flush()

    assert calls_unaccounted(session, MONTH, now=now + timedelta(hours=23)) == 0
    assert [call.id for call in call_rows(session, MONTH, now=later)] == [lost.id, silent.id]


def test_a_rating_taken_away_behind_the_back_is_a_finding(session: Session, now: datetime) -> None:
    rated = make_rated(session, now=now)
    assert not audit(session, MONTH, now=now).has_finding

    drop_guards(session, "ratings", "rating_words")
    session.execute(delete(Rating).where(Rating.id == rated.id))

    assert fates(session, now) == {Fate.RATING_GONE: 1}
