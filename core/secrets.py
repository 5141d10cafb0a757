"""Secrets: from the environment, or a file of our own that only we may read, made at the first start."""

import base64
import binascii
import hashlib
import hmac
import os
import secrets as random_secrets
from collections.abc import Mapping
from pathlib import Path

from core.errors import StartRefused
from core.masking import plain_number, tail

PREFIX = "HOTLINE_SECRET_"
_BYTES = 32


class SecretUnreadable(StartRefused):
    """A secret cannot be read, or others could read it too."""

    code = "secret_unreadable"
    message = "密钥 {name} 不可用：{reason}"


class Secrets:
    """`secret(name)` for one installation; files lie in `folder`, mode 0600."""

    def __init__(self, folder: Path, environ: Mapping[str, str] | None = None) -> None:
        self._folder = folder
        self._environ = os.environ if environ is None else environ

    def secret(self, name: str) -> bytes:
        """The secret of this name, made of 32 random bytes when nobody gave one.  Raises SecretUnreadable.

        HOTLINE_SECRET_<NAME> holds base64 or, with the prefix "text:", the secret as it is.
        """
        given = self._environ.get(PREFIX + name.upper())
        if given is not None:
            return _decoded(name, given)
        path = self._folder / f"{name}.secret"
        try:
            return self._kept(name, path)
        except FileNotFoundError:
            return self._made(path)
        except OSError as error:
            raise SecretUnreadable(name=name, reason=str(error)) from error

    def given(self, name: str) -> bytes | None:
        """A secret that only people can know (a provider's token): from environment or file, never made up."""
        path = self._folder / f"{name}.secret"
        if PREFIX + name.upper() in self._environ or path.exists():
            return self.secret(name)
        return None

    @staticmethod
    def _kept(name: str, path: Path) -> bytes:
        if path.stat().st_mode & 0o077:
            raise SecretUnreadable(name=name, reason=f"{path} 须设为仅本用户可读（chmod 600）")
        return _decoded(name, path.read_text(encoding="utf-8").strip())

    def _made(self, path: Path) -> bytes:
        """Written beside and linked into place: of two processes that start together one wins, both read its secret."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        value = random_secrets.token_bytes(_BYTES)
        new = path.with_name(f"{path.name}.{os.getpid()}")
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "w") as file:
                file.write(base64.b64encode(value).decode())
                file.flush()
                os.fsync(file.fileno())
            try:
                path.hardlink_to(new)
            except FileExistsError:
                return self._kept(path.stem, path)
            return value
        finally:
            new.unlink()


def _decoded(name: str, text: str) -> bytes:
    if text.startswith("text:"):
        return text.removeprefix("text:").encode()
    try:
        value = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise SecretUnreadable(name=name, reason="应为 base64，或以 text: 开头的原文") from error
    if not value:
        raise SecretUnreadable(name=name, reason="内容为空")
    return value


def phone_hash(number: str, key: bytes) -> str:
    """A number's keyed hash: finds the same caller again without telling who it is."""
    return hmac.new(key, plain_number(number).encode(), hashlib.sha256).hexdigest()


def tail_hash(number: str, key: bytes) -> str:
    """The keyed hash of a number's last four digits, of another kind than that of whole numbers."""
    return hmac.new(key, f"tail {tail(number)}".encode(), hashlib.sha256).hexdigest()[:16]
