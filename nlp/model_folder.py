"""A model as a folder: weights, vocabulary, topic tree, and a card that says what it is and what its files hash to."""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from nlp.bayes import BayesClassifier, Floats
from nlp.errors import ModelDamaged, ModelExists, ModelNotFound
from nlp.topics import Topic, TopicTree

FORMAT = "hotline-bayes-1"
_CARD, _WEIGHTS, _RARITY, _WORDS = "card.json", "weights.npy", "rarity.npy", "words.json"


@dataclass(frozen=True)
class Card:
    """What a model was made of and how it fared.  `figures` are shares of 1 and counts, by name."""

    name: str
    made_on: date
    material: str
    labelled_texts: int
    figures: Mapping[str, float] = field(default_factory=dict)


def save_model(model: BayesClassifier, card: Card, folder: Path) -> None:
    """Write the model into a new folder, which appears complete or not at all.

    A model is never overwritten: another one gets another folder.  No file holds code, only arrays and JSON.
    Raises ModelExists.
    """
    if folder.exists():
        raise ModelExists(folder=folder.name)
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        hashes = {name: _written(made / name, content) for name, content in _contents(model).items()}
        page = asdict(card) | {"made_on": card.made_on.isoformat(), "format": FORMAT, "files": hashes}
        _written(made / _CARD, json.dumps(page, ensure_ascii=False, indent=1, sort_keys=True).encode())
        made.rename(folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def load_model(folder: Path) -> tuple[BayesClassifier, Card]:
    """The model in a folder, every file checked against its card.  Raises ModelNotFound, ModelDamaged."""
    try:
        page = json.loads((folder / _CARD).read_bytes())
        if page["format"] != FORMAT:
            raise ModelDamaged(folder=folder.name, reason=f"格式 {page['format']}")
        content = {name: _read(folder, name, page["files"][name]) for name in (_WEIGHTS, _RARITY, _WORDS)}
        words = json.loads(content[_WORDS])
        made_on = date.fromisoformat(page["made_on"])
        card = Card(page["name"], made_on, page["material"], page["labelled_texts"], page["figures"])
        rarity, weights = _array(content[_RARITY]), _array(content[_WEIGHTS])
        return BayesClassifier(card.name, _tree(words), words["grams"], rarity, weights), card
    except FileNotFoundError as error:
        raise ModelNotFound(folder=folder.name) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelDamaged(folder=folder.name, reason=type(error).__name__) from error


def _contents(model: BayesClassifier) -> dict[str, bytes]:
    words = {
        "grams": model.grams,
        "topics": [asdict(topic) for topic in model.tree.topics],
        "branches": model.tree.branch_words,
    }
    return {
        _WEIGHTS: _bytes(model.weights),
        _RARITY: _bytes(model.rarity),
        _WORDS: json.dumps(words, ensure_ascii=False, sort_keys=True).encode(),
    }


def _tree(words: dict[str, Any]) -> TopicTree:
    topics = tuple(
        Topic(row["code"], (row["path"][0], row["path"][1], row["path"][2]), tuple(row["words"]), tuple(row["hints"]))
        for row in words["topics"]
    )
    return TopicTree(topics, tuple((name, tuple(list_)) for name, list_ in words["branches"]))


def _bytes(array: Floats) -> bytes:
    buffer = BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()


def _array(content: bytes) -> Floats:
    return np.asarray(np.load(BytesIO(content), allow_pickle=False), dtype=np.float32)


def _written(path: Path, content: bytes) -> str:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return hashlib.sha256(content).hexdigest()


def _read(folder: Path, name: str, expected: str) -> bytes:
    content = (folder / name).read_bytes()
    if hashlib.sha256(content).hexdigest() != expected:
        raise ModelDamaged(folder=folder.name, reason=name)
    return content
