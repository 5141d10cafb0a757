"""The same act on several tickets: each on its own, so that one that is refused does not keep the others back."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from core.errors import Conflict, HotlineError, NotFound, Refused
from core.events import savepoint


@dataclass(frozen=True)
class Outcome:
    """What became of one of several; `refused` is None when it was done."""

    number: str
    refused: HotlineError | None = None


def do_each(session: Session, numbers: Iterable[str], act: Callable[[str], Any]) -> list[Outcome]:
    """In the order given, each number once."""
    outcomes = []
    for number in dict.fromkeys(numbers):
        try:
            with savepoint(session):
                act(number)
        except (Conflict, Refused, NotFound) as refused:
            outcomes.append(Outcome(number, refused))
        else:
            outcomes.append(Outcome(number))
    return outcomes


def rehearse(session: Session, numbers: Iterable[str], act: Callable[[str], Any]) -> list[Outcome]:
    """What do_each would say; nothing stays, and nobody is told."""
    outcomes: list[Outcome] = []
    try:
        with savepoint(session):
            outcomes = do_each(session, numbers, act)
            raise _Rehearsed
    except _Rehearsed:
        return outcomes


class _Rehearsed(Exception):
    """Takes the savepoint back."""
