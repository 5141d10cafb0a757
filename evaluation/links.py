"""Signed links that open one citizen's rating page.  Pure: keys and moments come in."""

from datetime import datetime

from core import signing
from evaluation.errors import LinkForged, LinkStale

_PURPOSE = "rating-link.1"


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
