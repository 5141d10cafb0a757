"""The topic tree a classifier works with: names, codes and the words that give a topic away."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from nlp.errors import TaxonomyFaulty
from nlp.text import normalise

#: a longer entry is a sentence
LONGEST_WORD = 12


@dataclass(frozen=True)
class Topic:
    """A leaf of the tree (level 3).  `words` name the matter by themselves, `hints` only point towards it."""

    code: str
    path: tuple[str, str, str]
    words: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name of the leaf."""
        return self.path[2]

    @property
    def branch(self) -> str:
        """The name of level 1."""
        return self.path[0]


@dataclass(frozen=True)
class TopicTree:
    """All topics, with the words that point at a whole branch (level 1) and at no topic in particular."""

    topics: tuple[Topic, ...]
    branch_words: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def topic(self, code: str) -> Topic | None:
        """The topic of that code, or None."""
        return next((topic for topic in self.topics if topic.code == code), None)

    def words(self) -> list[str]:
        """Every word of the tree once, sorted: what a tokenizer should know."""
        own = {word for topic in self.topics for word in (*topic.words, *topic.hints)}
        return sorted(own | {word for _, words in self.branch_words for word in words})


@cache
def shipped_tree() -> TopicTree:
    """The tree a city can start from: 7 branches, 40 topics, all names and words written for this project."""
    folder = files("nlp").joinpath("taxonomy")
    pages = (page for page in folder.iterdir() if page.name.endswith(".toml"))
    return read_tree(sorted(pages, key=lambda page: page.name))


def read_tree(pages: Iterable[Traversable]) -> TopicTree:
    """The tree of a set of TOML files, one for each branch.  Raises TaxonomyFaulty."""
    topics: list[Topic] = []
    branches: list[tuple[str, tuple[str, ...]]] = []
    for page in pages:
        try:
            branch = tomllib.loads(page.read_text("utf-8"))
            topics += [_topic(branch["level1"], row) for row in branch["topics"]]
            branches.append((branch["level1"], _words(branch.get("words", ""))))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError, AttributeError) as error:
            raise TaxonomyFaulty(reason=f"{page.name}：{error}") from error
    _check(topics)
    return TopicTree(tuple(topics), tuple(branches))


def _topic(level1: str, row: dict[str, Any]) -> Topic:
    path = (level1, row["level2"], row["level3"])
    return Topic(row["code"], path, _words(row.get("words", "")), _words(row.get("hints", "")))


def _words(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(normalise(word) for word in text.split()))


def _check(topics: list[Topic]) -> None:
    if not topics:
        raise TaxonomyFaulty(reason="没有任何分类")
    codes = [topic.code for topic in topics]
    if doubled := {code for code in codes if codes.count(code) > 1}:
        raise TaxonomyFaulty(reason=f"代码重复 {min(doubled)}")
    for topic in topics:
        if too_long := [word for word in (*topic.words, *topic.hints) if len(word) > LONGEST_WORD]:
            raise TaxonomyFaulty(reason=f"{topic.code} 的词过长 {too_long[0]}")
