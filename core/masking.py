"""Hides personal data: phone numbers, names, and both inside free text."""

import re

#: Mainland mobile numbers: 11 digits from 13 to 19 (Ministry of Industry and Information Technology's numbering plan).
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"0\d{2,3}-?[2-8]\d{6,7}|[2-8]\d{6,7}")
#: A resident identity number, 15 or 18 characters.
_IDENTITY = re.compile(r"(?<![0-9A-Za-z])[1-9]\d{13}(?:\d|\d{3}[\dXx])(?![0-9A-Za-z])")
_LONG_NUMBER = re.compile(r"(?<!\d)(?:\+?86[- ]?)?(?:1[3-9]\d[- ]?\d{4}[- ]?\d{4}|0\d{2,3}[- ]?[2-8]\d{6,7})(?!\d)")
_PREFIX = re.compile(r"^(?:\+|00)?86(?=1[3-9]\d{9}$|0?[1-9]\d{9,10}$)")
_FULL_WIDTH = str.maketrans("０１２３４５６７８９＋－", "0123456789+-")


def plain_number(number: str) -> str:
    """A number as it is dialled inside the country: half-width digits without blanks, dashes and +86."""
    digits = re.sub(r"[\s\-()（）]", "", number.translate(_FULL_WIDTH))
    return _PREFIX.sub("", digits)


def is_mobile(number: str) -> bool:
    """Whether an SMS can reach it."""
    return _MOBILE.fullmatch(plain_number(number)) is not None


def is_landline(number: str) -> bool:
    """A fixed line, with or without its area code."""
    return _LANDLINE.fullmatch(plain_number(number)) is not None


def tail(number: str) -> str:
    """The last four digits, by which a citizen recognises their own number."""
    return plain_number(number)[-4:]


def mask_phone(number: str) -> str:
    """138****5678; a number too short to hide its middle is hidden whole."""
    digits = plain_number(number)
    if len(digits) < 7:
        return "*" * len(digits)
    head = digits[:3]
    return f"{head}{'*' * (len(digits) - 7)}{digits[-4:]}" if len(digits) > 7 else f"***{digits[-4:]}"


def mask_address(address: str) -> str:
    """z***@mail.example."""
    name, at, domain = address.partition("@")
    return f"{name[:1]}***{at}{domain}" if at else "***"


def mask_name(name: str) -> str:
    """张* for 张三: only the first character stays."""
    return name[:1] + "*" * (len(name) - 1) if len(name) > 1 else "*" * len(name)


def mask_text(text: str) -> str:
    """Free text with the phone and identity numbers in it hidden but for their ends."""
    shown, at = [], 0
    for begins, ends in personal_numbers(text):
        shown += [text[at:begins], _mask_number(text[begins:ends])]
        at = ends
    return "".join([*shown, text[at:]])


def personal_numbers(text: str) -> list[tuple[int, int]]:
    """Where phone and identity numbers stand, (begins, ends) in order and apart; full-width digits are digits."""
    plain = text.translate(_FULL_WIDTH)
    found: list[tuple[int, int]] = []
    for match in sorted((*_IDENTITY.finditer(plain), *_LONG_NUMBER.finditer(plain)), key=lambda match: match.start()):
        if not found or match.start() >= found[-1][1]:
            found.append(match.span())
    return found


def _mask_number(number: str) -> str:
    if _IDENTITY.fullmatch(number.translate(_FULL_WIDTH)):
        return number[:3] + "*" * (len(number) - 7) + number[-4:]
    return mask_phone(number)
