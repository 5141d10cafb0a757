"""A receipt that a window's device has shown is no secret of the citizen: whoever checks it has to know the level."""

from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from evaluation.model import Rating, RatingWords
from evaluation.rules import Channel

#: given before the eyes of those who were rated
AT_A_WINDOW = frozenset({Channel.DEVICE, Channel.QR})
#: so many wrong levels, and nothing is said of the receipt any more: with five tries anybody finds it out
WRONG_LEVELS_MOST = 2


class Agreement(StrEnum):
    """What is said to a level that was typed."""

    AGREES = "agrees"
    DIFFERS = "differs"
    CLOSED = "closed"


def compare_level(session: Session, rating_id: int, typed: int) -> Agreement:
    """Whether the rating has this level; a wrong one is counted.

    A write, and it does not raise: what was counted must be committed.
    """
    kept = session.get_one(RatingWords, rating_id, with_for_update=True)
    if kept.wrong_levels >= WRONG_LEVELS_MOST:
        return Agreement.CLOSED
    if session.scalars(select(Rating.level).filter_by(id=rating_id)).one() == typed:
        return Agreement.AGREES
    kept.wrong_levels += 1
    return Agreement.DIFFERS
