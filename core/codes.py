"""Short codes that a citizen types from an SMS.  Pure: randomness comes in."""

from collections.abc import Callable

#: without 0 O 1 I L: it is typed from an SMS by old eyes
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 6


def draw_code(choose: Callable[[str], str]) -> str:
    """A new code; `choose` picks one letter, e.g. secrets.choice."""
    return "".join(choose(ALPHABET) for _ in range(CODE_LENGTH))


def typed_code(text: str) -> str:
    """A code as somebody typed it: any case, full width, with blanks."""
    half = "".join(chr(ord(letter) - 0xFEE0) if "！" <= letter <= "～" else letter for letter in text)
    return "".join(half.split()).replace("-", "").upper()
