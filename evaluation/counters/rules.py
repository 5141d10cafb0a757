"""Keys of windows and devices, how a matter is recognised, and what may still be corrected; values only."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from core.calendar.months import month_first
from evaluation.rules import Channel
from tickets.clocks import local_day
from tickets.kinds import Named

#: by how much of its number a citizen names a matter
NUMBER_TAIL = 6
#: how long a device shows a matter that its window has finished
SHOWN_FOR = timedelta(minutes=15)
#: how often it is written down that a device is there
SEEN_EVERY = timedelta(minutes=1)
#: ratings of a window without a matter that one hour takes
GENERAL_MOST_AN_HOUR = 30
#: bytes of a window's link: 160 bits
_LINK_BYTES = 20
#: what a rating has fixed: a bad one cannot be moved to another unit, window, person, phone or time afterwards
_FIXED = ("unit_id", "window_number", "staff_number", "item_code", "phone_hash", "applied_at", "done_at")

#: what a hall's own system may say of how a rating came to it; the others are ours to say
HALL_CHANNELS = frozenset({Channel.DEVICE, Channel.APP, Channel.MINI, Channel.KIOSK, Channel.PC})


class Stage(Named):
    """How far a matter is when its citizen is asked (evalProcess)."""

    ACCEPTED = "accepted", "受理"
    DONE = "done", "办结"


class UserKind(Named):
    """Whose matter it is (userType)."""

    PERSON = "person", "个人"
    COMPANY = "company", "法人"


@dataclass(frozen=True)
class WindowKey:
    """A window, and which of its links or device keys is meant."""

    window_id: int
    no: int


def number_tail(typed: str) -> str:
    """The end of a matter's number as anybody types it: any case, full width, with blanks and dashes."""
    half = "".join(chr(ord(letter) - 0xFEE0) if "！" <= letter <= "～" else letter for letter in typed)
    return "".join(letter for letter in half.upper() if letter.isalnum())[-NUMBER_TAIL:]


def window_link(key: WindowKey, *, master: bytes) -> str:
    """The token of a window's QR code, for good until the link is renewed; 160 bits cannot be guessed."""
    return f"{key.window_id}.{key.no}.{_encoded(_signed('window link', key, master)[:_LINK_BYTES])}"


def device_key(key: WindowKey, *, master: bytes) -> str:
    """What a device at a window shows to us; made from the site's secret, so that none is stored."""
    return f"{key.window_id}.{key.no}.{_encoded(_signed('device', key, master))}"


def read_window_link(token: str, *, master: bytes) -> WindowKey | None:
    """None for what we did not make; whether it is still the present one is the window's row to say."""
    return _read(token, window_link, master)


def read_device_key(token: str, *, master: bytes) -> WindowKey | None:
    """None for what we did not make."""
    return _read(token, device_key, master)


def qr_link(matter_id: int, expires_at: datetime) -> str:
    """How the sources of all that is said by one opened link begin."""
    return f"qr:{matter_id}:{int(expires_at.timestamp())}:"


def window_source(window_id: int, day: date, visitor: str) -> str:
    """One browser rates a window without a matter once a day."""
    return f"window:{window_id}:{day:%Y%m%d}:{visitor}"


#: of a matter: under whom, when and by whom it is rated
_MOVES_RATING = {
    "unit_id": "单位",
    "window_number": "窗口",
    "staff_number": "窗口人员",
    "done_at": "办结时间",
    "phone_hash": "手机号",
}


def may_change(before: Mapping[str, Any], said: Mapping[str, Any], *, rated_at: datetime) -> bool:
    """Whether a rated matter may become this: it may be named better, and still be done, once.

    Not before the day of its rating, or the answer would slip into a month that is counted and published already.
    """
    changed = {name for name in _FIXED if before[name] != said[name]}
    done_at = said["done_at"]
    if before["done_at"] is None and done_at is not None and local_day(done_at) >= local_day(rated_at):
        changed -= {"done_at"}
    return not changed


def rewritten_of(before: Mapping[str, Any], said: Mapping[str, Any]) -> list[str]:
    """In words, what was said already and is said otherwise now: being done for the first time is no such thing."""
    return [name_zh for name, name_zh in _MOVES_RATING.items() if before[name] and before[name] != said[name]]


def may_move_done(before: datetime | None, said: datetime | None, *, now: datetime) -> bool:
    """Whether a matter that was done at `before` may be said to be done at `said`, or not at all.

    It stays in its statistical month, and is taken back only while that month runs: nothing leaves what was counted.
    """
    if before is None or said == before:
        return True
    return month_first(local_day(before)) == month_first(local_day(said or now))


def open_until(done_at: datetime | None, registered_at: datetime, *, open_for: timedelta) -> datetime:
    """How long a matter may be rated: so long after it was done, or was heard of; that moment excluded."""
    return max(done_at or registered_at, registered_at) + open_for


def _read(token: str, make: Any, master: bytes) -> WindowKey | None:
    window_id, _, rest = token.partition(".")
    no = rest.partition(".")[0]
    if not all(part.isascii() and part.isdigit() and len(part) <= 15 for part in (window_id, no)):
        return None
    key = WindowKey(int(window_id), int(no))
    return key if hmac.compare_digest(make(key, master=master).encode(), token.encode()) else None


def _signed(what: str, key: WindowKey, master: bytes) -> bytes:
    return hmac.digest(master, f"{what} {key.window_id}.{key.no}".encode(), hashlib.sha256)


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
