"""What citizens write back, and what it counts as."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sms.replies import Outcome, Reply, parse_reply

#: texts by the level they mean, separated by |
RATED = {
    5: (
        "5|５|５。|5。|5.|5!| 5 |\n5\n|5分|5星|5颗星|打5分|我给5分|我选5|回复5|评价5|是5|⑤|5\ufe0f\u20e3|五|"
        "五分|五星好评|5 5|“5”|【5】|5了|非常满意|很满意|特别满意|十分满意|满意极了|完全满意|满分|相当满意|"
        "超级满意|5非常满意|非常满意5分"
    ),
    4: ("4|选择4|4吧|满意|满意!|满意了|满意的|挺满意|比较满意|令人满意|我满意|表示满意|滿意|4满意|4 满意"),
    3: ("3|基本满意|基本上满意|还算满意|勉强满意|大体满意|结果基本满意|3基本满意"),
    2: (
        "2|二|不满意|不太满意|不是很满意|不怎么满意|不很满意|不够满意|没有满意|无法满意|不满|不能令人满意|"
        "难以满意|服务态度不满意|处理结果不满意|我对这次办理不满意|谈不上满意|不滿意|2不满意|2,不满意"
    ),
    1: (
        "1|一|非常不满意|很不满意|极其不满意|十分不满意|一点都不满意|一点也不满意|根本不满意|太不满意了|"
        "不满意至极|强烈不满|我对答复非常不满意|1非常不满意"
    ),
}
UNCLEAR = (
    "| |😡|👍|?|。。。|好|好的|收到|谢谢|差评|好评|一般|还行|ok|你是谁|打错了|0|6|10|55|100分|4.5|3-4|4/5|"
    "12345|1234|2026|-|5?|满意?|满意？？|5 不满意|5不满意|不满意5|1满意|1 非常满意|4非常满意|2满意|5满意|"
    "满意不满意|满意,不满意|4 5|4或5|5 4 3 2 1|回复5非常满意4满意3基本满意2不满意1非常不满意|5😡|5,没人来|"
    "5 差评|4 敷衍了事|满意,才怪|满意才怪|满意个屁|谁满意了|怎么满意|领导满意|你们满意我不满意|满意什么|"
    "要是解决了就满意|解决了才满意|没有不满意|不是不满意|不得不满意|不不满意|希望能满意|1 很好|1,非常好|1 👍|"
    "2 非常感谢|3次都没人来|2天了还没修|5楼没水|1个月了|三番五次|二维码打不开|一直没人管|两天|3点打的电话|"
    "5号修好的|4个人来过|你们单位5个人|非常|不|满|意"
)
REFUSED = (
    "TD|td|ＴＤ|T|t|Td。|退订|退订!|我要退订|回TD|TD退订|td谢谢|请不要再发了|别发短信了|不评价|拒绝评价|拒收|"
    "STOP|不满意,退订"
)
COMMENTED = [
    ("满意,谢谢", 4, "谢谢"),
    ("满意，谢谢！", 4, "谢谢！"),
    ("不满意,没人来", 2, "没人来"),
    ("不满意没人来", 2, "没人来"),
    ("5 修得很快", 5, "修得很快"),
    ("2，打了3次电话都没人接", 2, "打了3次电话都没人接"),
    ("1 说修了其实没修", 1, "说修了其实没修"),
    ("5👍", 5, "👍"),
    ("很满意！工作人员很热情。", 5, "工作人员很热情。"),
    ("谢谢你们，非常满意", 5, "谢谢你们"),
    ("3，就是慢了点", 3, "就是慢了点"),
    ("不满意,谢谢", 2, "谢谢"),
]
ANSWERS = [(text, level) for level, texts in RATED.items() for text in texts.split("|")]
NEGATIVE = ["不满意", "非常不满意", "不太满意", "很不满意", "不怎么满意", "一点都不满意", "难以满意", "不能令人满意"]
PHRASE_OF = {5: "非常满意", 4: "满意", 3: "基本满意", 2: "不满意", 1: "非常不满意"}


@pytest.mark.parametrize(("text", "level"), ANSWERS)
def test_a_plain_answer_is_the_level_it_names(text: str, level: int) -> None:
    assert parse_reply(text) == Reply(Outcome.RATED, level, None)


@pytest.mark.parametrize("text", UNCLEAR.split("|"))
def test_what_could_mean_two_things_is_unclear(text: str) -> None:
    reply = parse_reply(text)

    assert (reply.outcome, reply.level) == (Outcome.UNCLEAR, None)


@pytest.mark.parametrize("text", REFUSED.split("|"))
def test_a_request_to_stop_is_always_honoured(text: str) -> None:
    assert parse_reply(text) == Reply(Outcome.REFUSED, None, None)


@pytest.mark.parametrize(("text", "level", "comment"), COMMENTED)
def test_what_stands_beside_the_level_is_kept_word_for_word(text: str, level: int, comment: str) -> None:
    assert parse_reply(text) == Reply(Outcome.RATED, level, comment)


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


@given(st.sampled_from([text for text, _ in ANSWERS] + UNCLEAR.split("|") + REFUSED.split("|")))
def test_full_width_typing_changes_nothing(text: str) -> None:
    wide = "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in text)

    assert (parse_reply(wide).outcome, parse_reply(wide).level) == (parse_reply(text).outcome, parse_reply(text).level)


@given(st.sampled_from([text for text, _ in ANSWERS]), st.text(alphabet=" ,，。!！~…、\n", max_size=5))
def test_punctuation_around_an_answer_changes_nothing(text: str, marks: str) -> None:
    assert parse_reply(marks + text + marks).level == parse_reply(text).level


def test_a_hostile_text_is_read_in_linear_time() -> None:
    assert parse_reply("请" * 5_000).outcome is Outcome.UNCLEAR
    assert parse_reply("我对" * 5_000 + "满意").outcome in Outcome
