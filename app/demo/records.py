"""How sure the classifier must be of a topic before the demo city dispatches by itself: measured, not set.

The record is of made-up tickets: 240 texts a topic, written from the demo city's matters by another seed than the
tickets on show.  It says how the figure comes about, and nothing about a real city.
"""

import tomllib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from random import Random

from app.demo.city import City
from app.demo.writing import past_texts
from nlp.classifier import Classifier, classify, fit_threshold

TEXTS_A_TOPIC = 240
#: the topics of which the demo city has checked its past tickets; the others always go to the dispatch list
CHECKED = (
    "010101", "010102", "010201", "010202", "010301", "010402", "010601", "010602", "010603", "010604",
    "030101", "030202", "040203", "060201",
)  # fmt: skip
SEED = 20_261_001


@dataclass(frozen=True)
class Record:
    """`n` past tickets of a topic at or above the threshold, `wrong` of them wrongly given this topic."""

    threshold: float
    n: int
    wrong: int


def shipped_records() -> Mapping[str, Record]:
    """The kept result of `measure`, by topic code; topics that did not reach the target are not in it."""
    page = tomllib.loads(files("app.demo").joinpath("city", "records.toml").read_text("utf-8"))
    return {code: Record(**record) for code, record in page.items()}


def measure(city: City, model: Classifier) -> dict[str, Record]:
    """Run the model over the past texts of every topic and fit each topic's threshold."""
    judged: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for topic in sorted({matter.topic for matter in city.matters}):
        for text in past_texts(topic, city, Random(f"{SEED} {topic}"), n=TEXTS_A_TOPIC):
            ranked = classify(model, text).ranked
            if ranked:
                judged[ranked[0].code].append((ranked[0].confidence, ranked[0].code == topic))
    fitted = {code: Record(*fit_threshold(pairs)) for code, pairs in sorted(judged.items())}
    return {code: fitted[code] for code in CHECKED if code in fitted and fitted[code].n}


def as_toml(records: Mapping[str, Record]) -> str:
    """The page that `shipped_records` reads."""
    lines = ["# Written by app/demo/records.py: measure, on made-up texts of the demo city."]
    for code, record in records.items():
        lines.append(f'"{code}" = {{ threshold = {record.threshold}, n = {record.n}, wrong = {record.wrong} }}')
    return "\n".join(lines) + "\n"
