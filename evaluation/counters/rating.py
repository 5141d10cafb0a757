"""Keeping what a citizen says at a window: of one matter, once; or of the window's service without a matter."""

import secrets
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.secrets import phone_hash, tail_hash
from evaluation.actions.answering import About, Answer, announce_rating, keep_rating
from evaluation.actions.opening import is_address_stopped, note_try
from evaluation.counters.errors import NotTheirMatter, WindowBusy, WindowUnknown
from evaluation.counters.model import CounterMatter, CounterWindow
from evaluation.counters.queries import (
    counting_rating,
    first_rating,
    general_ratings,
    matter_of_window,
    theirs_until,
)
from evaluation.counters.rules import GENERAL_MOST_AN_HOUR, number_tail, open_until
from evaluation.errors import AlreadyRated, InvitationExpired
from evaluation.model import Rating
from evaluation.rules import TAIL_TRIES, Subject, may_correct

#: so long a matter is closed to typed ends of numbers after the last wrong one
CLOSED_BY_TAILS_FOR = timedelta(hours=24)
log = structlog.get_logger(__name__)


def rate_matter(
    session: Session,
    matter_id: int,
    answer: Answer,
    *,
    is_real_name: bool,
    link: str = "",
    open_days: int,
    now: datetime,
) -> Rating:
    """Keep the one rating of a matter (一次一评).

    The matter's own verified number (`is_real_name`) takes the place of what nobody proved as long as the matter is
    open, and corrects itself for 24 hours; within 24 hours of the first so does the very link that gave it: `link` is
    how that one's sources begin.  Two ends of numbers prove nobody, the window's staff know them.
    Who is verified is the hall's own word, so after 24 hours it may lower what nobody proved and never raise it.
    All stay.  Told twice, the first telling is returned.
    Raises AlreadyRated, InvitationExpired.  Announces RatingRecorded.
    """
    matter = session.get_one(CounterMatter, matter_id, with_for_update=True, populate_existing=True)
    if told := session.scalar(select(Rating).filter_by(source=answer.source)):
        return told
    first, before = first_rating(session, matter_id), counting_rating(session, matter_id)
    if first is None:
        if now >= open_until(matter.done_at, matter.registered_at, open_for=timedelta(days=open_days)):
            raise InvitationExpired(matter_id=matter_id)
    elif is_real_name:
        until = theirs_until(session, matter, open_days=open_days)
        if (until is not None and now >= until) or _is_raised_late(session, first, answer, now):
            raise AlreadyRated(matter_id=matter_id)
    elif not (_is_by(link, before) and may_correct(first.recorded_at, now)):
        raise AlreadyRated(matter_id=matter_id)

    if before is not None:
        before.is_current = False
        session.flush()
    about = About(Subject.COUNTER, unit_id=matter.unit_id, matter_id=matter.id, is_real_name=is_real_name)
    rating = keep_rating(session, answer, about, corrects_id=before.id if before else None, now=now)
    announce_rating(session, rating)
    return rating


def _is_raised_late(session: Session, first: Rating, answer: Answer, now: datetime) -> bool:
    """Above the last word that nobody proved, a day after the first one."""
    unproven = select(Rating.level).filter_by(matter_id=first.matter_id, is_real_name=False)
    said = session.scalar(unproven.order_by(Rating.id.desc()).limit(1))
    return said is not None and answer.level > said and not may_correct(first.recorded_at, now)


def _is_by(link: str, rating: Rating | None) -> bool:
    return link != "" and rating is not None and rating.source.startswith(link)


def rate_window(session: Session, window_id: int, answer: Answer, *, now: datetime) -> Rating:
    """Keep what somebody says of a window without a matter (综合点评): it is counted apart and in no rate.

    Told twice, the first telling is returned: the source says which browser and day.
    Raises WindowUnknown, WindowBusy.
    """
    window = session.get(CounterWindow, window_id, with_for_update=True)
    if window is None or not window.is_active:
        raise WindowUnknown(window_id=window_id)
    if told := session.scalar(select(Rating).filter_by(source=answer.source)):
        return told
    if general_ratings(session, window_id, now=now) >= GENERAL_MOST_AN_HOUR:
        raise WindowBusy(window_id=window_id)
    about = About(Subject.COUNTER, unit_id=window.unit_id, window_id=window.id, is_real_name=False)
    return keep_rating(session, answer, about, corrects_id=None, now=now)


def check_phone(session: Session, matter: CounterMatter, phone: str, *, phone_key: bytes) -> None:
    """Whether a number that a hall's own system has verified is the matter's.  Raises NotTheirMatter."""
    if not matter.phone_hash or not secrets.compare_digest(matter.phone_hash, phone_hash(phone, phone_key)):
        raise NotTheirMatter(number=matter.number)


def open_by_tails(
    session: Session,
    window_id: int,
    typed_number: str,
    phone_tail: str,
    *,
    phone_key: bytes,
    address: str,
    now: datetime,
) -> int | None:
    """The matter that the end of its number and of its phone open, or None; the fifth wrong phone closes it for a day.

    Not for good: whoever serves at the window knows the number, and could shut the way before the citizen comes.  From
    an address with too many tries that opened nothing, nothing opens for a while.
    A write, and it does not raise: what was counted must be committed.
    """
    window = session.get_one(CounterWindow, window_id)
    named = number_tail(typed_number)
    query = select(CounterMatter).filter_by(platform_id=window.platform_id, number_tail=named).with_for_update()
    wanted = tail_hash(phone_tail, phone_key)
    found = session.scalars(query.order_by(CounterMatter.id.desc()).limit(20)).all()
    open_ones = [matter for matter in found if matter.tail_hash and not _is_closed_by_tails(matter, now)]
    theirs = [matter for matter in open_ones if secrets.compare_digest(matter.tail_hash, wanted)]
    is_stopped = is_address_stopped(session, address, now=now)
    if theirs and not is_stopped:
        return theirs[0].id
    if not theirs and not is_stopped:
        for matter in open_ones:
            _note_wrong_tail(matter, now)
    note_try(session, address, now=now)
    ids = [matter.id for matter in found]
    log.warning("counter matter refused", window_id=window_id, matter_ids=ids, is_address_stopped=is_stopped)
    return None


def _is_closed_by_tails(matter: CounterMatter, now: datetime) -> bool:
    return matter.wrong_tails >= TAIL_TRIES and not _is_long_ago(matter.wrong_tail_at, now)


def _note_wrong_tail(matter: CounterMatter, now: datetime) -> None:
    if _is_long_ago(matter.wrong_tail_at, now):
        matter.wrong_tails = 0
    matter.wrong_tails, matter.wrong_tail_at = matter.wrong_tails + 1, now


def _is_long_ago(at: datetime | None, now: datetime) -> bool:
    return at is None or now - at >= CLOSED_BY_TAILS_FOR


def note_asked(session: Session, window: CounterWindow, matter_id: int, *, now: datetime) -> None:
    """A device has put the question before the citizen.  Raises CounterMatterUnknown."""
    matter = matter_of_window(session, window, matter_id)
    matter.asked_at = matter.asked_at or now
