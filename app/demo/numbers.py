"""Telephone numbers for made-up people: none of them can belong to anybody."""

from collections.abc import Collection
from random import Random

#: no operator has been given this range (2022 overview of the numbering plan: 142, 143, 154, 161, 164, 194 unassigned)
MOBILE_RANGE = "154"
#: the numbering plan has no such area code
AREA_CODE = "0499"

#: citizens whose place in the list is a multiple of this have a mobile (world.make_citizens)
_NEVER_LANDLINE, _CALLERS = 12, 18
_STEP = 7_919
_LAST_FOUR = 10_000


def mobile(n: int) -> str:
    """The n-th citizen's mobile: 154-0431-xxxx, with last four digits that look drawn by lot and never repeat."""
    return f"{MOBILE_RANGE}0431{(n * _STEP + 3_821) % _LAST_FOUR:04d}"


def duty_mobile(n: int) -> str:
    """The n-th mobile of somebody on duty: 154-0432-xxxx, apart from citizens' numbers."""
    return f"{MOBILE_RANGE}0432{n % _LAST_FOUR:04d}"


def officer_mobile(n: int) -> str:
    """The mobile of the n-th person of the demo: 154-0433-xxxx."""
    return f"{MOBILE_RANGE}0433{n % _LAST_FOUR:04d}"


def landline(n: int) -> str:
    """The n-th citizen's fixed line."""
    return f"{AREA_CODE}2{(n * _STEP) % 1_000_000:06d}"


def is_some_caller(number: str) -> bool:
    """Whether this number calls during the demo."""
    return number in {mobile(n * _NEVER_LANDLINE) for n in range(_CALLERS)}


def some_caller(chance: Random, asked: Collection[str] = ()) -> str:
    """The mobile of one of the demo's citizens: whoever answers most often sees earlier tickets.

    Nobody who is `asked` for a rating already: the SMS about this call would wait behind that one.
    """
    callers = [mobile(n * _NEVER_LANDLINE) for n in range(_CALLERS)]
    return chance.choice([number for number in callers if number not in asked] or callers)
