"""Texts cut into words by the child process, which is told the city's place names when it does not know them."""

from collections.abc import Sequence

from core.computer import Computer
from core.database import Database
from nlp.serving import cut_texts, learn_places
from tickets.queries.search import place_names, places_stamp


def cut_for_index(database: Database, computer: Computer, texts: Sequence[str]) -> list[list[str]]:
    """The words of each text, in the order of the texts.  Raises Unavailable."""
    stamp = database.read(places_stamp)
    found = computer.run(cut_texts, stamp, texts)
    if found is None:
        computer.run(learn_places, stamp, database.read(place_names))
        found = computer.run(cut_texts, stamp, texts)
    return found or [[] for _ in texts]
