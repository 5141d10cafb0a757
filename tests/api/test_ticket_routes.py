"""Every act that the page can offer has a route, and that route lets in whom the table lets."""

from staff.rules import STAFF_ROLES
from tickets.rules import MOVES, Action
from web import (
    completions,
    dispatch,
    drafts,
    merging,
    ticket_acts,
    ticket_privacy,
    ticket_sharing,
    tickets,
    withdrawing,
)
from web.tickets import roles_for

#: acts whose route is not their own name
PATHS = {
    Action.REGISTER: ("POST", "/api/drafts/{draft_id}/register"),
    Action.DISCARD: ("POST", "/api/drafts/{draft_id}/discard"),
    Action.PASS_AUDIT: ("POST", "/api/tickets/{number}/audit"),
    Action.FAIL_AUDIT: ("POST", "/api/tickets/{number}/audit"),
    Action.CORRECT: ("PATCH", "/api/tickets/{number}"),
    Action.ASK_EXTENSION: ("POST", "/api/tickets/{number}/requests"),
    Action.ASK_PARKING: ("POST", "/api/tickets/{number}/requests"),
    Action.ASK_TERMINATION: ("POST", "/api/tickets/{number}/requests"),
    Action.EXTEND: ("POST", "/api/tickets/{number}/grant"),
    Action.ASK_HELP: ("POST", "/api/tickets/{number}/help"),
    Action.SUPERVISE: ("POST", "/api/tickets/{number}/papers"),
    Action.INSTRUCT: ("POST", "/api/tickets/{number}/papers"),
    Action.MERGE: ("POST", "/api/tickets/{number}/children"),
}
ROUTES = {
    (route.method, route.path): route
    for api in (
        tickets.api,
        ticket_privacy.api,
        ticket_acts.api,
        ticket_sharing.api,
        merging.api,
        dispatch.api,
        completions.api,
        withdrawing.api,
        drafts.api,
    )
    for route in api.routes
}


def offered() -> set[Action]:
    """What some person is offered in some state."""
    people = set(STAFF_ROLES)
    return {move.action for move in MOVES if move.roles & people}


def route_of(action: Action) -> tuple[str, str]:
    return PATHS.get(action, ("POST", f"/api/tickets/{{number}}/{action.value.replace('_', '-')}"))


def test_every_offered_act_has_a_route() -> None:
    assert {action for action in offered() if route_of(action) not in ROUTES} == set()


def test_a_route_lets_in_whom_the_table_lets() -> None:
    for action in offered():
        allowed = ROUTES[route_of(action)].allowed
        roles = set(allowed) if isinstance(allowed, tuple) else {allowed}
        assert roles == set(roles_for(action)), action
