"""Signed tokens for addresses: what may be opened until when.  Pure: keys and moments come in."""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime

from core.errors import Refused

#: bytes of the signature: 160 bits
_SIGNATURE_BYTES = 20


class LinkForged(Refused):
    """A token that we did not sign."""

    code = "link_forged"
    message = "链接无效，请核对后重试"


class LinkStale(Refused):
    """A token whose time is over."""

    code = "link_stale"
    message = "链接已过期，请重新打开"


@dataclass(frozen=True)
class Signed:
    """What a token says."""

    row_id: int
    expires_at: datetime


def sign(row_id: int, *, purpose: str, expires_at: datetime, key: bytes) -> str:
    """A token for URLs; one that was signed for another purpose opens nothing."""
    payload = f"{row_id}.{int(expires_at.timestamp())}".encode()
    return _encoded(payload + b"." + _signature(payload, purpose, key))


def read_signed(token: str, *, purpose: str, now: datetime, key: bytes) -> int:
    """The row a token was signed for.  Raises LinkForged, LinkStale."""
    return read_whole(token, purpose=purpose, now=now, key=key).row_id


def read_whole(token: str, *, purpose: str, now: datetime, key: bytes) -> Signed:
    """The row a token was signed for, and until when.  Raises LinkForged, LinkStale."""
    try:
        raw = base64.b64decode(token.encode("ascii") + b"=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error, ValueError) as error:
        raise LinkForged from error
    payload = raw[: -_SIGNATURE_BYTES - 1]
    if not hmac.compare_digest(raw, payload + b"." + _signature(payload, purpose, key)) or _encoded(raw) != token:
        raise LinkForged
    row_id, expires_at = payload.split(b".")
    signed = Signed(int(row_id), datetime.fromtimestamp(int(expires_at), UTC))
    if now >= signed.expires_at:
        raise LinkStale
    return signed


def _signature(payload: bytes, purpose: str, key: bytes) -> bytes:
    return hmac.digest(key, f"{purpose}:".encode() + payload, hashlib.sha256)[:_SIGNATURE_BYTES]


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
