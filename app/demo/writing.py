"""What citizens say: a matter with its slots filled, an opening and a closing, never the same twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from app.demo.city import City, Matter
from nlp.places import Place
from tickets.forms import TITLE_MOST

_COUNTY = "沃原县"


@dataclass(frozen=True)
class Written:
    """A matter as one citizen puts it."""

    matter: Matter
    title: str
    text: str
    place: Place


def write_matter(matter: Matter, city: City, chance: Random) -> Written:
    """The matter's words with a place of the city, numbers that fit, and a manner of speaking."""
    place = chance.choice(_estates_for(matter, city))
    slots = {
        "e": place.name,
        "r": chance.choice(city.roads),
        "b": str(chance.randint(1, 26)),
        "d": str(chance.randint(1, 5)),
        "f": str(chance.randint(2, 6) if chance.random() < 0.6 else chance.randint(7, 18)),
        "n": chance.choice("三四五六七"),
        "m": str(chance.choice((20, 25, 30, 35, 40, 45))),
    }
    said = matter.text.format_map(slots)
    text = f"{chance.choice(city.words['openings'])}{said}{chance.choice(city.words['closings'])}"
    where = next((slots[slot] for slot in "er" if f"{{{slot}}}" in matter.text), "")
    return Written(matter, f"{where}{matter.title}"[:TITLE_MOST], text, place)


def _estates_for(matter: Matter, city: City) -> Sequence[Place]:
    """Villages and the county's estates only where the text speaks of the county."""
    is_county = _COUNTY in matter.text
    return [place for place in city.estates if place.code.startswith("P04") is is_county]


def past_texts(topic: str, city: City, chance: Random, *, n: int) -> list[str]:
    """`n` texts of a topic, for measuring a classifier."""
    matters = [matter for matter in city.matters if matter.topic == topic]
    return [write_matter(matters[number % len(matters)], city, chance).text for number in range(n)]
