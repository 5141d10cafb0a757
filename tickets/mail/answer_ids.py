"""Names of our own mails: whoever answers one names it, and nobody else can make one up.  Pure."""

import hashlib
import hmac
import re

_NAME = re.compile(r"<answer-(\d{1,15})-([0-9a-f]{20})@")


def answer_name(answer_id: int, key: bytes, domain: str) -> str:
    """Its Message-ID: the same however often it is sent."""
    return f"<answer-{answer_id}-{_seal(answer_id, key)}@{domain}>"


def answer_ids_in(text: str, key: bytes) -> tuple[int, ...]:
    """Our answers that a text names, the last named first."""
    named = [int(number) for number, seal in _NAME.findall(text) if hmac.compare_digest(seal, _seal(int(number), key))]
    return tuple(dict.fromkeys(reversed(named)))


def _seal(answer_id: int, key: bytes) -> str:
    return hmac.new(key, f"mail answer {answer_id}".encode(), hashlib.sha256).hexdigest()[:20]
