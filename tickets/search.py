"""What the search index holds of a ticket, and how a wish becomes a question to it.  Values only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.masking import is_landline, is_mobile, plain_number
from core.secrets import tail_hash

#: private-use characters: no citizen's text yields such a word
_ENDING, _TAIL, _BLOCK = "\ue001", "\ue002", "\ue003"
#: so many digits from the end of a ticket number find it
ENDINGS = range(3, 7)
#: and so many of a telephone number
TAIL_LENGTH = 4
#: from so many digits on they may be the beginning of a ticket number
SHORTEST_BEGINNING = 5
#: tickets of one block carry its name as a word, so that PostgreSQL can look into the newest blocks first
BLOCK_SIZE = 16_384
#: so many of the newest tickets are asked one by one before that
WALKED = 2_048
#: how many blocks are looked into at a time before all the rest
WIDENING = (2, 4, 16)


def index_words(words: Iterable[str], *, ticket_id: int, number: str, phone: str, key: bytes) -> list[str]:
    """The words of the text, and those by which the ticket is found without one."""
    endings = [_ENDING + number[-count:] for count in ENDINGS]
    tails = [_TAIL + tail_hash(phone, key)] if phone else []
    return [*words, *endings, *tails, _BLOCK + str(ticket_id // BLOCK_SIZE)]


@dataclass(frozen=True)
class Sought:
    """Every one of these groups, and of each group any word."""

    groups: tuple[tuple[str, ...], ...]

    def for_fts5(self) -> str:
        """As SQLite's MATCH reads it."""
        return " AND ".join("(" + " OR ".join(f'"{word}"' for word in group) + ")" for group in self.groups)

    def for_tsquery(self, blocks: Sequence[int] = ()) -> str:
        """As PostgreSQL reads a tsquery; only in these blocks, unless there are none."""
        where = [tuple(_BLOCK + str(block) for block in blocks)] if blocks else []
        groups = [*self.groups, *where]
        return " & ".join("(" + " | ".join(f"'{word}'" for word in group) + ")" for group in groups)


def sought_of(words: Iterable[str]) -> Sought | None:
    """All of these words; None when there are none.  Words hold letters and digits only, as nlp cuts them."""
    groups = tuple((word,) for word in words)
    return Sought(groups) if groups else None


def is_about_number(text: str) -> bool:
    """Whether digits are looked for: a telephone or a ticket, not words."""
    digits = plain_number(text)
    return digits.isascii() and digits.isdigit() and len(digits) >= ENDINGS.start


def is_whole_phone(digits: str) -> bool:
    return is_mobile(digits) or is_landline(digits)


def sought_ending(digits: str) -> Sought | None:
    """The end of a ticket number.  None: too many or too few."""
    return Sought(((_ENDING + digits,),)) if len(digits) in ENDINGS else None


def sought_tail(digits: str, key: bytes) -> Sought | None:
    """The end of a telephone number: four digits."""
    return Sought(((_TAIL + tail_hash(digits, key),),)) if len(digits) == TAIL_LENGTH else None


def either(one: Sought | None, other: Sought | None) -> Sought | None:
    """Any word of both, each of a single group."""
    words = [word for sought in (one, other) if sought is not None for word in sought.groups[0]]
    return Sought((tuple(words),)) if words else None
