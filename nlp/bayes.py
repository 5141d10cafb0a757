"""The cold-start classifier: a lexicon of topics, and naive Bayes over characters that learns from labelled texts."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log, sqrt

import numpy as np
import numpy.typing as npt

from nlp.classifier import Abstention, DecidingWord, Suggestion, Suggestions
from nlp.lexicon import Hit, Lexicon
from nlp.text import count_han, han_share, normalise
from nlp.topics import TopicTree

#: characters beyond this are not read: a ticket holds 2,000, and the matter stands at its beginning
READ_CHARACTERS = 2_000
#: a longer text is no ticket but a pasted file
MOST_CHARACTERS = 10_000
LEAST_HAN = 2
LEAST_HAN_SHARE = 0.5

#: a text without a word of the lexicon is not ours; with few points its characters must speak clearly for one topic
LEAST_POINTS = 0.5
_SAFE_POINTS, _CLEAR_CONFIDENCE = 2.0, 0.28

_LONGEST_GRAM = 3
_SMOOTHING = 0.5
#: how much a point of the lexicon counts beside the characters' log likelihood, and the temperature of both
_POINT_WEIGHT, _SHARPNESS = 0.5, 1.6
_SHOWN_TOPICS, _SHOWN_WORDS = 3, 5
#: what is left for "none of these": nobody who sends a ticket elsewhere shall have been told 100 %
_CEILING = 0.99
#: a further topic with less than this is no help
_LEAST_SHOWN = 0.01

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class LabelledText:
    """A text whose topic somebody decided."""

    text: str
    code: str


class BayesClassifier:
    """Naive Bayes over character grams with the points of a lexicon added.

    `weights` are (n_grams, n_topics) float32 log likelihoods, `rarity` (n_grams,) float32 inverse document frequencies.
    """

    def __init__(self, name: str, tree: TopicTree, grams: Sequence[str], rarity: Floats, weights: Floats) -> None:
        self._name = name
        self.tree = tree
        self.grams = tuple(grams)
        self.rarity = rarity
        self.weights = weights
        self._row = {gram: row for row, gram in enumerate(self.grams)}
        self._lexicon = Lexicon(tree)

    @property
    def name(self) -> str:
        """The name its card gives it."""
        return self._name

    def suggest(self, text: str, *, place: str | None = None) -> Suggestions:
        """Up to three topics for the text, or none and why."""
        if reason := unreadable(text):
            return Suggestions(self._name, abstained=reason)
        plain = without_place(normalise(text)[:READ_CHARACTERS], place)
        hits = self._lexicon.hits(plain)
        points = np.array(self._lexicon.points({hit.word for hit in hits}))
        confidences = self._confidences(plain, points)
        best = int(confidences.argmax())
        if points.max() < LEAST_POINTS or (points[best] < _SAFE_POINTS and confidences[best] < _CLEAR_CONFIDENCE):
            return Suggestions(self._name, abstained=Abstention.OUT_OF_DOMAIN)
        order = [int(at) for at in np.argsort(-confidences, kind="stable")[:_SHOWN_TOPICS]]
        shown = [best, *(at for at in order if at != best and confidences[at] >= _LEAST_SHOWN)]
        return Suggestions(self._name, tuple(self._suggestion(at, confidences, hits, plain) for at in shown))

    def _confidences(self, plain: str, points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """(n_topics,) probabilities that sum to 0.99."""
        counts = Counter(gram for gram in grams_of(plain) if gram in self._row)
        scores = _POINT_WEIGHT * points
        if counts:
            rows = np.fromiter((self._row[gram] for gram in counts), dtype=np.int64, count=len(counts))
            strength = np.fromiter((1 + log(count) for count in counts.values()), dtype=np.float64, count=len(counts))
            strength *= self.rarity[rows]
            scores = scores + (strength / sqrt(float(strength @ strength))) @ self.weights[rows]
        raised = np.exp(_SHARPNESS * (scores - scores.max()))
        return np.asarray(_CEILING * raised / raised.sum(), dtype=np.float64)

    def _suggestion(self, at: int, confidences: npt.NDArray[np.float64], hits: list[Hit], plain: str) -> Suggestion:
        topic = self.tree.topics[at]
        return Suggestion(topic.code, topic.path, round(float(confidences[at]), 4), self._deciding(at, hits, plain))

    def _deciding(self, at: int, hits: list[Hit], plain: str) -> tuple[DecidingWord, ...]:
        """Words of the topic, strongest first, none of one character or inside another; else its characters."""
        worth = {hit: self._lexicon.topic_worth.get(hit.word, {}).get(at, 0.0) for hit in hits}
        found = [(points, hit.start, hit.word) for hit, points in worth.items() if points and len(hit.word) > 1]
        if not found:
            found = self._strongest_grams(at, plain)
        chosen: list[DecidingWord] = []
        for _, start, word in sorted(found, key=lambda item: (-item[0], item[1])):
            end = start + len(word)
            if not any((start < other.end and other.start < end) or other.text == word for other in chosen):
                chosen.append(DecidingWord(word, start, end))
        return tuple(chosen[:_SHOWN_WORDS])

    def _strongest_grams(self, at: int, plain: str) -> list[tuple[float, int, str]]:
        found = []
        for gram in {gram for gram in grams_of(plain) if len(gram) > 1 and count_han(gram) == len(gram)}:
            row = self._row.get(gram)
            if row is not None and (lead := float(self.weights[row, at] - self.weights[row].mean())) > 0:
                found.append((lead, plain.index(gram), gram))
        return found


def unreadable(text: str) -> Abstention | None:
    """Why a text cannot be a matter in Chinese, or None."""
    if "\0" in text or "\ufffd" in text:
        return Abstention.UNREADABLE
    if len(text) > MOST_CHARACTERS:
        return Abstention.TOO_LONG
    if not text.strip():
        return Abstention.EMPTY
    if han_share(text) < LEAST_HAN_SHARE:
        return Abstention.FOREIGN
    return Abstention.TOO_SHORT if count_han(text) < LEAST_HAN else None


def without_place(plain: str, place: str | None) -> str:
    """The text with the names of a place blanked, as long as before; `place` may be a path (白桦区›望湖街道)."""
    for name in normalise(place or "").replace("›", " ").split():
        if len(name) > 1:
            plain = plain.replace(name, " " * len(name))
    return plain


def grams_of(plain: str) -> Iterable[str]:
    """Every run of one to three characters without a blank."""
    for size in range(1, _LONGEST_GRAM + 1):
        for start in range(len(plain) - size + 1):
            gram = plain[start : start + size]
            if " " not in gram:
                yield gram


def train(name: str, tree: TopicTree, labelled: Iterable[LabelledText] = ()) -> BayesClassifier:
    """A classifier from the words of the tree and from texts with a known topic; labels outside the tree are ignored.

    Needs no label at all: every word of a topic is a small document of its own, and counts twice as much as a hint.
    """
    column = {topic.code: at for at, topic in enumerate(tree.topics)}
    documents = [
        (word, column[topic.code], share)
        for topic in tree.topics
        for words, share in (((*topic.path[1:], *topic.words), 2.0), (topic.hints, 1.0))
        for word in words
    ]
    known = (row for row in labelled if row.code in column)
    documents += [(normalise(row.text)[:READ_CHARACTERS], column[row.code], 1.0) for row in known]
    return _counted(name, tree, documents)


def _counted(name: str, tree: TopicTree, documents: list[tuple[str, int, float]]) -> BayesClassifier:
    counted = [(Counter(grams_of(text)), at, share) for text, at, share in documents]
    frequency: dict[str, float] = defaultdict(float)
    for counts, _, share in counted:
        for gram in counts:
            frequency[gram] += share
    grams = sorted(frequency)
    row = {gram: at for at, gram in enumerate(grams)}
    total = sum(share for _, _, share in counted)
    rarity = np.array([1 + log((1 + total) / (1 + frequency[gram])) for gram in grams], dtype=np.float32)

    mass = np.zeros((len(grams), len(tree.topics)), dtype=np.float64)
    for counts, at, share in counted:
        strength = {gram: (1 + log(count)) * float(rarity[row[gram]]) for gram, count in counts.items()}
        length = sqrt(sum(value * value for value in strength.values())) or 1.0
        for gram, value in strength.items():
            mass[row[gram], at] += share * value / length
    smoothed = mass + _SMOOTHING
    weights = np.log(smoothed / smoothed.sum(axis=0, keepdims=True)).astype(np.float32)
    return BayesClassifier(name, tree, grams, rarity, weights)
