"""Random tokens of log-ins: the browser holds the token, the database only its hash."""

import hashlib
import secrets


def new_token() -> str:
    """256 random bits, safe in a cookie and in a header."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """SHA-256 in hex; a token is random enough to need no salt."""
    return hashlib.sha256(token.encode()).hexdigest()
