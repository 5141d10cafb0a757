"""What people type is kept without what no eye sees, and is nothing where there was no more."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from core.typed import Typed, kept_text

BLANK_LETTERS = "\u115f\u1160\u2800\u3164\uffa0"
UNSEEN = st.characters(categories=["Cc", "Cf", "Zs", "Zl", "Zp"]) | st.sampled_from(BLANK_LETTERS)
#: another order than it is stored in
TURNING = [chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))]
FAMILY, HEART, SCOTLAND = "👨‍👩‍👧‍👦", "❤️‍🔥", "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"


@given(st.text(UNSEEN))
def test_what_no_eye_sees_is_no_word(text: str) -> None:
    assert kept_text(text) == ""


@given(st.text())
def test_what_is_kept_can_be_seen_stored_and_read_in_its_own_order(text: str) -> None:
    kept = kept_text(text)

    assert not set(kept) & {"\0", *TURNING}
    assert kept == kept.strip()
    assert kept_text(kept) == kept


@given(st.text(st.characters() | UNSEEN))
def test_no_letter_is_lost(text: str) -> None:
    assert letters(kept_text(text)) == letters(text)


def letters(text: str) -> list[str]:
    return [one for one in text if unicodedata.category(one)[0] in "LNPS" and one not in BLANK_LETTERS]


@pytest.mark.parametrize("text", [FAMILY, HEART, SCOTLAND, "暖气\u3000不热\r\n\t第二行", "می\u200cخواهم", "한글"])
def test_emoji_lines_and_joined_letters_are_kept_as_they_are(text: str) -> None:
    assert kept_text(text) == text


def test_what_stands_within_and_around_words_goes() -> None:
    assert kept_text("\ufeff\u200b 暖\u200b气\u202e不热\u2069 \u200b") == "暖气不热"


class Said(Typed):
    """Texts in each place where a model has them."""

    word: str = ""
    or_none: str | None = None
    several: list[str] = Field(default_factory=list)
    inner: "Said | None" = None


def test_each_text_of_a_model_is_kept_so_wherever_it_stands() -> None:
    said = Said.model_validate(
        {"word": "\u200b", "or_none": "\u3164", "several": ["\u202e甲", "\ufeff"], "inner": {"word": "乙\u2060"}}
    )

    assert said.model_dump() == {
        "word": "", "or_none": "", "several": ["甲", ""],
        "inner": {"word": "乙", "or_none": None, "several": [], "inner": None},
    }  # fmt: skip
