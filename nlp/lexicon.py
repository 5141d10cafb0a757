"""Finding the words of a topic tree in a text."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

from nlp.topics import TopicTree

#: a word of a topic names it, a hint points at it, a word of the branch only lifts its topics a little
_WORD, _HINT, _BRANCH = 3.0, 1.0, 0.5
#: a longer word says more, for each character beyond two
_PER_CHARACTER = 0.15


@dataclass(frozen=True, slots=True)
class Hit:
    """A word of the lexicon found in a text."""

    word: str
    start: int


class Lexicon:
    """Words of the tree with what each of them is worth for each topic, in points."""

    def __init__(self, tree: TopicTree) -> None:
        self.codes = [topic.code for topic in tree.topics]
        worth: dict[str, dict[int, float]] = defaultdict(dict)
        for at, topic in enumerate(tree.topics):
            for word in topic.hints:
                worth[word][at] = _HINT
            for word in topic.words:
                worth[word][at] = _WORD
        self.topic_worth: Mapping[str, Mapping[int, float]] = {
            word: {at: points * _length_factor(word) / sqrt(len(topics)) for at, points in topics.items()}
            for word, topics in worth.items()
        }
        self._branch_worth = _branch_worth(tree)
        self._longest = max((len(word) for word in (*self.topic_worth, *self._branch_worth)), default=0)

    def hits(self, text: str) -> list[Hit]:
        """The longest known word at every position of a normalised text; words may overlap."""
        found: list[Hit] = []
        known, branch = self.topic_worth, self._branch_worth
        for start in range(len(text)):
            for end in range(min(start + self._longest, len(text)), start, -1):
                word = text[start:end]
                if word in known or word in branch:
                    found.append(Hit(word, start))
                    break
        return found

    def points(self, words: set[str]) -> list[float]:
        """Points of each topic, in the tree's order; a branch's words count only where a topic has points itself."""
        own = [0.0] * len(self.codes)
        lifted = [0.0] * len(self.codes)
        for word in sorted(words):
            for at, worth in self.topic_worth.get(word, {}).items():
                own[at] += worth
            for at, worth in self._branch_worth.get(word, {}).items():
                lifted[at] += worth
        return [points + lift if points else 0.0 for points, lift in zip(own, lifted, strict=True)]


def _branch_worth(tree: TopicTree) -> dict[str, dict[int, float]]:
    branches: dict[str, set[str]] = defaultdict(set)
    for branch, words in tree.branch_words:
        for word in words:
            branches[word].add(branch)
    return {
        word: {
            at: _BRANCH * _length_factor(word) / sqrt(len(names))
            for at, topic in enumerate(tree.topics)
            if topic.branch in names
        }
        for word, names in branches.items()
    }


def _length_factor(word: str) -> float:
    return 1 + _PER_CHARACTER * max(0, len(word) - 2)
