"""What citizens write back to the question why, and what it says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms.reasons import Why, parse_why
from sms.templates import RATING_WHY, Sender, longest, render

SENDER = Sender("【长春12345】", "12345.example/r")
LETTERS = {
    "A|a|ａ|Ａ。|选A|回复A|原因是A|A未解决|a 没解决|未解决|没有解决|A!": "a",
    "a,b|AB|A B|A、B|A和B|A未解决B无人联系|未解决，没人联系|B,A": "ab",
    "C|c答复不清|答复不清": "c",
    "D|态度不好|D态度|服务态度差": "d",
    "E|E其他|其它": "e",
    "ABCDE": "abcde",
}
CASES = [(text, letters) for texts, letters in LETTERS.items() for text in texts.split("|")]
WORDS = "没人来|app打不开|A座没水|B栋电梯坏了|5|你们自己清楚|说了三次还没修|C口堵了|态度倒是不错就是没修好"
QUESTION = render(RATING_WHY, SENDER, {"level": "不满意"})
NOTHING = ["", "谢谢", "好的", "收到", "。。。", "无", "A未解决B无人联系C答复不清D态度E其他", QUESTION]


@pytest.mark.parametrize(("text", "letters"), CASES)
def test_letters_and_their_own_words_are_reasons(text: str, letters: str) -> None:
    assert parse_why(text) == Why(tuple(letters), None)


@pytest.mark.parametrize("text", WORDS.split("|"))
def test_other_words_are_kept_as_they_were_written_and_nothing_is_guessed(text: str) -> None:
    assert parse_why(text) == Why((), text)


@pytest.mark.parametrize("text", NOTHING)
def test_what_says_nothing_and_the_question_sent_back_choose_nothing(text: str) -> None:
    assert parse_why(text).letters == ()


@pytest.mark.parametrize(
    "text", ["打错了", "按错了", "发错了，应该是最好", "我按反了", "不好意思选错", "评错了我想给好评"]
)
def test_who_says_that_it_was_a_mistake_names_no_reason(text: str) -> None:
    assert parse_why(text) == Why((), None, is_mistaken=True)


def test_a_mistake_of_somebody_else_is_kept_as_a_reason_and_asked_about() -> None:
    assert parse_why("地址登记错了没人来") == Why((), "地址登记错了没人来", is_mistaken=True)


def test_a_letter_with_words_behind_it_keeps_both() -> None:
    assert parse_why("A没人来修") == Why(("a",), "A没人来修")


@given(st.text(max_size=80))
def test_any_text_has_an_answer(text: str) -> None:
    why = parse_why(text)

    assert set(why.letters) <= set("abcde")
    assert why.words is None or why.words in text


def test_a_hostile_text_is_read_in_linear_time() -> None:
    for text in ("嗯" * 5_000 + "x", "选" * 5_000, "A" * 5_000, "没有" * 2_000 + "x", "A未解决" * 2_000):
        assert parse_why(text) is not None


def test_the_question_is_one_message_of_58_characters() -> None:
    assert len(render(RATING_WHY, SENDER, {"level": "不满意"})) == 61
    assert len(longest(RATING_WHY, SENDER)) <= 70
