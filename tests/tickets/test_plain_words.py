"""给群众的话 has to say something: neither phrases nor citations alone."""

from datetime import date

import pytest

from core.errors import Invalid
from tests.tickets.making import REPLY_TEXT, reply_form
from tickets.forms import needed, reply_faults
from tickets.kinds import ReplyResult

TODAY = date(2026, 10, 13)
CITES_ONLY = (
    "根据《中华人民共和国民法典》第二百八十七条、《物业管理条例》第三十五条、《长春市住宅物业管理条例》第十二条和"
    "长府办发〔2025〕66号文件执行，特此答复。"
)
CITES_AND_SAYS = (
    "按照《物业管理条例》第三十五条，电梯维修由物业公司负责。我们已经约谈物业公司，要求三天之内修好，"
    "修好之前每天早晚安排人员帮老人上下楼。"
)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (REPLY_TEXT, []),
        (CITES_AND_SAYS, []),
        (CITES_ONLY, ["reply_only_cites"]),
        (
            "您反映的问题我们高度重视，经认真研究并按照职责分工和有关规定的要求，现将相关事项答复如下：已转相关部门。",
            ["reply_says_nothing"],
        ),
        ("已修好。", ["reply_too_short"]),
        ("\u200b\u2060\u3164" * 30, ["reply_too_short"]),
        ("已修好。" + "\u200b" * 60, ["reply_too_short"]),
    ],
)
def test_a_reply_says_in_plain_words_what_was_done(text: str, codes: list[str]) -> None:
    assert [code for _, code, _ in reply_faults(reply_form(text=text), today=TODAY)] == codes


@pytest.mark.parametrize(
    ("result", "codes"),
    [
        (ReplyResult.SOLVED, []),
        (ReplyResult.PARTLY, ["measures_missing", "finish_on_missing"]),
        (ReplyResult.NEEDS_TIME, ["measures_missing", "finish_on_missing"]),
        (ReplyResult.NO_POLICY, []),
    ],
)
def test_a_reply_that_leaves_something_to_do_says_what_and_by_which_day(result: ReplyResult, codes: list[str]) -> None:
    assert [code for _, code, _ in reply_faults(reply_form(result=result), today=TODAY)] == codes


@pytest.mark.parametrize(
    "text", ["", " \u3000\n", "\u200b", "\u202e\u202c", "\u2060\ufeff\u00ad", "\u3164\u2800", "\0"]
)
def test_a_reason_that_nobody_sees_is_none(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        needed(text)

    assert [(where, code) for where, code, _ in refused.value.faults] == [(("body", "reason"), "reason_missing")]
