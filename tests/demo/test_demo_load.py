"""The loaded demo city: 60 days that hold together, with something on every list."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from app.demo.errors import DemoNeedsConsole, DemoNotEmpty
from app.demo.load import load_demo
from core.audit import AUDIT_CHAIN
from core.chain import verify
from core.jobs.model import JobRow
from core.jobs.runner import drain
from evaluation.ledger import LEDGER_CHAIN
from evaluation.model import Invitation, LedgerEntry, Rating
from evaluation.rules import InvitationState, LedgerKind
from sms.model import Message
from sms.office import SmsOffice
from sms.settings import ProviderName
from staff.model import Person, Unit
from staff.passwords import is_password
from staff.rules import SYSTEM
from telephony.model import Call, Seat
from telephony.rules import CallResult, CallState, Presence
from tests.demo.conftest import START, Demo
from tests.fakes import HandClock
from tickets.kinds import ContactMade, SuggestionVerdict, Urgency
from tickets.model import CallSummary, Draft, HistoryLine, Holding, Reply, Suggestion, Ticket
from tickets.queries.evidence import claims_of_replies, evidence_of
from tickets.rules import TABLE, Action, State

_SUGGESTED = select(Suggestion.ticket_id, Suggestion.topics).order_by(Suggestion.id)

#: two loads on a busy machine
pytestmark = [pytest.mark.timeout(1200), pytest.mark.xdist_group("demo loaded")]

_tales: dict[str, list[tuple[object, ...]]] = {}


def test_there_are_three_hundred_tickets_and_more_calls(demo: Demo) -> None:
    with demo.database.reading.connect() as connection:
        tickets = connection.scalar(select(func.count()).select_from(Ticket))
        calls = connection.scalar(select(func.count()).select_from(Call))

    assert (tickets, calls) == (demo.loaded.tickets, demo.loaded.calls)
    assert tickets is not None
    assert tickets >= 300
    assert calls is not None
    assert calls >= 400


def test_every_list_has_something_on_it(demo: Demo) -> None:
    with demo.database.reading.connect() as connection:
        found = Counter(connection.scalars(select(Ticket.state)).all())

    wanted = set(State) - {State.DRAFT, State.REWORK, State.MERGED, State.VOID}
    assert {state.name for state in wanted - set(found)} == set()
    assert found[State.DISPATCHED] >= 8
    assert found[State.IN_PROGRESS] >= 10
    assert found[State.REPLIED] >= 4
    assert found[State.TO_CALLBACK] >= 10


def test_the_dispatch_list_has_what_a_dispatcher_meets_on_a_morning(demo: Demo) -> None:
    columns = (Ticket.number, Ticket.urgency, Ticket.return_count, Ticket.is_uncertain, Ticket.step_due_at)
    with demo.database.reading.connect() as connection:
        waiting = connection.execute(select(*columns, Ticket.id).where(Ticket.state == State.TO_DISPATCH)).all()
        suggested = {row.ticket_id: row.topics for row in connection.execute(_SUGGESTED)}

    offered = [len(suggested[row.id]) for row in waiting]
    assert len(waiting) >= 12
    assert sum(n >= 3 for n in offered) >= 6
    assert sum(n >= 2 for n in offered) >= 8
    assert sum(row.is_uncertain for row in waiting) >= 2
    assert sum(row.return_count for row in waiting) >= 1
    assert any(row.urgency is Urgency.CRITICAL for row in waiting)
    assert any(START < row.step_due_at <= START + timedelta(hours=1) for row in waiting)
    assert any(row.step_due_at <= START for row in waiting)


def test_the_accounts_printed_first_find_work(demo: Demo) -> None:
    units = {account.account: account.unit for account in demo.loaded.accounts}
    with demo.database.reading.connect() as connection:
        rows = connection.execute(select(Unit.short_name, Ticket.state).join(Unit, Unit.id == Ticket.unit_id)).all()

    held = Counter((name, state) for name, state in rows)
    assert held[units["heating1"], State.DISPATCHED] >= 3
    assert held[units["heating1"], State.IN_PROGRESS] >= 3
    assert held[units["zjj1"], State.DISPATCHED] + held[units["zjj1"], State.IN_PROGRESS] >= 1


def test_something_is_late_something_waits_for_repair_and_something_was_done_again(demo: Demo) -> None:
    with demo.database.reading.connect() as connection:
        late = connection.scalar(
            select(func.count()).where(Ticket.state == State.IN_PROGRESS, Ticket.unit_due_at < START)
        )
        repair = connection.scalar(select(func.count()).where(Ticket.needs_repair, Ticket.state == State.TO_CALLBACK))
        again = connection.scalar(select(func.count()).where(Ticket.rework_no > 0))
        returned = connection.scalar(select(func.count()).where(HistoryLine.action == Action.RETURN.value))
        drafts = connection.scalar(select(func.count()).where(Draft.state == State.DRAFT))

    assert late is not None
    assert late >= 3
    assert min(repair or 0, again or 0, drafts or 0) >= 1
    assert returned is not None
    assert returned >= 10


def test_every_line_of_history_is_a_legal_move_in_order_of_time(demo: Demo) -> None:
    columns = (HistoryLine.ticket_id, HistoryLine.action, HistoryLine.from_state, HistoryLine.to_state, HistoryLine.at)
    with demo.database.reading.connect() as connection:
        lines = connection.execute(select(*columns).order_by(HistoryLine.ticket_id, HistoryLine.id)).all()
        states = {row.id: row.state for row in connection.execute(select(Ticket.id, Ticket.state))}

    actions = {action.value: action for action in Action}
    standing: dict[int, tuple[State | None, datetime]] = {}
    for ticket_id, action, before, after, at in lines:
        known = standing.get(ticket_id)
        if known is not None:
            assert before in {None, known[0]}
            assert at >= known[1]
        if action in actions and before is not None:
            assert TABLE[before, actions[action]].to == after
        standing[ticket_id] = (after or (known[0] if known else before), at)
    assert {ticket_id: state for ticket_id, (state, _) in standing.items()} == states


def test_nothing_happened_after_the_start_or_long_before(demo: Demo) -> None:
    with demo.database.reading.connect() as connection:
        for column in (HistoryLine.at, Call.began_at, Rating.recorded_at, Message.created_at, LedgerEntry.at):
            first, last = connection.execute(select(func.min(column), func.max(column))).one()
            assert START - timedelta(days=60) <= first <= last <= START


def test_ledger_and_audit_log_hold_and_are_sealed(demo: Demo) -> None:
    for chain in (LEDGER_CHAIN, AUDIT_CHAIN):
        verification = demo.database.read(verify, chain, now=START)
        assert verification.holds
        assert (verification.unsealed, verification.sealed > 0) == (0, True)
    kinds = dict(demo.database.read(_entries_by_kind))
    assert min(kinds[kind] for kind in (LedgerKind.INVITATION, LedgerKind.ANSWER, LedgerKind.EXPIRY)) >= 20
    assert kinds[LedgerKind.REFUSAL] >= 1


def _entries_by_kind(session: object) -> list[tuple[LedgerKind, int]]:
    query = select(LedgerEntry.kind, func.count()).group_by(LedgerEntry.kind)
    return [(kind, n) for kind, n in session.execute(query)]  # type: ignore[attr-defined]


def test_figures_add_up(demo: Demo) -> None:
    with demo.database.reading.connect() as connection:
        entries = connection.scalar(
            select(func.count()).where(LedgerEntry.kind.in_([LedgerKind.ANSWER, LedgerKind.CORRECTION]))
        )
        ratings = connection.scalar(select(func.count()).select_from(Rating))
        answered = connection.scalar(select(func.count()).where(Invitation.state == InvitationState.ANSWERED))
        on_tickets = (Rating.is_current, Rating.ticket_id.is_not(None))
        rated = connection.scalar(select(func.count(func.distinct(Rating.invitation_id))).where(*on_tickets))
        open_holdings = connection.scalar(select(func.count()).where(Holding.ended_at.is_(None)))
        held = connection.scalar(select(func.count()).where(Ticket.holding_id.is_not(None)))
        suggestions = connection.scalar(select(func.count(func.distinct(Suggestion.ticket_id))))
        tickets = connection.scalar(select(func.count()).select_from(Ticket))

    assert entries == ratings
    assert answered == rated
    assert open_holdings == held
    assert suggestions == tickets


def test_ratings_have_every_level_and_most_citizens_are_silent(demo: Demo) -> None:
    with demo.database.reading.connect() as connection:
        levels = set(connection.scalars(select(Rating.level).where(Rating.ticket_id.is_not(None))))
        states = Counter(connection.scalars(select(Invitation.state)))

    assert levels == {1, 2, 3, 4, 5}
    assert states[InvitationState.EXPIRED] >= states[InvitationState.ANSWERED] * 0.4
    assert states[InvitationState.INVITED] >= 5


def test_most_units_spoke_with_the_citizen_as_they_say_and_not_all(demo: Demo) -> None:
    proven = Counter(demo.database.read(_proven))

    for contact in (ContactMade.CALL, ContactMade.VISIT):
        borne_out, claimed = proven[contact, True], proven[contact, False]
        assert claimed >= 5
        assert 0.5 < borne_out / (borne_out + claimed) < 0.9


def _proven(session: Session) -> list[tuple[ContactMade, bool]]:
    """Of every answer: how the citizen was reached, and whether a call or a visit bears it out."""
    found = []
    for ticket in session.scalars(select(Ticket)).all():
        holdings = session.scalars(select(Holding).where(Holding.ticket_id == ticket.id)).all()
        replies = session.scalars(
            select(Reply).where(Reply.ticket_id == ticket.id).options(joinedload(Reply.unit))
        ).all()
        evidence = evidence_of(session, ticket, claims_of_replies(replies), holdings, by=SYSTEM)
        for reply in replies:
            borne_out = evidence.get(reply.id)
            found.append((reply.contact, bool(borne_out and (borne_out.proof or borne_out.visit))))
    return found


def test_the_system_sent_some_and_left_the_rest_to_dispatchers(demo: Demo) -> None:
    with demo.database.reading.connect() as connection:
        verdicts = Counter(connection.scalars(select(Suggestion.verdict)))
        drawn = connection.scalar(select(func.count()).where(Ticket.is_drawn_for_check))
        automatic = connection.scalar(select(func.count()).where(Ticket.is_auto_dispatched))

    assert verdicts[SuggestionVerdict.AUTO] >= 50
    assert verdicts[SuggestionVerdict.LIST] >= 50
    assert automatic is not None
    assert drawn is not None
    assert drawn <= automatic


def test_every_call_is_over_and_every_answered_one_has_its_outcome(demo: Demo) -> None:
    with demo.database.reading.connect() as connection:
        states = set(connection.scalars(select(Call.state)))
        results = Counter(connection.scalars(select(Call.result)))
        summaries = connection.scalar(select(func.count()).select_from(CallSummary))
        drafts = connection.scalar(select(func.count()).where(Draft.state == State.DRAFT))
        nobody = connection.scalar(
            select(func.count()).where(Call.result == CallResult.ANSWERED, Call.person_id.is_(None))
        )

    assert states == {CallState.ENDED}
    assert results[CallResult.ABANDONED] >= 5
    assert results[CallResult.HUNG_UP_IN_GREETING] >= 1
    assert summaries == results[CallResult.ANSWERED] - (drafts or 0)
    assert nobody == 0


def test_the_seats_are_free_for_those_who_log_in(demo: Demo) -> None:
    with demo.database.reading.connect() as connection:
        assert set(connection.scalars(select(Seat.presence))) == {Presence.SIGNED_OUT}


def test_no_job_of_the_past_is_left_and_none_has_failed(demo: Demo) -> None:
    with demo.database.reading.connect() as connection:
        left = connection.scalar(select(func.count()).where(JobRow.done_at.is_(None), JobRow.due_at <= START))
        dead = connection.scalar(select(func.count()).where(JobRow.dead_at.is_not(None)))
        leased = connection.scalar(select(func.count()).where(JobRow.lease_token.is_not(None)))

    assert (left, dead, leased) == (0, 0, 0)


def test_texts_read_like_different_people(demo: Demo) -> None:
    with demo.database.reading.connect() as connection:
        texts = Counter(connection.scalars(select(Ticket.text)))
        replies = Counter(connection.scalars(select(Reply.text)))

    assert max(texts.values()) <= 3
    assert max(replies.values()) <= 4
    assert not any(mark in text for text in (*texts, *replies) for mark in "{}|")


def test_everybody_can_log_in_with_the_demo_password(demo: Demo) -> None:
    with demo.database.reading.connect() as connection:
        hashes = set(connection.scalars(select(Person.password_hash)))

    assert len(hashes) == 1
    assert is_password(demo.loaded.password, hashes.pop())
    assert {"agent1", "dispatcher1", "auditor1", "supervisor1", "heating1"} <= {
        account.account for account in demo.loaded.accounts
    }


def test_both_databases_hold_the_same_past(demo: Demo) -> None:
    columns = (Ticket.number, Ticket.text, Ticket.state, Ticket.unit_id, Ticket.rating_level, Ticket.phone)
    with demo.database.reading.connect() as connection:
        rows = connection.execute(select(*columns).order_by(Ticket.id))
        _tales[connection.dialect.name] = [tuple(row) for row in rows]

    first, *others = _tales.values()
    assert all(other == first for other in others)


def test_a_second_load_is_refused_and_changes_nothing(demo: Demo) -> None:
    with pytest.raises(DemoNotEmpty):
        load_demo(demo.database, demo.services, start_at=START)


def test_the_demo_refuses_a_provider_that_reaches_people(demo: Demo) -> None:
    office = demo.services[SmsOffice]
    real = office.settings.model_copy(update={"providers": (ProviderName.TWILIO,)})
    reaching = SmsOffice(real, office.phone_key, office.providers)

    with pytest.raises(DemoNeedsConsole):
        load_demo(demo.database, {**demo.services, SmsOffice: reaching}, start_at=START)


def test_the_server_goes_on_where_the_past_ends(demo: Demo) -> None:
    """Last in this file: it lets eight more days pass."""
    demo.database.clock = HandClock(START + timedelta(days=8))

    drain(demo.database, demo.services)

    with demo.database.reading.connect() as connection:
        dead = connection.scalar(select(func.count()).where(JobRow.dead_at.is_not(None)))
        waiting = connection.scalar(
            select(func.count()).where(Ticket.state == State.TO_CALLBACK, Ticket.needs_repair.is_(False))
        )
        invited = connection.scalar(select(func.count()).where(Invitation.state == InvitationState.INVITED))
    assert (dead, waiting, invited) == (0, 0, 0)
    assert demo.database.read(verify, LEDGER_CHAIN, now=START + timedelta(days=8)).holds
