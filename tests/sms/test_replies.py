"""What citizens write back, and what it counts as."""

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms.replies import Outcome, parse_reply

PHRASES = Path(__file__).parents[2] / "docs" / "replies.md"
MEANINGS = {"5", "4", "3", "2", "1", "unclear", "refused"}
#: each text with what it means (5 … 1, unclear, refused) and what is kept beside the level
with (Path(__file__).parent / "replies.csv").open(encoding="utf-8", newline="") as file:
    CASES = [(row["text"], row["meaning"], row["comment"]) for row in csv.DictReader(file)]
ANSWERS = [(text, int(meaning)) for text, meaning, comment in CASES if meaning.isdigit() and not comment]
TEXTS = [text for text, _, _ in CASES]
#: words that say that something was not good, however they are joined to an answer
BLAME = [
    "不咋地",
    "不咋样",
    "白扯",
    "闹心",
    "扯犊子",
    "啥也不是",
    "糊弄",
    "忽悠",
    "敷衍",
    "推诿",
    "没人来",
    "没解决",
    "太差",
    "骗人",
    "垃圾",
    "失望",
    "投诉",
    "呵呵",
    "👎",
    "😡",
]
NEGATIVE = ["不满意", "非常不满意", "不太满意", "很不满意", "不怎么满意", "一点都不满意", "难以满意", "不能令人满意"]
PHRASE_OF = {5: "非常满意", 4: "满意", 3: "基本满意", 2: "不满意", 1: "非常不满意"}


def test_there_are_at_least_three_hundred_cases_and_none_twice() -> None:
    assert len(TEXTS) >= 300
    assert len(TEXTS) == len(set(TEXTS))


@pytest.mark.parametrize(("text", "meaning", "comment"), CASES)
def test_each_written_case_means_what_stands_beside_it(text: str, meaning: str, comment: str) -> None:
    reply = parse_reply(text)

    assert (str(reply.level) if reply.level else reply.outcome.value) == meaning
    assert reply.outcome is Outcome.UNCLEAR or (reply.comment or "") == comment


@given(st.text(max_size=80))
def test_any_text_has_exactly_one_meaning(text: str) -> None:
    reply = parse_reply(text)

    assert (reply.level is not None) == (reply.outcome is Outcome.RATED)
    assert reply.level is None or 1 <= reply.level <= 5


@given(st.text(max_size=30), st.sampled_from(NEGATIVE), st.text(max_size=30))
def test_a_text_with_a_negative_phrase_never_counts_as_satisfied(before: str, phrase: str, after: str) -> None:
    reply = parse_reply(before + phrase + after)

    assert reply.level is None or reply.level <= 2


@given(st.integers(1, 5), st.integers(1, 5), st.sampled_from(["", " ", ",", "，", "。", "\n"]), st.booleans())
def test_digit_and_words_count_only_when_they_agree(digit: int, words: int, between: str, digit_first: bool) -> None:
    parts = [str(digit), PHRASE_OF[words]]

    reply = parse_reply(between.join(parts if digit_first else parts[::-1]))

    assert reply.level == (digit if digit == words else None)


def wide(text: str) -> str:
    return "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in text)


@given(st.sampled_from(TEXTS), st.sampled_from([wide, str.upper, str.lower, lambda text: wide(text.upper())]))
def test_width_and_case_change_nothing(text: str, typed: Callable[[str], str]) -> None:
    as_typed, plain = parse_reply(typed(text)), parse_reply(text)

    assert (as_typed.outcome, as_typed.level) == (plain.outcome, plain.level)


@given(st.sampled_from([text for text, _ in ANSWERS]), st.text(alphabet=" ,，。!！~…、\n", max_size=5))
def test_punctuation_around_an_answer_changes_nothing(text: str, marks: str) -> None:
    assert parse_reply(marks + text + marks).level == parse_reply(text).level


@given(st.sampled_from(TEXTS), st.data(), st.sampled_from(list(" ,，。!！…、\n\u200b\u3000")))
def test_a_blank_or_mark_anywhere_never_makes_another_level(text: str, data: st.DataObject, mark: str) -> None:
    place = data.draw(st.integers(0, len(text)))
    before, after = parse_reply(text), parse_reply(text[:place] + mark + text[place:])

    assert before.level is None or after.level in {before.level, None}


@given(st.sampled_from(ANSWERS), st.sampled_from(BLAME), st.sampled_from(["", " ", "，", "。", "\n"]), st.booleans())
def test_an_answer_beside_words_of_blame_is_never_a_good_one(
    answer: tuple[str, int], blame: str, between: str, answer_first: bool
) -> None:
    parts = [answer[0], blame]

    level = parse_reply(between.join(parts if answer_first else parts[::-1])).level

    assert level is None or level <= 3


def test_a_hostile_text_is_read_in_linear_time() -> None:
    assert parse_reply("请" * 5_000).outcome is Outcome.UNCLEAR
    assert parse_reply("我对" * 5_000 + "满意").outcome in Outcome
    assert parse_reply("请勿" * 2_500).outcome in Outcome
    assert parse_reply("退订回" * 2_500).outcome in Outcome


def test_the_page_of_phrases_says_what_is_understood() -> None:
    section, seen = "", 0
    for line in PHRASES.read_text(encoding="utf-8").splitlines():
        section = line.removeprefix("## ").split()[0] if line.startswith("## ") else section
        for phrase in re.findall(r"`([^`]+)`", line) if section in MEANINGS else ():
            reply = parse_reply(phrase)
            assert (str(reply.level) if reply.level else reply.outcome.value) == section, phrase
            seen += 1

    assert seen >= 100
