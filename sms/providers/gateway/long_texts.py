"""Texts that are longer than one SMS, and the user data header by which their parts belong together."""

from dataclasses import dataclass

from sms.templates import LONG_PART, SINGLE_PART

#: a phone's writer may use 16 bits of reference; GSM 03.40 counts parts in one byte
_CONCATENATED, _CONCATENATED_LONG = 0x00, 0x08


@dataclass(frozen=True)
class Part:
    """One of `total` parts, counted from 1, of the text that `reference` names."""

    reference: int
    total: int
    number: int


def split_text(text: str, reference: int) -> list[bytes]:
    """UCS2 as it goes into each submit, with 05 00 03 in front when there are several: 67 characters a part.

    A character of four bytes is never cut in two.  Counts UTF-16 units, as the carrier does.
    """
    if len(_ucs2(text)) <= 2 * SINGLE_PART:
        return [_ucs2(text)]
    pieces = _pieces(text)
    return [
        bytes([5, _CONCATENATED, 3, reference & 0xFF, len(pieces), number]) + _ucs2(piece)
        for number, piece in enumerate(pieces, start=1)
    ]


def _pieces(text: str) -> list[str]:
    pieces, room = [""], 2 * LONG_PART
    for character in text:
        size = len(_ucs2(character))
        if size > room:
            pieces.append("")
            room = 2 * LONG_PART
        pieces[-1] += character
        room -= size
    return pieces


def _ucs2(text: str) -> bytes:
    return text.encode("utf-16-be", errors="replace")


def without_header(content: bytes) -> tuple[Part | None, bytes]:
    """What the user data header says about parts (None: nothing), and the text's bytes behind it.

    A header that is longer than the content is no header: then all of it is text.
    """
    if not content or content[0] >= len(content):
        return None, content
    header, body = content[1 : content[0] + 1], content[content[0] + 1 :]
    while len(header) >= 2:
        kind, length = header[0], header[1]
        value, header = header[2 : 2 + length], header[2 + length :]
        if kind == _CONCATENATED and len(value) == 3:
            return part_of(value[0], value[1], value[2]), body
        if kind == _CONCATENATED_LONG and len(value) == 4:
            return part_of(int.from_bytes(value[:2]), value[2], value[3]), body
    return None, body


def part_of(reference: int, total: int, number: int) -> Part | None:
    """None for numbers that cannot be, and for a text of one part."""
    return Part(reference, total, number) if total > 1 and 1 <= number <= total else None
