"""Codes and signed links that open one citizen's rating page.  Pure: keys, moments and randomness come in."""

from collections.abc import Callable
from datetime import datetime

from core import signing
from evaluation.errors import LinkForged, LinkStale

#: without 0 O 1 I L: it is typed from an SMS by old eyes
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 6
_PURPOSE = "rating-link.1"


def draw_code(choose: Callable[[str], str]) -> str:
    """A new code; `choose` picks one letter, e.g. secrets.choice."""
    return "".join(choose(ALPHABET) for _ in range(CODE_LENGTH))


def typed_code(text: str) -> str:
    """A code as somebody typed it: any case, full width, with blanks."""
    half = "".join(chr(ord(letter) - 0xFEE0) if "！" <= letter <= "～" else letter for letter in text)
    return "".join(half.split()).replace("-", "").upper()


def sign_link(invitation_id: int, *, expires_at: datetime, key: bytes) -> str:
    """A token for URLs: who may rate what until when."""
    return signing.sign(invitation_id, purpose=_PURPOSE, expires_at=expires_at, key=key)


def read_link(token: str, *, now: datetime, key: bytes) -> int:
    """The invitation a token was signed for.  Raises LinkForged, LinkStale."""
    try:
        return signing.read_signed(token, purpose=_PURPOSE, now=now, key=key)
    except signing.LinkForged as error:
        raise LinkForged from error
    except signing.LinkStale as error:
        raise LinkStale from error
