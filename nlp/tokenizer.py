"""Words of a Chinese text behind one interface; nothing outside this file knows jieba."""

import importlib
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, Protocol

from nlp.errors import TokenizerMissing
from nlp.text import normalise

#: how common jieba shall believe one of our own words to be; above every ordinary word it is made of
_OWN_WORD_FREQUENCY = 20_000


class Engine(StrEnum):
    """The library that cuts: jieba is the default, rjieba is the same algorithm in Rust, about 25 times as fast."""

    JIEBA = "jieba"
    RJIEBA = "rjieba"


@dataclass(frozen=True, slots=True)
class Token:
    """A word and where it stands in the text that was cut."""

    text: str
    start: int
    end: int


class Tokenizer(Protocol):
    """Cuts a text into words that cover it without gap or overlap; words are normalised, positions are the text's."""

    def cut(self, text: str) -> list[Token]: ...


class _Cutter:
    def __init__(self, dictionary: Any, cut: Any) -> None:
        self._dictionary = dictionary
        self._cut = cut

    def cut(self, text: str) -> list[Token]:
        return list(_placed(self._cut(normalise(text))))

    def add_words(self, words: Iterable[str]) -> None:
        for word in words:
            self._dictionary.add_word(normalise(word), _OWN_WORD_FREQUENCY, None)


def open_tokenizer(engine: Engine = Engine.JIEBA, words: Iterable[str] = ()) -> Tokenizer:
    """A tokenizer of its own that knows `words` beside the library's dictionary.

    Loads for about a second with jieba, a tenth of that with rjieba.  Writes no file: jieba's cache would
    save 0.15 s and is read with marshal, so it is not used.
    Raises TokenizerMissing.
    """
    cutter = _open_jieba() if engine is Engine.JIEBA else _open_rjieba()
    cutter.add_words(words)
    return cutter


@cache
def shared_tokenizer(engine: Engine = Engine.JIEBA) -> Tokenizer:
    """The one tokenizer of this process with the library's own dictionary.  Raises TokenizerMissing."""
    return open_tokenizer(engine)


def _open_jieba() -> _Cutter:
    library = _library("jieba")
    dictionary = library.Tokenizer()
    # What initialize() does, without its cache file in the temporary folder or, failing that, the working one.
    dictionary.FREQ, dictionary.total = dictionary.gen_pfdict(dictionary.get_dict_file())
    dictionary.initialized = True
    return _Cutter(dictionary, dictionary.cut)


def _open_rjieba() -> _Cutter:
    dictionary = _library("rjieba").Jieba()
    return _Cutter(dictionary, dictionary.cut)


def _library(name: str) -> Any:
    try:
        # jieba 0.42 holds invalid escapes: its first compilation warns, and fails where warnings are errors.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return importlib.import_module(name)
    except ImportError as error:
        raise TokenizerMissing(library=name) from error


def _placed(words: Iterable[str]) -> Iterator[Token]:
    at = 0
    for word in words:
        yield Token(word, at, at + len(word))
        at += len(word)
