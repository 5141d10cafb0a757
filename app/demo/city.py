"""The demo city as values: read from the TOML files beside this module, nothing decided here."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from nlp.places import Gazetteer, Place, PlaceKind
from staff.rules import Role, UnitKind
from tickets.forms import LEGAL_BASES, LegalBasisForm
from tickets.kinds import TicketType
from tickets.points import Question, QuestionKind


@dataclass(frozen=True)
class UnitLine:
    """A unit; `parent` is its parent's code, empty at the top."""

    code: str
    name: str
    short_name: str
    kind: UnitKind
    parent: str


@dataclass(frozen=True)
class PersonLine:
    """Somebody who works here."""

    account: str
    name: str
    staff_number: str
    roles: tuple[Role, ...]
    unit: str


@dataclass(frozen=True)
class CatalogueLines:
    """Who answers for a topic: `by_place` before `unit`, which is empty when no unit answers for the whole city."""

    topic: str
    limit_class: str
    unit: str
    by_place: Mapping[str, str]
    basis: str


@dataclass(frozen=True)
class GuideLine:
    """What is asked and said of a topic of any level."""

    topic: str
    questions: tuple[Question, ...]
    script: str


@dataclass(frozen=True)
class Matter:
    """What a citizen may bring forward; title and text have slots."""

    topic: str
    type: TicketType
    title: str
    text: str
    #: what a unit may answer; empty: one of the city's general replies
    replies: tuple[str, ...] = ()


@dataclass(frozen=True)
class City:
    """Everything written for 松江市."""

    places: Sequence[Place]
    roads: Sequence[str]
    units: Sequence[UnitLine]
    people: Sequence[PersonLine]
    catalogue: Sequence[CatalogueLines]
    urgent_topics: frozenset[str]
    guides: Sequence[GuideLine]
    #: clauses that a unit may found a return on
    bases: Sequence[LegalBasisForm]
    matters: Sequence[Matter]
    #: of several topics at once: the classifier cannot be sure of them
    unclear: Sequence[Matter]
    words: Mapping[str, Any]

    def questions_of(self, topic: str) -> Sequence[Question]:
        """Those of the nearest topic above that has any."""
        above = [line for line in self.guides if topic.startswith(line.topic)]
        return max(above, key=lambda line: len(line.topic)).questions if above else ()

    @property
    def gazetteer(self) -> Gazetteer:
        """The places as the classifier's side reads them."""
        return Gazetteer(self.places)

    @property
    def estates(self) -> list[Place]:
        """Where people live."""
        return [place for place in self.places if place.kind is PlaceKind.ESTATE]


_KINDS = {"#": QuestionKind.NUMBER, "@": QuestionKind.DATE}
_TYPES = {member.value: member for member in TicketType}
_BASES = {kind.value: kind for kind in LEGAL_BASES}


@cache
def songjiang() -> City:
    """The demo city 松江市; no such city, unit or person exists."""
    catalogue, texts = _page("catalogue"), _page("matters")
    places = _page("places")
    return City(
        places=_places(places["districts"]),
        roads=places["roads"].split(),
        units=[
            UnitLine(code, name, short, UnitKind(kind), parent)
            for code, name, short, kind, parent in _rows(_page("units")["units"])
        ],
        people=[
            PersonLine(account, name, number, tuple(Role(role) for role in roles.split()), unit)
            for account, name, number, roles, unit in _rows(_page("people")["people"])
        ],
        catalogue=[
            CatalogueLines(topic, limit_class, unit.strip("-"), _pairs(by_place), basis)
            for topic, limit_class, unit, by_place, basis in _rows(catalogue["lines"])
        ],
        urgent_topics=frozenset(catalogue["urgent"].split()),
        guides=[
            GuideLine(topic, tuple(map(_question, questions.split("·"))), script)
            for topic, questions, script in _rows(_page("guides")["guides"])
        ],
        bases=[
            LegalBasisForm(kind=_BASES[kind], name=name, words=words)
            for kind, name, words in _rows(_page("bases")["bases"])
        ],
        matters=[matter for topic, page in texts.items() for matter in _matters(topic, page)],
        unclear=[
            Matter(topic, _TYPES[kind], title, text) for topic, kind, title, text in _rows(_page("unclear")["matters"])
        ],
        words=_page("words"),
    )


def _page(name: str) -> dict[str, Any]:
    return tomllib.loads(files("app.demo").joinpath("city", f"{name}.toml").read_text("utf-8"))


def _rows(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]


def _question(written: str) -> Question:
    """As guides.toml says above its table."""
    name, _, choices = written.strip().removesuffix("*").removesuffix("]").partition("[")
    kind = next((kind for sign, kind in _KINDS.items() if name.endswith(sign)), QuestionKind.TEXT)
    return Question(
        name=name.rstrip("".join(_KINDS)),
        kind=QuestionKind.CHOICE if choices else kind,
        choices=choices.split("/") if choices else [],
        is_required=written.strip().endswith("*"),
    )


def _pairs(text: str) -> dict[str, str]:
    return dict(pair.split("=") for pair in text.split())


def _places(districts: list[dict[str, Any]]) -> list[Place]:
    places: list[Place] = []
    for district in districts:
        places.append(Place(district["code"], district["name"], PlaceKind.DISTRICT))
        for street in district["streets"]:
            places.append(Place(street["code"], street["name"], PlaceKind.STREET, district["code"]))
            places += [
                Place(f"{street['code']}{number:02d}", name, PlaceKind.ESTATE, street["code"])
                for number, name in enumerate(street["estates"].split(), start=1)
            ]
    return places


def _matters(topic: str, page: dict[str, list[str]]) -> list[Matter]:
    replies = [line.split("|") for line in page["replies"]]
    return [
        Matter(
            topic, _TYPES[kind], title, text, tuple(reply for suits, reply in replies if str(at) in suits.split(","))
        )
        for at, (kind, title, text) in enumerate(line.split("|") for line in page["matters"])
    ]
