"""Words by which a text is found again: what the tokenizer cuts, without what names a person and what all texts say."""

import re
from collections.abc import Iterable, Iterator
from functools import cache

from nlp.text import find_identities, normalise
from nlp.tokenizer import Tokenizer

#: a longer "word" is a number or a code; its beginning finds it
LONGEST = 40
#: a text of 10,000 characters has about 2,500 different words
MOST = 3_000

#: what masking has left of a number: 138****5678
_HIDDEN = re.compile(r"[0-9A-Za-z]*\*+[0-9A-Za-z]*")
_WORD = re.compile(r"[^\W_]+")
_HAN = re.compile(r"[\u3400-\u9fff]+")
#: single characters that stand in nearly every text
_EMPTY = frozenset(
    "的了是在我有和就不人都一也很到说要去你会着没看好自己这那他她它们与及或但而把被让给对从向为以于之其等个吗呢吧啊"
)


def words_of(text: str, tokenizer: Tokenizer) -> list[str]:
    """Every word once, in order."""
    words = list(_cut(text, tokenizer))
    return with_pairs([*words, *_side_by_side(text, words)])[:MOST]


def _side_by_side(text: str, words: Iterable[str]) -> Iterator[str]:
    """Of rare and traditional words the dictionary leaves single characters: 維, 修; together they are 維修."""
    if not any(map(_is_rare, text)):
        return
    run = ""
    for word in [*words, ""]:
        if len(word) == 1 and _HAN.fullmatch(word) and run + word in text:
            run += word
            continue
        if any(map(_is_rare, run)):
            yield from (run[at : at + length] for length in (2, 3, 4) for at in range(len(run) - length + 1))
        run = word if len(word) == 1 and _HAN.fullmatch(word) else ""


def _is_rare(character: str) -> bool:
    """A character of Chinese that the common set of mainland writing (GB 2312) does not have."""
    return _HAN.fullmatch(character) is not None and not _is_common(character)


@cache
def _is_common(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def with_pairs(words: Iterable[str]) -> list[str]:
    """A long word is also cut into pairs, so that 南湖 finds 南湖小区."""
    found: dict[str, None] = {}
    for word in words:
        found[word] = None
        if len(word) > 2 and _HAN.fullmatch(word):
            found.update(dict.fromkeys(word[at : at + 2] for at in range(len(word) - 1)))
    return list(found)


def sought_words(text: str, tokenizer: Tokenizer) -> list[str]:
    """The words of what somebody looks for; none when it holds no word."""
    return list(dict.fromkeys(_cut(text, tokenizer)))


def _cut(text: str, tokenizer: Tokenizer) -> Iterator[str]:
    for token in tokenizer.cut(_without_identities(_HIDDEN.sub(" ", text))):
        for word in _WORD.findall(token.text):
            if word not in _EMPTY:
                yield word[:LONGEST]


def _without_identities(text: str) -> str:
    plain, kept, at = normalise(text), [], 0
    for identity in find_identities(plain):
        kept += [plain[at : identity.start], " "]
        at = identity.end
    return "".join([*kept, plain[at:]])
