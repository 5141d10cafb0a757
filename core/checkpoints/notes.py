"""A checkpoint as text that anybody can check: C2SP tlog-checkpoint in a signed-note, signed with Ed25519 (RFC 8032).

12345.example/ledger
20852
<root, base64>
previous <root before it, base64, or ->
at 2026-11-30T00:10:00.000000Z
algorithm sha256

— 12345.example/ledger <key hash and signature, base64>
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from core.errors import HotlineError

SIGNATURE_ALGORITHM = "ed25519"
_SIGNED_BY = "— "
#: what C2SP signed-note calls the signature type of Ed25519
_TYPE = b"\x01"


class BadNote(HotlineError):
    """A text that is no checkpoint, or one that was not signed by this key."""

    code = "bad_note"
    message = "检查点无效：{reason}"


@dataclass(frozen=True)
class Statement:
    """What a checkpoint says; roots are bytes."""

    origin: str
    size: int
    root: bytes
    previous: bytes | None
    at: datetime
    algorithm: str

    @property
    def text(self) -> str:
        at = self.at.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00")
        previous = _base64(self.previous) if self.previous else "-"
        lines = (self.origin, str(self.size), _base64(self.root), f"previous {previous}", f"at {at}Z")
        return "".join(f"{line}\n" for line in (*lines, f"algorithm {self.algorithm}"))


class Signer:
    """Signs for one origin; `seed` are the 32 secret bytes of RFC 8032."""

    def __init__(self, origin: str, seed: bytes) -> None:
        self.origin = origin
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.verifier = Verifier(origin, self._key.public_key().public_bytes_raw())

    def sign(self, statement: Statement) -> str:
        """The note: the statement and below it the signature."""
        signature = self.verifier.key_hash + self._key.sign(statement.text.encode())
        return f"{statement.text}\n{_SIGNED_BY}{self.origin} {_base64(signature)}\n"


class Verifier:
    """Checks what a signer signed; `public` are the 32 bytes of its public key."""

    def __init__(self, origin: str, public: bytes) -> None:
        self.origin = origin
        self._public = public
        self.key_hash = hashlib.sha256(origin.encode() + b"\n" + _TYPE + public).digest()[:4]

    @property
    def line(self) -> str:
        """The public key as C2SP signed-note spells it."""
        return f"{self.origin}+{self.key_hash.hex()}+{_base64(_TYPE + self._public)}"

    def read(self, note: str) -> Statement:
        """What a note says.  Raises BadNote."""
        text, _, signatures = note.partition("\n\n")
        own = f"{_SIGNED_BY}{self.origin} "
        said = [line.removeprefix(own) for line in signatures.splitlines() if line.startswith(own)]
        if not said:
            raise BadNote(reason="没有本机构的签名")
        try:
            signed = base64.b64decode(said[0], validate=True)
            Ed25519PublicKey.from_public_bytes(self._public).verify(signed[4:], f"{text}\n".encode())
        except (binascii.Error, InvalidSignature) as error:
            raise BadNote(reason="签名不符") from error
        if signed[:4] != self.key_hash:
            raise BadNote(reason="签名不符")
        statement = _parsed(text)
        if statement.origin != self.origin:
            raise BadNote(reason="不是本机构的检查点")
        return statement


def _parsed(text: str) -> Statement:
    try:
        origin, size, root, *more = text.splitlines()
        told = dict(line.split(" ", 1) for line in more)
        previous = told["previous"]
        return Statement(
            origin,
            int(size),
            base64.b64decode(root, validate=True),
            None if previous == "-" else base64.b64decode(previous, validate=True),
            datetime.fromisoformat(told["at"]),
            told["algorithm"],
        )
    except (ValueError, KeyError, binascii.Error) as error:
        raise BadNote(reason="格式不符") from error


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
