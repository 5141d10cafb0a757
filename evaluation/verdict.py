"""What a share of satisfied answers proves about the 95 % target, and what it does not."""

import math
from dataclasses import dataclass
from fractions import Fraction

from tickets.kinds import Named

#: provincial digital-government measures, item 21: 群众满意度 ≥ 95 %
TARGET = Fraction(95, 100)
#: beside the ends of an interval: to compare a float with a fraction takes longer than to compute it
_LINE = float(TARGET)
#: two-sided 95 %
Z = 1.959963984540054
#: even 72 of 72 has a lower bound under the target
ENOUGH_ANSWERS = 73


class Verdict(Named):
    """In the order in which units are listed: what must be looked at first stands first."""

    MISSED = "missed", "未达标"
    OPEN = "open", "不能判定"
    REACHED = "reached", "达标"
    TOO_FEW = "too_few", "样本不足"


@dataclass(frozen=True)
class Answers:
    """How many were closed, how many of those answered, how many of the answers were 3 (基本满意) or better.

    Raises ValueError unless satisfied ≤ answered ≤ closed.
    """

    closed: int
    answered: int
    satisfied: int

    def __post_init__(self) -> None:
        if not 0 <= self.satisfied <= self.answered <= self.closed:
            raise ValueError(f"{self.satisfied} satisfied of {self.answered} answers of {self.closed} closed")

    def __add__(self, other: "Answers") -> "Answers":
        return Answers(self.closed + other.closed, self.answered + other.answered, self.satisfied + other.satisfied)

    @property
    def bad(self) -> int:
        return self.answered - self.satisfied

    @property
    def place(self) -> tuple[int, int]:
        """Where it stands in a list: by verdict, then by bad answers, never by rate."""
        return list(Verdict).index(self.verdict), -self.bad

    @property
    def rate(self) -> float | None:
        """The headline: answers only.  None without answers: then there is no percentage at all."""
        return _share(self.satisfied, self.answered)

    @property
    def answer_rate(self) -> float | None:
        return _share(self.answered, self.closed)

    @property
    def silence_as_satisfied(self) -> float | None:
        """What 默认好评 would claim, and the best case over the silent; shown, never used."""
        return _share(self.satisfied + self.closed - self.answered, self.closed)

    @property
    def of_all_closed(self) -> float | None:
        """Confirmed satisfied over everything closed; also the worst case over the silent."""
        return _share(self.satisfied, self.closed)

    @property
    def interval(self) -> tuple[float, float] | None:
        return wilson(self.satisfied, self.answered) if self.answered else None

    @property
    def verdict(self) -> Verdict:
        return verdict(self.satisfied, self.answered)

    @property
    def point_below_target(self) -> bool | None:
        return _missing(self.satisfied, self.answered) > 0 if self.answered else None


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def wilson(satisfied: int, answered: int) -> tuple[float, float]:
    """The Wilson score interval, both ends within [0, 1]; `answered` must be above 0."""
    rate = satisfied / answered
    spread = Z * Z / answered
    middle = rate + spread / 2
    reach = Z * math.sqrt(rate * (1 - rate) / answered + spread / (4 * answered))
    low = (middle - reach) / (1 + spread) if satisfied else 0.0
    high = (middle + reach) / (1 + spread) if satisfied < answered else 1.0
    return low, high


def verdict(satisfied: int, answered: int) -> Verdict:
    """The order matters: a small sample can still be proved to have missed the target."""
    if answered == 0:
        return Verdict.TOO_FEW
    low, high = wilson(satisfied, answered)
    if low >= _LINE:
        return Verdict.REACHED
    if high < _LINE:
        return Verdict.MISSED
    return Verdict.TOO_FEW if answered < ENOUGH_ANSWERS else Verdict.OPEN


def needed_for_target(satisfied: int, answered: int) -> int:
    """How many more answers, all satisfied, lift the point value to the target; 0 if it is there or nobody answered."""
    return max(0, math.ceil(_missing(satisfied, answered) / (TARGET.denominator - TARGET.numerator)))


def _missing(satisfied: int, answered: int) -> int:
    """By how much the point value lies below the target, in whole numbers."""
    return TARGET.numerator * answered - TARGET.denominator * satisfied


def needed_for_proof(satisfied: int, answered: int) -> int:
    """How many more answers, all satisfied, lift the lower bound to the target.

    With n answers, b of them bad, it stands there where (1 - target) n - b = Z √(target (1 - target) n), solved for √n.
    """
    bad, share = answered - satisfied, 1 - _LINE
    reach = Z * math.sqrt(_LINE * share)
    root = (reach + math.sqrt(reach * reach + 4 * share * bad)) / (2 * share)
    return max(0, math.ceil(root * root) - answered)
