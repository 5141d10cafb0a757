"""Hash functions by the name that rows and checkpoints carry: SHA-256, and SM3 (GB/T 32905-2016)."""

import hashlib
from collections.abc import Callable, Mapping
from types import MappingProxyType

from cryptography.hazmat.primitives.hashes import SM3, Hash


def _sha256(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def _sm3(content: bytes) -> bytes:
    """By the library's own OpenSSL: many a system's Python has none."""
    hashed = Hash(SM3())
    hashed.update(content)
    return hashed.finalize()


HASHES: Mapping[str, Callable[[bytes], bytes]] = MappingProxyType({"sha256": _sha256, "sm3": _sm3})
