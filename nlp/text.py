"""Characters of a citizen's text: one form for each, and the stretches that identify a person."""

import re
from dataclasses import dataclass
from enum import StrEnum

#: full-width ASCII and the ideographic space; one character for one, so positions never move
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
#: control characters but line feed and tab
_CONTROL = dict.fromkeys((*range(0x09), *range(0x0B, 0x20), 0x7F), 0x20)

_HAN = re.compile(r"[\u3400-\u9fff]")
_LETTER = re.compile(r"[^\W\d_]")

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECK = "10X98765432"
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"


class IdentityKind(StrEnum):
    """What kind of identifying text a span holds."""

    MOBILE = "mobile"
    LANDLINE = "landline"
    ID_NUMBER = "id_number"
    PLATE = "plate"


@dataclass(frozen=True)
class Identity:
    """A stretch of text that names a person or a thing of theirs; positions count characters."""

    kind: IdentityKind
    start: int
    end: int


_PATTERNS = (
    (IdentityKind.ID_NUMBER, re.compile(r"(?<!\d)[1-9]\d{5}(?:19|20)\d{9}[\dX](?![\dX])")),
    (IdentityKind.MOBILE, re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)")),
    (IdentityKind.LANDLINE, re.compile(r"(?<!\d)0\d{2,3}[- ]?\d{7,8}(?!\d)")),
    (IdentityKind.PLATE, re.compile(rf"[{_PROVINCES}][A-Z][·. ]?[A-Z0-9]{{5,6}}(?![A-Z0-9])")),
)


def normalise(text: str) -> str:
    """The text in half-width, upper-case form without control characters; as long as the text, position by position."""
    plain = text.translate(_HALF_WIDTH).translate(_CONTROL)
    return "".join(letter.upper() if letter.isascii() else letter for letter in plain)


def find_identities(text: str) -> list[Identity]:
    """Phone numbers, ID numbers (check digit verified) and number plates, by position, never overlapping."""
    plain = normalise(text)
    found: list[Identity] = []
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(plain):
            if kind is IdentityKind.ID_NUMBER and not is_id_number(match.group()):
                continue
            if not any(match.start() < other.end and other.start < match.end() for other in found):
                found.append(Identity(kind, match.start(), match.end()))
    return sorted(found, key=lambda identity: identity.start)


def is_id_number(number: str) -> bool:
    """Whether 18 characters end in the check character of GB 11643."""
    if not re.fullmatch(r"\d{17}[\dX]", number, re.ASCII):
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_ID_WEIGHTS, number, strict=False))
    return _ID_CHECK[total % 11] == number[17]


def han_share(text: str) -> float:
    """Chinese characters among all letters, 0..1; 0 when there is no letter."""
    letters = len(_LETTER.findall(text))
    return len(_HAN.findall(text)) / letters if letters else 0.0


def count_han(text: str) -> int:
    """How many Chinese characters the text holds."""
    return len(_HAN.findall(text))
