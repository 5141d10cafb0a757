"""What an SMPP centre says to us.  Read here, not by aiosmpplib: see ADR 0049 for the frames it stumbles over."""

import re
import struct
from dataclasses import dataclass, field

from sms.providers.gateway.frames import FrameBroken
from sms.providers.gateway.long_texts import Part, part_of, without_header

HEADER = struct.Struct(">IIII")
LONGEST_FRAME = 70_000
_ENDS = b"\0"
_HAS_HEADER, _KIND, _IS_RECEIPT = 0x40, 0x3C, 0x04
_ENCODINGS = {3: "latin-1", 8: "utf-16-be", 15: "gb18030"}
_RECEIPTED_ID, _PAYLOAD = 0x001E, 0x0424
_SAR_REFERENCE, _SAR_TOTAL, _SAR_NUMBER = 0x020C, 0x020E, 0x020F
_FIELD = re.compile(r"\b(id|stat|err):(\S+)", re.IGNORECASE)


@dataclass(frozen=True)
class Header:
    command: int
    status: int
    sequence: int


@dataclass(frozen=True)
class Receipt:
    """id:… stat:… err:… of a delivery receipt, as the centre wrote them."""

    provider_id: str
    stat: str
    error: str


@dataclass(frozen=True)
class Delivered:
    """A deliver_sm: `content` without its header, in the writing that `coding` names."""

    source: str
    dest: str
    is_receipt: bool
    coding: int
    content: bytes
    part: Part | None
    options: dict[int, bytes] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """What cannot be read stands as U+FFFD, so that a person sees that something came."""
        return self.content.decode(_ENCODINGS.get(self.coding, "ascii"), errors="replace")

    @property
    def receipt(self) -> Receipt | None:
        """None when it names no message."""
        told = {name.lower(): value for name, value in _FIELD.findall(self.text)}
        by_option = self.options.get(_RECEIPTED_ID, b"").rstrip(_ENDS).decode("ascii", errors="replace")
        provider_id = by_option or told.get("id", "")
        return Receipt(provider_id[:64], told.get("stat", ""), told.get("err", "")) if provider_id else None


def read_header(frame: bytes) -> Header:
    """Raises FrameBroken."""
    try:
        _, command, status, sequence = HEADER.unpack_from(frame)
    except struct.error as error:
        raise FrameBroken(reason="字段不完整") from error
    return Header(command, status, sequence)


def read_message_id(frame: bytes) -> str:
    """Of a submit_sm_resp; empty where there is none."""
    return frame[HEADER.size :].split(_ENDS, 1)[0].decode("ascii", errors="replace")[:64]


def read_deliver(frame: bytes) -> Delivered:
    """Raises FrameBroken."""
    reader = _Reader(frame, HEADER.size)
    reader.text()
    reader.skip(2)
    source = reader.text()
    reader.skip(2)
    dest = reader.text()
    esm_class = reader.byte()
    reader.skip(2)
    reader.text()
    reader.text()
    reader.skip(2)
    coding = reader.byte()
    reader.skip(1)
    content = reader.take(reader.byte())
    options = reader.options()
    content = content or options.get(_PAYLOAD, b"")
    part, content = without_header(content) if esm_class & _HAS_HEADER else (_sar(options), content)
    is_receipt = esm_class & _KIND == _IS_RECEIPT
    return Delivered(source, dest, is_receipt, coding, content, part, options)


def _sar(options: dict[int, bytes]) -> Part | None:
    if not {_SAR_REFERENCE, _SAR_TOTAL, _SAR_NUMBER} <= options.keys():
        return None
    reference, total, number = (int.from_bytes(options[tag]) for tag in (_SAR_REFERENCE, _SAR_TOTAL, _SAR_NUMBER))
    return part_of(reference, total, number)


class _Reader:
    """Takes one field after another; each raises FrameBroken behind the frame's end."""

    def __init__(self, frame: bytes, at: int) -> None:
        self._frame, self._at = frame, at

    def take(self, size: int) -> bytes:
        found = self._frame[self._at : self._at + size]
        if len(found) < size:
            raise FrameBroken(reason="字段不完整")
        self._at += size
        return found

    def byte(self) -> int:
        return self.take(1)[0]

    def skip(self, size: int) -> None:
        self.take(size)

    def text(self) -> str:
        """Up to its zero byte."""
        end = self._frame.find(_ENDS, self._at)
        if end < 0:
            raise FrameBroken(reason="字段没有结尾")
        found = self._frame[self._at : end]
        self._at = end + 1
        return found.decode("ascii", errors="replace")

    def options(self) -> dict[int, bytes]:
        """Tag and value of whatever is left."""
        found = {}
        while self._at < len(self._frame):
            tag, length = int.from_bytes(self.take(2)), int.from_bytes(self.take(2))
            found[tag] = self.take(length)
        return found
