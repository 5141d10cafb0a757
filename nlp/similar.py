"""How alike two citizens' texts are, and by which words: two characters at a time, no model, no dictionary."""

import re
from difflib import SequenceMatcher

from nlp.text import normalise

#: stretches that say nothing about the matter
_REST = re.compile(r"[^\u3400-\u9fffA-Z0-9]+")
#: a shared stretch shorter than this is chance
SHORTEST = 3


def pairs_of(text: str) -> frozenset[str]:
    """Every two neighbouring characters, without punctuation: {暖气, 气不, 不热}."""
    plain = _REST.sub("", normalise(text))
    return frozenset(plain[start : start + 2] for start in range(len(plain) - 1))


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Dice's coefficient over pairs of characters, 0…1; 0 when a text is too short to say."""
    if not one or not other:
        return 0.0
    return 2 * len(one & other) / (len(one) + len(other))


def shared_words(one: str, other: str, *, at_most: int = 2) -> list[str]:
    """The longest stretches that both texts have, longest first."""
    first, second = normalise(one), normalise(other)
    blocks = SequenceMatcher(None, first, second, autojunk=False).get_matching_blocks()
    stretches = {_REST.sub("", first[block.a : block.a + block.size]) for block in blocks}
    return sorted((found for found in stretches if len(found) >= SHORTEST), key=lambda found: (-len(found), found))[
        :at_most
    ]
