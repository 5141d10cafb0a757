"""What administrators do to windows: register, correct, close, renew the QR link or the device's key."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from evaluation.counters.errors import WindowExists, WindowUnknown
from evaluation.counters.model import CounterWindow
from staff.model import Unit
from tickets.platforms.model import Platform


def add_window(
    session: Session, *, platform_id: int, unit_id: int, number: str, name: str, now: datetime
) -> CounterWindow:
    """Raises WindowExists."""
    session.get_one(Platform, platform_id, with_for_update=True)
    session.get_one(Unit, unit_id)
    if session.scalar(select(CounterWindow.id).filter_by(platform_id=platform_id, number=number)) is not None:
        raise WindowExists(number=number)
    window = CounterWindow(platform_id=platform_id, unit_id=unit_id, number=number, name=name, added_at=now)
    session.add(window)
    session.flush()
    return window


def change_window(session: Session, window_id: int, *, name: str, unit_id: int, is_active: bool) -> CounterWindow:
    """Raises WindowUnknown."""
    window = _locked(session, window_id)
    session.get_one(Unit, unit_id)
    window.name, window.unit_id, window.is_active = name, unit_id, is_active
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


def note_device(session: Session, window_id: int, *, now: datetime) -> None:
    """The device was heard of."""
    _locked(session, window_id).device_seen_at = now


def _locked(session: Session, window_id: int) -> CounterWindow:
    window = session.get(CounterWindow, window_id, with_for_update=True)
    if window is None:
        raise WindowUnknown(window_id=window_id)
    return window
