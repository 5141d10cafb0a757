"""The life-cycle table: complete, closed, drawn as it is, and obeyed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from docs.lifecycle import PAGE, page
from staff.rules import Role
from tests.tickets.law import BY_LAW
from tickets.guard_errors import GUARD_ERRORS
from tickets.guards import Situation
from tickets.kinds import InnerState
from tickets.rules import (
    MOVES,
    TABLE,
    TERMINAL_STATES,
    Action,
    Offer,
    State,
    hindrance,
    moves_from,
    offers,
)

NOW = datetime(2026, 10, 13, 1, tzinfo=UTC)


def test_the_table_is_what_the_trade_says_by_state_act_and_role() -> None:
    table = {
        (move.state.value, move.action.value): (frozenset(role.value for role in move.roles), move.to.value)
        for move in MOVES
    }

    assert table == BY_LAW


def test_every_line_of_the_table_is_there_once() -> None:
    assert len(TABLE) == len(MOVES)


def test_every_state_can_be_reached_and_only_the_terminal_ones_are_ends() -> None:
    reached = {State.DRAFT}
    while new := {target for state in reached for target in next_states(state)} - reached:
        reached |= new

    assert reached == set(State)
    assert {state for state in State if not next_states(state)} == set(TERMINAL_STATES)


def next_states(state: State) -> set[State]:
    return {move.to for move in MOVES if move.state is state and move.is_step}


def test_every_guard_has_an_error_with_its_code() -> None:
    codes = {guard.code for move in MOVES for guard in move.guards}

    assert codes == set(GUARD_ERRORS)


def test_to_what_is_over_nothing_can_be_done_but_that_its_citizen_is_told() -> None:
    left = [(move.state, move.action, move.to) for state in TERMINAL_STATES for move in moves_from(state)]

    assert left == [(State.ARCHIVED, Action.TELL_END, State.ARCHIVED)]


def test_an_agent_never_audits_and_a_dispatched_ticket_is_never_archived() -> None:
    assert (State.DISPATCHED, Action.ARCHIVE) not in TABLE
    assert Role.AGENT not in TABLE[State.REPLIED, Action.PASS_AUDIT].roles


@pytest.mark.parametrize(
    ("after_dispatch", "reason"),
    [
        (timedelta(hours=23, minutes=59), None),
        (timedelta(hours=24), "退单期限已过：10-13 09:00"),
        (timedelta(hours=24, minutes=1), "退单期限已过：10-13 09:00"),
    ],
)
def test_a_return_is_taken_inside_its_window_only(after_dispatch: timedelta, reason: str | None) -> None:
    dispatched_at = NOW - timedelta(hours=24)
    situation = Situation(
        now=dispatched_at + after_dispatch,
        actor_unit_path="/1/2/",
        holder_path="/1/2/",
        return_until=dispatched_at + timedelta(hours=24),
    )

    found = hindrance(TABLE[State.DISPATCHED, Action.RETURN], situation)

    assert (found[1] if found else None) == reason


def test_a_button_that_a_guard_blocks_is_grey_with_its_reason_and_a_foreign_one_absent() -> None:
    situation = Situation(
        now=NOW,
        actor_unit_path="/1/2/",
        holder_path="/1/2/",
        working_path="/1/2/",
        return_until=NOW + timedelta(hours=1),
        is_ruled=True,
        unit_due_at=NOW,
    )

    shown = offers(State.IN_PROGRESS, frozenset({Role.UNIT_OFFICER}), situation)

    assert [(offer.action, offer.is_enabled, offer.reason) for offer in shown] == [
        (Action.REPLY, True, None),
        (Action.SEND_DOWN, True, None),
        (Action.RETURN, False, "已经裁定，不得再退"),
        (Action.ASK_COMPLETION, True, None),
        (Action.ASK_EXTENSION, False, "已超过办理时限：10-13 09:00"),
        (Action.ASK_PARKING, True, None),
        (Action.ASK_TERMINATION, True, None),
        (Action.INTERIM, True, None),
        (Action.NOTE, True, None),
    ]


def test_a_unit_below_is_offered_its_report_first_and_the_answer_stays_with_the_lead() -> None:
    situation = Situation(
        now=NOW,
        actor_unit_path="/1/2/9/",
        holder_path="/1/2/",
        working_path="/1/2/9/",
        inner_state=InnerState.SIGNED,
        upper_paths=("/1/2/",),
    )

    shown = offers(State.IN_PROGRESS, frozenset({Role.UNIT_OFFICER}), situation)

    assert shown[0] == Offer(Action.REPORT_UP, True, None)
    assert shown[1] == Offer(Action.REPLY, False, "由主办单位统一办理")


def test_a_unit_and_what_stands_below_it_never_audit_their_own_reply() -> None:
    move = TABLE[State.REPLIED, Action.PASS_AUDIT]

    for path in ("/1/2/", "/1/2/9/"):
        found = hindrance(move, Situation(now=NOW, actor_unit_path=path, holder_path="/1/2/"))
        assert found is not None
        assert found[0].code == "own_audit"
    assert hindrance(move, Situation(now=NOW, actor_unit_path="/1/", holder_path="/1/2/")) is None


def test_the_diagram_is_the_table() -> None:
    assert Path(PAGE).read_text(encoding="utf-8") == page(), "run: python -m docs.lifecycle"
