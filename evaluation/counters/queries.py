"""Every read of windows and their matters."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from evaluation.counters.errors import CounterMatterUnknown, DeviceUnknown, WindowUnknown
from evaluation.counters.model import CounterMatter, CounterMatterChange, CounterWindow
from evaluation.counters.rules import SHOWN_FOR, WindowKey, open_until, read_device_key, read_window_link
from evaluation.model import Rating
from evaluation.rules import CORRECTION_WINDOW
from staff.model import Unit
from tickets.platforms.model import Platform


def matter_by_number(session: Session, platform_id: int, number: str) -> CounterMatter:
    """Raises CounterMatterUnknown, also for another hall's number."""
    found = session.scalar(select(CounterMatter).filter_by(platform_id=platform_id, number=number))
    if found is None:
        raise CounterMatterUnknown(number=number)
    return found


def matter_changes(session: Session, matter_id: int) -> Sequence[CounterMatterChange]:
    """What it said before each correction, oldest first."""
    query = select(CounterMatterChange).filter_by(matter_id=matter_id).order_by(CounterMatterChange.id)
    return session.scalars(query).all()


def first_rating(session: Session, matter_id: int) -> Rating | None:
    return session.scalar(select(Rating).filter_by(matter_id=matter_id).order_by(Rating.id).limit(1))


def theirs_until(session: Session, matter: CounterMatter, *, open_days: int) -> datetime | None:
    """How long the matter's own verified number may say something else; None while nobody has rated it.

    A day after its own first rating.  What nobody proved it may replace as long as the matter is open, or for a day.
    """
    first = first_rating(session, matter.id)
    if first is None:
        return None
    own = select(Rating).filter_by(matter_id=matter.id, is_real_name=True).order_by(Rating.id).limit(1)
    if proven := session.scalar(own):
        return proven.recorded_at + CORRECTION_WINDOW
    closes_at = open_until(matter.done_at, matter.registered_at, open_for=timedelta(days=open_days))
    return max(closes_at, first.recorded_at + CORRECTION_WINDOW)


def counting_rating(session: Session, matter_id: int) -> Rating | None:
    """The one that counts: the first, or its latest correction."""
    return session.scalar(select(Rating).filter_by(matter_id=matter_id, is_current=True))


@dataclass(frozen=True)
class MatterStanding:
    """How a matter stands for the hall that registered it: whether it was rated, never how."""

    number: str
    version: int
    stage: str
    is_rated: bool
    correct_until: datetime | None


def standing_of(session: Session, matter: CounterMatter, *, open_days: int) -> MatterStanding:
    until = theirs_until(session, matter, open_days=open_days)
    return MatterStanding(matter.number, matter.version, matter.stage, until is not None, until)


def standing_by_number(session: Session, platform_id: int, number: str, *, open_days: int) -> MatterStanding:
    """Raises CounterMatterUnknown."""
    return standing_of(session, matter_by_number(session, platform_id, number), open_days=open_days)


def window_of_link(session: Session, token: str, *, master: bytes) -> CounterWindow:
    """The window whose QR code was scanned.  Raises WindowUnknown."""
    key = read_window_link(token, master=master)
    window = session.get(CounterWindow, key.window_id) if key else None
    if key is None or window is None or not window.is_active or window.link_no != key.no:
        raise WindowUnknown
    return window


def window_of_device(session: Session, token: str, *, master: bytes) -> CounterWindow:
    """The window at which the device with this key stands.  Raises DeviceUnknown."""
    key: WindowKey | None = read_device_key(token, master=master)
    window = session.get(CounterWindow, key.window_id) if key else None
    if key is None or window is None or not window.is_active or not key.no or window.device_no != key.no:
        raise DeviceUnknown
    return window


def matter_on_show(session: Session, window: CounterWindow, *, now: datetime) -> CounterMatter | None:
    """The last matter that the window has told us of, until somebody has rated it or a quarter of an hour has gone."""
    newest = (
        select(CounterMatter)
        .where(
            CounterMatter.platform_id == window.platform_id,
            CounterMatter.window_number == window.number,
            CounterMatter.changed_at > now - SHOWN_FOR,
        )
        .order_by(CounterMatter.changed_at.desc(), CounterMatter.id.desc())
        .limit(1)
    )
    matter = session.scalar(newest)
    return None if matter is None or counting_rating(session, matter.id) else matter


def matter_of_window(session: Session, window: CounterWindow, matter_id: int) -> CounterMatter:
    """Raises CounterMatterUnknown, also for another window's."""
    found = session.get(CounterMatter, matter_id)
    if found is None or (found.platform_id, found.window_number) != (window.platform_id, window.number):
        raise CounterMatterUnknown(number=matter_id)
    return found


def rating_from(session: Session, source: str) -> Rating | None:
    """What was said by this very way."""
    return session.scalar(select(Rating).filter_by(source=source))


def general_ratings(session: Session, window_id: int, *, now: datetime) -> int:
    """How many rated the window without a matter in the last hour."""
    counted = select(func.count(Rating.id)).where(
        Rating.window_id == window_id, Rating.matter_id.is_(None), Rating.recorded_at > now - timedelta(hours=1)
    )
    return session.scalar(counted) or 0


@dataclass(frozen=True)
class WindowRow:
    """A window with the names of its hall and unit, and how many rated it without a matter."""

    window: CounterWindow
    hall: str
    unit_code: str
    unit: str
    general: int


def windows(session: Session) -> list[WindowRow]:
    """All of them, by hall and number."""
    general = (
        select(func.count(Rating.id))
        .where(Rating.window_id == CounterWindow.id, Rating.matter_id.is_(None))
        .correlate(CounterWindow)
        .scalar_subquery()
    )
    query = (
        select(CounterWindow, Platform.name, Unit.code, Unit.name, general)
        .join(Platform, Platform.id == CounterWindow.platform_id)
        .join(Unit, Unit.id == CounterWindow.unit_id)
        .order_by(Platform.name, CounterWindow.number)
    )
    return [WindowRow(*row) for row in session.execute(query)]


def halls(session: Session) -> list[tuple[str, str]]:
    """(code, name) of the systems that may hand matters over."""
    query = select(Platform.code, Platform.name).where(Platform.is_active).order_by(Platform.name)
    return [(code, name) for code, name in session.execute(query)]


def windows_by_id(session: Session, window_ids: Sequence[int]) -> list[WindowRow]:
    """These, as `windows` has them.  Raises WindowUnknown."""
    found = [row for row in windows(session) if row.window.id in set(window_ids)]
    if len(found) != len(set(window_ids)):
        raise WindowUnknown
    return found


def window(session: Session, window_id: int) -> CounterWindow:
    """Raises WindowUnknown."""
    found = session.get(CounterWindow, window_id)
    if found is None:
        raise WindowUnknown(window_id=window_id)
    return found


def unregistered_windows(session: Session) -> list[tuple[str, str, int]]:
    """(hall, number, matters) of windows that halls name and nobody has registered."""
    known = exists().where(
        CounterWindow.platform_id == CounterMatter.platform_id, CounterWindow.number == CounterMatter.window_number
    )
    query = (
        select(Platform.name, CounterMatter.window_number, func.count(CounterMatter.id))
        .join(Platform, Platform.id == CounterMatter.platform_id)
        .where(~known)
        .group_by(Platform.name, CounterMatter.window_number)
        .order_by(Platform.name, CounterMatter.window_number)
        .limit(100)
    )
    return [(hall, number, n) for hall, number, n in session.execute(query)]
