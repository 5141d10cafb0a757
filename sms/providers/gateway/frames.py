"""Cuts a stream of bytes into frames: CMPP and SMPP both begin each with its whole length in four bytes."""

from collections.abc import Iterator
from typing import ClassVar

from core.errors import HotlineError

LENGTH_BYTES = 4


class FrameBroken(HotlineError):
    """What came is not of this protocol; nothing behind it can be trusted, so the connection ends."""

    code: ClassVar[str] = "sms_gateway_frame_broken"
    message: ClassVar[str] = "短信网关发来的数据无法解析：{reason}"


class Frames:
    """Takes bytes however they were split and gives whole frames; what it keeps is never more than `longest`."""

    def __init__(self, *, shortest: int, longest: int) -> None:
        self._shortest, self._longest = shortest, longest
        self._rest = b""

    def feed(self, received: bytes) -> Iterator[bytes]:
        """Every frame that is whole now.  Raises FrameBroken for a length that cannot be; then it gives no more."""
        self._rest += received
        while len(self._rest) >= LENGTH_BYTES:
            length = int.from_bytes(self._rest[:LENGTH_BYTES])
            if not self._shortest <= length <= self._longest:
                self._rest = b""
                raise FrameBroken(reason=f"长度 {length}")
            if len(self._rest) < length:
                return
            frame, self._rest = self._rest[:length], self._rest[length:]
            yield frame
