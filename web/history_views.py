"""How the lines of a ticket's history look over the wire."""

from typing import Any, Self

from core.masking import mask_text
from evaluation.classes.rules import must_decide_first
from staff.rules import Actor
from tickets.actions.correcting import OPEN_TO_UNITS
from tickets.model import HistoryLine
from tickets.queries.access import sees_own_unit_only
from tickets.rules import Action, State
from web.api import Moment, View

_KINDS = {
    "reveal": "view",
    "open_photos": "view",
    "print": "view",
    "rated": "rating",
    "repair": "rating",
    "urge": "contact",
    "called": "contact",
    "supplement": "contact",
    "contact_denied": "contact",
}


class HistoryView(View):
    """One line of 经过; `kind` is move, contact, rating or view; internal ones the citizen never sees."""

    id: int
    at: Moment
    actor: str
    unit: str
    action: str
    kind: str
    from_state: State | None
    to_state: State | None
    reason: str
    particulars: dict[str, Any]
    is_internal: bool
    version: int

    @classmethod
    def of(cls, line: HistoryLine, *, unit: str, by: Actor) -> Self:
        return cls(
            id=line.id,
            at=line.at,
            actor=line.actor_label,
            unit=unit,
            action=line.action,
            kind=_KINDS.get(line.action, "move"),
            from_state=line.from_state,
            to_state=line.to_state,
            reason=mask_text(line.reason),
            particulars={name: _hidden(value) for name, value in _particulars_for(line, by).items()},
            is_internal=line.is_internal,
            version=line.version,
        )


def _particulars_for(line: HistoryLine, by: Actor) -> dict[str, Any]:
    """A unit reads that its work was rated, not how; and that words about the caller were corrected, not which.

    Who decides classes does not read here how it was rated either.
    """
    is_unit = sees_own_unit_only(by)
    if line.action == "rated" and (is_unit or must_decide_first(by)):
        return {}
    if not is_unit or line.action != Action.CORRECT:
        return line.particulars
    return {
        side: {name: value if name in OPEN_TO_UNITS else None for name, value in values.items()}
        for side, values in line.particulars.items()
    }


def _hidden(value: Any) -> Any:
    """Old and new values of a correction may hold numbers too."""
    match value:
        case str():
            return mask_text(value)
        case dict():
            return {name: _hidden(inner) for name, inner in value.items()}
    return value
