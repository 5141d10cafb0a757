"""Whether the ratings that figures and recount both read are what the ledger says."""

from collections.abc import Callable
from typing import Any

from evaluation.replay.queries import replay_by
from indicators.recount import Difference


def against_ledger(read: Callable[..., Any]) -> list[Difference]:
    """The first rating or invitation that is stored otherwise; both ways of counting would agree on it."""
    fault = replay_by(read).fault
    return [] if fault is None else [Difference("ledger", fault, "stored", "ledger")]
