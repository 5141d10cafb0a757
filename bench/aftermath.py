"""What followed from a made-up ticket: its history in two lines, the question to its citizen, and the answer."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from tickets.rules import State

Row = dict[str, Any]

#: the share of what has ended that was rejected, answered at once, answered after its limit, never asked about
REJECTED, DIRECT, LATE, NOT_ASKED = 0.1, 0.08, 0.06, 0.05
LEVELS = (5, 5, 5, 4, 4, 3, 2, 1, None, None)
_SILENT = ("expired", "expired", "expired", "undelivered", "refused", "to_call")


def ending(state: State, at: datetime, dice: random.Random) -> Row:
    """The columns of a ticket of `at` that tell how it ended; one that is open has none of them."""
    row: Row = dict.fromkeys(("answered_at", "closed_at", "close_reason", "archived_at", "rating_level"))
    if state not in {State.CLOSED, State.ARCHIVED, State.REJECTED}:
        return row
    if state is State.ARCHIVED:
        row["archived_at"] = at + timedelta(days=30)
    if state is State.REJECTED or (state is State.ARCHIVED and dice.random() < REJECTED):
        return row
    if state is State.ARCHIVED and dice.random() < DIRECT:
        return row | {"answered_at": at, "closed_at": at}
    return row | _closed(at, dice)


def _closed(at: datetime, dice: random.Random) -> Row:
    """All of it before the moment from which on tickets are under way."""
    is_late = dice.random() < LATE
    answered_at = at + (timedelta(days=7, hours=4) if is_late else timedelta(days=5))
    level = dice.choice(LEVELS)
    return {
        "answered_at": answered_at,
        "closed_at": answered_at + timedelta(hours=dice.randrange(1, 4 if is_late else 48)),
        "close_reason": "rated" if level else "window_end",
        "rating_level": level,
    }


def history_of(ticket: Row) -> Iterator[Row]:
    """Registered and, where it is so, archived; the real ones have some ten lines."""
    yield _line(ticket, "register", None, State.REGISTERED.value, ticket["registered_at"])
    if ticket["archived_at"]:
        before = State.CLOSED if ticket["close_reason"] else State.ANSWERED if ticket["answered_at"] else State.REJECTED
        yield _line(ticket, "archive", before.value, State.ARCHIVED.value, ticket["archived_at"])


def _line(ticket: Row, action: str, before: str | None, after: str, at: datetime) -> Row:
    return {
        "ticket_id": ticket["id"],
        "at": at,
        "action": action,
        "from_state": before,
        "to_state": after,
        "actor_label": "系统",
        "reason": "",
        "particulars": "{}",
        "is_internal": False,
        "version": 1,
    }


def invitation_of(ticket: Row, dice: random.Random) -> Row | None:
    """The question of a ticket that a unit answered; it has the number of its ticket."""
    if not ticket["close_reason"] or (ticket["rating_level"] is None and dice.random() < NOT_ASKED):
        return None
    state = "answered" if ticket["rating_level"] else dice.choice(_SILENT)
    return {
        "id": ticket["id"],
        "subject": "handling",
        "ticket_id": ticket["id"],
        "rework_no": 0,
        "unit_id": ticket["unit_id"],
        "topic_id": ticket["topic_id"],
        "phone_hash": ticket["phone_hash"],
        "tail_hash": "",
        "code": f"{ticket['id']:08}",
        "state": state,
        "invited_at": ticket["answered_at"],
        "delivered_at": None if state == "undelivered" else ticket["answered_at"],
        "closed_at": ticket["closed_at"],
        "expires_at": ticket["answered_at"] + timedelta(days=7),
        "wrong_tails": 0,
        "unclear_replies": 0,
    }


def rating_of(ticket: Row) -> Row | None:
    if not ticket["rating_level"]:
        return None
    return {
        "subject": "handling",
        "invitation_id": ticket["id"],
        "ticket_id": ticket["id"],
        "unit_id": ticket["unit_id"],
        "channel": "sms",
        "level": ticket["rating_level"],
        "source": f"bench:{ticket['id']}",
        "is_current": True,
        "receipt": f"B{ticket['id']:08}",
        "recorded_at": ticket["closed_at"],
    }
