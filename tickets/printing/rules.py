"""What stands on printed paper, as texts, and how a line is broken; no drawing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

#: as many sheets are made at once; the child makes one in about 10 ms
SHEETS_MOST = 50
#: what may not begin a line, and what may not end one (GB/T 15834-2011, section 5.1.10)
_NEVER_FIRST = frozenset("，。、；：？！）》〉」』】〕”’％…,.;:?!)]%")
_NEVER_LAST = frozenset("（《〈「『【〔“‘([")

Width = Callable[[str], float]


@dataclass(frozen=True)
class Mark:
    """Who prints and when: faint across every page, so that a photograph of it tells whose it was."""

    who: str
    at: str

    def __str__(self) -> str:
        return f"{self.who} {self.at}"


@dataclass(frozen=True)
class Sheet:
    """承办单: what the unit's leader needs to write on; never the citizen's number."""

    office: str
    number: str
    registered_at: str
    #: 密件, 特急, 催办 2 and so on, the most pressing first
    flags: tuple[str, ...]
    title: str
    place: str
    type: str
    topic: str
    unit: str
    helpers: str
    unit_due: str
    citizen_due: str
    caller: str
    contact: str
    #: what was asked of its topic, in one text; empty: nothing was
    points: str
    text: str


@dataclass(frozen=True)
class Letter:
    """A paper of the ladder under its red head; what the receipt does not know yet is empty."""

    office: str
    number: str
    kind: str
    unit: str
    paragraphs: tuple[str, ...]
    issued_on: str
    received_by: str
    received_on: str
    answer: str


@dataclass(frozen=True)
class Sign:
    """What hangs at a window of a hall; `modules` are those of its QR code, row by row, true where dark."""

    hall: str
    number: str
    name: str
    address: str
    modules: list[list[bool]]


def lines_of(text: str, width: float, measure: Width) -> list[str]:
    """Broken at `width`, which `measure` counts in the same unit; a full stop never begins a line."""
    return [line for paragraph in text.splitlines() or [""] for line in _broken(paragraph, width, measure)]


def _broken(paragraph: str, width: float, measure: Width) -> Iterator[str]:
    line, length = "", 0.0
    for character in paragraph:
        wide = measure(character)
        if line and length + wide > width:
            kept = _place_to_break(line, character)
            yield line[:kept]
            line = line[kept:]
            length = sum(map(measure, line))
        line, length = line + character, length + wide
    yield line


def _place_to_break(line: str, following: str) -> int:
    """How many characters stay; at most a few go down with what follows, as a line of dots must end somewhere."""
    for kept in range(len(line), max(0, len(line) - 4), -1):
        first = line[kept] if kept < len(line) else following
        if first not in _NEVER_FIRST and line[kept - 1] not in _NEVER_LAST:
            return kept
    return len(line)
