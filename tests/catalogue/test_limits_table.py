"""A city's limits as a table: what is read, what is refused by row and column, and that it can be written back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.clocks import Allowance, Profile
from tickets.importing.errors import FileUnreadable
from tickets.importing.limits import COLUMNS, LimitRow, as_table, judge_limits
from tickets.importing.reading import FORMULA, Sheet
from tickets.kinds import Measure, Step, TicketType, Urgency

#: a row for every step, which a city has to have
ALL_STEPS = [(step.name_zh, "", "", "", "3", "工作日", "市府办〔2026〕1号") for step in Step]


def sheet(*rows: tuple[str, ...]) -> Sheet:
    return Sheet(COLUMNS, tuple(enumerate([*ALL_STEPS, *rows], start=2)))


def refused(*row: str) -> tuple[str, str]:
    """Column and reason of the one fault."""
    _, bad = judge_limits(sheet(row))
    assert [fault.row for fault in bad] == [len(ALL_STEPS) + 2]
    return bad[0].column, bad[0].reason


def test_the_nearest_row_counts() -> None:
    rows, bad = judge_limits(
        sheet(
            ("答复", "投诉", "", "", "７", "个工作日", "市府办〔2026〕1号"),
            ("答复", "", "urgent", "", "24", "小时", "市府办〔2026〕1号"),
            ("派单", "", "", "公用事业", "2", "hours", "市府办〔2026〕1号"),
            ("签收", "", "一般", "", "0", "天", "市府办〔2026〕1号"),
        )
    )
    profile = Profile("city", {row.key: row.allowance for row in rows})

    assert bad == []
    assert profile.allowance(Step.RESULT, type_=TicketType.COMPLAINT) == Allowance(7, Measure.WORKING_DAYS)
    assert profile.allowance(Step.RESULT, urgency=Urgency.URGENT) == Allowance(24, Measure.HOURS)
    assert profile.allowance(Step.DISPATCH, urgency=Urgency.NORMAL, limit_class="utility") == Allowance(
        2, Measure.HOURS
    )
    assert str(profile.allowance(Step.SIGN, urgency=Urgency.NORMAL)) == "当日"


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (("签字", "", "", "", "1", "天", "出处"), "环节"),
        (("", "", "", "", "1", "天", "出处"), "环节"),
        (("答复", "吐槽", "", "", "1", "天", "出处"), "诉求类型"),
        (("答复", "投诉", "很急", "", "1", "天", "出处"), "紧急程度"),
        (("答复", "投诉", "", "类" * 41, "1", "天", "出处"), "时限类别"),
        (("答复", "投诉", "", "", "五", "天", "出处"), "时限"),
        (("答复", "投诉", "", "", "-1", "天", "出处"), "时限"),
        (("答复", "投诉", "", "", "0", "工作日", "出处"), "时限"),
        (("答复", "投诉", "", "", "2001", "天", "出处"), "时限"),
        (("答复", "投诉", "", "", "9" * 5000, "天", "出处"), "时限"),
        (("答复", "投诉", "", "", "²", "天", "出处"), "时限"),
        (("答复", "投诉", "", "", "1", "周", "出处"), "计量"),
        (("答复", "投诉", "", "", "1", "", "出处"), "计量"),
        (("答复", "投诉", "", "", "1", "天", ""), "出处"),
        (("答复", "投诉", "", "", FORMULA, "天", "出处"), "时限"),
        (("答复", "", "", "", "5", "天", "出处"), "环节"),
    ],
)
def test_a_row_that_cannot_be_is_named_with_its_column(row: tuple[str, ...], column: str) -> None:
    assert refused(*row)[0] == column


def test_every_step_needs_a_limit() -> None:
    missing = Sheet(COLUMNS, tuple(enumerate(ALL_STEPS[1:], start=2)))

    rows, bad = judge_limits(missing)

    assert len(rows) == len(ALL_STEPS) - 1
    assert [fault.reason for fault in bad] == ["没有“派单”的时限"]


def test_a_table_without_a_column_is_refused_as_a_whole() -> None:
    with pytest.raises(FileUnreadable, match="出处"):
        judge_limits(Sheet(COLUMNS[:-1], ()))


KEYS = st.tuples(
    st.sampled_from(Step),
    st.none() | st.sampled_from(TicketType),
    st.none() | st.sampled_from(Urgency),
    st.none() | st.sampled_from(["utility", "complex", "自定类别"]),
)
ALLOWANCES = st.builds(Allowance, st.integers(1, 2_000), st.sampled_from(Measure))


@given(st.dictionaries(KEYS, ALLOWANCES))
def test_what_is_shown_can_be_put_in_again(limits: dict[tuple[Step, None, None, None], Allowance]) -> None:
    for step in Step:
        limits.setdefault((step, None, None, None), Allowance(1, Measure.DAYS))
    rows = [LimitRow(key, allowance, "市府办〔2026〕1号") for key, allowance in limits.items()]
    header, *shown = as_table(rows)

    read, bad = judge_limits(Sheet(header, tuple(enumerate(shown, start=2))))

    assert bad == []
    assert set(read) == set(rows)
