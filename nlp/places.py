"""Districts, streets and neighbourhoods in a text, from a gazetteer that the city brings."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from nlp.text import normalise

#: endings a speaker leaves out, longest first: 望湖街道 is called 望湖, 白桦区 is called 白桦
ENDINGS = ("街道", "社区", "小区", "花园")
SHORTEST_ALIAS = 2


class PlaceKind(StrEnum):
    """The level of a place."""

    DISTRICT = "district"
    STREET = "street"
    COMMUNITY = "community"
    ESTATE = "estate"
    ROAD = "road"


@dataclass(frozen=True)
class Place:
    """A named place; `parent` is the code of the place around it, None for a district."""

    code: str
    name: str
    kind: PlaceKind
    parent: str | None = None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class FoundPlace:
    """A name in the text and the places it can mean, in the gazetteer's order; more than one: ambiguous."""

    text: str
    start: int
    end: int
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Location:
    """Where a text plays: the finest place that fits, the path from its district down, or the candidates left."""

    place: Place | None
    path: tuple[Place, ...]
    candidates: tuple[Place, ...] = ()

    @property
    def label(self) -> str:
        """白桦区›望湖街道›桦林社区; empty when nothing was found."""
        return "›".join(place.name for place in self.path)


class Gazetteer:
    """Places of one city by name and alias.  A parent that is missing raises ValueError."""

    def __init__(self, places: Iterable[Place]) -> None:
        self.places = tuple(places)
        self._by_code = {place.code: place for place in self.places}
        if lost := [place.code for place in self.places if place.parent and place.parent not in self._by_code]:
            raise ValueError(f"parent missing: {lost[0]}")
        self._named: dict[str, list[Place]] = {}
        for place in self.places:
            for name in dict.fromkeys((place.name, *place.aliases, *_short_names(place.name))):
                self._named.setdefault(normalise(name), []).append(place)
        self._longest = max((len(name) for name in self._named), default=0)

    def path(self, place: Place) -> tuple[Place, ...]:
        """The places around a place, outermost first, itself last."""
        above = self._by_code[place.parent] if place.parent else None
        return (*self.path(above), place) if above else (place,)

    def find(self, text: str) -> list[FoundPlace]:
        """Names in the text from left to right, the longest at each position, never overlapping."""
        plain = normalise(text)
        found: list[FoundPlace] = []
        start = 0
        while start < len(plain):
            name = self._name_at(plain, start)
            if name:
                end = start + len(name)
                found.append(FoundPlace(text[start:end], start, end, tuple(self._named[name])))
            start += len(name) or 1
        return found

    def locate(self, text: str) -> Location:
        """The finest place the text names.  A name with several bearers is settled by the others named beside it."""
        found = self.find(text)
        settled = {place.code for name in found if len(name.places) == 1 for place in self.path(name.places[0])}
        options = [place for name in found for place in self._likely(name.places, settled)]
        if not options:
            return Location(None, ())
        finest = max(len(self.path(place)) for place in options)
        best = list(dict.fromkeys(place for place in options if len(self.path(place)) == finest))
        if len(best) > 1:
            shared = _shared_path([self.path(place) for place in best])
            return Location(shared[-1] if shared else None, shared, tuple(best))
        return Location(best[0], self.path(best[0]))

    def _likely(self, places: tuple[Place, ...], settled: set[str]) -> list[Place]:
        fitting = [place for place in places if any(above.code in settled for above in self.path(place)[:-1])]
        return fitting or list(places)

    def _name_at(self, plain: str, start: int) -> str:
        for end in range(min(start + self._longest, len(plain)), start + 1, -1):
            if plain[start:end] in self._named:
                return plain[start:end]
        return ""


def _short_names(name: str) -> tuple[str, ...]:
    for ending in ENDINGS:
        short = name.removesuffix(ending)
        if short != name and len(short) >= SHORTEST_ALIAS:
            return (short,)
    return ()


def _shared_path(paths: list[tuple[Place, ...]]) -> tuple[Place, ...]:
    shared: list[Place] = []
    for level in zip(*paths, strict=False):
        if len(set(level)) > 1:
            break
        shared.append(level[0])
    return tuple(shared)
