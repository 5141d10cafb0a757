"""What a child process runs: open the model once, then answer for one text at a time.  Arguments are plain values."""

from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path

from nlp.bayes import BayesClassifier, LabelledText, train
from nlp.classifier import Suggestions, classify
from nlp.model_folder import load_model
from nlp.search_words import sought_words, words_of
from nlp.tokenizer import Tokenizer, open_tokenizer
from nlp.topics import shipped_tree

#: the model that is there without any training: the shipped tree and the shipped example sentences
SHIPPED_MODEL = "shipped-2026-11"


def suggest(text: str, place: str | None = None, model_folder: str | None = None) -> Suggestions:
    """Topics for a text by the model in a folder, or by the shipped one.

    The first call of a process opens the model (half a second), every other takes about a millisecond.
    Raises ModelNotFound, ModelDamaged.
    """
    model = shipped_model() if model_folder is None else _opened(model_folder, _stamp(model_folder))
    return classify(model, text, place)


@cache
def shipped_model() -> BayesClassifier:
    """The cold-start model of the shipped tree."""
    return train(SHIPPED_MODEL, shipped_tree(), shipped_examples())


def shipped_examples() -> list[LabelledText]:
    """Example sentences written for this project, three for each topic."""
    page = files("nlp").joinpath("taxonomy", "examples.tsv").read_text("utf-8")
    return [LabelledText(text, code) for code, text in (line.split("\t") for line in page.splitlines())]


@lru_cache(maxsize=2)
def _opened(folder: str, stamp: int) -> BayesClassifier:
    return load_model(Path(folder))[0]


def _stamp(folder: str) -> int:
    card = Path(folder) / "card.json"
    return card.stat().st_mtime_ns if card.exists() else 0


_cutters: dict[str, Tokenizer] = {}


def learn_places(stamp: str, names: Sequence[str]) -> None:
    """From now on these place names are words; `stamp` tells one gazetteer from the next.  Takes about a second."""
    _cutters.clear()
    _cutters[stamp] = open_tokenizer(words=(name for name in names if len(name) > 1))


def cut_texts(stamp: str, texts: Sequence[str]) -> list[list[str]] | None:
    """The words under which each text is found; None when the places of that stamp have not been learned here."""
    cutter = _cutters.get(stamp)
    return None if cutter is None else [words_of(text, cutter) for text in texts]


def cut_wish(stamp: str, text: str) -> list[str] | None:
    """The words of what somebody looks for; None when the places of that stamp have not been learned here."""
    cutter = _cutters.get(stamp)
    return None if cutter is None else sought_words(text, cutter)
