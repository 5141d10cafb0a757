"""Codes and signed links that open one citizen's rating page.  Pure: keys, moments and randomness come in."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable
from datetime import UTC, datetime

from evaluation.errors import LinkForged, LinkStale

#: without 0 O 1 I L: it is typed from an SMS by old eyes
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 6
#: bits of the signature: 160
_SIGNATURE_BYTES = 20
_PURPOSE = b"rating-link.1:"


def draw_code(choose: Callable[[str], str]) -> str:
    """A new code; `choose` picks one letter, e.g. secrets.choice."""
    return "".join(choose(ALPHABET) for _ in range(CODE_LENGTH))


def typed_code(text: str) -> str:
    """A code as somebody typed it: any case, full width, with blanks."""
    half = "".join(chr(ord(letter) - 0xFEE0) if "！" <= letter <= "～" else letter for letter in text)
    return "".join(half.split()).replace("-", "").upper()


def sign_link(invitation_id: int, *, expires_at: datetime, key: bytes) -> str:
    """A token for URLs: who may rate what until when."""
    payload = f"{invitation_id}.{int(expires_at.timestamp())}".encode()
    return _encoded(payload + b"." + _signature(payload, key))


def read_link(token: str, *, now: datetime, key: bytes) -> int:
    """The invitation a token was signed for.  Raises LinkForged, LinkStale."""
    try:
        raw = base64.b64decode(token.encode("ascii") + b"=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error, ValueError) as error:
        raise LinkForged from error
    payload = raw[: -_SIGNATURE_BYTES - 1]
    if not hmac.compare_digest(raw, payload + b"." + _signature(payload, key)) or _encoded(raw) != token:
        raise LinkForged
    invitation_id, expires_at = payload.split(b".")
    if now >= datetime.fromtimestamp(int(expires_at), UTC):
        raise LinkStale
    return int(invitation_id)


def _signature(payload: bytes, key: bytes) -> bytes:
    return hmac.digest(key, _PURPOSE + payload, hashlib.sha256)[:_SIGNATURE_BYTES]


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
