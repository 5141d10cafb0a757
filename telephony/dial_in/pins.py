"""PINs of those who dial in: drawn by lot, kept as argon2id hashes like passwords.  Never in a write transaction."""

import secrets

from staff.passwords import hash_password, is_password
from telephony.dial_in.rules import PIN_LENGTH


def new_pin() -> str:
    """Six digits that nobody chose, so that none is easier to guess."""
    return f"{secrets.randbelow(10**PIN_LENGTH):0{PIN_LENGTH}d}"


def hash_pin(pin: str) -> str:
    return hash_password(_named(pin))


def is_pin(pin: str | None, pin_hash: str | None) -> bool:
    """Whether the PIN fits; without one, or without a hash, the same work is done and the answer is no."""
    return is_password(_named(pin or ""), pin_hash) and pin is not None


def _named(pin: str) -> str:
    return f"dial-in {pin}"
