"""What administrators do to windows: register, correct, close, renew the QR link or the device's key."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from evaluation.counters.errors import WindowExists, WindowUnknown
from evaluation.counters.model import CounterWindow
from evaluation.counters.rules import SEEN_EVERY
from staff.queries import unit_by_code
from tickets.platforms.model import Platform
from tickets.platforms.queries import platform_by_code


def add_window(session: Session, *, hall: str, unit_code: str, number: str, name: str, now: datetime) -> CounterWindow:
    """`hall` is the code of the hall's platform.  Raises PlatformNotFound, UnitNotFound, WindowExists."""
    platform = session.get_one(Platform, platform_by_code(session, hall).id, with_for_update=True)
    unit = unit_by_code(session, unit_code)
    if session.scalar(select(CounterWindow.id).filter_by(platform_id=platform.id, number=number)) is not None:
        raise WindowExists(number=number)
    window = CounterWindow(platform_id=platform.id, unit_id=unit.id, number=number, name=name, added_at=now)
    session.add(window)
    session.flush()
    return window


def change_window(session: Session, window_id: int, *, name: str, unit_code: str, is_active: bool) -> CounterWindow:
    """A closed one takes no ratings, neither by its code nor on its device.  Raises WindowUnknown, UnitNotFound."""
    window = _locked(session, window_id)
    window.name, window.unit_id, window.is_active = name, unit_by_code(session, unit_code).id, is_active
    return window


def renew_link(session: Session, window_id: int) -> CounterWindow:
    """From now on the printed code opens nothing: a photo of it does not rate from afar.  Raises WindowUnknown."""
    window = _locked(session, window_id)
    window.link_no += 1
    return window


def renew_device(session: Session, window_id: int) -> CounterWindow:
    """The next key; the one before is worth nothing from then on.  Raises WindowUnknown."""
    window = _locked(session, window_id)
    window.device_no += 1
    window.device_seen_at = None
    return window


def is_device_due(window: CounterWindow, *, now: datetime) -> bool:
    """Whether it should be written down again that the device is there."""
    return window.device_seen_at is None or now >= window.device_seen_at + SEEN_EVERY


def note_device(session: Session, window_id: int, *, now: datetime) -> None:
    """The device was heard of."""
    _locked(session, window_id).device_seen_at = now


def _locked(session: Session, window_id: int) -> CounterWindow:
    window = session.get(CounterWindow, window_id, with_for_update=True)
    if window is None:
        raise WindowUnknown(window_id=window_id)
    return window
