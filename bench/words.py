"""Made-up texts whose words are as frequent as in real ones: jieba's dictionary counts, and a hotline's own words."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import numpy as np

#: what nearly every citizen says, and in which share of the texts
TRADE = {
    "市民": 0.85, "反映": 0.80, "希望": 0.75, "尽快": 0.60, "处理": 0.60, "小区": 0.50, "已经": 0.45, "问题": 0.40,
    "相关": 0.35, "部门": 0.30, "居民": 0.30, "影响": 0.25, "生活": 0.25, "物业": 0.25, "街道": 0.20, "要求": 0.20,
    "投诉": 0.15, "多次": 0.15, "联系": 0.15, "供热": 0.08, "暖气": 0.08, "停水": 0.05, "噪音": 0.05, "垃圾": 0.05,
}  # fmt: skip
_AT_A_TIME = 20_000
_FEWEST, _MOST = 15, 50


def dictionary() -> tuple[list[str], np.ndarray]:
    """Chinese words of two characters and more, and how frequent each is, adding up to 1."""
    spec = importlib.util.find_spec("jieba")
    assert spec is not None
    assert spec.origin is not None
    words, counts = [], []
    for line in Path(spec.origin).with_name("dict.txt").read_text("utf-8").splitlines():
        word, count, *_ = line.split(" ")
        if len(word) > 1 and all("\u4e00" <= letter <= "\u9fff" for letter in word):
            words.append(word)
            counts.append(int(count))
    shares = np.array(counts, dtype=float)
    return words, shares / shares.sum()


def texts(count: int, *, seed: int) -> Iterator[list[str]]:
    """So many texts as words, always the same ones for a seed."""
    words, shares = dictionary()
    rising, dice = np.cumsum(shares), np.random.default_rng(seed)
    trade, wanted = list(TRADE), np.array(list(TRADE.values()))
    for begin in range(0, count, _AT_A_TIME):
        lengths = dice.integers(_FEWEST, _MOST, min(_AT_A_TIME, count - begin))
        drawn = np.minimum(np.searchsorted(rising, dice.random(int(lengths.sum()))), len(words) - 1)
        said = dice.random((len(lengths), len(trade))) < wanted
        at = 0
        for row, length in enumerate(lengths):
            own = [words[n] for n in drawn[at : at + length]]
            at += length
            yield list(dict.fromkeys([trade[n] for n in np.flatnonzero(said[row])] + own))
