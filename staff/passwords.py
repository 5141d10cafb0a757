"""Argon2id hashes of passwords.  Slow by intent (about 30 ms): never call these inside a write transaction."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from staff.errors import PasswordTooShort
from staff.rules import PASSWORD_MAX_LENGTH, PASSWORD_MIN_LENGTH

#: RFC 9106, section 4, second recommended option (64 MiB), with one lane for a two-core machine
_hasher = PasswordHasher(time_cost=3, memory_cost=65536, parallelism=1)

#: what an unknown account is checked against, so that it costs the same as a known one
NOBODY = _hasher.hash("nobody has this password")


def hash_password(password: str) -> str:
    """Raises PasswordTooShort."""
    if len(password) < PASSWORD_MIN_LENGTH:
        raise PasswordTooShort(least=PASSWORD_MIN_LENGTH)
    return _hasher.hash(password)


def is_password(password: str, password_hash: str | None) -> bool:
    """Whether the password fits; without a hash (None, empty) the same work is done and the answer is no."""
    try:
        _hasher.verify(password_hash or NOBODY, password[:PASSWORD_MAX_LENGTH])
    except (VerificationError, InvalidHashError):
        return False
    return bool(password_hash)
