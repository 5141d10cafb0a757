"""How a sample is drawn so that everybody draws the same, and when a second answer agrees with the first."""

import hashlib
import heapq
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from evaluation.rules import Level
from evaluation.verdict import wilson
from staff.rules import Role

#: a seed is public, and typed by hand: a lottery's numbers, a date and a place
SEED_LONGEST = 60
SAMPLE_MOST = 500
#: who may ask again
REVIEWERS = (Role.SUPERVISOR, Role.INSPECTOR)


@dataclass(frozen=True)
class Lot:
    """What is said before anything is drawn: by which seed so many, of those rated in these days."""

    seed: str
    first: date
    last: date
    n: int


def rank(seed: str, number: str) -> bytes:
    """Where a ticket stands in the order of a seed: HMAC-SHA256, the seed being the key (docs/draw_sample.py)."""
    return hmac.digest(seed.encode(), number.encode(), "sha256")


def draw(numbers: Iterable[str], seed: str, n: int) -> list[str]:
    """The first `n` of these in the order of the seed; nobody can choose a seed for a ticket before both are known."""
    return heapq.nsmallest(n, set(numbers), key=lambda number: rank(seed, number))


def fingerprint(numbers: Iterable[str]) -> str:
    """By what two people see that they drew from the same list: SHA-256 over the sorted numbers, one a line."""
    return hashlib.sha256("".join(f"{number}\n" for number in sorted(set(numbers))).encode()).hexdigest()


def agrees(level: int, found: Level) -> bool:
    """Satisfied both times or dissatisfied both times: what the headline is made of."""
    return Level(level).is_satisfied == found.is_satisfied


@dataclass(frozen=True)
class Agreement:
    """Of so many who were reached again, so many agree; `same` said the very same level, `unreached` said nothing."""

    reached: int
    agreed: int
    same: int
    unreached: int

    @property
    def rate(self) -> float | None:
        """None while nobody was reached."""
        return self.agreed / self.reached if self.reached else None

    @property
    def interval(self) -> tuple[float, float] | None:
        return wilson(self.agreed, self.reached) if self.reached else None
