"""Dialling in: verdicts, limits, and how a PIN leaves the telephone's channel without being told; pure values."""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from core.masking import is_landline, is_mobile, plain_number

PIN_LENGTH = 6
#: wrong PINs for one number that calls, then for one person: (window, how many)
FAILURES_PER_CALLER = (timedelta(minutes=15), 5)
FAILURES_PER_PERSON = (timedelta(minutes=15), 5)

_TRUNK_ZERO = re.compile(r"^0(?=1[3-9]\d{9}$)")


class DialInState(StrEnum):
    """How far the question "who, and about what" is."""

    CHECKING = "checking"
    """The PIN is being looked at; counts as a wrong one until it is right."""
    PROVEN = "proven"
    """The PIN is right; whether the ticket may be called about is being judged."""
    JUDGED = "judged"
    TOLD = "told"
    """The exchange was told what to do with the call."""


class Verdict(StrEnum):
    """What comes of it; each but the first is a prompt and an extension of the dialplan."""

    CONNECTED = "connected"
    WRONG = "wrong"
    """Nobody's telephone, or the wrong PIN; said in the same words, after the same time, whatever ticket was keyed."""
    LOCKED = "locked"
    NO_TICKET = "no_ticket"
    """None with this number that this person may call about."""
    SEVERAL = "several"
    """The last six digits fit more than one of them."""
    CLOSED = "closed"
    NO_PHONE = "no_phone"
    CALLING = "calling"
    """The person has another call already."""


VERDICT_NAMES: dict[Verdict, str] = {
    Verdict.CONNECTED: "已转接",
    Verdict.WRONG: "号码或密码不对",
    Verdict.LOCKED: "错误次数过多，暂停拨入",
    Verdict.NO_TICKET: "没有可致电的工单",
    Verdict.SEVERAL: "后六位对应多件工单",
    Verdict.CLOSED: "工单已作废",
    Verdict.NO_PHONE: "诉求人没有留下电话",
    Verdict.CALLING: "已有一个电话正在进行",
}


@dataclass(frozen=True)
class Keyed:
    """What somebody keyed, the PIN covered (`covered`); empty when it was not six digits."""

    uid: str
    channel: str
    caller: str
    ticket: str
    covered_pin: str
    attempt: str


def dial_in_key(ami_secret: str) -> str:
    """What the dialplan and we cover PINs with; both know the manager interface's secret."""
    return hmac.new(ami_secret.encode(), b"dial-in", hashlib.sha256).hexdigest()


def uncovered(keyed: Keyed, *, key: str) -> str | None:
    """The six digits; None when the caller keyed something else.

    The dialplan adds to the PIN, modulo a million, six digits that it takes from a keyed hash of call and try
    (extensions.conf.j2).  SHA-1 is what Asterisk has.
    """
    if not re.fullmatch(r"[0-9]{1,6}", keyed.covered_pin):
        return None
    return f"{(int(keyed.covered_pin) - _pad(keyed.uid, keyed.attempt, key=key)) % 10**PIN_LENGTH:0{PIN_LENGTH}d}"


def covered(pin: str, *, uid: str, attempt: str, key: str) -> str:
    """What the dialplan makes of a PIN; the built-in exchange does the same."""
    if not re.fullmatch(r"[0-9]{6}", pin):
        return ""
    return str((int(pin) + _pad(uid, attempt, key=key)) % 10**PIN_LENGTH)


def _pad(uid: str, attempt: str, *, key: str) -> int:
    digest = hashlib.sha1(f"{key}.{uid}.{attempt}".encode(), usedforsecurity=False).hexdigest()
    return int("".join(char for char in digest if char.isdecimal())[:PIN_LENGTH])


def dialling_number(number: str) -> str:
    """One way to write the number that somebody calls from: trunks put +86, or a zero before mobiles of elsewhere."""
    return _TRUNK_ZERO.sub("", plain_number(number))


def may_dial_in_from(number: str) -> bool:
    """A mobile, or a fixed line with its area code: as the trunk shows it."""
    return is_mobile(number) or (is_landline(number) and number.startswith("0"))
